# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Threads of a rank: what contradicts itself, the cores or what is allowed is told, and all get what they asked for."""

import os
import re

from program import CONVERGED, EXECUTABLE, HOTLUM, LAUNCHER, SHORT, ProgramTest

CORES = len(os.sched_getaffinity(0))
UNBOUND = {"OMPI_MCA_hwloc_base_binding_policy": "none", "OMPI_MCA_rmaps_base_oversubscribe": "1"}
VARIABLES = ("OMP_NUM_THREADS", "KOKKOS_NUM_THREADS", "OMP_THREAD_LIMIT", "OMP_PLACES", "OMP_PROC_BIND")
# As in perf/slurm/ailoop.sbatch: OpenMP binds the main thread of a process when it is loaded.
PLACES = {"OMP_PLACES": "cores", "OMP_PROC_BIND": "close"}


class ThreadsTest(ProgramTest):
    def dry_run(self, *arguments, ranks=None, **variables):
        """With these variables about threads and no others; an empty one says nothing."""
        environment = {**UNBOUND, **variables}
        missing = [part for name in VARIABLES if name not in variables for part in ("-u", name)]
        command = [] if ranks is None else [*LAUNCHER, str(ranks)]
        return self.run_command(
            "env", *missing, *command, EXECUTABLE, HOTLUM, "--dry-run", *arguments, environment=environment
        )

    def assert_threads(self, result, threads):
        self.assertEqual(CONVERGED, result.code, result.err)
        self.assertRegex(result.out, rf"(?m)^threads of each rank: {threads} \(")

    def test_what_is_no_number_of_threads_is_refused_with_one_message(self):
        for name in ("OMP_NUM_THREADS", "KOKKOS_NUM_THREADS"):
            for value in ("abc", " ", "0", "-1", "2x", "1000000", "99999999999", "2.5"):
                for ranks in (None, 2):
                    if ranks and value not in ("abc", "1000000"):
                        continue
                    with self.subTest(name=name, value=value, ranks=ranks):
                        result = self.dry_run(ranks=ranks, **{name: value})
                        self.assertEqual(2, result.code, result.err)
                        self.assertEqual("", result.out)
                        message = f"environment: {name}: found '{value}'; allowed is a number of threads from 1 to 512"
                        # the OpenMP runtime says a line of its own when it is loaded
                        told = [line for line in result.messages if line.startswith("environment")]
                        self.assertEqual([message], told, result.err)
        for value in ("0", "513", "two", ""):
            result = self.dry_run(f"--kokkos-threads={value}")
            self.assertEqual(2, result.code, result.err)
            self.assertEqual(
                [f"command line: --kokkos-threads: found '{value}'; allowed is =N, a number of threads from 1 to 512"],
                result.messages,
            )
        self.assert_nothing_written()

    def test_what_openmp_does_not_allow_is_refused(self):
        result = self.dry_run("--kokkos-threads=4", OMP_THREAD_LIMIT="2")
        self.assert_refused(result, "--kokkos-threads=4: OMP_THREAD_LIMIT allows 2 threads")
        # but without a wish there is nothing to refuse
        self.assert_threads(self.dry_run(OMP_THREAD_LIMIT="1"), 1)

    def test_the_first_number_of_a_list_for_nested_levels_counts(self):
        result = self.dry_run(OMP_NUM_THREADS="1,2")
        self.assert_threads(result, 1)
        self.assertEqual([], result.messages)

    def test_an_empty_variable_says_nothing(self):
        self.assert_threads(self.dry_run(KOKKOS_NUM_THREADS=""), CORES)

    def test_the_command_line_counts_before_kokkos_before_openmp(self):
        for arguments, variables, threads, words in (
            (["--kokkos-threads=1"], {"OMP_NUM_THREADS": "2"}, 1, "--kokkos-threads=1 counts, not OMP_NUM_THREADS=2:"),
            (["--kokkos-threads=1"], {"KOKKOS_NUM_THREADS": "2"}, 1, "not KOKKOS_NUM_THREADS=2:"),
            ([], {"KOKKOS_NUM_THREADS": "1", "OMP_NUM_THREADS": "2"}, 1, "KOKKOS_NUM_THREADS=1 counts, not OMP"),
            (["--kokkos-threads=2", "--kokkos-num-threads=1"], {}, 1, "--kokkos-num-threads=1 counts, not --kokkos-th"),
        ):
            for ranks in (None, 4):
                with self.subTest(arguments=arguments, variables=variables, ranks=ranks):
                    result = self.dry_run(*arguments, ranks=ranks, **variables)
                    self.assert_threads(result, threads)
                    self.assertEqual(1, len(result.messages), result.err)
                    self.assertIn(words, result.err)

    def test_settings_that_agree_are_no_contradiction(self):
        result = self.dry_run("--kokkos-threads=1", OMP_NUM_THREADS="1", KOKKOS_NUM_THREADS="1")
        self.assert_threads(result, 1)
        self.assertEqual([], result.messages)

    def test_more_threads_than_cores_are_told_once(self):
        for ranks in (1, 2, 4):
            with self.subTest(ranks=ranks):
                result = self.dry_run(ranks=ranks, OMP_NUM_THREADS=str(CORES + 1))
                self.assert_threads(result, CORES + 1)
                self.assertEqual(1, len(result.messages), result.err)
                threads, some = ranks * (CORES + 1), "rank" if ranks == 1 else "ranks"
                self.assertIn(f"{threads} threads of {ranks} {some} of a node share {CORES} core", result.err)
                self.assertIn(f"allow at most {max(1, CORES // ranks)} a rank by --kokkos-num-threads=N", result.err)

    def test_threads_that_openmp_binds_have_all_cores_of_the_process(self):
        for variables in (PLACES, {"OMP_PROC_BIND": "spread"}, {"OMP_PLACES": "threads"}):
            with self.subTest(variables=variables):
                result = self.dry_run(**variables)
                self.assert_threads(result, CORES)
                result = self.dry_run(**variables, OMP_NUM_THREADS=str(CORES))
                self.assert_threads(result, CORES)
                self.assertEqual([], result.messages)
        # but no more than it is allowed
        self.assert_threads(self.dry_run(OMP_PLACES="{0}"), 1)

    def test_ranks_that_share_a_core_while_others_are_left_are_told(self):
        # a launcher that binds nobody leaves the first core to all of them
        for variables in (PLACES, {"OMP_PLACES": "{0}"}):
            with self.subTest(variables=variables):
                result = self.dry_run(ranks=2, **variables, OMP_NUM_THREADS="1")
                self.assert_threads(result, 1)
                told = re.findall(r"2 ranks of a node run on core 0 alone of its \d+ cores", result.err)
                self.assertEqual(min(1, CORES - 1), len(told), result.err)

    def test_ranks_alone_are_no_reason_for_a_warning(self):
        for variables in ({}, {"OMP_NUM_THREADS": "1"}):
            result = self.dry_run(ranks=2 * CORES + 1, **variables)
            self.assert_threads(result, 1)
            self.assertEqual([], result.messages)

    def test_ranks_with_different_wishes_are_told(self):
        one = ["-n", "1", "env", "OMP_NUM_THREADS=1", EXECUTABLE, HOTLUM, "--dry-run"]
        two = ["-n", "1", "env", "OMP_NUM_THREADS=2", EXECUTABLE, HOTLUM, "--dry-run"]
        if LAUNCHER[1:] != ["-n"]:
            self.skipTest("the launcher has options of its own")
        result = self.run_command(LAUNCHER[0], *one, ":", *two, environment=UNBOUND)
        self.assert_threads(result, "1-2")
        self.assertIn("ranks have different numbers of threads: rank 0 has 1, rank 1 has 2", result.err)

    def test_results_do_not_depend_on_any_of_it(self):
        _, one = self.run_to("one", HOTLUM, *SHORT, "-q")
        five = ["--kokkos-threads=5"]
        _, many = self.run_to("many", HOTLUM, *SHORT, "-q", *five, environment={"KOKKOS_NUM_THREADS": "2"})
        self.assertEqual(one.hashes(), many.hashes())
        self.assertEqual(5, many.events[0]["threads"])
