# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The files of a run agree with each other, and with the mathematics."""

import csv
import math

import numpy as np
import reference
from program import HOTLUM, SHORT, ProgramTest

HEADER = ["query", "x", "answer", "approximation", "bound", "truth", "verdict", "attempts", "answered_by"]


def digits(number):
    """Significant digits of a decimal number."""
    return number.lower().split("e")[0].lstrip("-").replace(".", "").strip("0")


class RunFilesTest(ProgramTest):
    def setUp(self):
        super().setUp()
        _, self.run = self.run_to("out", HOTLUM, *SHORT, ranks=2)
        self.answers = self.run.answers

    def numbers(self, column):
        return [float(row[column]) for row in self.answers]

    def test_answers_have_the_columns_of_the_design(self):
        with open(self.run.path / "answers.csv", newline="", encoding="utf-8") as file:
            self.assertEqual(HEADER, next(csv.reader(file)))

    def test_answers_are_the_queries_in_order(self):
        self.assertEqual([str(query) for query in range(5)], [row["query"] for row in self.answers])

    def test_answers_lie_within_the_tolerance(self):
        for answer, approximation in zip(self.numbers("answer"), self.numbers("approximation")):
            self.assertLessEqual(abs(answer - approximation), 0.05)
        self.assertEqual({"accepted"}, {row["verdict"] for row in self.answers})
        self.assertEqual({"surrogate"}, {row["answered_by"] for row in self.answers})

    def test_queries_are_the_function_of_seed_and_index_that_the_design_defines(self):
        for index, x in enumerate(self.numbers("x")):
            self.assertAlmostEqual(float(reference.uniform_angle(42, reference.QUERY, index)), x, delta=2e-6)

    def test_approximations_are_four_terms_of_the_series(self):
        for x, approximation in zip(self.numbers("x"), self.numbers("approximation")):
            self.assertAlmostEqual(reference.taylor_sine(x, 4), approximation, delta=1e-14)

    def test_bounds_hold_and_are_those_of_lagrange(self):
        for row in self.answers:
            x, bound = float(row["x"]), float(row["bound"])
            error = abs(float(row["approximation"]) - math.sin(x))
            self.assertLessEqual(error, bound)
            self.assertAlmostEqual(abs(x) ** 9 / math.factorial(9), bound, delta=1e-12)

    def test_the_truth_is_the_sine(self):
        for x, truth in zip(self.numbers("x"), self.numbers("truth")):
            self.assertAlmostEqual(math.sin(x), truth, delta=2.3e-16)

    def test_numbers_are_the_shortest_that_read_back(self):
        for row in self.answers:
            for column in ("x", "answer", "approximation", "bound", "truth"):
                self.assertEqual(digits(repr(float(row[column]))), digits(row[column]))

    def test_answers_after_the_last_retraining_are_those_of_the_saved_model(self):
        settings = reference.Settings()
        model = reference.Model(self.run.model)
        last = max(i for i, row in enumerate(self.answers) if int(row["attempts"]) > 1)
        for row in self.answers[last:]:
            self.assertAlmostEqual(model.predict(settings, float(row["x"])), float(row["answer"]), delta=2e-7)

    def test_the_log_has_a_schema_and_times_that_do_not_go_back(self):
        events = self.run.events
        self.assertEqual({1}, {event["schema"] for event in events})
        times = [event["t_s"] for event in events]
        self.assertEqual(sorted(times), times)
        self.assertGreaterEqual(times[0], 0.0)

    def test_the_log_holds_every_check_and_retraining(self):
        attempts = sum(int(row["attempts"]) for row in self.answers)
        self.assertEqual(attempts, len(self.run.events_called("checked")))
        self.assertEqual(attempts - 5, len(self.run.events_called("retrained")))

    def test_accepted_checks_of_the_log_are_the_answers(self):
        accepted = [event for event in self.run.events_called("checked") if event["verdict"] == "accepted"]
        logged = [(e["query"], e["x"], e["surrogate"], e["approximation"]) for e in accepted]
        answers = [
            (int(r["query"]), [float(r["x"])], [float(r["answer"])], [float(r["approximation"])]) for r in self.answers
        ]
        self.assertEqual(answers, logged)

    def test_rejected_checks_of_the_log_are_out_of_tolerance(self):
        rejected = [event for event in self.run.events_called("checked") if event["verdict"] == "rejected"]
        self.assertGreater(len(rejected), 0)
        for event in rejected:
            self.assertGreater(abs(event["surrogate"][0] - event["approximation"][0]), 0.05)

    def test_the_summary_counts_what_the_other_files_hold(self):
        counts = self.run.summary["counts"]
        checks = self.run.events_called("checked")
        self.assertEqual(len(checks), counts["checks"])
        self.assertEqual(5, counts["accepted"])
        self.assertEqual(len(checks) - 5, counts["rejected"])
        self.assertEqual(0, counts["inconclusive"])
        self.assertEqual(len(checks) - 5, counts["retrainings"])
        self.assertEqual(512 * (len(checks) - 5), counts["samples"])
        self.assertEqual(counts["samples"], counts["truth_calls"])

    def test_the_summary_names_times_worst_error_and_setting(self):
        summary = self.run.summary
        for name in ("check_median_s", "check_p99_s"):
            self.assertGreater(summary["times"][name], 0.0)
        worst = max(abs(a - t) for a, t in zip(self.numbers("answer"), self.numbers("truth")))
        self.assertEqual(worst, summary["worst_error"])
        self.assertEqual(2, summary["ranks"])
        self.assertEqual(1, summary["threads"])

    def test_the_summary_says_whether_the_loop_was_worth_it(self):
        times, counts = self.run.summary["times"], self.run.summary["counts"]
        truth_s = times["sample_s"] + times["decide_s"]
        self.assertAlmostEqual(1.0, times["truth_call_s"] * counts["truth_calls"] / truth_s)
        self.assertAlmostEqual(1.0, times["truth_at_every_query_s"] / (5 * times["truth_call_s"]))
        self.assertAlmostEqual(1.0, times["speed_up"] * times["loop_s"] / times["truth_at_every_query_s"])

    def test_the_summary_holds_the_hash_of_the_model(self):
        text = (self.run.path / "summary.json").read_text(encoding="utf-8")
        self.assertIn(self.run.hashes()["model.safetensors"], text)

    def test_the_model_has_the_tensors_and_metadata_of_the_design(self):
        model = self.run.model
        expected = {"fc.weight": (1, 6), "fc.bias": (1,), "adam.step": ()}
        for moment in ("exp_avg", "exp_avg_sq"):
            expected.update({f"adam.{moment}.fc.weight": (1, 6), f"adam.{moment}.fc.bias": (1,)})
        self.assertEqual(expected, {name: tensor.shape for name, tensor in model.items()})
        kinds = {name: np.int64 if name == "adam.step" else np.float32 for name in expected}
        self.assertEqual(kinds, {name: tensor.dtype for name, tensor in model.items()})
        metadata = self.run.model_metadata
        self.assertLessEqual({"format", "problem", "type", "basis", "degree", "box"}, set(metadata))
        self.assertEqual(["sine", "polynomial", "monomial", "5"],
                         [metadata[key] for key in ("problem", "type", "basis", "degree")])

    def test_the_optimizer_counts_a_step_for_each_batch(self):
        retrainings = self.run.summary["counts"]["retrainings"]
        self.assertEqual(239 + retrainings * 512 // 32, int(self.run.model["adam.step"]))
