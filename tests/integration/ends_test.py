# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""How a run ends: each limit, and the numerical failure, with its exit code, message and files."""

import numpy

from program import CONVERGED, GAVE_UP, HOTLUM, NUMERICAL, PRETRAINED, RUN_FILES, SHORT, ProgramTest

# No trained polynomial is this close to the truth.
HOPELESS = ["--set", "loop.tolerance=1e-12", *SHORT]


class EndsTest(ProgramTest):
    def gave_up(self, *arguments, ranks=None):
        result, folder = self.run_to("out", HOTLUM, *HOPELESS, *arguments, code=GAVE_UP, ranks=ranks)
        self.assertEqual("gave_up", folder.summary["end"])
        self.assertEqual(RUN_FILES, folder.names() & RUN_FILES)
        return result, folder

    def assert_counts(self, folder, **expected):
        counts = folder.summary["counts"]
        self.assertEqual(expected, {name: counts[name] for name in expected})

    def test_a_run_that_answers_everything_converged(self):
        _, folder = self.run_to("out", HOTLUM, *SHORT, code=CONVERGED)
        self.assertEqual("converged", folder.summary["end"])
        self.assert_counts(folder, accepted=5)

    def test_the_limit_of_retrainings_ends_the_run(self):
        result, folder = self.gave_up("--set", "limits.retrainings=2", ranks=2)
        self.assertIn("limits.retrainings", result.err)
        self.assert_counts(folder, accepted=0, retrainings=2, checks=3, rejected=3, samples=1024)
        self.assertEqual(2, result.training_lines)

    def test_the_limit_of_retrainings_of_a_query_ends_the_run(self):
        result, folder = self.gave_up("--set", "limits.retrainings_per_query=3")
        self.assertIn("limits.retrainings_per_query", result.err)
        self.assert_counts(folder, retrainings=3, checks=4)

    def test_the_limit_of_checks_ends_the_run(self):
        result, folder = self.gave_up("--set", "limits.checks=4", ranks=2)
        self.assertIn("limits.checks", result.err)
        self.assert_counts(folder, checks=4, rejected=4)

    def test_the_summary_says_which_queries_are_left(self):
        _, folder = self.gave_up("--set", "limits.retrainings=1")
        self.assertEqual([0], folder.summary["unanswered"])

    def test_answers_given_before_a_limit_are_kept(self):
        arguments = ["--set", "limits.checks=3", "--set", f"surrogate.initial={PRETRAINED}", "--set", "loop.tolerance=2"]
        _, folder = self.run_to("out", HOTLUM, *arguments, code=GAVE_UP)
        self.assertEqual(["0", "1", "2"], [row["query"] for row in folder.answers])
        self.assert_counts(folder, accepted=3, checks=3)

    def test_a_limit_that_is_not_reached_changes_nothing(self):
        _, free = self.run_to("a", HOTLUM, *SHORT)
        needed = free.summary["counts"]["retrainings"]
        _, limited = self.run_to("b", HOTLUM, *SHORT, "--set", f"limits.retrainings={needed}")
        self.assertEqual(free.hashes(), limited.hashes())

    def test_many_trainings_that_make_the_model_worse_are_told_once_and_counted(self):
        adam = ("engine=fused", "learning_rate=0.3")
        changes = [word for setting in adam for word in ("--set", f"training.{setting}")]
        limits = ("--set", "limits.retrainings=1000", "--set", "limits.retrainings_per_query=1000")
        result, run = self.run_to("out", HOTLUM, "--set", "loop.tolerance=1e-12", *limits, *changes, "-q", code=GAVE_UP)
        diverged = run.summary["counts"]["diverged"]
        self.assertGreater(diverged, 1)
        self.assertEqual(1, result.err.count("a training was undone: "), result.err)
        self.assertIn(f"{diverged} of 1000 trainings were undone: training.learning_rate may be too large", result.err)

    def test_diverging_training_is_a_numerical_failure(self):
        changes = ["--set", "training.trainer=sgd", "--set", "training.loss=mse", "--set", "training.learning_rate=1e8"]
        result, folder = self.run_to("out", HOTLUM, *HOPELESS, *changes, code=NUMERICAL, ranks=3)
        self.assertEqual(1, result.err.count("a training was undone: "), result.err)
        self.assertEqual(1, result.err.count("training: diverged again"), result.err)
        self.assertEqual(0, len(folder.answers))
        self.assertTrue(all(numpy.isfinite(tensor).all() for tensor in folder.model.values()), "the last good model")
