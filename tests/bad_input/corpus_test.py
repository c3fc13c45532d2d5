# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Wrong configurations are refused: by the program with one message, and those tagged so by the schema."""

from concurrent.futures import ThreadPoolExecutor

import corpus
import yaml
from jsonschema import Draft202012Validator
from program import CONFIGURATION, CONVERGED, ProgramTest


class CorpusTest(ProgramTest):
    def refuse_all(self, cases, *options):
        """Each case ends with 2 and the one message that belongs to it, and leaves nothing behind."""
        for case in cases:
            (self.folder / case.file).write_bytes(case.content)
        with ThreadPoolExecutor(4) as pool:
            results = list(pool.map(lambda case: self.start(case.file, *options), cases))
        for case, result in zip(cases, results, strict=True):
            with self.subTest(case=case.name):
                self.assert_refused(result)
                self.assertTrue(case.is_told_by(result.messages[0]), f"{result.err}\nexpected: {case.expected}")
                self.assertLess(len(result.messages[0]), 600)
        self.assert_nothing_written(*(case.file for case in cases))

    def test_validate_refuses_every_case(self):
        self.refuse_all(corpus.cases(), "--validate")

    def test_a_run_refuses_them_in_the_same_way(self):
        # A run reads the configuration with the same function, but has to start MPI for that: some must do.
        self.refuse_all(corpus.cases()[::8])

    def test_a_refusal_under_a_launcher_is_told_once(self):
        case = corpus.written("schema")[0]
        (self.folder / case.file).write_bytes(case.content)
        for options in ([], ["--validate"]):
            with self.subTest(options=options):
                result = self.start(case.file, *options, ranks=3)
                self.assertEqual(CONFIGURATION, result.code, result.err)
                self.assertEqual(1, result.err.count(f"{case.file}:"), result.err)
                self.assertEqual("", result.out)

    def test_the_schema_refuses_what_is_tagged_schema_and_nothing_else(self):
        validator = Draft202012Validator(corpus.schema())
        for case in corpus.cases():
            with self.subTest(case=case.name):
                if len(case.content) > corpus.LARGEST_TO_CHECK:
                    self.assertEqual("program", case.tag)
                    continue
                try:
                    tree = yaml.safe_load(case.content)
                except (yaml.YAMLError, ValueError, RecursionError):
                    self.assertEqual("program", case.tag)
                else:
                    self.assertEqual(case.tag, "program" if validator.is_valid(tree) else "schema")

    def test_both_accept_what_is_valid(self):
        validator = Draft202012Validator(corpus.schema())
        files = sorted((corpus.FOLDER / "valid").glob("*.yaml"))
        self.assertTrue(files)
        for path in files:
            with self.subTest(file=path.name):
                result = self.start(path, "--validate")
                self.assertEqual((CONVERGED, f"{path}: valid\n", ""), (result.code, result.out, result.err))
                validator.validate(yaml.safe_load(path.read_bytes()))
        self.assert_nothing_written()
