# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""perf/scaling: studies are submitted, resumed and shown, and nonsense is refused before anything is submitted."""

import csv
import shutil
import sys
import time
import unittest

from cluster_programs import job_environment
from program import SECONDS, SOURCE, ProgramTest, python_path
from virtual_cluster import VirtualCluster

SUBMIT = SOURCE / "perf" / "scaling" / "submit.sh"
COLLECT = SOURCE / "perf" / "scaling" / "collect.py"
# One job at a time: all nodes are one machine.
ONE_BY_ONE = ("--", "--dependency=singleton")


class StudyTest(ProgramTest):
    nodes = 2

    def setUp(self):
        super().setUp()
        self.cluster = self.enterContext(VirtualCluster(self.nodes))
        self.cluster.environment |= job_environment()

    def submit(self, *arguments):
        return self.cluster.run(SUBMIT, *arguments, cwd=self.folder)

    def collect(self, study, *arguments, environment=None):
        command = [sys.executable, "-B", COLLECT, study, *arguments]
        return self.cluster.run(*command, cwd=self.folder, **({"env": environment} if environment else {}))

    def table(self, study):
        with open(self.folder / study / "table.csv", newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))

    def wait_for(self, condition, what):
        end = time.monotonic() + SECONDS
        while not condition():
            self.assertLess(time.monotonic(), end, f"{what}: {self.cluster.jobs()}")
            time.sleep(0.1)

    def said(self, study):
        return "".join(path.read_text(encoding="utf-8") for path in (self.folder / study).glob("points/*/job.out"))


class ScalingTest(StudyTest):
    def assert_refused(self, result, *words):
        self.assertEqual(2, result.returncode, result.stdout + result.stderr)
        self.assertEqual("", result.stdout)
        self.assertEqual(1, len(result.stderr.splitlines()), result.stderr)
        for word in words:
            self.assertIn(word, result.stderr)

    def test_nonsense_is_refused(self):
        for arguments, words in (
            (["--nodes", "0"], ["--nodes", "'0'"]),
            (["--nodes", "1,3"], ["3", "only 2 nodes"]),
            (["--nodes", "two"], ["--nodes", "'two'"]),
            (["--layouts", "9", "--nodes", "1"], ["9 ranks a node", "8 cores"]),
            (["--layouts", "0"], ["--layouts", "'0'"]),
            (["--partition", "nowhere"], ["'nowhere' is unknown", "virtual"]),
            (["--scaling", "sideways"], ["--scaling", "'sideways'"]),
            (["--size", "huge"], ["--size", "'huge'"]),
            (["--minutes", "0"], ["--minutes", "'0'"]),
            (["--samples-per-node", "-5"], ["--samples-per-node", "'-5'"]),
            (["--nodes"], ["--nodes needs a value"]),
            (["--what"], ["--what"]),
        ):
            with self.subTest(arguments=arguments):
                result = self.cluster.run(SUBMIT, "study", *arguments, cwd=self.folder)
                self.assert_refused(result, *words)
        self.assert_refused(self.submit(), "STUDY")
        self.assertEqual({}, self.cluster.jobs())
        self.assert_nothing_written()

    def test_folders_of_something_else_are_refused(self):
        (self.folder / "full").mkdir()
        (self.folder / "full" / "notes").write_text("mine\n", encoding="utf-8")
        self.assert_refused(self.submit("full", "--nodes", "1"), "full", "no study")
        self.assertEqual(2, self.collect("full").returncode)
        self.assertEqual(2, self.collect("nowhere").returncode)

    def test_a_half_finished_study_is_resumed_and_not_mixed_with_another(self):
        few = ("--scaling", "strong", "--layouts", "2", "--samples-per-node", "16")
        result = self.submit("study", "--nodes", "1", *few, *ONE_BY_ONE)
        self.assertEqual(0, result.returncode, result.stderr)
        self.cluster.wait_for_jobs(SECONDS)
        result = self.submit("study", "--nodes", "1,2", *few, *ONE_BY_ONE)
        self.assertEqual(0, result.returncode, result.stderr)
        self.assertRegex(result.stdout, r"strong-2-n01 .* finished\n")
        self.assertRegex(result.stdout, r"strong-2-n02 .* submitted as job 2\n")
        result = self.submit("study", "--nodes", "2", *few)
        self.assertRegex(result.stdout, r"strong-2-n02 .* (in the queue as job 2|finished)\n")
        other = self.submit("study", "--nodes", "1", *few[:-1], "32")
        self.assert_refused(other, "another study", "samples_per_node: 16", "samples_per_node: 32")
        self.cluster.wait_for_jobs(SECONDS)

        result = self.collect("study", "--expect", "2")
        self.assertEqual(0, result.returncode, result.stderr + self.said("study"))
        rows = self.table("study")
        self.assertEqual(["2", "4"], [row["ranks"] for row in rows])
        self.assertEqual(["4", "4"], [row["threads"] for row in rows])
        self.assertEqual(1, len({row["answers_sha256"] for row in rows}))
        for name in ("time.png", "efficiency.png", "phases.png"):
            self.assertGreater((self.folder / "study" / name).stat().st_size, 10000, name)
        self.assert_collect_complains()

    def assert_collect_complains(self):
        """Of the finished study, damaged in several ways."""
        (self.folder / "matplotlib.py").write_text("raise ImportError('no matplotlib here')\n", encoding="utf-8")
        without = {**self.cluster.environment, "PYTHONPATH": python_path(self.folder)}
        result = self.collect("study", environment=without)
        self.assertEqual(1, result.returncode)
        self.assertIn("no pictures: no matplotlib here; the table is complete", result.stderr)
        self.assertEqual(2, len(self.table("study")))

        answers = self.folder / "study" / "points" / "strong-2-n02" / "run" / "answers.csv"
        answers.write_text(answers.read_text(encoding="utf-8") + "\n", encoding="utf-8")
        result = self.collect("study")
        self.assertEqual(1, result.returncode)
        self.assertIn("2 points with 256 samples a retraining differ in answers_sha256", result.stderr)

        (answers.parent / "summary.json").write_text("{", encoding="utf-8")
        result = self.collect("study", "--expect", "2")
        self.assertEqual(1, result.returncode)
        self.assertIn("strong-2-n02: summary.json cannot be read", result.stderr)
        self.assertIn("1 points are finished instead of 2", result.stderr)

        shutil.rmtree(answers.parent)
        result = self.collect("study")
        self.assertEqual(0, result.returncode, result.stderr)
        self.assertIn("not finished, left out: strong-2-n02", result.stderr)
        self.assertEqual(1, len(self.table("study")))


if __name__ == "__main__":
    unittest.main()
