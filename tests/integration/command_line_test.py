# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The command line: what needs no run and does not start MPI. What is refused stands in tests/bad_input."""

import re

from program import CONVERGED, HOTLUM, SHORT, ProgramTest

# Open MPI cannot start with this; other MPI libraries ignore it.
NO_MPI = {"OMPI_MCA_pml": "none_such", "OMPI_MCA_btl": "none_such"}


class CommandLineTest(ProgramTest):
    def test_version_starts_with_the_name_and_three_numbers(self):
        result = self.start("--version", environment=NO_MPI)
        self.assertEqual(CONVERGED, result.code, result.err)
        self.assertRegex(result.out, r"\Aailoop \d+\.\d+\.\d+\b")
        for library in ("Kokkos", "MPI"):
            self.assertIn(library, result.out)
        self.assertEqual("", result.err)

    def test_help_names_every_option(self):
        result = self.start("--help", environment=NO_MPI)
        self.assertEqual(CONVERGED, result.code, result.err)
        for option in ("CONFIG", "--set", "--output", "--force", "--seed", "--validate", "--print-config", "--print-schema", "--list", "--version"):
            self.assertIn(option, result.out)
        self.assertEqual("", result.err)

    def test_list_names_every_kind(self):
        result = self.start("--list", environment=NO_MPI)
        self.assertEqual(CONVERGED, result.code, result.err)
        for name in ("sine", "polynomial", "adam", "sgd"):
            self.assertRegex(result.out, rf"\b{name}\b")

    def test_what_needs_no_run_starts_no_mpi(self):
        for arguments, expected in (
            ([HOTLUM, "--print-config"], "schema: 1"),
            ([HOTLUM, "--validate"], f"{HOTLUM}: valid"),
            (["--print-schema"], "https://json-schema.org/draft/2020-12/schema"),
        ):
            with self.subTest(arguments=arguments):
                result = self.start(*arguments, environment=NO_MPI)
                self.assertEqual((CONVERGED, ""), (result.code, result.err))
                self.assertIn(expected, result.out)
        self.assert_nothing_written()

    def test_only_validation_of_what_needs_no_run_loads_libtorch(self):
        for option, loads in (("--print-config", False), ("--validate", True)):
            with self.subTest(option=option):
                result = self.start(HOTLUM, option, environment={"LD_DEBUG": "libs"})
                self.assertEqual(CONVERGED, result.code)
                self.assertIn("libmpi", result.err)  # loading is shown
                self.assertEqual(loads, "libtorch" in result.err)

    def test_quiet_validation_says_nothing(self):
        result = self.start(HOTLUM, "--validate", "--quiet")
        self.assertEqual((CONVERGED, "", ""), (result.code, result.out, result.err))

    def test_under_a_launcher_only_one_rank_prints(self):
        for arguments, line in ((["--version"], r"ailoop \d"), ([HOTLUM, "--validate"], r".*: valid$")):
            with self.subTest(arguments=arguments):
                result = self.start(*arguments, ranks=3)
                self.assertEqual(CONVERGED, result.code, result.err)
                self.assertEqual(1, len(re.findall(f"(?m)^{line}", result.out)), result.out)

    def test_kokkos_options_pass_through(self):
        self.run_to("out", HOTLUM, *SHORT, "--kokkos-threads=2", ranks=1)

    def test_seed_option_is_the_seed_setting(self):
        _, by_option = self.run_to("a", HOTLUM, *SHORT, "--seed", "7")
        _, by_setting = self.run_to("b", HOTLUM, *SHORT, "--set", "seed=7")
        _, other = self.run_to("c", HOTLUM, *SHORT, "--seed", "8")
        self.assertEqual(by_option.hashes(), by_setting.hashes())
        self.assertNotEqual(by_option.hashes(), other.hashes())

    def test_set_beats_the_seed_option(self):
        result = self.start(HOTLUM, "--seed", "7", "--set", "seed=9", "--print-config")
        self.assertRegex(result.out, r"(?m)^seed: 9$")

    def test_quiet_prints_no_answer(self):
        result, folder = self.run_to("out", HOTLUM, *SHORT, "-q")
        self.assertEqual("", result.out)
        self.assertEqual(5, len(folder.answers))

    def test_verbose_still_prints_the_lines_of_the_original(self):
        quiet, _ = self.run_to("a", HOTLUM, *SHORT)
        verbose, _ = self.run_to("b", HOTLUM, *SHORT, "-v")
        self.assertEqual(quiet.approx_lines, verbose.approx_lines)
        self.assertEqual(quiet.training_lines, verbose.training_lines)
