# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""perf/compare on made-up results: what it flags, what it leaves alone, and what it refuses."""

import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from made_up import SOURCE, figure, results


class ComparisonTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def compare(self, old, new, *arguments):
        paths = []
        for name, content in (("old.json", old), ("new.json", new)):
            paths.append(self.folder / name)
            paths[-1].write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        command = [sys.executable, "-B", SOURCE / "perf/compare", *arguments, *paths]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
        return ended.returncode, ended.stdout, ended.stderr

    def test_a_larger_ratio_is_slower(self):
        code, output, _ = self.compare(results(figure(ratio=1.0)), results(figure(ratio=1.3)))
        self.assertEqual(1, code)
        self.assertIn("slower: check: 1 x -> 1.3 x of bare", output)

    def test_a_smaller_ratio_is_faster_and_no_failure(self):
        code, output, _ = self.compare(results(figure(ratio=1.3)), results(figure(ratio=1.0)))
        self.assertEqual(0, code)
        self.assertIn("faster: check", output)

    def test_noise_within_the_spread_is_not_flagged(self):
        for old, new in ((1.0, 1.3), (1.3, 1.0)):
            wide = {"width": 0.2}
            code, output, _ = self.compare(results(figure(ratio=old, **wide)), results(figure(ratio=new, **wide)))
            self.assertEqual((0, "within the spread: 1 figures\n"), (code, output))

    def test_a_change_below_five_percent_is_not_flagged(self):
        narrow = {"width": 0.0001}
        code, output, _ = self.compare(results(figure(ratio=1.0, **narrow)), results(figure(ratio=1.04, **narrow)))
        self.assertEqual((0, "within the spread: 1 figures\n"), (code, output))

    def test_a_machine_in_its_slow_phase_is_not_flagged(self):
        code, _, _ = self.compare(results(figure(value=1e-6)), results(figure(value=2e-6)))
        self.assertEqual(0, code)

    def test_of_a_rate_less_is_slower(self):
        rate = {"better": "higher"}
        code, output, _ = self.compare(results(figure(ratio=20.0, **rate)), results(figure(ratio=10.0, **rate)))
        self.assertEqual(1, code)
        self.assertIn("slower: check", output)
        code, output, _ = self.compare(results(figure(ratio=10.0, **rate)), results(figure(ratio=20.0, **rate)))
        self.assertEqual(0, code)
        self.assertIn("faster: check", output)

    def test_without_a_baseline_values_of_one_machine_are_compared(self):
        code, output, _ = self.compare(
            results(figure(ratio=None, value=1e-6)), results(figure(ratio=None, value=2e-6))
        )
        self.assertEqual(1, code)
        self.assertIn("slower: check: 1 us -> 2 us", output)

    def test_times_of_different_machines_are_not_compared(self):
        old = results(figure("time", ratio=None, value=1e-6), figure("check", ratio=1.0))
        new = results(figure("time", ratio=None, value=2e-6), figure("check", ratio=1.0), processor="another")
        code, output, _ = self.compare(old, new)
        self.assertEqual(0, code)
        self.assertIn("different machines: times are not compared, ratios to the baselines are", output)
        self.assertIn("not compared, of another machine, no baseline: 1 figures", output)

    def test_ratios_of_different_machines_are_compared(self):
        code, output, _ = self.compare(results(figure(ratio=1.0)), results(figure(ratio=1.5), processor="another"))
        self.assertEqual(1, code)
        self.assertIn("slower: check", output)

    def test_what_was_measured_on_a_loaded_machine_is_left_out_unless_wanted(self):
        old, new = results(figure(ratio=1.0)), results(figure(ratio=2.0, loaded=True))
        code, output, _ = self.compare(old, new)
        self.assertEqual(0, code)
        self.assertIn("not compared, measured on a loaded machine: 1 figures", output)
        code, output, _ = self.compare(old, new, "--even-loaded")
        self.assertEqual(1, code)

    def test_figures_of_one_file_only_are_named(self):
        code, output, _ = self.compare(results(figure("a"), figure("b")), results(figure("b"), figure("c")))
        self.assertEqual(0, code)
        self.assertIn("only in the old: a\nonly in the new: c\n", output)

    def test_bad_input_is_refused(self):
        good = results(figure())
        without_spread = results(figure())
        del without_spread["figures"][0]["spread"]
        without_number = results(figure())
        without_number["figures"][0]["value"] = "fast"
        bad = {
            "no JSON": "{",
            "another schema": {**good, "schema": 2},
            "a list": [],
            "no context": {"schema": 1, "figures": good["figures"]},
            "no spread": without_spread,
            "reversed spread": results(figure(spread=[2.0, 1.0])),
            "text for a number": without_number,
            "nothing in common": results(figure("another")),
            "another baseline": results(figure(baseline="another")),
        }
        for what, content in bad.items():
            with self.subTest(what=what):
                code, output, errors = self.compare(good, content)
                self.assertEqual((2, ""), (code, output))
                self.assertRegex(errors, r"^perf/compare: .+\n$")

    def test_a_file_that_is_not_there_is_refused(self):
        command = [sys.executable, "-B", SOURCE / "perf/compare", self.folder / "a.json", self.folder / "b.json"]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
        self.assertEqual(2, ended.returncode)
        self.assertIn("a.json: cannot be read", ended.stderr)


if __name__ == "__main__":
    unittest.main()
