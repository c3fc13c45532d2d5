#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Prints what a check, a retraining and a query answered by the truth send, for several sizes of the world.

usage: perf/messages/message_table.py [--launcher "mpiexec -n"] [--samples N] [--set KEY=VALUE]... PROGRAM RANKS...

PROGRAM is the built counted_ailoop; six short runs for each number of ranks. For instance:
perf/messages/message_table.py build/release/bin/counted_ailoop 2 4 8 16 32 64 128
"""

import argparse
import tempfile

from message_counts import World, of_rank, total

COLUMNS = ["ranks", "rank 0 sends", "most by another", "all point to point", "collective calls, bytes of all ranks"]


def sizes(numbers):
    calls, size = numbers
    return f"{calls} ({size} B)"


def row(ranks, counts):
    sends = [counts[rank, "MPI_Send"] for rank in range(ranks)]
    collectives = []
    for call, (calls, _) in of_rank(counts, 0).items():
        if call != "MPI_Send":
            collectives.append(f"{calls} {call} ({total(counts, call)[1]} B)")
    cells = [ranks, sizes(sends[0]), sizes(max(sends[1:], default=(0, 0))), sizes(total(counts, "MPI_Send"))]
    return f"| {' | '.join(map(str, cells))} | {', '.join(collectives) or 'none'} |"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("ranks", type=int, nargs="+")
    parser.add_argument("--launcher", default="mpiexec -n", help="launcher and the option before the number of ranks")
    parser.add_argument("--samples", type=int, default=4096, help="samples of a retraining, of all ranks together")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="further settings")
    arguments = parser.parse_args()
    settings = [f"sampling.total={arguments.samples}", *arguments.set]
    tables = {"check": [], "retraining": [], "query answered by the truth": []}
    for ranks in arguments.ranks:
        with tempfile.TemporaryDirectory(prefix="ailoop-messages-") as folder:
            world = World(arguments.program, arguments.launcher.split(), ranks, folder, settings)
            check = world.of_check()
            for what, counts in zip(tables, (check, world.of_retraining(), world.of_truth(check)), strict=True):
                tables[what].append(row(ranks, counts))
    for what, rows in tables.items():
        print(f"\nA {what}:\n\n| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}")
        print("\n".join(rows))


if __name__ == "__main__":
    main()
