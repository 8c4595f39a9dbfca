# SPDX-License-Identifier: Apache-2.0
"""What including the library costs: lines of each public header after preprocessing, against its tier, and the
time that a one-file program takes to compile.

usage: compile_cost.py lines REPOSITORY COMPILER [TORCH_INCLUDE_FOLDER...]
       compile_cost.py time  REPOSITORY COMPILER PROGRAM

Lines are the same on every run of one compiler, seconds are not; so lines are held to the budget, and seconds to
twice the goal. A light header is preprocessed without LibTorch's folders: it may not need them.
"""

import resource
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

# tier: most non-blank lines after preprocessing. Of the light tier's, 70,000 are filesystem, functional, chrono,
# stop_token and memory of libstdc++ 12, which the interface is made of.
BUDGET = {"light": 75_000, "maths": 150_000, "nn": 250_000}
# rooms and headers that are not light
TIER = {"codec": "maths", "nn": "maths", "train": "maths", "resample/mixup.hpp": "maths"}

GOAL_SECONDS = 2.0


def tier_of(header):
    return TIER.get(header, TIER.get(header.split("/")[0], "light"))


def preprocess(compiler, root, header, folders):
    command = [compiler, "-std=c++20", "-E", "-P", "-x", "c++", "-I", str(root / "include")]
    for folder in folders:
        command += ["-isystem", folder]
    run = subprocess.run(command + ["-"], input=f'#include "semblance/{header}"\n', capture_output=True, text=True)
    return run.returncode, run.stdout, run.stderr


def check_header(compiler, root, header, torch_folders):
    tier = tier_of(header)
    code, text, errors = preprocess(compiler, root, header, [] if tier == "light" else torch_folders)
    if code != 0:
        return f"{tier:6} {header:40} cannot be preprocessed\n{errors}", False
    count = sum(1 for line in text.splitlines() if line.strip())
    good = count <= BUDGET[tier]
    return f"{tier:6} {header:40} {count:7} of {BUDGET[tier]}{'' if good else '  TOO MANY'}", good


def lines(root, compiler, *torch_folders):
    base = root / "include" / "semblance"
    headers = sorted(path.relative_to(base).as_posix() for path in base.rglob("*.hpp"))
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda h: check_header(compiler, root, h, torch_folders), headers))
    print("\n".join(text for text, _ in results))
    return bool(headers) and all(good for _, good in results)


def seconds_to_compile(compiler, root, program, level):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([compiler, "-std=c++20", level, "-I", str(root / "include"), "-c", program, "-o", "/dev/null"], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def time(root, compiler, program):
    good = True
    for level in ("-O0", "-O2"):
        seconds = seconds_to_compile(compiler, root, program, level)
        print(f"{compiler} {level} {Path(program).name}: {seconds:.2f} s CPU, goal {GOAL_SECONDS} s")
        good = good and seconds <= 2 * GOAL_SECONDS
    return good


def main():
    checks = {"lines": lines, "time": time}
    if len(sys.argv) < 4 or sys.argv[1] not in checks:
        sys.exit(__doc__)
    sys.exit(0 if checks[sys.argv[1]](Path(sys.argv[2]), *sys.argv[3:]) else 1)


if __name__ == "__main__":
    main()
