# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The configuration file and --set: what is read and printed. What is refused stands in tests/bad_input."""

import re

import yaml
from program import CONVERGED, HOTLUM, PRETRAINED, SHORT, ProgramTest

ADAM = "training: {trainer: adam}\n"

# Settings of hotlum.yaml as the workflow and the design state them.
HOTLUM_VALUES = {
    "schema": 1,
    "seed": 42,
    "problem": {"name": "sine", "terms": 4},
    "queries": {"source": "uniform"},
    "loop": {"tolerance": 0.05, "gate": "difference", "accepted": 5},
    "limits": {"retrainings": 1000, "retrainings_per_query": 1000, "checks": 1000000},
    "sampling": {"per_rank": 32},
    "surrogate": {
        "type": "polynomial",
        "basis": "monomial",
        "degree": 5,
        "precision": "float32",
        "initial": str(PRETRAINED),
    },
    "training": {
        "trainer": "adam",
        "engine": "libtorch",
        "learning_rate": 0.01,
        "loss": "smooth_l1",
        "batch_size": 32,
        "epochs": 1,
        "shuffle": True,
    },
    "ranks": {"approximation": 4, "wait": "auto"},
}


class ConfigurationTest(ProgramTest):
    def printed(self, *arguments):
        result = self.start(*arguments, "--print-config")
        self.assertEqual(CONVERGED, result.code, result.err)
        self.assertEqual("", result.err)
        return result.out

    def assert_setting(self, expected, *arguments):
        """`expected` is a dictionary of dotted keys; None: the key is not there."""
        tree = yaml.safe_load(self.printed(*arguments))
        for key, value in expected.items():
            node = tree
            for part in key.split("."):
                node = node.get(part, {}) if isinstance(node, dict) else {}
            with self.subTest(key=key):
                self.assertEqual({} if value is None else value, node)

    def test_hotlum_is_the_original_workflow(self):
        printed = yaml.safe_load(self.printed(HOTLUM))
        for section, values in HOTLUM_VALUES.items():
            with self.subTest(section=section):
                expected = {**printed[section], **values} if isinstance(values, dict) else values
                self.assertEqual(expected, printed[section])

    def test_printed_configuration_prints_itself(self):
        once = self.printed(HOTLUM, "--set", "loop.accepted=2", "--seed", "3", *SHORT)
        (self.folder / "printed.yaml").write_text(once, encoding="utf-8")
        self.assertEqual(once, self.printed("printed.yaml"))

    def test_printed_configuration_gives_the_same_run(self):
        changes = ["--set", "loop.accepted=3", "--set", "training.learning_rate=0.02", *SHORT]
        (self.folder / "printed.yaml").write_text(self.printed(HOTLUM, *changes), encoding="utf-8")
        _, original = self.run_to("a", HOTLUM, *changes)
        _, repeated = self.run_to("b", "printed.yaml")
        self.assertEqual(original.hashes(), repeated.hashes())

    def test_printed_input_paths_are_absolute_and_relative_to_the_file(self):
        (self.folder / "sub" / "models").mkdir(parents=True)
        model = self.folder / "sub" / "models" / "m.safetensors"
        model.write_bytes(PRETRAINED.read_bytes())
        self.config("surrogate: {initial: models/m.safetensors}\n" + ADAM, name="sub/c.yaml")
        self.assert_setting({"surrogate.initial": str(model.resolve())}, "sub/c.yaml")

    def test_paths_in_set_are_relative_to_the_working_directory(self):
        (self.folder / "sub").mkdir()
        self.config(ADAM, name="sub/c.yaml")
        (self.folder / "m.safetensors").write_bytes(PRETRAINED.read_bytes())
        self.assert_setting(
            {"surrogate.initial": str((self.folder / "m.safetensors").resolve())},
            "sub/c.yaml",
            "--set",
            "surrogate.initial=m.safetensors",
        )

    def test_the_last_set_wins(self):
        self.assert_setting(
            {"loop.accepted": 9}, HOTLUM, "--set", "loop.accepted=2", "--set", "loop.accepted=9"
        )

    def test_set_replaces_the_partner_of_an_exclusive_pair(self):
        self.assert_setting(
            {"sampling.total": 64, "sampling.per_rank": None}, HOTLUM, "--set", "sampling.total=64"
        )
        self.assert_setting(
            {"sampling.total": None, "sampling.per_rank": 8},
            HOTLUM,
            "--set",
            "sampling.total=64",
            "--set",
            "sampling.per_rank=8",
        )

    def test_set_makes_a_section_that_the_file_lacks(self):
        self.assert_setting({"limits.checks": 77}, self.config(ADAM), "--set", "limits.checks=77")

    def test_the_effective_configuration_is_kept_with_the_run(self):
        changes = ["--set", "loop.accepted=2", *SHORT]
        printed = self.printed(HOTLUM, *changes)
        _, folder = self.run_to("out", HOTLUM, *changes)
        kept = (folder.path / "config.yaml").read_text(encoding="utf-8")
        self.assertEqual(yaml.safe_load(printed), yaml.safe_load(kept))
        self.assertTrue(re.search(r"(?m)^schema: 1$", kept))
        _, again = self.run_to("again", folder.path / "config.yaml")
        self.assertEqual(folder.hashes(), again.hashes())
