# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Drives the real program: starts it through the MPI launcher in a temporary folder and reads back what it leaves.

The environment names what to test: AILOOP_PROGRAM (the executable), AILOOP_LAUNCHER (launcher and the option before the
number of ranks, separated by |) and AILOOP_SOURCE_DIR (the project). AILOOP_TIMEOUT_FACTOR is set where all takes longer.
"""

import csv
import hashlib
import json
import os
import re
import subprocess
import tempfile
import time
import unittest
from dataclasses import dataclass
from pathlib import Path

EXECUTABLE = os.environ["AILOOP_PROGRAM"]
LAUNCHER = [word for word in os.environ["AILOOP_LAUNCHER"].split("|") if word]
SOURCE = Path(os.environ["AILOOP_SOURCE_DIR"])
HOTLUM = SOURCE / "config" / "hotlum.yaml"
PRETRAINED = SOURCE / "config" / "models" / "sine_pretrained.safetensors"

CONVERGED, INTERNAL, CONFIGURATION, GAVE_UP, NUMERICAL, INTERRUPTED = 0, 1, 2, 3, 4, 5
RUN_FILES = {"answers.csv", "checkpoint", "config.yaml", "model.safetensors", "run.jsonl", "summary.json"}
SECONDS = 100 * int(os.environ.get("AILOOP_TIMEOUT_FACTOR", "1"))

APPROX_LINE = re.compile(r"^ approx = (\S+), exact = (\S+)$", re.MULTILINE)
TRAINING_LINE = re.compile(r"^training$", re.MULTILINE)


def python_path(folder):
    """The PYTHONPATH with which Python looks into `folder` first."""
    return os.pathsep.join([str(folder), os.environ["PYTHONPATH"]])


@dataclass
class Result:
    """What a finished program gave back."""

    code: int
    out: str
    err: str

    @property
    def approx_lines(self):
        """(answer, exact) of each answer that was printed."""
        return [(float(answer), float(exact)) for answer, exact in APPROX_LINE.findall(self.out)]

    @property
    def training_lines(self):
        return len(TRAINING_LINE.findall(self.out))

    @property
    def messages(self):
        """Lines of standard error that are not empty; without a launcher all of them are the program's."""
        return [line for line in self.err.splitlines() if line.strip()]


class RunFolder:
    """What a run left behind."""

    def __init__(self, path):
        self.path = Path(path)

    def names(self):
        return {entry.name for entry in self.path.iterdir()}

    @property
    def answers(self):
        with open(self.path / "answers.csv", newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))

    @property
    def events(self):
        lines = (self.path / "run.jsonl").read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines]

    def events_called(self, name):
        return [event for event in self.events if event["event"] == name]

    @property
    def summary(self):
        return json.loads((self.path / "summary.json").read_text(encoding="utf-8"))

    @property
    def model(self):
        """Tensors of the model file, through the safetensors package."""
        from safetensors.numpy import load_file

        return load_file(self.path / "model.safetensors")

    @property
    def model_metadata(self):
        from safetensors import safe_open

        with safe_open(self.path / "model.safetensors", framework="numpy") as file:
            return file.metadata()

    @property
    def answer_files(self):
        """Names of the files that hold answers, as text or as columns."""
        parts = sorted(part.relative_to(self.path) for part in self.path.glob("answers/*.safetensors"))
        return [str(part) for part in parts] or ["answers.csv"]

    def hashes(self, *names):
        """sha256 of the files that do not depend on the launcher."""
        names = names or (*self.answer_files, "model.safetensors")
        return {name: hashlib.sha256((self.path / name).read_bytes()).hexdigest() for name in names}


class ProgramTest(unittest.TestCase):
    """A test case with a working directory of its own."""

    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="ailoop-test-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def start(self, *arguments, ranks=None, threads=1, environment=None, cwd=None):
        """Runs the program; with `ranks` through the launcher, else directly."""
        command = [] if ranks is None else [*LAUNCHER, str(ranks)]
        variables = {"OMP_NUM_THREADS": str(threads), **(environment or {})}
        return self.run_command(*command, EXECUTABLE, *arguments, environment=variables, cwd=cwd)

    def run_command(self, *command, environment=None, cwd=None):
        """Runs any command, with these variables beside those that are set."""
        result = subprocess.run(
            [*map(str, command)],
            cwd=cwd or self.folder,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        return Result(result.returncode, result.stdout, result.stderr)

    def config(self, text="", name="config.yaml"):
        """Writes a configuration; required settings that `text` lacks are added in front of it."""
        head = ""
        if not re.search(r"^schema:", text, re.MULTILINE):
            head += "schema: 1\n"
        if not re.search(r"^problem:", text, re.MULTILINE):
            head += "problem: {name: sine}\n"
        path = self.folder / name
        path.write_text(head + text, encoding="utf-8")
        return path

    def start_in_background(self, *arguments, ranks=None):
        command = [] if ranks is None else [*LAUNCHER, str(ranks)]
        process = subprocess.Popen(
            [*command, EXECUTABLE, *map(str, arguments)],
            cwd=self.folder,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.kill)
        return process

    def wait_for(self, condition, what):
        end = time.monotonic() + SECONDS
        while not condition():
            self.assertLess(time.monotonic(), end, what)
            time.sleep(0.01)

    def run_to(self, output, *arguments, code=CONVERGED, **options):
        """Runs into the folder `output`, which must end with `code`; returns (result, folder)."""
        result = self.start(*arguments, "--output", output, **options)
        self.assertEqual(code, result.code, f"{result.out}\n{result.err}")
        return result, RunFolder(self.folder / output)

    def assert_refused(self, result, *words):
        """Exit code 2, one message with all of `words`, nothing on standard output."""
        self.assertEqual(CONFIGURATION, result.code, f"{result.out}\n{result.err}")
        self.assertEqual("", result.out)
        self.assertEqual(1, len(result.messages), result.err)
        for word in words:
            self.assertIn(word, result.err)

    def assert_nothing_written(self, *known):
        """The working directory holds only what the test put there."""
        self.assertEqual(sorted(known), sorted(entry.name for entry in self.folder.iterdir()))


# A short run that retrains a few times: a few hundred samples, whatever the number of ranks.
SHORT = [
    "--set",
    f"surrogate.initial={PRETRAINED}",
    "--set",
    "sampling.total=512",
]
