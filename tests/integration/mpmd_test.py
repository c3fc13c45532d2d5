# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Several programs in one mpiexec (MPMD): ailoop's ranks are all or none."""

import os

from program import CONFIGURATION, CONVERGED, EXECUTABLE, HOTLUM, LAUNCHER, SHORT, ProgramTest

OTHER = [os.environ["AILOOP_OTHER_PROGRAM"], "--gtest_filter=none"]  # starts and ends MPI
AILOOP = [EXECUTABLE, HOTLUM, *SHORT, "-q"]


class MpmdTest(ProgramTest):
    def start_together(self, *programs):
        words = [word for program in programs for word in (":", "-n", "1", *program)]
        return self.run_command(LAUNCHER[0], *words[1:])

    def test_another_program_ends_all_with_one_message(self):
        for programs in ([AILOOP, OTHER], [OTHER, AILOOP], [AILOOP, AILOOP, OTHER]):
            with self.subTest(order=[program[0] for program in programs]):
                result = self.start_together(*programs)
                self.assertEqual(CONFIGURATION, result.code, result.err)
                self.assertEqual(1, result.err.count("not all processes of this mpiexec are ranks of ailoop"), result.err)
        self.assert_nothing_written()

    def test_two_runs_in_one_world_are_refused_with_one_message(self):
        for other in (["--seed", "7"], ["--dry-run"]):
            with self.subTest(other=other):
                result = self.start_together(AILOOP, AILOOP, [*AILOOP, *other])
                self.assertEqual(CONFIGURATION, result.code, result.err)
                self.assertEqual(1, result.err.count("rank 2 was started with another program name or other arg"), result.err)
        self.assert_nothing_written()

    def test_ranks_may_differ_in_their_threads(self):
        result = self.start_together([*AILOOP, "--kokkos-threads=1"], ["env", "OMP_NUM_THREADS=1", *AILOOP])
        self.assertEqual(CONVERGED, result.code, result.err)
