# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""docs/pytorch.md: its lines take a model from PyTorch to ailoop and back."""

import contextlib
import re

import numpy as np
import torch
from program import HOTLUM, SOURCE, ProgramTest

PAGE = (SOURCE / "docs" / "pytorch.md").read_text(encoding="utf-8")
MODEL, TO_AILOOP, BACK = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
INITIAL = ["--set", "surrogate.initial=model.safetensors", "--set", "sampling.total=512"]


def train(names, steps):
    """Takes steps towards the sine with the names that the page defines."""
    x = torch.linspace(-3, 3, 64)
    for _ in range(steps):
        names["optimizer"].zero_grad()
        torch.nn.functional.smooth_l1_loss(names["predict"](x)[:, 0], torch.sin(x)).backward()
        names["optimizer"].step()


class PytorchTest(ProgramTest):
    def setUp(self):
        super().setUp()
        torch.manual_seed(1)
        self.names = {}

    def page(self, code):
        """Runs lines of the page in the test's folder."""
        with contextlib.chdir(self.folder):
            exec(compile(code, "docs/pytorch.md", "exec"), self.names)

    def test_the_lines_of_the_page_take_a_model_to_ailoop_and_back(self):
        self.page(MODEL)
        train(self.names, steps=3)
        self.page(TO_AILOOP)
        result, folder = self.run_to("runs/hotlum-1", HOTLUM, *INITIAL, "--set", "loop.tolerance=1000")
        self.assertNotIn("starts from zero", result.err)
        self.assertEqual(3, int(folder.model["adam.step"]))
        trained = {name: tensor.clone() for name, tensor in self.names["net"].state_dict().items()}
        for row in folder.answers:
            at = torch.tensor([float(row["x"])])
            self.assertAlmostEqual(float(row["answer"]), float(self.names["predict"](at)), delta=1e-3)

        moments = [dict(self.names["optimizer"].state[parameter]) for parameter in self.names["net"].parameters()]
        self.page(MODEL)  # another net, of other numbers
        self.page(BACK)
        for name, tensor in self.names["net"].state_dict().items():
            np.testing.assert_array_equal(trained[name].numpy(), tensor.numpy())
        for before, parameter in zip(moments, self.names["net"].parameters(), strict=True):
            after = self.names["optimizer"].state[parameter]
            self.assertEqual(set(before), set(after))
            for key, value in before.items():
                np.testing.assert_array_equal(value.numpy(), after[key].numpy())

    def test_pytorch_goes_on_where_ailoop_stopped(self):
        self.page(MODEL)
        train(self.names, steps=3)
        self.page(TO_AILOOP)
        _, folder = self.run_to("runs/hotlum-1", HOTLUM, *INITIAL)
        self.page(BACK)
        train(self.names, steps=1)
        steps = {float(state["step"]) for state in self.names["optimizer"].state.values()}
        self.assertEqual({float(folder.model["adam.step"]) + 1}, steps)
