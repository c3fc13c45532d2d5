# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A fault on any rank, in any phase, ends the whole job: soon, with the right exit code and one message."""

import faults

from program import CONFIGURATION, CONVERGED, ProgramTest, RunFolder
from run_content import content


class FaultsTest(ProgramTest):
    def expect_ends(self, phases, ranks, settings=(), program=faults.command):
        for fault in faults.faults(ranks):
            is_last = fault.rank == faults.ranks_of(fault.phase, ranks)[-1] or fault.kind in ("full_disk", "vanish")
            if fault.phase in phases and is_last:
                with self.subTest(fault=str(fault)):
                    folder = self.folder / str(fault).replace(" ", "_")
                    folder.mkdir()
                    ended = faults.run(fault, folder, settings, program)
                    self.assertEqual([], list(faults.complaints(fault, ended, faults.SECONDS_ALLOWED_BESIDE_OTHERS)))
                    if faults.is_saved(fault):
                        self.expect_goes_on(ranks, folder, settings, program)

    def expect_goes_on(self, ranks, folder, settings, program):
        """A run that ended with an error can be resumed, and ends with the files of one without the error."""
        whole = self.folder / "whole"
        if not whole.exists():
            whole.mkdir()
            self.assertEqual(CONVERGED, faults.resume(ranks, whole, settings, program).code)
        ended = faults.resume(ranks, folder, settings, program)
        self.assertEqual(CONVERGED, ended.code, ended.err)
        self.assertIn("resuming in", ended.err)
        self.assertEqual(content(RunFolder(whole / "out")), content(ended.folder))

    def test_at_the_start(self):
        self.expect_ends({"start"}, 3)

    def test_in_predictions(self):
        self.expect_ends({"predicting", "bounding"}, 3)

    def test_in_approximations(self):
        self.expect_ends({"approximating"}, 3)

    def test_in_approximations_ahead_of_need(self):
        self.expect_ends({"approximating", "bounding"}, 3, ["ranks.ahead=256"])

    def test_in_the_truth_of_queries(self):
        self.expect_ends({"truth_of_queries"}, 3)

    def test_in_sampling_with_its_files(self):
        self.expect_ends({"sampling"}, 3)

    def test_in_sampling_by_whoever_is_faster(self):
        self.expect_ends({"training", "sampling"}, 1, ["sampling.drawn_by=auto"])

    def test_in_training(self):
        self.expect_ends({"training"}, 3)

    def test_at_the_start_everywhere(self):
        self.expect_ends({"start"}, 3, faults.EVERYWHERE)

    def test_in_checks_everywhere(self):
        self.expect_ends({"predicting", "approximating", "bounding"}, 3, faults.EVERYWHERE)

    def test_in_truths_and_retrainings_everywhere(self):
        self.expect_ends({"truth_of_queries", "sampling", "training"}, 3, faults.EVERYWHERE)

    COLUMNS = ("output.answers=safetensors", "output.checks=none")

    def test_with_answers_as_columns(self):
        self.expect_ends({"approximating", "training"}, 3, self.COLUMNS)

    def test_with_answers_as_columns_everywhere(self):
        self.expect_ends({"predicting", "truth_of_queries"}, 3, (*faults.EVERYWHERE, *self.COLUMNS))

    def test_at_the_start_of_a_simulation(self):
        self.expect_ends({"start"}, 3, faults.RECORDED, faults.simulation)

    def test_in_checks_of_a_simulation(self):
        self.expect_ends({"predicting", "approximating", "bounding"}, 3, faults.RECORDED, faults.simulation)

    def test_in_truths_and_retrainings_of_a_simulation(self):
        self.expect_ends({"truth_of_queries", "sampling", "training"}, 3, faults.RECORDED, faults.simulation)

    def test_a_simulation_and_the_command_do_not_go_on_from_each_other(self):
        for ranks in (1, 3):
            saved = self.saved_by(faults.simulation, ranks, "simulation")
            self.expect_refused(saved, ranks, faults.command, "saved by calls of evaluate; a run of the command cannot")
            saved = self.saved_by(faults.command, ranks, "command")
            (saved / "out" / "step").write_text("3", encoding="utf-8")
            self.expect_refused(saved, ranks, faults.simulation, "saved by a run of the command; calls of evaluate cannot")

    def saved_by(self, program, ranks, name):
        folder = self.folder / f"{name}-{ranks}"
        folder.mkdir()
        self.assertEqual(CONVERGED, faults.resume(ranks, folder, faults.RECORDED, program).code)
        self.assertTrue(list((folder / "out" / "checkpoint").iterdir()))
        return folder

    def expect_refused(self, folder, ranks, program, words):
        before = content(RunFolder(folder / "out"))
        ended = faults.resume(ranks, folder, faults.RECORDED, program)
        self.assertEqual(CONFIGURATION, ended.code, ended.err)
        self.assertIn(words, ended.err)
        self.assertEqual(before, content(RunFolder(folder / "out")))

    def test_on_one_rank_alone(self):
        self.expect_ends({"sampling", "training"}, 1)
