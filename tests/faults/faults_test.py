"""A fault on any rank, in any phase, ends the whole job: soon, with the right exit code and one message."""

import faults

from program import CONVERGED, ProgramTest, RunFolder
from run_content import content


class FaultsTest(ProgramTest):
    def expect_ends(self, phases, ranks, settings=()):
        for fault in faults.faults(ranks):
            is_last = fault.rank == faults.ranks_of(fault.phase, ranks)[-1] or fault.kind in ("full_disk", "vanish")
            if fault.phase in phases and is_last:
                with self.subTest(fault=str(fault)):
                    folder = self.folder / str(fault).replace(" ", "_")
                    folder.mkdir()
                    ended = faults.run(fault, folder, settings)
                    self.assertEqual([], list(faults.complaints(fault, ended, faults.SECONDS_ALLOWED_BESIDE_OTHERS)))
                    if faults.is_saved(fault):
                        self.expect_goes_on(ranks, folder, settings)

    def expect_goes_on(self, ranks, folder, settings):
        """A run that ended with an error can be resumed, and ends with the files of one without the error."""
        whole = self.folder / "whole"
        if not whole.exists():
            whole.mkdir()
            self.assertEqual(CONVERGED, faults.resume(ranks, whole, settings).code)
        ended = faults.resume(ranks, folder, settings)
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

    EVERYWHERE = ("ranks.layout=everywhere", "queries.batch=6")

    def test_at_the_start_everywhere(self):
        self.expect_ends({"start"}, 3, self.EVERYWHERE)

    def test_in_checks_everywhere(self):
        self.expect_ends({"predicting", "approximating", "bounding"}, 3, self.EVERYWHERE)

    def test_in_truths_and_retrainings_everywhere(self):
        self.expect_ends({"truth_of_queries", "sampling", "training"}, 3, self.EVERYWHERE)

    COLUMNS = ("output.answers=safetensors", "output.checks=none")

    def test_with_answers_as_columns(self):
        self.expect_ends({"approximating", "training"}, 3, self.COLUMNS)

    def test_with_answers_as_columns_everywhere(self):
        self.expect_ends({"predicting", "truth_of_queries"}, 3, (*self.EVERYWHERE, *self.COLUMNS))

    def test_on_one_rank_alone(self):
        self.expect_ends({"sampling", "training"}, 1)
