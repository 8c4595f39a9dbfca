# SPDX-License-Identifier: Apache-2.0
"""Metrics are those of the libraries that define them: SciPy, scikit-learn, SDMetrics and prdc, on real tables.

usage: peers_test.py PEER_NUMBERS DATA_FOLDER
Looks for the libraries in this interpreter and in those that $SEMBLANCE_PEERS names (separated by ":"; default: virtual
environments in ~/.cache). What none of them has is left out; with nothing to compare with it says "skipped: ...".
"""

import csv
import json
import math
import os
import subprocess
import sys
import tempfile
from pathlib import Path

TABLES = [("california.csv", None), ("adult.csv", ["age", "hours-per-week", "education-num", "workclass", "education", "sex", "income"])]
ROWS = 1200


def columns_of(path, names):
    """The first rows without a gap, in two halves, as {column: values}."""
    with open(path, newline="") as file:
        reader = csv.DictReader(file)
        known = {name.replace("_", "-").lower(): name for name in reader.fieldnames}
        names = [known[n.lower()] for n in names if n.lower() in known] if names else reader.fieldnames
        rows = []
        for row in reader:
            if all(row[n] not in ("", "?") for n in names):
                rows.append([row[n] for n in names])
            if len(rows) == 2 * ROWS:
                break
    return names, rows[:ROWS], rows[ROWS:]


def write(path, names, rows):
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        writer.writerows(rows)


def is_number(values):
    try:
        [float(v) for v in values]
    except ValueError:
        return False
    return True


class Comparison:
    """Counts what was compared and keeps what differs."""

    def __init__(self):
        self.done, self.wrong = 0, []

    def __call__(self, what, ours, theirs, tolerance=1e-9):
        self.done += 1
        if ours is None and (theirs is None or math.isnan(theirs)):
            return
        if ours is None or not abs(ours - theirs) <= tolerance * max(1, abs(theirs)):
            self.wrong.append(f"{what}: {ours} here, {theirs} there")


def compare_scipy(check, ours, real, other):
    import numpy as np
    from scipy import stats
    from scipy.spatial import distance

    for name, values in real.items():
        mine, where = ours["columns"][name], f"{name}: "
        if is_number(values):
            a, b = np.array(values, float), np.array(other[name], float)
            check(where + "ks", mine["ks"], stats.ks_2samp(a, b).statistic)
            check(where + "wasserstein", mine["wasserstein"], stats.wasserstein_distance(a, b))
            check(where + "energy", mine["energy"], stats.energy_distance(a, b))
            check(where + "cvm", mine["cvm"], stats.cramervonmises_2samp(a, b, method="asymptotic").statistic, 1e-8)
            check(where + "ad", mine["ad"], stats.anderson_ksamp([a, b]).statistic, 1e-7)
        else:
            names = sorted(set(values) | set(other[name]))
            a = np.array([values.count(n) for n in names], float)
            b = np.array([other[name].count(n) for n in names], float)
            p, q = a / a.sum(), b / b.sum()
            check(where + "tvd", mine["tvd"], abs(p - q).sum() / 2)
            check(where + "js", mine["jensen_shannon"], distance.jensenshannon(p, q) ** 2)
            test = stats.chi2_contingency(np.array([a, b]), correction=False)
            check(where + "chi2", mine["chi2"], test.statistic)
            check(where + "chi2 p", mine["chi2_p"], test.pvalue)
    numbers = [np.array(v, float) for v in real.values() if is_number(v)]
    for mine, x, y in zip(ours["pairs"], numbers, numbers[1:]):
        check("pearson", mine["pearson"], stats.pearsonr(x, y).statistic)
        check("spearman", mine["spearman"], stats.spearmanr(x, y).statistic)
        check("kendall", mine["kendall"], stats.kendalltau(x, y).statistic)


def points_of(real, other):
    import numpy as np

    names = [n for n, v in real.items() if is_number(v)]
    a = np.array([real[n] for n in names], float).T
    scale = a.std(axis=0)
    return a / scale, np.array([other[n] for n in names], float).T / scale


def compare_sklearn(check, ours, real, other):
    import numpy as np
    from sklearn.metrics import pairwise

    a, b = points_of(real, other)
    n, m = len(a), len(b)

    def unbiased(kernel):
        aa, bb = kernel(a, a), kernel(b, b)
        return ((aa.sum() - np.trace(aa)) / (n * (n - 1)) + (bb.sum() - np.trace(bb)) / (m * (m - 1))
                - 2 * kernel(a, b).mean())

    mine = ours["points"]
    rbf = lambda x, y: pairwise.rbf_kernel(x, y, gamma=0.1)
    check("mmd", mine["mmd"], rbf(a, a).mean() + rbf(b, b).mean() - 2 * rbf(a, b).mean())
    check("mmd unbiased", mine["mmd_unbiased"], unbiased(rbf))
    check("kid", mine["cubic"], unbiased(lambda x, y: pairwise.polynomial_kernel(x, y, degree=3)))
    moments = [(x.mean(axis=0), np.cov(x, rowvar=False)) for x in (a, b)]
    (mean_a, cov_a), (mean_b, cov_b) = moments
    root = np.sqrt(np.maximum(np.linalg.eigvals(cov_a @ cov_b).real, 0)).sum()
    check("frechet", mine["frechet"], ((mean_a - mean_b) ** 2).sum() + np.trace(cov_a) + np.trace(cov_b) - 2 * root, 1e-7)


