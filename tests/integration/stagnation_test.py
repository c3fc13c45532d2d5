# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""loop.on_stagnation in the running program: queries that no retraining can help, and what is said of them."""

from program import CONVERGED, GAVE_UP, SOURCE, ProgramTest

KEPLER = (SOURCE / "config" / "kepler.yaml", "--set", "loop.tolerance=0.01", "--set", "sampling.total=1024", "-q")
# a fit that only the numbers of the model limit
EXACT = """
loop: {tolerance: 1.0e-9, gate: certified, accepted: 4}
problem: {name: sine, terms: 14}
sampling: {total: 100}
surrogate: {basis: chebyshev, degree: 14, inputs: scaled}
"""
SET_ASIDE = ("--set", "loop.on_stagnation=set_aside")


class StagnationTest(ProgramTest):
    def test_what_the_best_fit_cannot_answer_is_set_aside_and_the_others_go_on(self):
        result, run = self.run_to("out", *KEPLER, code=GAVE_UP)
        counts = run.summary["counts"]
        self.assertEqual(100, counts["accepted"], "the others go on")
        self.assertGreater(counts["set_aside"], 0)
        self.assertLess(counts["truth_calls"], 200_000)
        self.assertEqual("loop.on_stagnation", run.summary["limit"])
        self.assertEqual(counts["set_aside"], len(run.summary["unanswered"]))
        answered = {int(row["query"]) for row in run.answers}
        self.assertFalse(answered & set(run.summary["unanswered"]))
        self.assertEqual(1, result.err.count("raise surrogate.degree"))

    def test_a_run_that_goes_on_is_told_the_same(self):
        stop = ("--set", "loop.on_stagnation=stop")
        self.run_to("out", *KEPLER, *stop, code=GAVE_UP)
        result, _ = self.run_to("out", *KEPLER, *stop, "--resume", code=GAVE_UP)
        self.assertIn("raise surrogate.degree", result.err)
        self.assertNotIn("learning_rate", result.err)

    def test_the_truth_answers_what_retraining_cannot_help(self):
        _, run = self.run_to("out", *KEPLER, "--set", "loop.on_exhausted=truth", code=CONVERGED)
        self.assertGreater(run.summary["counts"]["by_truth"], 0)
        self.assertEqual(100, len(run.answers))
        for row in run.answers:
            self.assertLessEqual(abs(float(row["answer"]) - float(row["truth"])), 0.01)

    def test_a_run_can_stop_at_it_or_go_on_to_its_limits(self):
        result, stopped = self.run_to("stop", *KEPLER, "--set", "loop.on_stagnation=stop", code=GAVE_UP)
        self.assertEqual("loop.on_stagnation", stopped.summary["limit"])
        self.assertIn("raise surrogate.degree", result.err)
        limits = ("--set", "limits.retrainings=150")
        _, endless = self.run_to("go_on", *KEPLER, "--set", "loop.on_stagnation=continue", *limits, code=GAVE_UP)
        self.assertEqual("limits.retrainings", endless.summary["limit"])
        self.assertLess(stopped.summary["counts"]["retrainings"], endless.summary["counts"]["retrainings"])

    def test_numbers_of_32_bits_are_named_and_those_of_64_bits_help(self):
        config = self.config(EXACT)
        result, _ = self.run_to("out", config, "-q", code=GAVE_UP)
        self.assertIn("float32 resolves 6e-08 of these answers; take surrogate.precision: float64", result.err)
        self.run_to("finer", config, "-q", "--set", "surrogate.precision=float64", code=CONVERGED)

    def test_steps_that_change_nothing_are_named(self):
        trainer = ("trainer=adam", "engine=fused", "learning_rate=1e-9")
        settings = [word for setting in trainer for word in ("--set", f"training.{setting}")]
        result, _ = self.run_to("out", self.config(EXACT), "-q", *settings, *SET_ASIDE, code=GAVE_UP)
        self.assertIn("try training.learning_rate", result.err)

    def test_an_approximation_that_may_be_off_is_named_and_the_truth_helps(self):
        # three terms are off by up to 0.52 at the end of the box, the fit by less than 0.005
        config = self.config("problem: {name: sine, terms: 3}\nloop: {accepted: 20}\n")
        result, _ = self.run_to("out", config, "-q", code=GAVE_UP)
        self.assertRegex(result.err, r"the approximation itself may be off by 0\.\d+ there; loop\.gate: certified")
        self.run_to("certified", config, "-q", "--set", "loop.gate=certified", code=CONVERGED)
