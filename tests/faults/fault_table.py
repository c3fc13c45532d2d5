#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs every fault at 1, 2, 4 and 8 ranks in both layouts and in calls of evaluate, as many times as asked, and prints
all with the exit codes and the longest time; ends with 1 if any run ended in another way than it must.

usage: fault_table.py ROUNDS, in the environment of the tests (see README.md)
"""

import itertools
import subprocess
import sys
import tempfile
from collections import defaultdict

import faults

WORLDS = (1, 2, 4, 8)


def main(rounds):
    rows = defaultdict(lambda: {"codes": set(), "seconds": 0.0, "runs": 0})
    wrong = 0
    for _, way, ranks in itertools.product(range(rounds), faults.WAYS, WORLDS):
        for fault in faults.faults(ranks):
            row = rows[way, fault.phase, fault.kind, ranks]
            row["runs"] += 1
            with tempfile.TemporaryDirectory(prefix="ailoop-fault-") as folder:
                try:
                    ended = faults.run(fault, folder, *faults.WAYS[way])
                except subprocess.TimeoutExpired:
                    print(f"HANGS: {way}: {fault}", flush=True)
                    row["codes"].add("hang")
                    wrong += 1
                    continue
                found = list(faults.complaints(fault, ended, faults.SECONDS_ALLOWED))
            row["codes"].add(ended.code)
            row["seconds"] = max(row["seconds"], ended.seconds)
            if found:
                print(f"WRONG: {way}: {fault}: {'; '.join(found)}", flush=True)
                wrong += 1
    print("| way | phase | fault | ranks | runs | exit code | longest [s] |\n|---|---|---|---|---|---|---|")
    for key, row in sorted(rows.items()):
        codes = ", ".join(map(str, sorted(row["codes"], key=str)))
        print(f"| {' | '.join(map(str, key))} | {row['runs']} | {codes} | {row['seconds']:.1f} |")
    print(f"{sum(row['runs'] for row in rows.values())} runs, {wrong} not as they must be")
    return 1 if wrong else 0


if __name__ == "__main__":
    if len(sys.argv) != 2 or not sys.argv[1].isdigit():
        sys.exit(__doc__)
    sys.exit(main(int(sys.argv[1])))
