"""Model files: saved and continued exactly, and refused when they do not fit."""

import numpy as np
from program import CONFIGURATION, GAVE_UP, HOTLUM, NUMERICAL, PRETRAINED, ProgramTest
from safetensors.numpy import load_file, save_file

TOTAL = ["--set", "sampling.total=512"]
# Everything is accepted at once: the model is saved as it was read.
NO_TRAINING = ["--set", "loop.tolerance=1000", *TOTAL]


def initial(path):
    return ["--set", f"surrogate.initial={path}"]


class ModelFileTest(ProgramTest):
    def assert_model_refused(self, path, *words, changes=()):
        result = self.start(HOTLUM, *initial(path), *changes, "--output", "out")
        self.assertEqual(CONFIGURATION, result.code, result.out + result.err)
        self.assertEqual(1, len(result.messages), result.err)
        for word in (str(path), *words):
            self.assertIn(word, result.err)
        self.assertFalse((self.folder / "out").exists())

    def altered(self, **changes):
        """A copy of the pretrained model with other tensors; None removes one."""
        from safetensors import safe_open

        with safe_open(PRETRAINED, framework="numpy") as file:
            metadata = file.metadata()
        tensors = {**load_file(PRETRAINED), **{key.replace("__", "."): value for key, value in changes.items()}}
        path = self.folder / "altered.safetensors"
        save_file({name: tensor for name, tensor in tensors.items() if tensor is not None}, path, metadata=metadata)
        return path

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
        path = self.altered()
        _, folder = self.run_to("out", HOTLUM, *initial(path), *NO_TRAINING)
        for name, tensor in load_file(PRETRAINED).items():
            np.testing.assert_array_equal(tensor, folder.model[name])

    def test_training_continues_the_saved_optimizer(self):
        _, first = self.run_to("a", HOTLUM, *initial(PRETRAINED), *TOTAL)
        more = [*TOTAL, "--set", "loop.tolerance=1e-12", "--set", "limits.retrainings=1"]
        _, second = self.run_to("b", HOTLUM, *initial(first.path / "model.safetensors"), *more, code=GAVE_UP)
        self.assertEqual(int(first.model["adam.step"]) + 16, int(second.model["adam.step"]))

    def test_no_initial_model_starts_from_zero(self):
        _, folder = self.run_to("out", self.config(), *NO_TRAINING)
        self.assertEqual({"fc.weight", "fc.bias"}, {name for name in folder.model if not name.startswith("adam.")})
        for name in ("fc.weight", "fc.bias"):
            self.assertEqual(0.0, np.abs(folder.model[name]).max())

    def test_another_degree_is_refused(self):
        self.assert_model_refused(PRETRAINED, "degree", changes=["--set", "surrogate.degree=4"])

    def test_another_basis_is_refused(self):
        self.assert_model_refused(PRETRAINED, "basis", changes=["--set", "surrogate.basis=legendre"])

    def test_a_missing_tensor_is_refused(self):
        self.assert_model_refused(self.altered(fc__bias=None), "fc.bias")

    def test_a_tensor_of_another_shape_is_refused(self):
        self.assert_model_refused(self.altered(fc__weight=np.zeros((1, 7), np.float32)), "fc.weight")

    def test_a_model_that_is_not_finite_is_never_believed(self):
        path = self.altered(fc__bias=np.array([np.nan], np.float32))
        result = self.start(HOTLUM, *initial(path), *NO_TRAINING, "--output", "out")
        self.assertIn(result.code, (CONFIGURATION, NUMERICAL), result.out + result.err)
        self.assertEqual([], result.approx_lines)
        self.assertNotIn("approx", result.out)

    def test_a_truncated_file_is_refused(self):
        whole = PRETRAINED.read_bytes()
        for length in (0, 7, 8, 40, len(whole) - 1):
            with self.subTest(length=length):
                path = self.folder / "cut.safetensors"
                path.write_bytes(whole[:length])
                self.assert_model_refused(path)

    def test_a_file_of_another_kind_is_refused(self):
        path = self.folder / "text.safetensors"
        path.write_text("this is no model, and long enough to be read as a header\n", encoding="utf-8")
        self.assert_model_refused(path)
