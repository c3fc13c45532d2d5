# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""--dry-run: what a run would do, and what does not fit into memory."""

from program import CONVERGED, HOTLUM, ProgramTest

# 4 TB of features for a batch of a retraining.
TOO_LARGE = [
    *("--set", "sampling.total=1000000000", "--set", "training.batch_size=1000000000"),
    *("--set", "surrogate.degree=1000", "--set", "surrogate.basis=legendre"),
]


class DryRunTest(ProgramTest):
    def test_the_plan_names_every_role_once_and_nothing_is_written(self):
        result = self.start(HOTLUM, "--dry-run", "--set", "sampling.total=100", ranks=7)
        self.assertEqual(CONVERGED, result.code, result.err)
        self.assertRegex(result.out, r"(?m)^  0 +\S+: model$")
        for share in range(4):
            self.assertRegex(result.out, rf"(?m)^  {share + 1} +\S+: approximation: share {share}$")
        self.assertRegex(result.out, r"(?m)^  5-6 +\S+: samples only$")
        self.assertIn("samples of a retraining: 100, at most 15 on a rank", result.out)
        self.assert_nothing_written()

    def test_one_rank_does_everything(self):
        result = self.start(HOTLUM, "--dry-run")
        self.assertEqual(CONVERGED, result.code, result.err)
        self.assertRegex(result.out, r"(?m)^  0 +\S+: model, approximation: shares 0-3$")

    def test_a_folder_that_cannot_be_used_is_told(self):
        (self.folder / "out").mkdir()
        (self.folder / "out" / "something").touch()
        self.assert_refused(self.start(HOTLUM, "--dry-run", "--output", "out"), "output.directory", "out holds files")

    def test_what_does_not_fit_into_memory_is_refused_before_the_start(self):
        config = self.config("training: {trainer: adam}\n")
        for arguments in ([], ["--dry-run"]):
            for ranks in (None, 3):
                with self.subTest(arguments=arguments, ranks=ranks):
                    result = self.start(config, *TOO_LARGE, *arguments, ranks=ranks)
                    self.assertEqual(2, result.code, result.err)
                    self.assertIn("sampling.total: needs", result.err)
                    self.assertIn("GB of memory on the model rank's node, which has", result.err)
        self.assert_nothing_written("config.yaml")
