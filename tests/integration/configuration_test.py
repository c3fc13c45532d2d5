"""The configuration file and --set: what is read, printed and refused, and where the message points."""

import re

import yaml
from program import CONVERGED, HOTLUM, PRETRAINED, SHORT, ProgramTest

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

    def assert_file_refused(self, text, line, column, key, *words):
        """The message points at this place of the file, and nothing is started."""
        path = self.folder / "bad.yaml"
        path.write_text(text, encoding="utf-8")
        result = self.start("bad.yaml")
        self.assert_refused(result, *words)
        self.assertTrue(result.err.startswith(f"bad.yaml:{line}:{column}: {key}: "), result.err)
        self.assert_nothing_written("bad.yaml")

    def assert_set_refused(self, assignment, *words):
        result = self.start(HOTLUM, "--set", assignment)
        self.assert_refused(result, assignment, *words)
        self.assert_nothing_written()

    # What is read.

    def test_hotlum_is_the_original_workflow(self):
        printed = yaml.safe_load(self.printed(HOTLUM))
        for section, values in HOTLUM_VALUES.items():
            with self.subTest(section=section):
                expected = {**printed[section], **values} if isinstance(values, dict) else values
                self.assertEqual(expected, printed[section])

    def test_only_schema_and_problem_are_required(self):
        tree = yaml.safe_load(self.printed(self.config()))
        self.assertEqual("sine", tree["problem"]["name"])
        self.assertNotIn("initial", tree["surrogate"])

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
        self.config("surrogate: {initial: models/m.safetensors}\n", name="sub/c.yaml")
        self.assert_setting({"surrogate.initial": str(model.resolve())}, "sub/c.yaml")

    def test_paths_in_set_are_relative_to_the_working_directory(self):
        (self.folder / "sub").mkdir()
        self.config(name="sub/c.yaml")
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
        self.assert_setting({"limits.checks": 77}, self.config(), "--set", "limits.checks=77")

    # What is refused, and where.

    def test_a_value_out_of_range_is_refused_at_its_place(self):
        for key, value in (("learning_rate", "-0.01"), ("learning_rate", "0"), ("batch_size", "0"), ("epochs", "0")):
            with self.subTest(key=key, value=value):
                text = f"schema: 1\nproblem: {{name: sine}}\ntraining:\n  {key}: {value}\n"
                self.assert_file_refused(text, 4, len(key) + 5, f"training.{key}", value)

    def test_an_unknown_key_is_refused_with_the_nearest_name(self):
        text = "schema: 1\nproblem: {name: sine}\nloop:\n  tolerence: 0.1\n"
        self.assert_file_refused(text, 4, 3, "loop.tolerence", "unknown key", "did you mean tolerance?")

    def test_an_unknown_section_is_refused(self):
        text = "schema: 1\nproblem: {name: sine}\ntrainning: {epochs: 1}\n"
        self.assert_file_refused(text, 3, 1, "trainning", "unknown key", "did you mean training?")

    def test_a_setting_of_another_kind_is_refused(self):
        text = "schema: 1\nproblem: {name: sine, degree: 5}\n"
        self.assert_file_refused(text, 2, 23, "problem.degree", "unknown key")

    def test_a_duplicate_key_is_refused(self):
        text = "schema: 1\nproblem: {name: sine}\nseed: 1\nseed: 2\n"
        self.assert_file_refused(text, 4, 1, "seed", "3")

    def test_a_missing_required_key_is_refused(self):
        (self.folder / "bad.yaml").write_text("problem: {name: sine}\n", encoding="utf-8")
        self.assert_refused(self.start("bad.yaml"), "bad.yaml", "schema")
        (self.folder / "bad.yaml").write_text("schema: 1\nproblem: {terms: 4}\n", encoding="utf-8")
        self.assert_refused(self.start("bad.yaml"), "bad.yaml", "problem.name")

    def test_another_schema_is_refused(self):
        self.assert_file_refused("schema: 2\nproblem: {name: sine}\n", 1, 9, "schema", "2")

    def test_an_unknown_kind_is_refused_with_those_there_are(self):
        self.assert_file_refused("schema: 1\nproblem: {name: sin}\n", 2, 17, "problem.name", "sin", "sine")
        text = "schema: 1\nproblem: {name: sine}\ntraining: {trainer: adamw}\n"
        self.assert_file_refused(text, 3, 21, "training.trainer", "adamw", "adam", "sgd")

    def test_a_choice_that_does_not_exist_is_refused_with_those_there_are(self):
        for section, key, value, allowed in (
            ("loop", "gate", "equal", "difference"),
            ("surrogate", "basis", "fourier", "legendre"),
            ("surrogate", "precision", "float16", "float64"),
            ("training", "loss", "l1", "smooth_l1"),
            ("queries", "source", "everywhere", "uniform"),
        ):
            with self.subTest(key=f"{section}.{key}"):
                text = f"schema: 1\nproblem: {{name: sine}}\n{section}: {{{key}: {value}}}\n"
                column = len(section) + len(key) + 6
                self.assert_file_refused(text, 3, column, f"{section}.{key}", value, allowed)

    def test_numbers_that_are_not_plain_decimals_are_refused(self):
        for value in ("0x10", "0o17", ".inf", "inf", "nan", "1e400", "'5'", "five", "1_000", "~", "", "[5]", "01", "+5"):
            with self.subTest(value=value):
                text = f"schema: 1\nproblem: {{name: sine}}\nloop:\n  accepted: {value}\n"
                path = self.folder / "bad.yaml"
                path.write_text(text, encoding="utf-8")
                result = self.start("bad.yaml", "--print-config")  # reads as a run does, without MPI
                self.assert_refused(result)
                self.assertRegex(result.err, r"\Abad\.yaml:4:\d+: loop\.accepted: ")

    def test_integers_have_an_upper_bound(self):
        for key in ("problem.terms=65", "surrogate.degree=1001", "sampling.total=99999999999999999999"):
            with self.subTest(key=key):
                self.assert_set_refused(key, key.split("=", maxsplit=1)[0])

    def test_a_flag_is_only_true_or_false(self):
        for value in ("yes", "on", "True", "1"):
            with self.subTest(value=value):
                self.assert_set_refused(f"training.shuffle={value}", "training.shuffle", "true", "false")

    def test_both_of_an_exclusive_pair_in_a_file_are_refused(self):
        text = "schema: 1\nproblem: {name: sine}\nsampling: {per_rank: 32, total: 512}\n"
        (self.folder / "bad.yaml").write_text(text, encoding="utf-8")
        result = self.start("bad.yaml")
        self.assert_refused(result, "per_rank", "total")
        self.assertRegex(result.err, r"\Abad\.yaml:3:\d+: sampling")

    def test_a_scalar_where_a_section_belongs_is_refused(self):
        self.assert_file_refused("schema: 1\nproblem: sine\n", 2, 10, "problem", "sine")

    def test_malformed_yaml_is_refused_at_its_place(self):
        for text, line in (
            ("schema: 1\nproblem: {name: sine\n", r"\d+"),
            ("schema: 1\nproblem: {name: sine}\n---\nschema: 1\n", "[34]"),
            ("schema: 1\nproblem: &p {name: sine}\n", "2"),
            ("schema: 1\nproblem: {name: !!str sine}\n", "2"),
            ("- schema\n- problem\n", "1"),
            ("", r"\d+"),
        ):
            with self.subTest(text=text):
                (self.folder / "bad.yaml").write_text(text, encoding="utf-8")
                result = self.start("bad.yaml", "--print-config")  # reads as a run does, without MPI
                self.assert_refused(result)
                self.assertRegex(result.err, rf"\Abad\.yaml:{line}:\d+: ")

    def test_text_that_is_not_utf8_is_refused(self):
        for text in (b"schema: 1\nproblem: {name: \xff}\n", b"schema: 1\n\0\n", "schema: 1\n".encode("utf-16")):
            with self.subTest(text=text):
                (self.folder / "bad.yaml").write_bytes(text)
                self.assert_refused(self.start("bad.yaml"), "bad.yaml:")

    def test_set_refuses_what_is_no_assignment(self):
        for assignment in ("loop.accepted", "=5", "loop=5", "loop.accepted.x=5", "loop..accepted=5", "no.such=1"):
            with self.subTest(assignment=assignment):
                self.assert_set_refused(assignment)

    def test_set_refuses_a_bad_value_by_its_key(self):
        self.assert_set_refused("loop.tolerance=0", "loop.tolerance: ")
        self.assert_set_refused("training.learning_rate=fast", "training.learning_rate: ", "fast")

    def test_an_initial_model_that_is_not_there_is_refused(self):
        result = self.start(HOTLUM, "--set", "surrogate.initial=none.safetensors")
        self.assert_refused(result, "surrogate.initial", "none.safetensors")
        self.assert_nothing_written()

    def test_an_empty_text_is_refused(self):
        text = 'schema: 1\nproblem: {name: sine}\noutput: {directory: ""}\n'
        self.assert_file_refused(text, 3, 21, "output.directory")

    def test_the_effective_configuration_is_kept_with_the_run(self):
        changes = ["--set", "loop.accepted=2", *SHORT]
        printed = self.printed(HOTLUM, *changes, "--output", "out")
        _, folder = self.run_to("out", HOTLUM, *changes)
        kept = (folder.path / "config.yaml").read_text(encoding="utf-8")
        self.assertEqual(yaml.safe_load(printed), yaml.safe_load(kept))
        self.assertTrue(re.search(r"(?m)^schema: 1$", kept))
