# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The problem kepler: two inputs, a model from nothing, the same answers for every number of ranks."""

import math

import numpy as np
from program import CONFIGURATION, CONVERGED, SOURCE, ProgramTest

KEPLER = SOURCE / "config" / "kepler.yaml"
TOLERANCE = 0.03
BOUND = 0.0024  # of eight terms for e < 0.5
FEATURES = 91  # of degree 12 in two variables


def solution(mean, eccentricity):
    """E of M = E - e sin E, by bisection."""
    lower, upper = mean - eccentricity, mean + eccentricity
    for _ in range(100):
        middle = (lower + upper) / 2
        if middle - eccentricity * math.sin(middle) > mean:
            upper = middle
        else:
            lower = middle
    return (lower + upper) / 2


def prediction(model, mean, eccentricity, degree=12):
    """The model of the file, as its metadata describes it."""
    t = (np.float64(mean) / math.pi, np.float64(eccentricity) / 0.25 - 1)
    weights = iter(model["fc.weight"][0].astype(np.float64))
    total = float(model["fc.bias"][0])
    for of_total in range(degree + 1):
        for of_first in range(of_total, -1, -1):
            unit = [np.eye(degree + 1)[n] for n in (of_first, of_total - of_first)]
            values = [np.polynomial.legendre.legval(t[j], unit[j]) for j in range(2)]
            total += next(weights) * values[0] * values[1]
    return total


class KeplerTest(ProgramTest):
    def assert_converges(self, ranks):
        result, folder = self.run_to("out", KEPLER, ranks=ranks)
        self.assertEqual(100, len(result.approx_lines))
        summary = folder.summary
        self.assertEqual("converged", summary["end"])
        counts = summary["counts"]
        self.assertEqual(100, counts["by_surrogate"] + counts["by_truth"])
        self.assertLessEqual(counts["by_truth"], 5)
        self.assertLess(counts["retrainings"], 30)
        self.assertGreaterEqual(counts["samples"], 4096 * counts["retrainings"])
        for row in folder.answers:
            mean, eccentricity = float(row["x_0"]), float(row["x_1"])
            truth = solution(mean, eccentricity)
            self.assertTrue(-math.pi <= mean < math.pi and 0 <= eccentricity < 0.5, row)
            self.assertAlmostEqual(truth, float(row["truth"]), delta=1e-14)
            self.assertLessEqual(abs(float(row["approximation"]) - truth), float(row["bound"]))
            self.assertLess(float(row["bound"]), BOUND)
            self.assertLessEqual(abs(float(row["answer"]) - truth), TOLERANCE)
        return folder

    def test_one_rank_converges(self):
        folder = self.assert_converges(1)
        self.assertEqual((1, FEATURES), folder.model["fc.weight"].shape)
        metadata = folder.model_metadata
        self.assertEqual("scaled", metadata["inputs"])
        self.assertEqual("graded lexicographic", metadata["order"])
        last = [row for row in folder.answers if row["answered_by"] == "surrogate"][-1]
        expected = prediction(folder.model, float(last["x_0"]), float(last["x_1"]))
        self.assertAlmostEqual(expected, float(last["answer"]), delta=1e-4)

    def test_four_ranks_converge(self):
        self.assert_converges(4)

    def test_eight_ranks_converge(self):
        self.assert_converges(8)

    def test_a_query_that_the_next_retraining_answers_is_not_set_aside(self):
        # It is off by 0.034 rad in a corner of the box, ten times the residual of the fit.
        _, folder = self.run_to("out", KEPLER, "--seed", "48", code=CONVERGED)
        self.assertEqual(2, folder.summary["counts"]["retrainings"])

    def test_answers_and_model_do_not_depend_on_the_ranks(self):
        few = ["--set", "loop.accepted=20", "--set", "loop.tolerance=0.1"]
        _, one = self.run_to("one", KEPLER, *few, ranks=1)
        _, five = self.run_to("five", KEPLER, *few, ranks=5, threads=2)
        self.assertEqual(one.hashes(), five.hashes())
        self.assertEqual(20, len(one.answers))

    def test_a_saved_model_is_continued(self):
        few = ["--set", "loop.accepted=5", "--set", "loop.tolerance=0.5"]
        _, first = self.run_to("first", KEPLER, *few)
        model = first.path / "model.safetensors"
        more = ["--set", f"surrogate.initial={model}", "--set", "loop.tolerance=100"]
        _, second = self.run_to("second", KEPLER, *few, *more)
        self.assertEqual(0, second.summary["counts"]["retrainings"])
        self.assertEqual(first.hashes("model.safetensors"), second.hashes("model.safetensors"))
        for changes in (["surrogate.inputs=raw"], ["surrogate.degree=11"], ["problem.eccentricity_max=0.4"]):
            with self.subTest(changes=changes):
                sets = [word for change in changes for word in ("--set", change)]
                result = self.start(KEPLER, *few, *more, *sets, "--output", "third")
                self.assert_refused_as(result, str(model))

    def assert_refused_as(self, result, *words):
        self.assertEqual(CONFIGURATION, result.code, result.out + result.err)
        for word in words:
            self.assertIn(word, result.err)
        self.assertFalse((self.folder / "third").exists())

    def test_an_eccentricity_of_one_is_refused(self):
        for value in ("1", "0", "-0.1", "1.5"):
            with self.subTest(value=value):
                result = self.start(KEPLER, "--set", f"problem.eccentricity_max={value}")
                self.assert_refused(result, "problem.eccentricity_max", "greater than 0 and less than 1")
                self.assert_nothing_written()

    def test_a_degree_beyond_the_limit_is_refused(self):
        result = self.start(KEPLER, "--set", "surrogate.degree=1001")
        self.assert_refused(result, "surrogate.degree", "1000")
        self.assert_nothing_written()
