# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The original job in worlds of every size, with the samples of each rank."""

from program import APPROX_LINE, HOTLUM, ProgramTest


class WorldsTest(ProgramTest):
    def assert_original_job(self, ranks):
        result, folder = self.run_to("out", HOTLUM, ranks=ranks)
        self.assertEqual(5, len(APPROX_LINE.findall(result.out)))
        counts = folder.summary["counts"]
        self.assertEqual(5, counts["accepted"])
        self.assertEqual(result.training_lines, counts["retrainings"])
        self.assertEqual(32 * ranks * counts["retrainings"], counts["samples"])
        for row in folder.answers:
            self.assertLessEqual(abs(float(row["answer"]) - float(row["approximation"])), 0.05)

    def test_one_rank(self):
        self.assert_original_job(1)

    def test_two_ranks(self):
        self.assert_original_job(2)

    def test_three_ranks(self):
        self.assert_original_job(3)

    def test_five_ranks(self):
        self.assert_original_job(5)

    def test_eight_ranks(self):
        self.assert_original_job(8)

    def test_thirteen_ranks(self):
        self.assert_original_job(13)

    def test_one_hundred_and_twenty_eight_ranks(self):
        self.assert_original_job(128)
