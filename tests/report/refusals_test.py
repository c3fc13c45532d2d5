# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What ailoop-report refuses: one message, the documented exit code, nothing written."""

import json
import sys

from program import HOTLUM, SHORT, SOURCE, python_path
from report_case import ReportTest

sys.path.insert(0, str(SOURCE / "report"))

from ailoop_report.errors import ReportError  # noqa: E402
from ailoop_report.run import read_run  # noqa: E402

STARTED = {"schema": 1, "t_s": 0.5, "event": "started", "ranks": 1, "threads": 1, "config_sha256": "0"}
CHECKED = {
    **{"schema": 1, "t_s": 0.6, "event": "checked", "query": 0, "attempt": 1, "x": [1.0], "surrogate": [0.8]},
    **{"approximation": [0.81], "error": 0.01, "tolerance": 0.05, "verdict": "accepted", "answered_by": "surrogate"},
}


def lines(*events):
    return "".join(json.dumps(event) + "\n" for event in events).encode()


LOGS = {
    "empty": (b"", "empty"),
    "not_json": (b"hello\nworld\n", "run.jsonl:1: not an event"),
    "binary": (bytes(range(256)), "run.jsonl:1: not an event"),
    "an_array": (b"[1, 2]\n", "run.jsonl:1: not an event"),
    "another_log": (b'{"level": "info"}\n', "run.jsonl:1: not an event"),
    "only_a_cut_line": (lines(STARTED)[:30], "run.jsonl:1: not an event"),
    "another_schema": (lines({**STARTED, "schema": 2}), "run.jsonl:1: schema: 2; this ailoop-report reads schema 1"),
    "no_start": (lines(CHECKED), "run.jsonl:1: the first event is 'checked', not 'started'"),
    "two_starts": (lines(STARTED, STARTED), "run.jsonl:2: a second 'started'"),
    "damaged_in_the_middle": (lines(STARTED) + b'{"schema": 1, "t\n' + lines(CHECKED), "run.jsonl:2: not an event"),
    "no_number": (lines(STARTED, {**CHECKED, "error": "big"}), "run.jsonl:2: an event that lacks something"),
    "no_verdict": (lines(STARTED, {**CHECKED, "verdict": "maybe"}), "run.jsonl:2: an event that lacks something"),
    "two_sizes": (lines(STARTED, CHECKED, {**CHECKED, "x": [1.0, 2.0]}), "x has 2 numbers; in the first check 1"),
}


class RefusalsTest(ReportTest):
    def assert_report_refused(self, result, *words, code=2):
        self.assertEqual((code, ""), (result.code, result.out), result.err)
        self.assertEqual(1, len(result.messages), result.err)
        for word in ("ailoop-report: error: ", *words):
            self.assertIn(word, result.err)

    def log(self, name):
        """A folder with this log and nothing else."""
        folder = self.folder / name
        folder.mkdir()
        (folder / "run.jsonl").write_bytes(LOGS[name][0])
        return folder

    def test_damaged_logs_are_told_from_good_ones(self):
        for name, (_, words) in LOGS.items():
            with self.subTest(log=name):
                with self.assertRaises(ReportError) as caught:
                    read_run(self.log(name))
                self.assertIn(words, str(caught.exception))

    def test_damaged_logs_are_refused_with_one_message(self):
        for name in ("empty", "not_json", "another_schema"):
            with self.subTest(log=name):
                folder = self.log(name)
                self.assert_report_refused(self.start_report(name), LOGS[name][1])
                self.assertEqual(["run.jsonl"], [path.name for path in folder.iterdir()])

    def test_what_is_not_the_folder_of_a_run_is_refused(self):
        (self.folder / "empty").mkdir()
        (self.folder / "file").write_text("", encoding="utf-8")
        self.assert_report_refused(self.start_report("empty"), "empty: not the folder of a run: it holds no run.jsonl")
        self.assert_report_refused(self.start_report("file"), "file: not a folder")
        self.assert_report_refused(self.start_report("none"), "none: does not exist")
        self.assert_nothing_written("empty", "file")

    def test_wrong_command_lines_are_refused(self):
        self.assert_report_refused(self.start_report(), "DIR")
        self.assert_report_refused(self.start_report("a", "b"), "b")
        self.assert_report_refused(self.start_report("a", "--out", "b"), "--out")
        self.assert_nothing_written()

    def test_pages_that_cannot_be_written_are_refused(self):
        self.run_to("out", HOTLUM, *SHORT)
        before = {path.name: path.read_bytes() for path in (self.folder / "out").iterdir() if path.is_file()}
        (self.folder / "folder.html").mkdir()
        (self.folder / "blocked_images").write_text("", encoding="utf-8")
        for output, words in {
            "out/run.jsonl": "'out/run.jsonl' does not end in .html",
            "folder.html": "'folder.html' is a folder",
            "none/page.html": "the folder 'none' does not exist",
            "blocked.html": "'blocked_images' is in the way",
        }.items():
            with self.subTest(output=output):
                self.assert_report_refused(self.start_report("out", "--output", output), words)
        self.assertEqual(before, {path.name: path.read_bytes() for path in (self.folder / "out").iterdir() if path.is_file()})
        self.assert_nothing_written("blocked_images", "folder.html", "out")

    def test_a_missing_package_is_named(self):
        self.run_to("out", HOTLUM, *SHORT)
        before = sorted((self.folder / "out").iterdir())
        for name in ("matplotlib", "numpy"):
            with self.subTest(package=name):
                hidden = self.folder / f"without_{name}"
                hidden.mkdir()
                (hidden / f"{name}.py").write_text("raise ImportError('hidden by a test')\n", encoding="utf-8")
                result = self.start_report("out", environment={"PYTHONPATH": python_path(hidden)})
                self.assert_report_refused(result, f"{name} cannot be imported", f"python3-{name}", code=1)
        self.assertEqual(before, sorted((self.folder / "out").iterdir()))
