# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""training.trainer: least_squares in the running program."""

import numpy as np
import yaml
from program import CONFIGURATION, GAVE_UP, ProgramTest

SMALL = """
loop: {tolerance: 1.0e-4, gate: certified, accepted: 40}
problem: {name: sine, terms: 12}
sampling: {total: 12}
surrogate: {basis: chebyshev, degree: 12, inputs: scaled}
training: {trainer: least_squares}
"""

ENDLESS = ("--set", "loop.tolerance=1e-12")  # float32 does not reach it


class LeastSquaresTest(ProgramTest):
    def test_it_is_the_default_and_only_schema_and_problem_are_required(self):
        tree = yaml.safe_load(self.start(self.config(), "--print-config").out)
        self.assertEqual("sine", tree["problem"]["name"])
        self.assertEqual("least_squares", tree["training"]["trainer"])
        self.assertNotIn("initial", tree["surrogate"])

    def test_results_do_not_depend_on_ranks_and_threads(self):
        config = self.config(SMALL.replace("total: 12}", "total: 20011}"))
        _, one = self.run_to("one", config, "-q")
        self.assertGreater(one.summary["counts"]["retrainings"], 0)
        for ranks, threads in ((1, 3), (2, 2), (4, 1)):
            with self.subTest(ranks=ranks, threads=threads):
                _, several = self.run_to(f"on_{ranks}_{threads}", config, "-q", ranks=ranks, threads=threads)
                self.assertEqual(one.hashes(), several.hashes())

    def test_an_interrupted_run_goes_on_to_the_same_files(self):
        for history in ("all", "fresh"):
            with self.subTest(history=history):
                arguments = (self.config(SMALL), "--set", f"training.history={history}", *ENDLESS, "-q")
                once = ("--set", "limits.retrainings=9")
                _, whole = self.run_to(f"{history}_whole", *arguments, *once, code=GAVE_UP)
                twice = ("--set", "limits.retrainings=4")
                self.run_to(history, *arguments, *twice, code=GAVE_UP)
                _, resumed = self.run_to(history, *arguments, *once, "--resume", code=GAVE_UP)
                self.assertEqual(9, whole.summary["counts"]["retrainings"])
                self.assertEqual(whole.hashes(), resumed.hashes())

    def test_a_retraining_tells_its_condition_number(self):
        result, run = self.run_to("out", self.config(SMALL), *ENDLESS, "--set", "limits.retrainings=4", code=GAVE_UP)
        first, *_, second = run.events_called("retrained")
        self.assertIn("working precision", first["warning"])  # 12 samples for 13 coefficients
        self.assertNotIn("warning", second)
        self.assertGreater(second["condition"], 1.0)
        self.assertLess(second["last_loss"], 1e-6)
        self.assertEqual(1, sum("working precision" in line for line in result.messages))

    def test_a_model_starts_another_run_with_its_sums(self):
        config = self.config(SMALL)
        _, first = self.run_to("first", config, "--set", "sampling.total=100", "-q")
        self.assertEqual(np.dtype("float32"), first.model["fc.weight"].dtype)
        self.assertEqual(np.dtype("float64"), first.model["least_squares_sums.gram"].dtype)
        self.assertEqual(100, first.model["least_squares_sums.samples"])
        again = ("--set", "surrogate.initial=first/model.safetensors", "-q")
        _, second = self.run_to("second", config, *again)
        self.assertEqual(0, second.summary["counts"]["retrainings"])
        self.assertEqual(0, self.start(config, *again, "--validate").code)

    def test_settings_of_gradient_trainers_and_a_negative_ridge_are_refused(self):
        for key, value in (("learning_rate", 0.1), ("epochs", 2), ("engine", "fused"), ("loss", "mse"), ("shuffle", "true")):
            with self.subTest(key=key):
                self.assert_refused(self.start(self.config(SMALL), "--set", f"training.{key}={value}"), f"training.{key}")
        result = self.start(self.config(SMALL), "--set", "training.ridge=-1")
        self.assertEqual(CONFIGURATION, result.code)
        self.assertIn("training.ridge: -1", result.err)
