"""The command line: what needs no run, what is refused, and that neither starts MPI."""

import re

from program import CONFIGURATION, CONVERGED, HOTLUM, SHORT, ProgramTest

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
        for option in ("CONFIG", "--set", "--output", "--force", "--seed", "--print-config", "--list", "--version"):
            self.assertIn(option, result.out)
        self.assertEqual("", result.err)

    def test_list_names_every_kind(self):
        result = self.start("--list", environment=NO_MPI)
        self.assertEqual(CONVERGED, result.code, result.err)
        for name in ("sine", "polynomial", "adam", "sgd"):
            self.assertRegex(result.out, rf"\b{name}\b")

    def test_print_config_starts_no_mpi(self):
        result = self.start(HOTLUM, "--print-config", environment=NO_MPI)
        self.assertEqual(CONVERGED, result.code, result.err)
        self.assertIn("schema: 1", result.out)
        self.assert_nothing_written()

    def test_under_a_launcher_only_one_rank_prints_the_version(self):
        result = self.start("--version", ranks=3)
        self.assertEqual(CONVERGED, result.code, result.err)
        self.assertEqual(1, len(re.findall(r"(?m)^ailoop \d", result.out)), result.out)

    def test_without_arguments_the_command_line_is_wrong(self):
        result = self.start()
        self.assertEqual(CONFIGURATION, result.code, result.err)
        self.assertIn("CONFIG", result.err)
        self.assertEqual("", result.out)

    def test_an_unknown_option_is_refused(self):
        self.assert_refused(self.start(HOTLUM, "--no-such-option"), "--no-such-option")
        self.assert_nothing_written()

    def test_a_second_configuration_is_refused(self):
        self.assert_refused(self.start(HOTLUM, "other.yaml"), "other.yaml")
        self.assert_nothing_written()

    def test_an_option_without_its_value_is_refused(self):
        for option in ("--set", "--output", "--seed"):
            with self.subTest(option=option):
                self.assert_refused(self.start(HOTLUM, option), option)

    def test_a_missing_configuration_is_refused_by_name(self):
        self.assert_refused(self.start("no_such.yaml"), "no_such.yaml")
        self.assert_nothing_written()

    def test_a_folder_as_configuration_is_refused(self):
        (self.folder / "folder").mkdir()
        self.assert_refused(self.start("folder"), "folder")

    def test_a_seed_that_is_no_number_is_refused(self):
        for seed in ("x", "-1", "1.5", "18446744073709551616"):
            with self.subTest(seed=seed):
                self.assert_refused(self.start(HOTLUM, "--seed", seed), seed)

    def test_an_unknown_kokkos_option_does_not_start_a_run(self):
        result = self.start(HOTLUM, "--kokkos-no-such-option=1", "--output", "out")
        self.assertEqual(CONFIGURATION, result.code, result.out + result.err)
        self.assert_nothing_written()

    def test_kokkos_options_pass_through(self):
        self.run_to("out", HOTLUM, *SHORT, "--kokkos-threads=2", ranks=1)

    def test_a_refusal_under_a_launcher_is_said_once(self):
        result = self.start(HOTLUM, "--set", "loop.tolerance=-1", ranks=3)
        self.assertEqual(CONFIGURATION, result.code, result.err)
        self.assertEqual(1, result.err.count("loop.tolerance: "), result.err)
        self.assertEqual("", result.out)
        self.assert_nothing_written()

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
