# SPDX-License-Identifier: Apache-2.0
"""One job of resample_bench, done by imbalanced-learn: prints a JSON object with its cost.

usage: resample_peer.py JOB FOLDER REPETITIONS
FOLDER has x0.npy, x1.npy, ... (float64) and y.npy; neighbours are searched with 2 jobs, as scikit-learn does it.
"""

import gc
import json
import os
import resource
import sys
import time
from pathlib import Path

import imblearn
import numpy as np
import sklearn
from imblearn import combine, over_sampling, under_sampling
from sklearn.neighbors import NearestNeighbors


def knn(k):
    return NearestNeighbors(n_neighbors=k, n_jobs=2)


def method(job, columns):
    if job == "smote":
        return over_sampling.SMOTE(k_neighbors=knn(6), random_state=1)
    if job == "borderline-1":
        return over_sampling.BorderlineSMOTE(k_neighbors=knn(6), m_neighbors=knn(11), random_state=1)
    if job == "adasyn":
        return over_sampling.ADASYN(n_neighbors=knn(6), random_state=1)
    if job == "smote-nc":
        codes = list(range(columns // 2, columns))
        return over_sampling.SMOTENC(codes, k_neighbors=knn(6), random_state=1)
    if job == "cnn":
        return under_sampling.CondensedNearestNeighbour(n_neighbors=1, random_state=1, n_jobs=2)
    if job == "smote-enn":
        smote = over_sampling.SMOTE(k_neighbors=knn(6), random_state=1)
        enn = under_sampling.EditedNearestNeighbours(sampling_strategy="all", n_neighbors=knn(4), n_jobs=2)
        return combine.SMOTEENN(smote=smote, enn=enn, random_state=1, n_jobs=2)
    raise SystemExit(f"unknown job {job}")


def rss_now():
    with open("/proc/self/statm", encoding="ascii") as f:
        return int(f.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def main():
    job, folder, repetitions = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    columns = len(list(folder.glob("x*.npy")))
    x = np.column_stack([np.load(folder / f"x{j}.npy") for j in range(columns)])
    y = np.load(folder / "y.npy")
    wall, cpu, rows, before = [], [], 0, 0
    for _ in range(repetitions):
        sampler = method(job, x.shape[1])
        gc.collect()
        before = before or rss_now()
        start, used = time.perf_counter(), time.process_time()
        made, _ = sampler.fit_resample(x, y)
        wall.append(time.perf_counter() - start)
        cpu.append(time.process_time() - used)
        rows = len(made)
        del made
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"wall": sorted(wall), "cpu": sorted(cpu), "rows": rows, "memory": max(0, peak - before),
                      "versions": f"imbalanced-learn {imblearn.__version__}, scikit-learn {sklearn.__version__}, "
                                  f"numpy {np.__version__}"}))


main()