def compare_prdc(check, ours, real, other):
    import numpy as np
    from prdc import compute_prdc

    a, b = points_of(real, other)
    if len(np.unique(a, axis=0)) < len(a):
        return  # with equal rows its rounding decides which distances are equal
    theirs = compute_prdc(real_features=a, fake_features=b, nearest_k=5)
    for name, value in theirs.items():
        # Its distances are inner products: one may move a row across the edge of a ball.
        check(name, ours["points"][name], value, 1.5 / ROWS)


def compare_sdmetrics(check, ours, real, other):
    import pandas as pd
    from sdmetrics import single_column as single

    for name, values in real.items():
        mine, where = ours["columns"][name], f"{name}: sdmetrics "
        if is_number(values):
            a, b = pd.Series(values, dtype=float), pd.Series(other[name], dtype=float)
            check(where + "KSComplement", 1 - mine["ks"], single.KSComplement.compute(a, b))
            check(where + "RangeCoverage", mine["range_coverage"], single.RangeCoverage.compute(a, b))
            check(where + "BoundaryAdherence", mine["boundary"], single.BoundaryAdherence.compute(a, b))
            for statistic, key in (("mean", "mean"), ("median", "median"), ("std", "deviation")):
                score = single.StatisticSimilarity.compute(a, b, statistic=statistic)
                check(where + statistic, mine[key], score)
        else:
            a, b = pd.Series(values), pd.Series(other[name])
            check(where + "TVComplement", 1 - mine["tvd"], single.TVComplement.compute(a, b))
            check(where + "CategoryCoverage", mine["coverage"], single.CategoryCoverage.compute(a, b))
            check(where + "CategoryAdherence", mine["adherence"], single.CategoryAdherence.compute(a, b))


PEERS = {"scipy": compare_scipy, "sklearn": compare_sklearn, "prdc": compare_prdc, "sdmetrics": compare_sdmetrics}


def compare(program, data, wanted):
    """In this interpreter. Prints the libraries that were there; exits 1 where numbers differ."""
    check, found = Comparison(), []
    for file, some in TABLES:
        if not (data / "tabular" / file).exists():
            continue
        names, real, other = columns_of(data / "tabular" / file, some)
        with tempfile.TemporaryDirectory() as folder:
            paths = [Path(folder) / "real.csv", Path(folder) / "other.csv"]
            for path, rows in zip(paths, (real, other)):
                write(path, names, rows)
            ours = json.loads(subprocess.run([program, *paths], check=True, capture_output=True).stdout)
        tables = [{n: [row[i] for row in rows] for i, n in enumerate(names)} for rows in (real, other)]
        for peer in wanted:
            try:
                __import__(peer)
            except ImportError:
                continue
            PEERS[peer](check, ours, *tables)
            found += [peer] if peer not in found else []
    for line in check.wrong:
        print(line)
    print("compared:", check.done, "numbers with", ",".join(found) or "nothing")
    return 1 if check.wrong else 0


def interpreters():
    cache = Path.home() / ".cache"
    usual = [str(cache / name / "bin" / "python") for name in ("semblance-peers", "semblance-evaluate-peers")]
    named = os.environ.get("SEMBLANCE_PEERS")
    return [sys.executable, *(named.split(":") if named else usual)]


def main():
    program, data = sys.argv[1], Path(sys.argv[2])
    if len(sys.argv) > 3:
        return compare(program, data, sys.argv[3].split(","))
    if not data.is_dir():
        print("skipped: no folder with real data sets (SEMBLANCE_SHARED)")
        return 0
    left, status = list(PEERS), 0
    for python in interpreters():
        if not left or not Path(python).exists():
            continue
        done = subprocess.run([python, "-W", "ignore", __file__, program, str(data), ",".join(left)], capture_output=True, text=True)
        print(done.stdout + done.stderr, end="")
        status = status or done.returncode
        there = done.stdout.rsplit(" with ", 1)[-1].strip().split(",")
        left = [peer for peer in left if peer not in there]
    if len(left) == len(PEERS):
        print("skipped: none of", ", ".join(PEERS), "is installed (SEMBLANCE_PEERS)")
    elif left:
        print("not compared, since not installed:", ", ".join(left))
    return status


if __name__ == "__main__":
    sys.exit(main())
