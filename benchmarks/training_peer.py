# SPDX-License-Identifier: Apache-2.0
"""The other side of training_bench: the ctgan package on the same table. Prints a JSON object with its cost.

usage: training_peer.py ctgan|tvae TRAIN.csv SCHEMA.json STEPS THREADS ROWS

Times a training step, batch preparation included, from the end of one optimiser step to the end of a later one,
and the sampling of ROWS rows. Defaults of the package; float32 on the CPU.
"""

import json
import os
import sys
import time
import warnings

os.environ["OMP_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = sys.argv[5]

import ctgan
import numpy as np
import pandas as pd
import torch

warnings.filterwarnings("ignore")
WARM = 20  # steps before the clock starts


class Enough(Exception):
    pass


def read_table(file, schema):
    with open(schema, encoding="utf-8") as f:
        columns = json.load(f)["columns"]
    discrete = [c["name"] for c in columns if c["type"] == "categorical"]
    table = pd.read_csv(file, dtype={name: str for name in discrete})
    table[discrete] = table[discrete].fillna("<missing>")
    return table, discrete


def timed_steps(turns, steps):
    """Marks the clocks after each step of `turns` optimiser updates, and ends the training after the last."""
    marks, updates, original = [], [0], torch.optim.Adam.step

    def step(self, *args, **kwargs):
        out = original(self, *args, **kwargs)
        updates[0] += 1
        if updates[0] % turns == 0:
            marks.append((time.perf_counter(), time.process_time()))
            if len(marks) > steps + WARM:
                raise Enough
        return out

    torch.optim.Adam.step = step
    return marks


def main():
    kind, file, schema, steps, threads, rows = sys.argv[1:7]
    torch.set_num_threads(int(threads))
    torch.manual_seed(1)
    np.random.seed(1)
    table, discrete = read_table(file, schema)
    model = (ctgan.CTGAN if kind == "ctgan" else ctgan.TVAE)(epochs=300)
    marks = timed_steps(2 if kind == "ctgan" else 1, int(steps))
    try:
        model.fit(table, discrete)
    except Enough:
        pass
    wall, cpu = np.diff(np.array(marks)[WARM:], axis=0).T
    sampling = []
    for _ in range(3):
        start = time.perf_counter()
        made = model.sample(int(rows))
        sampling.append(time.perf_counter() - start)
    width = (model._transformer if kind == "ctgan" else model.transformer).output_dimensions
    print(json.dumps({"wall": np.sort(wall).tolist(), "cpu": np.sort(cpu).tolist(), "sampling": sorted(sampling),
                      "rows": len(made), "width": int(width),
                      "versions": f"ctgan {ctgan.__version__}, torch {torch.__version__}"}))


main()
