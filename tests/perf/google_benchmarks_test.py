# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What is read of a Google Benchmark program's JSON."""

import json
import unittest

import made_up  # noqa: F401, for the path

from measure.errors import MeasureError
from measure.google_benchmarks import context, parse, record
from measure.measurements import Measurements


def entry(time, repetition, **others):
    base = {"name": "copy/1024", "run_name": "copy/1024", "run_type": "iteration", "time_unit": "us"}
    return {**base, "real_time": time, "repetition_index": repetition, **others}


class GoogleBenchmarksTest(unittest.TestCase):
    def test_repetitions_are_kept_in_their_order_and_in_seconds(self):
        measurements = Measurements()
        aggregate = {**entry(9.0, 0), "run_type": "aggregate", "name": "copy/1024_median"}
        record({"benchmarks": [entry(3.0, 2), entry(1.0, 0), entry(2.0, 1), aggregate]}, "native/x", measurements)
        series = measurements.get("native/x/copy/1024")
        self.assertEqual("s", series.unit)
        for expected, value in zip((1e-6, 2e-6, 3e-6), series.values, strict=True):
            self.assertAlmostEqual(expected, value, delta=1e-12)

    def test_rates_are_measurements_of_their_own(self):
        measurements = Measurements()
        record({"benchmarks": [entry(1.0, 0, bytes_per_second=2e9)]}, "native/x", measurements)
        self.assertEqual([2e9], measurements.get("native/x/copy/1024/bytes_per_second").values)

    def test_a_benchmark_that_failed_is_an_error(self):
        failed = entry(1.0, 0, error_occurred=True, error_message="wrong result")
        with self.assertRaisesRegex(MeasureError, "copy/1024: wrong result"):
            record({"benchmarks": [failed]}, "native/x", Measurements())

    def test_what_is_no_json_is_an_error(self):
        with self.assertRaisesRegex(MeasureError, "x_benchmark: wrote no JSON"):
            parse("{", "x_benchmark")

    def test_of_the_context_what_says_how_it_was_built_is_kept(self):
        told = {"context": {"date": "today", "num_cpus": 2, "kokkos": "3.4.01", "instruction_set": "avx512"}}
        self.assertEqual({"kokkos": "3.4.01", "instruction_set": "avx512"}, context(json.loads(json.dumps(told))))


if __name__ == "__main__":
    unittest.main()
