# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The curves that perf/curves makes of made-up measurements, and their pictures; nothing is timed."""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from made_up import SOURCE

from measure.curves import PICTURES, make_curve, make_pictures
from measure.growth import Growth
from measure.growth_pictures import draw
from measure.measurements import Measurements

CONTEXT = {"revision": "1234567"}
LARGEST = 100_000  # bytes of a picture


def measured():
    """Measurements of all lines of all curves at 1, 2 and 8 of whatever they grow with."""
    measurements = Measurements()
    growth = Growth(measurements, None)
    for curve in (curve for curves in PICTURES.values() for curve in curves):
        unit = "KiB" if curve.key.startswith("memory") else "s"
        for line in curve.lines:
            for x in (1, 2, 8) if line.against else ():
                growth.add(f"{curve.key}/{line.key}", x, unit, [2.0 * x, 3.0 * x, 4.0 * x], line.against, [x] * 3)
    return measurements


class CurvesTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def command(self, *arguments):
        words = [sys.executable, "-B", "-m", "measure.growth_command", *arguments, "--folder", self.folder]
        environment = {**os.environ, "PYTHONPATH": str(SOURCE / "perf")}
        return subprocess.run(words, capture_output=True, text=True, env=environment, timeout=60, check=False)

    def test_a_ratio_is_of_what_was_measured_in_turn(self):
        measurements = Measurements()
        growth = Growth(measurements, None)
        growth.add("check.1/check", 64, "s", [1.0, 4.0, 3.0], "bare", [1.0, 2.0, 1.0])
        growth.add("check.1/flushed", 64, "s", [8.0], "bare", [4.0])
        curve = make_curve(PICTURES["check"][0], measurements, CONTEXT)
        check, flushed, bare = (line["points"][0] for line in curve["lines"])
        self.assertEqual((64, 3.0, 2.0, 3), (check["x"], check["value"], check["ratio"], check["repetitions"]))
        self.assertEqual(2.0, flushed["ratio"])
        self.assertEqual((1.5, 4, None), (bare["value"], bare["repetitions"], bare["ratio"]))

    def test_a_line_ends_where_nothing_was_measured(self):
        measurements = Measurements()
        growth = Growth(measurements, None)
        growth.add("retraining.8/fused", 256, "s", [1.0], "steps", [9.0])
        growth.add("retraining.8/fused", 1000000, "s", [2.0], "steps", [])
        libtorch, fused, _, steps = make_curve(PICTURES["retraining"][1], measurements, CONTEXT)["lines"]
        self.assertEqual([], libtorch["points"])
        self.assertEqual([256, 1000000], [point["x"] for point in fused["points"]])
        self.assertEqual([256], [point["x"] for point in steps["points"]])

    def test_pictures_name_their_curves_and_lines_and_are_small(self):
        pictures = make_pictures(measured(), PICTURES, CONTEXT)
        paths = draw(pictures, self.folder)
        expected = {f"{name}{suffix}.svg" for name in PICTURES for suffix in ("", "-dark")}
        self.assertEqual(expected, {path.name for path in paths})
        for name, curves in PICTURES.items():
            for suffix in ("", "-dark"):
                text = (self.folder / f"{name}{suffix}.svg").read_text(encoding="utf-8")
                self.assertLess(len(text), LARGEST)
                for curve in curves:
                    for words in (curve.title, curve.x, curve.y, *(line.name for line in curve.lines)):
                        self.assertIn(f">{words}</text>", text)

    def test_the_same_numbers_make_the_same_files(self):
        pictures = make_pictures(measured(), ["check"], CONTEXT)
        first = [path.read_bytes() for path in draw(pictures, self.folder / "1")]
        second = [path.read_bytes() for path in draw(pictures, self.folder / "2")]
        self.assertEqual(first, second)
        self.assertNotIn(b"<dc:date>", first[0])

    def test_what_was_measured_before_can_be_drawn_again(self):
        content = {"schema": 1, "pictures": make_pictures(measured(), ["check", "memory"], CONTEXT)}
        (self.folder / "curves.json").write_text(json.dumps(content), encoding="utf-8")
        ended = self.command("--draw")
        self.assertEqual(0, ended.returncode, ended.stderr)
        self.assertEqual(content, json.loads((self.folder / "curves.json").read_text(encoding="utf-8")))
        names = {path.name for path in self.folder.glob("*.svg")}
        self.assertEqual({"check.svg", "check-dark.svg", "memory.svg", "memory-dark.svg"}, names)

    def test_bad_input_is_refused(self):
        for text in ("{", "[]", '{"schema": 2, "pictures": {}}', '{"schema": 1}'):
            with self.subTest(text=text):
                (self.folder / "curves.json").write_text(text, encoding="utf-8")
                ended = self.command("--draw")
                self.assertEqual(1, ended.returncode)
                self.assertRegex(ended.stderr, r"^perf/curves: .*curves\.json: .+\n$")
        ended = self.command("no_picture")
        self.assertEqual(1, ended.returncode)
        self.assertIn("wrong arguments: no_picture", ended.stderr)


if __name__ == "__main__":
    unittest.main()
