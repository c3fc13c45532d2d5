# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The figures, the table and the JSON that perf/run makes of made-up measurements."""

import json
import tempfile
import unittest
from pathlib import Path

from made_up import machine

from measure.definitions import FIGURES, Figure
from measure.measurements import Measurements
from measure.results import make_results, quantity, table, write_json

CHECK = Figure("check", "ailoop/check", "bare/check", "bare collectives", ratio_at_most=1.2)
LOOP = Figure("loop", "ailoop/loop", "python/loop", "Python", ratio_at_most=0.4, value_at_most=15e-3)
RATE = Figure("rate", "ailoop/rate", "bare/rate", "a loop in C", ratio_at_least=20.0)
LIMIT = Figure("limit", "ailoop/sum", "bare/operations", "the slower", ratio_at_most=2.0, or_baseline="bare/copy")
CONTEXT = {"machine": machine(), "loaded": False}


def measured(**series):
    """Measurements of seconds; __ stands for /."""
    measurements = Measurements()
    for name, values in series.items():
        measurements.add(name.replace("__", "/"), "s", *values)
    return measurements


def figures(measurements, *definitions):
    results, missing = make_results(CONTEXT, measurements, definitions)
    return {figure["name"]: figure for figure in results["figures"]}, missing


class ResultsTest(unittest.TestCase):
    def test_the_ratio_is_of_the_repetitions_that_met_the_same_machine(self):
        # the machine is twice as slow in the last three repetitions of five
        measurements = measured(ailoop__check=[1, 1, 2, 2, 2], bare__check=[1, 1, 2, 2, 2])
        check = figures(measurements, CHECK)[0]["check"]
        self.assertEqual((1.0, [1.0, 1.0]), (check["ratio"], check["ratio_spread"]))
        self.assertEqual((2, 2, 5), (check["value"], check["baseline_value"], check["repetitions"]))
        self.assertEqual([1, 2], check["spread"])

    def test_series_of_different_length_are_compared_by_the_median(self):
        check = figures(measured(ailoop__check=[1, 2, 3], bare__check=[4, 4]), CHECK)[0]["check"]
        self.assertEqual(0.5, check["ratio"])

    def test_a_target_is_met_up_to_its_bound(self):
        for value, met in ((1.2, True), (1.21, False)):
            check = figures(measured(ailoop__check=[value], bare__check=[1.0]), CHECK)[0]["check"]
            self.assertIs(met, check["met"])

    def test_every_part_of_a_target_has_to_be_met(self):
        for loop, python, met in ((14e-3, 50e-3, True), (16e-3, 50e-3, False), (14e-3, 20e-3, False)):
            measurements = measured(ailoop__loop=[loop], python__loop=[python])
            self.assertIs(met, figures(measurements, LOOP)[0]["loop"]["met"])

    def test_a_rate_has_to_reach_its_target(self):
        for rate, met in ((20.0, True), (19.0, False)):
            figure = figures(measured(ailoop__rate=[rate], bare__rate=[1.0]), RATE)[0]["rate"]
            self.assertEqual((met, "higher"), (figure["met"], figure["better"]))

    def test_a_figure_without_its_baseline_is_missing(self):
        found, missing = figures(measured(ailoop__check=[1.0]), CHECK, LOOP)
        self.assertEqual(({}, [CHECK, LOOP]), (found, missing))

    def test_of_two_baselines_the_larger_one_counts_in_each_repetition(self):
        sums = measured(ailoop__sum=[6, 6], bare__operations=[3, 1], bare__copy=[2, 6])
        limit = figures(sums, LIMIT)[0]["limit"]
        self.assertEqual((1.5, 4.5, True), (limit["ratio"], limit["baseline_value"], limit["met"]))
        found, missing = figures(measured(ailoop__sum=[6], bare__operations=[3]), LIMIT)
        self.assertEqual(([], [LIMIT]), (list(found), missing))

    def test_what_no_definition_names_is_kept(self):
        found, _ = figures(measured(native__some_benchmark__case=[3.0, 1.0, 2.0]), CHECK)
        self.assertEqual(2.0, found["native.some_benchmark.case"]["value"])

    def test_a_loaded_machine_marks_the_figure_and_the_whole(self):
        measurements = measured(ailoop__check=[1.0], bare__check=[1.0], ailoop__loop=[1.0], python__loop=[1.0])
        measurements.mark_loaded(["bare/check"])
        results, _ = make_results(CONTEXT, measurements, (CHECK, LOOP))
        self.assertEqual([True, False], [figure["loaded"] for figure in results["figures"]])
        self.assertTrue(results["context"]["loaded"])
        self.assertIn("(loaded)", table(results, (CHECK,)))
        self.assertNotIn("(loaded)", table(results, (LOOP,)))

    def test_the_table_says_value_baseline_ratio_target_and_whether_it_is_met(self):
        measurements = measured(ailoop__check=[1e-6, 2e-6, 3e-6], bare__check=[1e-6, 1e-6, 1e-6])
        lines = table(make_results(CONTEXT, measurements, (CHECK,))[0], (CHECK,)).splitlines()
        self.assertEqual("| figure | value | baseline | ratio | target | met |", lines[0])
        self.assertEqual(
            "| check | 2 us (1.5 us - 2.5 us) | 1 us, bare collectives | 2 (1.5 - 2.5) | <= 1.2 x | **no** |", lines[2]
        )

    def test_what_is_written_can_be_read_again(self):
        results, _ = make_results(CONTEXT, measured(ailoop__check=[1.0], bare__check=[1.0]), (CHECK,))
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "perf.json"
            write_json(path, results)
            self.assertEqual(results, json.loads(path.read_text(encoding="utf-8")))

    def test_quantities_have_three_digits_and_a_prefix(self):
        texts = [quantity(*pair) for pair in ((1.2345e-6, "s"), (0.05, "s"), (1.4e9, "items/s"), (3584, "KiB"))]
        self.assertEqual(["1.23 us", "50 ms", "1.4 Gitems/s", "3.5 MiB"], texts)

    def test_every_definition_has_a_name_of_its_own_and_a_baseline_for_its_ratio(self):
        self.assertEqual(len(FIGURES), len({figure.name for figure in FIGURES}))
        for figure in FIGURES:
            wants_ratio = figure.ratio_at_most is not None or figure.ratio_at_least is not None
            self.assertTrue(figure.baseline or not wants_ratio, figure.name)
            self.assertEqual(bool(figure.baseline), bool(figure.against), figure.name)


if __name__ == "__main__":
    unittest.main()
