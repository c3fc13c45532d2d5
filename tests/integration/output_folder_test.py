# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Where a run writes: the next free default folder or a named one. What is refused stands in tests/bad_input."""

from program import CONVERGED, HOTLUM, RUN_FILES, SHORT, ProgramTest, RunFolder


class OutputFolderTest(ProgramTest):
    def test_the_default_is_the_next_free_number(self):
        for n in (1, 2):
            result = self.start(HOTLUM, *SHORT)
            self.assertEqual(CONVERGED, result.code, result.err)
            self.assertEqual(RUN_FILES, RunFolder(self.folder / "runs" / f"hotlum-{n}").names() & RUN_FILES)
        self.assertEqual({"hotlum-1", "hotlum-2"}, {entry.name for entry in (self.folder / "runs").iterdir()})

    def test_a_run_leaves_its_files_and_no_temporary_ones(self):
        _, folder = self.run_to("out", HOTLUM, *SHORT, ranks=2)
        self.assertEqual(RUN_FILES, {name for name in folder.names() if not name.startswith(".")})
        self.assert_nothing_written("out")

    def test_an_empty_folder_is_taken(self):
        (self.folder / "out").mkdir()
        self.run_to("out", HOTLUM, *SHORT)

    def test_missing_parents_are_made(self):
        self.run_to("a/b/c", HOTLUM, *SHORT)

    def test_force_replaces_a_run_and_leaves_what_is_foreign(self):
        self.run_to("out", HOTLUM, *SHORT, "--set", "loop.accepted=9")
        (self.folder / "out" / "precious").write_text("mine", encoding="utf-8")
        _, folder = self.run_to("out", HOTLUM, *SHORT, "--force")
        _, fresh = self.run_to("fresh", HOTLUM, *SHORT)
        self.assertEqual(fresh.hashes(), folder.hashes())
        self.assertEqual(len(fresh.events), len(folder.events))
        self.assertEqual("mine", (folder.path / "precious").read_text(encoding="utf-8"))

    def test_the_folder_of_the_file_is_relative_to_the_working_directory(self):
        (self.folder / "sub").mkdir()
        self.config("output: {directory: here}\ntraining: {trainer: adam}\n", name="sub/c.yaml")
        result = self.start("sub/c.yaml", *SHORT)
        self.assertEqual(CONVERGED, result.code, result.err)
        self.assert_nothing_written("here", "sub")

    def test_output_beats_the_file_and_set_beats_output(self):
        path = self.config("output: {directory: of_file}\ntraining: {trainer: adam}\n")
        self.run_to("of_option", path, *SHORT)
        result = self.start(path, *SHORT, "--output", "of_option_2", "--set", "output.directory=of_set")
        self.assertEqual(CONVERGED, result.code, result.err)
        self.assert_nothing_written("config.yaml", "of_option", "of_set")
