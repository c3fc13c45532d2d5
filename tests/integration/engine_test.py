# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""training.engine: fused, against LibTorch's steps, in the running program."""

from pathlib import Path

import numpy as np
from program import GAVE_UP, HOTLUM, SECONDS, ProgramTest

FUSED = ("--set", "training.engine=fused")
MANY = ("--set", "sampling.total=4096", "--set", "loop.accepted=50")


class EngineTest(ProgramTest):
    def test_a_retraining_ends_where_libtorchs_ends(self):
        once = ("--set", "limits.retrainings=1", "--set", "loop.tolerance=1e-9", *MANY, "-q")
        _, libtorch = self.run_to("libtorch", HOTLUM, *once, code=GAVE_UP)
        _, fused = self.run_to("fused", HOTLUM, *once, *FUSED, code=GAVE_UP)
        self.assertEqual(set(libtorch.model), set(fused.model))
        self.assertEqual(libtorch.model["adam.step"], fused.model["adam.step"])
        largest = max(np.abs(libtorch.model[name]).max() for name in ("fc.weight", "fc.bias"))
        for name in ("fc.weight", "fc.bias"):
            np.testing.assert_allclose(fused.model[name], libtorch.model[name], rtol=0, atol=1e-5 * largest)

    def test_results_do_not_depend_on_the_number_of_ranks(self):
        _, one = self.run_to("one", HOTLUM, *MANY, *FUSED, "-q")
        for ranks in (2, 5):
            _, several = self.run_to(f"on_{ranks}", HOTLUM, *MANY, *FUSED, "-q", ranks=ranks)
            self.assertEqual(one.hashes(), several.hashes())

    def test_an_interrupted_run_goes_on_to_the_same_files(self):
        _, whole = self.run_to("whole", HOTLUM, *MANY, *FUSED, "-q")
        self.assertGreater(whole.summary["counts"]["retrainings"], 2)
        self.run_to("out", HOTLUM, *MANY, *FUSED, "-q", "--set", "limits.retrainings=2", code=GAVE_UP)
        _, resumed = self.run_to("out", HOTLUM, *MANY, *FUSED, "-q", "--resume")
        self.assertEqual(whole.hashes(), resumed.hashes())

    def test_libtorch_is_not_loaded(self):
        endless = ["--set", "loop.tolerance=1e-12"]
        for limit in ("retrainings", "retrainings_per_query", "checks"):
            endless += ["--set", f"limits.{limit}=1000000000"]
        for engine, is_loaded in (("fused", False), ("libtorch", True)):
            with self.subTest(engine=engine):
                arguments = [HOTLUM, *endless, "--set", f"training.engine={engine}", "--output", engine]
                process = self.start_in_background(*arguments)
                log = self.folder / engine / "run.jsonl"
                has_trained = lambda: log.exists() and '"retrained"' in log.read_text(encoding="utf-8")  # noqa: E731
                self.wait_for(has_trained, "no retraining")
                maps = Path(f"/proc/{process.pid}/maps").read_text(encoding="utf-8")
                process.kill()
                process.wait(SECONDS)
                self.assertEqual(is_loaded, "libailoop_torch" in maps)
                self.assertEqual(is_loaded, "libtorch_cpu" in maps)
