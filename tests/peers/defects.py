# SPDX-License-Identifier: Apache-2.0
"""The peers' numbers of docs/peers.md that can be had from the installed packages: SDMetrics, SciPy, scikit-learn.

usage: PYTHON tests/peers/defects.py     with the Python of `evaluate_bench --setup FOLDER`
"""

import warnings

import numpy as np
import pandas as pd

warnings.filterwarnings("ignore")
TYPES = {"columns": {"x": {"sdtype": "numerical"}, "c": {"sdtype": "categorical"}}}


def mixed(rows, seed):
    """x normal about the number of the category c."""
    draw = np.random.default_rng(seed)
    c = draw.integers(0, 3, rows)
    return pd.DataFrame({"x": draw.normal(size=rows) + c, "c": np.array(list("abc"))[c]})


def change_of_scale():
    from sdmetrics.reports.single_table import QualityReport

    real = mixed(2000, 0)
    report = QualityReport()
    report.generate(real, real.assign(x=real["x"] * 1000 + 1e6), TYPES, verbose=False)
    return report.get_details("Column Pair Trends")["Score"].iloc[0]


def chi_square_of_shares():
    from sdmetrics.single_column import CSTest

    column = lambda a, b, c: pd.Series(["a"] * a + ["b"] * b + ["c"] * c)
    return CSTest.compute(column(300, 200, 100), column(200, 200, 200))


def lost_dependence_by_logistic_detection():
    from sdmetrics.single_table import LogisticDetection

    draw = np.random.default_rng(0)
    z, noise = draw.normal(size=3000), 0.3 * draw.normal(size=(3000, 3))
    real = pd.DataFrame({"a": z + noise[:, 0], "b": z**2 + noise[:, 1], "c": z + noise[:, 2]})
    return LogisticDetection.compute(real, real.apply(lambda column: draw.permutation(column.values)))


def divergence_of_a_column_far_away():
    from sdmetrics.single_table import ContinuousKLDivergence

    real = pd.DataFrame(np.random.default_rng(0).uniform(size=(500, 2)), columns=["a", "b"])
    return [ContinuousKLDivergence.compute(real, real + shift) for shift in (0.5, 100)]


def missing_cells_left_by_the_divergence():
    from sdmetrics.column_pairs import ContinuousKLDivergence

    table = pd.DataFrame({"a": [1, np.nan, 3, 4], "b": [1.0, 2, 3, 4]})
    ContinuousKLDivergence.compute(table, table.copy())
    return int(table.isna().sum().sum())


def overfitting_protection_of_one_table():
    from sdmetrics.single_table import DCROverfittingProtection

    table = mixed(60, 0)
    return DCROverfittingProtection.compute(table, table, table, {"tables": {"t": TYPES}}, "t")


def root_of_singular_covariances():
    """Largest imaginary part of the matrix root of 10 rows' covariances in 64 columns."""
    from scipy.linalg import sqrtm

    draw = np.random.default_rng(0)
    a, b = (np.cov(draw.normal(size=(10, 64)), rowvar=False) for _ in range(2))
    return float(np.abs(np.imag(sqrtm(a @ b))).max())


def auc_of_a_mixture_component():
    """synthcity's rule: the responsibility of the second of two components as the chance of being real."""
    from sklearn.metrics import roc_auc_score
    from sklearn.mixture import GaussianMixture

    draw = np.random.default_rng(0)
    rows = np.vstack([draw.normal(size=(1000, 2)), 3 * draw.normal(size=(1000, 2))])
    real = np.repeat([1, 0], 1000)
    mixtures = (GaussianMixture(2, random_state=seed).fit(rows) for seed in range(4))
    return [roc_auc_score(real, m.predict_proba(rows)[:, 1]) for m in mixtures]


def largest_share_over_column_groups():
    """mostlyai-qa's rule: the largest share nearer to training rows over all, three and three columns' groups, for
    rows of one population; mean and standard deviation over 40 draws."""
    from scipy.spatial import cKDTree

    def nearest(a, b):
        return cKDTree(b).query(a)[0]

    found = []
    for seed in range(40):
        draw = np.random.default_rng(seed)
        train, unseen, synthetic = draw.normal(size=(3, 500, 6))
        groups = [list(range(6))] + [list(draw.choice(6, 3, replace=False)) for _ in range(6)]
        found.append(max(np.mean(nearest(synthetic[:, g], train[:, g]) < nearest(synthetic[:, g], unseen[:, g])) for g in groups))
    return [float(np.mean(found)), float(np.std(found))]


def hellinger_of_whole_bins():
    """SynthEval's rule: bins as wide as a whole number, for a column from 0 to 1.5 and rows of its middle third only."""
    draw = np.random.default_rng(0)
    real, synthetic = draw.uniform(0, 1.5, 1000), draw.uniform(0.5, 1, 1000)
    both = np.concatenate([real, synthetic])
    spread = np.percentile(both, 75) - np.percentile(both, 25)
    width = int(np.ceil(len(both) ** (1 / 3) * both.std() / (3.5 * spread)))
    edges = np.linspace(both.min(), both.max(), max(int((both.max() - both.min()) / width), 1) + 1)
    shares = [np.histogram(x, bins=edges)[0] / 1000 for x in (real, synthetic)]
    return float(np.linalg.norm(np.sqrt(shares[0]) - np.sqrt(shares[1])) / np.sqrt(2)), f"{len(edges) - 1} bin(s)"


def mmd_at_half_the_bandwidth():
    """SynthEval's rule exp(-gamma d2 / 2), gamma = 1 / (2 median d2), beside exp(-d2 / median d2) of real rows: a
    mean 0.3 deviations off, 300 rows and 4 columns each."""
    from scipy.spatial.distance import cdist

    draw = np.random.default_rng(0)
    real, synthetic = draw.normal(size=(300, 4)), draw.normal(size=(300, 4)) + 0.3
    both = np.vstack([real, synthetic])
    d2 = cdist(both, both, "sqeuclidean")
    d2_real = cdist(real, real, "sqeuclidean")

    def unbiased(rate):
        k = np.exp(-rate * d2)
        off = lambda block: (block.sum() - np.trace(block)) / (len(block) * (len(block) - 1))
        return float(off(k[:300, :300]) + off(k[300:, 300:]) - 2 * k[:300, 300:].mean())

    return unbiased(1 / (4 * np.median(d2[d2 > 0]))), unbiased(1 / np.median(d2_real[d2_real > 0]))


def main():
    for measure in (
        change_of_scale,
        chi_square_of_shares,
        lost_dependence_by_logistic_detection,
        divergence_of_a_column_far_away,
        missing_cells_left_by_the_divergence,
        overfitting_protection_of_one_table,
        root_of_singular_covariances,
        auc_of_a_mixture_component,
        largest_share_over_column_groups,
        hellinger_of_whole_bins,
        mmd_at_half_the_bandwidth,
    ):
        try:
            print(f"{measure.__name__}: {measure()}", flush=True)
        except Exception as error:  # a peer of another version: say so and go on
            print(f"{measure.__name__}: {type(error).__name__}: {error}", flush=True)


if __name__ == "__main__":
    main()
