# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Starts the programs that measure: under mpiexec, with the time at which each rank was executed."""

import json
import os
import shutil
import subprocess
from pathlib import Path

from measure.errors import MeasureError

ROOT = Path(__file__).resolve().parents[2]

# Says when it executes the program; bash, for EPOCHREALTIME.
WITH_EXEC_TIME = ["bash", "-c", 'LC_ALL=C; export AILOOP_EXEC_TIME=$EPOCHREALTIME; exec "$0" "$@"']
LONGEST = 300.0  # seconds of one start


def launcher():
    """AILOOP_LAUNCHER, words between |, or mpiexec -n."""
    words = os.environ.get("AILOOP_LAUNCHER", "mpiexec|-n").split("|")
    if shutil.which(words[0]) is None:
        raise MeasureError(f"{words[0]}: not found; it starts the ranks")
    return words


def built(build, name):
    program = ROOT / "build" / build / "bin" / name
    if not os.access(program, os.X_OK):
        raise MeasureError(f"{program}: not there; perf/run builds it")
    return str(program)


def python_with_packages():
    """A Python that has what persistent_loop.py imports: AILOOP_PERF_PYTHON, or the distribution's."""
    python = os.environ.get("AILOOP_PERF_PYTHON", "/usr/bin/python3")
    try:
        command = [python, "-c", "import mpi4py, numpy, torch"]
        ended = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        raise MeasureError(f"{python}: {error.strerror}; AILOOP_PERF_PYTHON can name another") from error
    if ended.returncode != 0:
        reason = ended.stderr.strip().splitlines()[-1:] or ["no reason given"]
        raise MeasureError(
            f"{python} lacks a package of perf/baselines/persistent_loop.py ({reason[0]}): install "
            f"perf/baselines/requirements.txt, or name a Python in AILOOP_PERF_PYTHON that has them"
        )
    return python


def run(command):
    """(standard output, standard error) of a command that has to succeed."""
    words = [str(word) for word in command]
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(words, text=True, **pipes) as process:
        try:
            output, errors = process.communicate(timeout=LONGEST)
        except BaseException as error:
            end(process)
            if isinstance(error, subprocess.TimeoutExpired):
                raise MeasureError(f"took longer than {LONGEST:.0f} s: {' '.join(words)}") from error
            raise
    if process.returncode != 0:
        raise MeasureError(f"ended with {process.returncode}: {' '.join(words)}\n{output}{errors}")
    return output, errors


def end(process):
    """Gently, so that a launcher ends its ranks; by force where that takes long."""
    process.terminate()
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def run_ranks(ranks, program, *arguments):
    return run([*launcher(), ranks, *WITH_EXEC_TIME, program, *arguments])


def json_lines(text):
    """The objects that ranks printed, a line each."""
    try:
        return [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    except json.JSONDecodeError as error:
        raise MeasureError(f"no JSON: {error}\n{text}") from error


def json_of_ranks(ranks, program, *arguments):
    """The one object that rank 0 printed."""
    lines = json_lines(run_ranks(ranks, program, *arguments)[0])
    if len(lines) != 1:
        raise MeasureError(f"{program} printed {len(lines)} JSON objects, not one")
    return lines[0]
