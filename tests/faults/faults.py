# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Faults that are made to happen in one phase on one rank of a whole run, and what must follow.

AILOOP_FAULTY and AILOOP_FAULTY_SIMULATION name the programs; the rest of the environment is that of
tests/integration/program.py.
"""

import csv
import json
import math
import os
import re
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from program import CONVERGED, INTERNAL, LAUNCHER, NUMERICAL, RunFolder

FAULTY = os.environ["AILOOP_FAULTY"]
SIMULATION = os.environ["AILOOP_FAULTY_SIMULATION"]
CONFIG = Path(__file__).parent / "faulty.yaml"
SECONDS_ALLOWED = 10 * float(os.environ.get("AILOOP_TIMEOUT_FACTOR", "1"))  # for a run that has the machine alone
SECONDS_ALLOWED_BESIDE_OTHERS = 3 * SECONDS_ALLOWED
HANGS = 6 * SECONDS_ALLOWED

# How messages name the phases.
PHASE_IN_MESSAGE = {
    "start": "start",
    "predicting": "predicting",
    "approximating": "approximating",
    "bounding": "approximating",
    "truth_of_queries": "truth of queries",
    "sampling": "sampling",
    "training": "training",
}
ON_MODEL_RANK = {"predicting", "bounding", "training"}
NAN_ENDS = {
    "predicting": CONVERGED,  # never accepted: the truth answers
    "approximating": CONVERGED,  # proves nothing: the truth decides
    "bounding": CONVERGED,
    "truth_of_queries": NUMERICAL,
    "sampling": NUMERICAL,
    "training": NUMERICAL,  # undone once, then given up
}
# Which call fails, where it is not the second: bounds are also computed for the files.
CALLS = {"start": 1, "bounding": 1}
DEADLY = {"kill": 9, "segfault": 11}


@dataclass(frozen=True)
class Fault:
    phase: str
    kind: str
    rank: int
    call: int
    ranks: int

    def __str__(self):
        return f"{self.kind} in {self.phase} on rank {self.rank} of {self.ranks}, call {self.call}"


@dataclass
class Ended:
    code: int
    seconds: float
    out: str
    err: str
    folder: RunFolder


def ranks_of(phase, ranks):
    """Ranks on which the phase can be hit: the first and the last that take part in it."""
    if phase in ON_MODEL_RANK or ranks == 1:
        return [0]
    if phase == "approximating":
        return sorted({1, min(ranks - 1, 4)})
    if phase == "truth_of_queries":
        return [0]  # one query at a time: the first block
    return sorted({0, ranks - 1})


def faults(ranks):
    """Every phase with every kind of fault, in a world of that size."""
    for phase in PHASE_IN_MESSAGE:
        call = CALLS.get(phase, 2)
        for kind in ("throw", "out_of_memory", "segfault", "kill"):
            for rank in ranks_of(phase, ranks):
                yield Fault(phase, kind, rank, call, ranks)
        if phase in NAN_ENDS:
            yield Fault(phase, "nan", ranks_of(phase, ranks)[-1], call, ranks)
    for kind in ("full_disk", "vanish"):
        yield Fault("sampling", kind, 0, 2, ranks)


def command(folder, settings, *options):
    """The run of a configuration."""
    words = [word for setting in settings for word in ("--set", setting)]
    return [FAULTY, CONFIG, "--output", folder, *words, *options]


def simulation(folder, settings, *_):
    """Calls of evaluate, which go on where there is something to go on from."""
    return [SIMULATION, CONFIG, folder, *settings]


EVERYWHERE = ("ranks.layout=everywhere", "queries.batch=6")
RECORDED = ("output.checks=all", "output.answers=csv")  # of a simulation, which gets the answers anyway
# The ways in which the loop runs: settings and program.
WAYS = {"roles": ((), command), "everywhere": (EVERYWHERE, command), "evaluate": (RECORDED, simulation)}


def run(fault, folder, settings=(), program=command):
    """Runs the program with the fault; a run that hangs raises subprocess.TimeoutExpired."""
    output = Path(folder) / "out"
    variables = {
        "AILOOP_FAULT": f"{fault.phase}:{fault.kind}:{fault.rank}:{fault.call}",
        "AILOOP_FAULT_FOLDER": str(output),
    }
    return run_with(variables, fault.ranks, output, program(output, settings))


def resume(ranks, folder, settings=(), program=command):
    """Goes on, without a fault, in a folder where there may be a run."""
    output = Path(folder) / "out"
    return run_with({}, ranks, output, program(output, settings, "--resume"))


def run_with(variables, ranks, output, words):
    start = time.monotonic()
    result = subprocess.run(
        [*LAUNCHER, str(ranks), *map(str, words)],
        cwd=output.parent,
        env={**os.environ, "OMP_NUM_THREADS": "1", **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=HANGS,
        check=False,
    )
    return Ended(result.returncode, time.monotonic() - start, result.stdout, result.stderr, RunFolder(output))


def complaints(fault, ended, seconds_allowed):
    """What is wrong about the end; empty where it is as it must be."""
    if ended.seconds > seconds_allowed:
        yield f"took {ended.seconds:.1f} s"
    if fault.kind in ("throw", "out_of_memory"):
        reason = "a fault made on purpose" if fault.kind == "throw" else "out of memory"
        rank = f"rank {fault.rank}: " if fault.ranks > 1 else ""
        yield from expect_message(ended, INTERNAL, f"{rank}{PHASE_IN_MESSAGE[fault.phase]}: {reason}")
    elif fault.kind in DEADLY:
        if ended.code == 0:
            yield "exit code 0"
        # Open MPI says it on standard error, MPICH on standard output
        if not re.search(rf"(?i)(signal:?|exit code:) {DEADLY[fault.kind]}\b", ended.out + ended.err):
            yield f"the launcher does not name the signal:\n{ended.out}{ended.err}"
    elif fault.kind == "nan":
        if ended.code != NAN_ENDS[fault.phase]:
            yield f"exit code {ended.code}, not {NAN_ENDS[fault.phase]}:\n{ended.err}"
    elif fault.kind == "full_disk":
        yield from expect_message(ended, INTERNAL, str(ended.folder.path))
    elif fault.kind == "vanish":
        yield from expect_message(ended, INTERNAL, str(ended.folder.path))
        return
    if fault.phase != "start":
        yield from unreadable(ended.folder)


def is_saved(fault):
    """Whether the run leaves the state before what failed, and is the undisturbed one when it goes on from there."""
    if fault.kind == "nan":
        return fault.phase in ("truth_of_queries", "sampling")
    return fault.kind == "throw" and fault.phase != "start"


def expect_message(ended, code, words):
    if ended.code != code:
        yield f"exit code {ended.code}, not {code}:\n{ended.err}"
    said = [line for line in ended.err.splitlines() if line.startswith("ailoop: error:")]
    if len(said) != 1 or words not in said[0]:
        yield f"not one message with '{words}':\n{ended.err}"


def unreadable(folder):
    """What was written stays readable, but for a last line that was cut off."""
    from safetensors.numpy import load_file

    for part in folder.path.glob("answers/*.safetensors"):
        columns = load_file(part)
        open_answers = np.isnan(columns["answer"][columns["answered_by"] != 0])
        if open_answers.any():
            yield f"{part.name}: {open_answers.sum()} answers that are none"
    answers = folder.path / "answers.csv"
    text = answers.read_text(encoding="utf-8") if answers.exists() else ""
    for row in csv.DictReader(text[: text.rfind("\n") + 1].splitlines()):
        if not math.isfinite(float(row["answer"])):
            yield f"an answer that is not finite: {row}"
    text = (folder.path / "run.jsonl").read_text(encoding="utf-8")
    for line in text[: text.rfind("\n") + 1].splitlines():
        json.loads(line)
