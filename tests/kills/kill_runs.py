#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Kills a run as many times as asked, on 1 to 4 ranks, resumes it each time, and prints what was done; ends with 1 if a
folder could not be resumed or a run ended with other files than an undisturbed one.

usage: kill_runs.py KILLS [SEED], in the environment of the tests (see docs/testing.md)
"""

import sys
import tempfile

from kills import MOMENTS, Kills


def main(kills, seed):
    with tempfile.TemporaryDirectory(prefix="ailoop-kills-") as folder:
        run = Kills(folder, seed)
        while run.count.kills < kills:
            moment = run.rng.choices(MOMENTS, weights=(1, 5, 2))[0]
            run.kill_once(moment, run.rng.randint(1, 4))
            print(f"\r{run.count.kills} kills, {run.count.finished} finished", end="", file=sys.stderr, flush=True)
        run.finish()
    count = run.count
    print(
        f"\n{count.kills} kills, {count.after_a_checkpoint} of them after the first checkpoint, {count.inside_a_write} "
        f"inside a write, by rank {dict(sorted(count.by_rank.items()))}; {count.finished} runs finished, all with the "
        "files of the undisturbed one"
    )


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3) or not all(word.isdigit() for word in sys.argv[1:]):
        sys.exit(__doc__)
    main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) == 3 else 1)
