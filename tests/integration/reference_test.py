# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs of the program against an independent emulation with PyTorch (reference.py): same batches, same decisions."""

import numpy as np
import reference
from program import CONVERGED, GAVE_UP, HOTLUM, PRETRAINED, ProgramTest
from safetensors.numpy import load_file


class ReferenceTest(ProgramTest):
    def settings_of(self, settings):
        values = {
            "seed": settings.seed,
            "loop.tolerance": settings.tolerance,
            "loop.accepted": settings.accepted,
            "limits.retrainings": settings.retrainings,
            "sampling.total": settings.total,
            "surrogate.basis": settings.basis,
            "surrogate.degree": settings.degree,
            "surrogate.precision": "float32" if settings.dtype == np.float32 else "float64",
            "training.trainer": settings.trainer,
            "training.learning_rate": settings.learning_rate,
            "training.loss": settings.loss,
            "training.batch_size": settings.batch_size,
            "training.epochs": settings.epochs,
            "training.shuffle": "false",
        }
        return [word for key, value in values.items() for word in ("--set", f"{key}={value}")]

    def assert_same_model(self, expected, actual, rtol):
        for name in expected.tensors:
            # A bias' gradients may cancel; what is then left of them is rounding, as large as that of the weights'.
            like = [name] if name.startswith("fc.") else [name, name.replace("fc.bias", "fc.weight")]
            with self.subTest(name=name):
                scale = max(float(np.abs(expected.tensors[other]).max()) for other in like)
                np.testing.assert_allclose(actual[name], expected.tensors[name], rtol=rtol, atol=rtol * scale)

    def assert_run_equals_reference(self, settings, initial=None, rtol=2e-4, ranks=2):
        """Runs both, and compares what they answered, how often they retrained and where the model ended."""
        model = reference.Model(load_file(initial)) if initial else reference.Model.zero(settings)
        answers, retrainings = reference.whole_run(settings, model)
        code = CONVERGED if len(answers) == settings.accepted else GAVE_UP
        start = ["--set", f"surrogate.initial={initial}"] if initial else []
        config = HOTLUM if initial else self.config("training: {trainer: adam}\n")
        _, folder = self.run_to("out", config, *self.settings_of(settings), *start, code=code, ranks=ranks)
        self.assertEqual(retrainings, folder.summary["counts"]["retrainings"])
        self.assertEqual([a[4] for a in answers], [int(row["attempts"]) for row in folder.answers])
        for (_, x, answer, approximation, _), row in zip(answers, folder.answers):
            self.assertAlmostEqual(x, float(row["x"]), delta=1e-6)
            self.assertAlmostEqual(answer, float(row["answer"]), delta=1e-4)
            self.assertAlmostEqual(approximation, float(row["approximation"]), delta=1e-6)
        self.assert_same_model(model, folder.model, rtol)
        return folder

    def one_retraining(self, **changes):
        return reference.Settings(tolerance=1e-12, retrainings=1, **changes)

    def test_the_original_run_is_the_emulated_one(self):
        self.assert_run_equals_reference(reference.Settings(total=4096), PRETRAINED, ranks=3)

    def test_runs_of_other_seeds_are_the_emulated_ones(self):
        for seed in (1, 2, 3):
            with self.subTest(seed=seed):
                self.assert_run_equals_reference(reference.Settings(seed=seed, total=1024), PRETRAINED, ranks=None)
                (self.folder / "out").rename(self.folder / f"done-{seed}")

    def test_one_retraining_of_adam_from_the_pretrained_state(self):
        self.assert_run_equals_reference(self.one_retraining(), PRETRAINED, rtol=1e-5)

    def test_adam_goes_on_from_a_saved_state(self):
        folder = self.assert_run_equals_reference(self.one_retraining(), PRETRAINED)
        saved = folder.path.rename(self.folder / "first") / "model.safetensors"
        self.assert_run_equals_reference(self.one_retraining(seed=5), saved, rtol=1e-5)

    def test_adam_from_nothing(self):
        self.assert_run_equals_reference(self.one_retraining(), rtol=1e-4)

    def test_several_epochs_and_a_last_batch_that_is_not_full(self):
        self.assert_run_equals_reference(self.one_retraining(total=100, epochs=3), PRETRAINED, rtol=1e-5)

    def test_the_mean_squared_error(self):
        self.assert_run_equals_reference(self.one_retraining(loss="mse"), PRETRAINED, rtol=1e-5)

    def test_plain_gradient_descent(self):
        settings = self.one_retraining(trainer="sgd", learning_rate=1e-5, total=256)
        self.assert_run_equals_reference(settings, rtol=1e-4)

    def test_double_precision(self):
        self.assert_run_equals_reference(self.one_retraining(dtype=np.float64), rtol=1e-9)

    def test_chebyshev_features(self):
        self.assert_run_equals_reference(self.one_retraining(basis="chebyshev"), rtol=1e-4)

    def test_legendre_features(self):
        self.assert_run_equals_reference(self.one_retraining(basis="legendre"), rtol=1e-4)

    def test_hermite_features(self):
        self.assert_run_equals_reference(self.one_retraining(basis="hermite", degree=7), rtol=1e-4)
