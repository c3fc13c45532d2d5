# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs counted_ailoop and says what a check, a retraining and a query answered by the truth send.

Each is the difference of two runs that differ in nothing but in how often it happens, so that it does not matter what
a start, an end or the program's own bookkeeping send. A difference that is not a whole multiple is an error: then
something else differed, too.
"""

import csv
import os
import subprocess
from pathlib import Path

# Every check by messages of its own and every retraining by all ranks, so that each sends the same: what a run saves by
# computing ahead of need, and by leaving cheap samples to the model rank, depends on how fast things are.
EACH = ["ranks.ahead=0", "ranks.shared_memory=false", "sampling.drawn_by=all"]
# Every answer of the model is within 10; the cheapest queries and no output but the files.
BASE = ["problem.name=sine", "problem.terms=4", "queries.source=uniform", "loop.gate=difference", "training.trainer=adam", "seed=1"]
ACCEPTS = ["loop.tolerance=10"]
# No answer is: each query costs `limits.retrainings_per_query` retrainings and then the truth.
REJECTS = ["loop.tolerance=1e-300", "loop.on_exhausted=truth"]

CALLS = (
    "MPI_Send",
    "MPI_Bcast",
    "MPI_Reduce",
    "MPI_Allreduce",
    "MPI_Exscan",
    "MPI_Gather",
    "MPI_Gatherv",
    "MPI_Allgather",
    "MPI_Alltoallv",
)


class NotAMultiple(Exception):
    """Two runs differ in more than what was counted."""


class World:
    """counted_ailoop on a number of ranks, with further settings."""

    def __init__(self, program, launcher, ranks, folder, settings=()):
        self.program, self.launcher, self.ranks, self.folder = program, launcher, ranks, Path(folder)
        self.settings = settings

    def run(self, settings):
        """{(rank, call): (calls, bytes)} of one run."""
        config = self.folder / "messages.yaml"
        config.write_text("schema: 1\nproblem: {name: sine}\n", encoding="utf-8")
        counts = self.folder / "messages.csv"
        counts.unlink(missing_ok=True)
        command = [*self.launcher, str(self.ranks), str(self.program), str(config), "--quiet", "--force"]
        command += ["--output", str(self.folder / "run")]
        for setting in [*BASE, *EACH, *self.settings, *settings]:
            command += ["--set", setting]
        environment = {"OMP_NUM_THREADS": "1", **os.environ, "AILOOP_MESSAGES": str(counts)}
        ended = subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        if ended.returncode != 0:
            raise RuntimeError(f"ended with {ended.returncode}: {' '.join(command)}\n{ended.stdout}{ended.stderr}")
        with open(counts, newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        return {(int(row["rank"]), row["call"]): (int(row["calls"]), int(row["bytes"])) for row in rows}

    def of_check(self):
        """What one check sends: of 5 and of 25 answers, each by one check."""
        return share(
            self.run([*ACCEPTS, "loop.accepted=25"]), self.run([*ACCEPTS, "loop.accepted=5"]), self.checks(20)
        )

    def checks(self, answers):
        """Checks for so many answers: a batch is checked together."""
        batch = next((int(s.split("=")[1]) for s in self.settings if s.startswith("queries.batch=")), 1)
        return answers // batch

    def of_truth(self, check):
        """What a query that the truth answers sends, its check apart."""
        settings = [*REJECTS, "limits.retrainings_per_query=0"]
        both = share(self.run([*settings, "loop.accepted=25"]), self.run([*settings, "loop.accepted=5"]), 20)
        return minus(both, check)

    def of_retraining(self):
        """What a retraining sends; the check that follows it sends nothing."""
        settings = [*REJECTS, "loop.accepted=1"]
        more = self.run([*settings, "limits.retrainings_per_query=5"])
        return share(more, self.run([*settings, "limits.retrainings_per_query=2"]), 3)


def share(more, less, times):
    """The `times`-th part of how far two runs differ."""
    differences = minus(more, less)
    for key, numbers in differences.items():
        if any(number < 0 or number % times != 0 for number in numbers):
            raise NotAMultiple(f"rank {key[0]}, {key[1]}: {numbers} is not {times} times the same")
    return {key: tuple(number // times for number in numbers) for key, numbers in differences.items()}


def minus(more, less):
    if more.keys() != less.keys():
        raise NotAMultiple("the runs have different ranks")
    return {key: tuple(m - l for m, l in zip(more[key], less[key], strict=True)) for key in more}


def of_rank(counts, rank):
    """{call: (calls, bytes)} of what a rank sends, without the calls that it does not make."""
    return {call: counts[rank, call] for call in CALLS if counts[rank, call] != (0, 0)}


def total(counts, call):
    """(calls, bytes) of all ranks together."""
    rows = [numbers for (_, name), numbers in counts.items() if name == call]
    return sum(calls for calls, _ in rows), sum(size for _, size in rows)
