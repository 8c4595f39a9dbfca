# SPDX-License-Identifier: Apache-2.0
"""One job of evaluate_bench, done by a peer's own code: prints a JSON object with its cost and its numbers.

usage: evaluate_peer.py dcr|prdc|singling-out FOLDER REPETITIONS
dcr, singling-out: FOLDER has train.csv, synthetic.csv, control.csv and schema.json; prdc: real.npy and fake.npy.
Where the package cannot be imported the object is {"skip": reason}.
"""

import contextlib
import gc
import io
import json
import os
import resource
import sys
import time
import warnings
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd

ATTACKS = 200
NEAREST = 5


def tables(folder):
    schema = json.loads((folder / "schema.json").read_text(encoding="utf-8"))
    kinds = {c["name"]: c["type"] for c in schema["columns"]}
    words = {name: str for name, kind in kinds.items() if kind == "categorical"}
    return [pd.read_csv(folder / f"{name}.csv", dtype=words) for name in ("train", "synthetic", "control")], kinds


def dcr(folder):
    from sdmetrics.single_table.privacy.dcr_utils import calculate_dcr

    (train, synthetic, _), kinds = tables(folder)
    columns = {n: {"sdtype": "categorical" if k == "categorical" else "numerical"} for n, k in kinds.items()}
    call = lambda: calculate_dcr(synthetic, train, {"columns": columns})
    return call, lambda d: [float(d.mean()), float(d.median())], "sdmetrics"


def prdc(folder):
    from prdc import compute_prdc

    real, fake = np.load(folder / "real.npy"), np.load(folder / "fake.npy")
    call = lambda: compute_prdc(real, fake, NEAREST)
    return call, lambda p: [float(p[k]) for k in ("precision", "recall", "density", "coverage")], "prdc"


def singling_out(folder):
    from anonymeter.evaluators import SinglingOutEvaluator

    (train, synthetic, control), _ = tables(folder)

    def call():
        attack = SinglingOutEvaluator(ori=train, syn=synthetic, control=control, n_attacks=ATTACKS, n_cols=3)
        return attack.evaluate(mode="multivariate")

    return call, lambda a: [float(a.risk().value), float(a.results().attack_rate.value)], "anonymeter"


def rss_now():
    with open("/proc/self/statm", encoding="ascii") as f:
        return int(f.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def main():
    job, folder, repetitions = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    try:
        call, numbers, package = {"dcr": dcr, "prdc": prdc, "singling-out": singling_out}[job](folder)
    except ImportError as error:
        print(json.dumps({"skip": str(error)}))
        return
    wall, cpu, values, before = [], [], [], 0
    warnings.simplefilter("ignore")
    for _ in range(repetitions):
        gc.collect()
        before = before or rss_now()
        start, used = time.perf_counter(), time.process_time()
        with contextlib.redirect_stdout(io.StringIO()):
            result = call()
        wall.append(time.perf_counter() - start)
        cpu.append(time.process_time() - used)
        values = numbers(result)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"wall": wall, "cpu": cpu, "values": values, "memory": max(0, peak - before),
                      "versions": f"{package} {version(package)}, numpy {np.__version__}"}))


main()
