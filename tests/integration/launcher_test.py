# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A program that its launcher started several times, but whose MPI library knows of one process only, does not run."""

from program import CONVERGED, HOTLUM, SHORT, ProgramTest

STEP = {"SLURM_STEP_ID": "0", "SLURM_STEP_NUM_TASKS": "4"}


class LauncherTest(ProgramTest):
    def assert_silent_refusal(self, result):
        self.assertEqual((2, "", ""), (result.code, result.out, result.err))

    def test_worlds_of_one_are_refused_by_the_process_that_the_launcher_calls_0(self):
        # What Open MPI and MPICH read from PMI_SIZE themselves is left to the unit tests.
        for variables, rank in (
            ({"OMPI_COMM_WORLD_SIZE": "4"}, "OMPI_COMM_WORLD_RANK"),
            (STEP, "SLURM_PROCID"),
        ):
            for option in ("-q", "--dry-run"):
                with self.subTest(variables=variables, option=option):
                    first = self.start(HOTLUM, *SHORT, option, environment={**variables, rank: "0"})
                    self.assertEqual((2, ""), (first.code, first.out), first.err)
                    self.assertEqual(1, first.err.count("environment: "), first.err)
                    self.assertIn("=4, but the MPI library joined 1 of these processes", first.err)
                    self.assertIn("srun --mpi=pmix", first.err)
                    self.assert_silent_refusal(
                        self.start(HOTLUM, *SHORT, option, environment={**variables, rank: "3"})
                    )
        self.assert_nothing_written()

    def test_where_only_ranks_are_known_the_second_process_tells(self):
        for rank in ("PALS_RANKID", "PMIX_RANK"):
            with self.subTest(rank=rank):
                second = self.start(HOTLUM, *SHORT, environment={rank: "1"})
                self.assertEqual((2, ""), (second.code, second.out), second.err)
                self.assertIn(f"{rank}=1, but the MPI library joined 1 of these processes", second.err)
                self.assert_silent_refusal(self.start(HOTLUM, *SHORT, environment={rank: "2"}))
        self.assert_nothing_written()

    def test_runs_side_by_side_can_be_allowed(self):
        result, _ = self.run_to("out", HOTLUM, *SHORT, "-q", environment={**STEP, "AILOOP_ALLOW_SINGLETON": "1"})
        self.assertNotIn("SLURM", result.err)

    def test_what_starts_nothing_is_not_refused(self):
        self.assertEqual(CONVERGED, self.start(HOTLUM, "--validate", environment=STEP).code)

    def test_a_job_of_more_tasks_is_told_once(self):
        for ranks in (None, 2):
            with self.subTest(ranks=ranks):
                result = self.start(HOTLUM, "--dry-run", ranks=ranks, environment={"SLURM_NTASKS": "4"})
                self.assertEqual(CONVERGED, result.code, result.err)
                self.assertEqual(1, result.err.count("the job has SLURM_NTASKS=4 tasks"), result.err)
