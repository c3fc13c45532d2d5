# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Configurations name the JSON Schema by which editors complete and check them, in their first line."""

import json
import re

import yaml
from jsonschema import Draft202012Validator
from program import SOURCE, ProgramTest

FIRST_LINE = re.compile(r"# yaml-language-server: \$schema=(\S+)\n")
CONFIGURATIONS = sorted((SOURCE / "config").glob("*.yaml"))


class EditorSchemaTest(ProgramTest):
    def schema_of(self, path):
        """The schema that a configuration names."""
        named = FIRST_LINE.match(path.read_text(encoding="utf-8"))
        self.assertIsNotNone(named, f"{path.name} does not begin with # yaml-language-server: $schema=")
        self.assertTrue((path.parent / named[1]).is_file(), f"{path.name} names {named[1]}")
        return json.loads((path.parent / named[1]).read_text(encoding="utf-8"))

    def errors(self, path):
        checker = Draft202012Validator(self.schema_of(path))
        return [error.message for error in checker.iter_errors(yaml.safe_load(path.read_text(encoding="utf-8")))]

    def test_each_configuration_names_a_schema_that_it_keeps(self):
        self.assertIn("hotlum.yaml", [path.name for path in CONFIGURATIONS])
        for path in CONFIGURATIONS:
            with self.subTest(path=path.name):
                self.assertEqual([], self.errors(path))

    def test_the_schema_that_is_named_finds_what_is_wrong(self):
        (self.folder / "ailoop.schema.json").write_bytes((SOURCE / "config" / "ailoop.schema.json").read_bytes())
        text = CONFIGURATIONS[0].read_text(encoding="utf-8")
        path = self.folder / "wrong.yaml"
        path.write_text(re.sub(r"tolerance: \S+", "tolerances: -1", text), encoding="utf-8")
        self.assertEqual(1, len(self.errors(path)), self.errors(path))

    def test_examples_whose_kinds_the_schema_does_not_know_name_none(self):
        schema = json.loads((SOURCE / "config" / "ailoop.schema.json").read_text(encoding="utf-8"))
        known = schema["properties"]["problem"]["properties"]["name"]["enum"]
        for path in (SOURCE / "examples").glob("*/*.yaml"):
            with self.subTest(path=path.name):
                text = path.read_text(encoding="utf-8")
                names_one = FIRST_LINE.match(text) is not None
                self.assertEqual(yaml.safe_load(text)["problem"]["name"] in known, names_one)
