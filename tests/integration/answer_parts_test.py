# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Answers as columns: the same bytes on any number of ranks, in both layouts and after a resume; what answers.csv says."""

import csv
import hashlib
import io
import os
import subprocess
import sys

from program import SOURCE, INTERRUPTED, ProgramTest

CERTIFIED = SOURCE / "config" / "certified.yaml"
SETTINGS = {"loop.accepted": 3000, "queries.batch": 700, "sampling.total": 512, "seed": 5}


def settings(**more):
    return [
        word
        for key, value in {**SETTINGS, **{k.replace("__", "."): v for k, v in more.items()}}.items()
        for word in ("--set", f"{key}={value}")
    ]


def hashes(folder):
    parts = sorted((folder.path / "answers").iterdir())
    return {part.name: hashlib.sha256(part.read_bytes()).hexdigest() for part in parts}


class AnswerPartsTest(ProgramTest):
    def run_with(self, name, *, ranks=None, code=0, **more):
        changes = settings(output__answers="safetensors", **more)
        _, folder = self.run_to(name, CERTIFIED, *changes, ranks=ranks, code=code)
        return folder

    def test_are_the_same_bytes_in_both_layouts_on_any_ranks(self):
        expected = hashes(self.run_with("one", ranks=1))
        self.assertEqual(["000000.safetensors"], list(expected))
        self.assertEqual(expected, hashes(self.run_with("roles", ranks=3, ranks__layout="roles")))
        self.assertEqual(expected, hashes(self.run_with("two", ranks=2, ranks__layout="everywhere")))
        self.assertEqual(expected, hashes(self.run_with("five", ranks=5, ranks__layout="everywhere")))

    def test_hold_what_answers_csv_holds_and_the_report_prints_both(self):
        _, text = self.run_to("csv", CERTIFIED, *settings(output__answers="csv"), ranks=2)
        columns = self.run_with("columns", ranks=2, output__checks="none")
        printed = [self.printed(folder) for folder in (text, columns)]
        answers = [{row["query"]: (float(row["x"]), float(row["answer"]), row["answered_by"]) for row in rows}
                   for rows in printed]
        self.assertEqual(3000, len(answers[0]))
        self.assertEqual(answers[0], answers[1])

    def printed(self, folder):
        environment = {**os.environ, "PYTHONPATH": os.environ["PYTHONPATH"]}
        command = [sys.executable, str(SOURCE / "report" / "ailoop-report"), "--csv", str(folder.path)]
        out = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
        return list(csv.DictReader(io.StringIO(out)))

    def test_go_on_after_a_resume_on_other_ranks_in_the_other_layout(self):
        expected = hashes(self.run_with("through", ranks=1))
        for first, second in (("roles", "everywhere"), ("everywhere", "roles")):
            name = f"{first}-{second}"
            self.run_with(name, ranks=3, code=INTERRUPTED, ranks__layout=first, limits__wall_seconds=1e-9)
            changes = settings(output__answers="safetensors", ranks__layout=second, loop__accepted=1500)
            self.run_to(name, CERTIFIED, "--resume", *changes, ranks=2)
            folder = self.run_to(name, CERTIFIED, "--resume", *settings(output__answers="safetensors"), ranks=4)[1]
            self.assertEqual(expected, hashes(folder))

    def test_of_another_kind_are_refused_at_a_resume(self):
        self.run_with("kind", code=INTERRUPTED, limits__wall_seconds=1e-9)
        result, _ = self.run_to("kind", CERTIFIED, "--resume", *settings(output__answers="csv"), code=2)
        self.assertIn("output.answers was safetensors, is csv", result.err)


if __name__ == "__main__":
    import unittest

    unittest.main()
