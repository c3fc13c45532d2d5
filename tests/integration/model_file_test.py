# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Model files: saved and continued exactly. What is refused stands in tests/bad_input."""

import numpy as np
from program import GAVE_UP, HOTLUM, PRETRAINED, ProgramTest
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

TOTAL = ["--set", "sampling.total=512"]
# Everything is accepted at once: the model is saved as it was read.
NO_TRAINING = ["--set", "loop.tolerance=1000", *TOTAL]


def initial(path):
    return ["--set", f"surrogate.initial={path}"]


class ModelFileTest(ProgramTest):
    def test_a_model_that_is_not_trained_is_saved_as_it_was_read(self):
        _, folder = self.run_to("out", HOTLUM, *initial(PRETRAINED), *NO_TRAINING)
        self.assertEqual(PRETRAINED.read_bytes(), (folder.path / "model.safetensors").read_bytes())

    def test_a_saved_model_can_be_read_and_saved_again(self):
        _, first = self.run_to("a", HOTLUM, *initial(PRETRAINED), *TOTAL)
        saved = first.path / "model.safetensors"
        _, second = self.run_to("b", HOTLUM, *initial(saved), *NO_TRAINING)
        self.assertEqual(saved.read_bytes(), (second.path / "model.safetensors").read_bytes())
        self.assertNotEqual(saved.read_bytes(), PRETRAINED.read_bytes())

    def test_a_model_written_by_the_safetensors_package_is_read(self):
        path = self.folder / "copy.safetensors"
        with safe_open(PRETRAINED, framework="numpy") as file:
            save_file(load_file(PRETRAINED), path, metadata=file.metadata())
        _, folder = self.run_to("out", HOTLUM, *initial(path), *NO_TRAINING)
        for name, tensor in load_file(PRETRAINED).items():
            np.testing.assert_array_equal(tensor, folder.model[name])

    def test_training_continues_the_saved_optimizer(self):
        _, first = self.run_to("a", HOTLUM, *initial(PRETRAINED), *TOTAL)
        more = [*TOTAL, "--set", "loop.tolerance=1e-12", "--set", "limits.retrainings=1"]
        _, second = self.run_to("b", HOTLUM, *initial(first.path / "model.safetensors"), *more, code=GAVE_UP)
        self.assertEqual(int(first.model["adam.step"]) + 16, int(second.model["adam.step"]))

    def test_no_initial_model_starts_from_zero(self):
        _, folder = self.run_to("out", self.config("training: {trainer: adam}\n"), *NO_TRAINING)
        self.assertEqual({"fc.weight", "fc.bias"}, {name for name in folder.model if not name.startswith("adam.")})
        for name in ("fc.weight", "fc.bias"):
            self.assertEqual(0.0, np.abs(folder.model[name]).max())
