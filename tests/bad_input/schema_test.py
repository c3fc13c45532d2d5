# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The printed schema and the printed configuration: the schema says what the program says, and printing is exact.

Configurations are made from the schema itself, so that every setting and every kind takes part, whatever there is.
"""

import copy
import itertools
import json
import math
import os
import re
import subprocess

import corpus
import yaml
from jsonschema import Draft202012Validator
from program import CONVERGED, SOURCE, ProgramTest

NESTED = os.environ["AILOOP_NESTED_KINDS"]

# Text that a careless reader or printer would take for something else.
TEXTS = [
    "1e5", "0x1F", "010", "1_000", "1:30", ".inf", "null", "~", "true", "Yes", "y", "2024-01-01", "=", "<<",
    " a b ", "a: b # c", "- a", "[a]", "{a}", "&a", "*a", "!a", "%a", "@a", "|", ">", "'", '"', "\\", "\\n", "it's",
    "größe", "размер", "大きさ", "😀", "e\u0301", "a\u00a0b", "a\u2028b", "a\ufeffb", "a\ufffeb", "\u0085", "x" * 2000,
    "$$", "a$$b", "~/a", "$AILOOP_PROGRAM", "/a${AILOOP_PROGRAM}b",
]  # fmt: skip
NUMBERS = [5e-324, 2.2250738585072014e-308, 1e-8, 0.1, 1 / 3, 1.0, 123456789.123, 1e22, 1e23, 1.7976931348623157e308]


def numbers(setting):
    """Numbers that the setting may have, at its bounds where they are included."""
    lower = setting.get("minimum", setting.get("exclusiveMinimum"))
    upper = setting.get("maximum", setting.get("exclusiveMaximum"))
    first = lower if "minimum" in setting else math.nextafter(lower, math.inf)
    last = upper if "maximum" in setting else math.nextafter(upper, -math.inf)
    return [first, last, *(number for number in NUMBERS if first <= number <= last)]


def types(setting):
    """One, or also null."""
    return setting["type"] if isinstance(setting["type"], list) else [setting["type"]]


def element(setting):
    """An element of a list as a setting of its own."""
    return {**setting["items"], "x-affects": setting["x-affects"]}


def candidates(setting):
    """Values that the setting may have."""
    if "null" in types(setting):
        return [None, *candidates({**setting, "type": [name for name in types(setting) if name != "null"]})]
    if "array" in types(setting):
        each = candidates(element(setting))
        lists = [each[i : i + n] for i, n in enumerate(itertools.islice(itertools.cycle([1, 2, 3]), len(each)))]
        # a list of one that may be a number alone is printed as that
        return lists if types(setting)[0] == "array" else [*each, *(values for values in lists if len(values) > 1)]
    if "enum" in setting:
        return [name for name in setting["enum"] if name is not None]
    if "boolean" in types(setting):
        return [False, True]
    if "integer" in types(setting):
        return [setting["minimum"], setting["maximum"]]
    if "number" in types(setting):
        return numbers(setting)
    if setting.get("format") == "path" and setting["x-affects"] != "output":  # those are printed as absolute ones
        return [f"/{text}" for text in TEXTS]
    return TEXTS


def fill(body, variant, tree):
    """Gives every setting of a section, or of a kind, a value; others for each variant."""
    for key, setting in body.get("properties", {}).items():
        if isinstance(setting, dict) and setting["type"] == "object":
            fill(setting, variant, tree.setdefault(key, {}))
        elif isinstance(setting, dict):
            values = candidates(setting)
            tree[key] = values[variant % len(values)]
    for condition in body.get("allOf", []):
        if "not" in condition:
            names = condition["not"]["required"]
            tree.pop(names[variant % 2], None)
    for condition in body.get("allOf", []):
        if "if" in condition:
            ((key, choice),) = condition["if"]["properties"].items()
            if tree[key] == choice["const"]:
                fill(condition["then"], variant, tree)


def as_yaml(tree):
    """The tree as JSON, which is YAML, with escapes for what must not stand in a file."""
    text = json.dumps(tree, ensure_ascii=False)
    for character in "\u0085\u2028\ufeff\ufffe":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text + "\n"


class SchemaTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.schema = corpus.schema()
        self.validator = Draft202012Validator(self.schema)

    def print_config(self, path):
        result = self.start(path, "--print-config")
        self.assertEqual((CONVERGED, ""), (result.code, result.err))
        return result.out

    def assert_contains(self, tree, part):
        """Every value of `part` is that of `tree`, bit by bit."""
        for key, value in part.items():
            if isinstance(value, dict):
                self.assert_contains(tree.get(key, {}), value)
            else:
                self.assertEqual((key, value), (key, tree.get(key)))

    def assert_prints_itself(self, path):
        """Returns the printed configuration as a tree."""
        once = self.print_config(path)
        (self.folder / "printed.yaml").write_text(once, encoding="utf-8")
        self.assertEqual(once, self.print_config("printed.yaml"))
        tree = yaml.safe_load(once)
        self.validator.validate(tree)
        return tree

    def test_it_is_a_schema(self):
        Draft202012Validator.check_schema(self.schema)
        self.assertFalse(self.validator.is_valid({}))

    def test_every_configuration_that_comes_with_ailoop_passes_and_prints_itself(self):
        files = sorted((SOURCE / "config").rglob("*.yaml"))
        self.assertTrue(files)
        for path in files:
            with self.subTest(file=path.name):
                written = yaml.safe_load(path.read_bytes())
                self.validator.validate(written)
                tree = self.assert_prints_itself(path)
                self.assertLessEqual(written.keys(), tree.keys())

    def test_every_kind_and_every_odd_value_passes_and_prints_itself(self):
        for variant in range(len(TEXTS)):
            tree = {}
            fill(self.schema, variant, tree)
            with self.subTest(tree=tree):
                path = self.folder / "made.yaml"
                path.write_text(as_yaml(tree), encoding="utf-8")
                self.validator.validate(tree)
                self.assert_contains(self.assert_prints_itself(path.name), tree)

    def test_every_setting_of_the_wrong_type_or_out_of_range_is_refused_by_both(self):
        tree = {}
        fill(self.schema, 0, tree)
        wrong = []

        def spoil(body, place, given):
            for condition in body.get("allOf", []):
                if "if" in condition:
                    ((key, choice),) = condition["if"]["properties"].items()
                    if given[key] == choice["const"]:
                        spoil(condition["then"], place, given)
            for key, setting in body.get("properties", {}).items():
                if not isinstance(setting, dict):
                    continue
                if setting["type"] == "object":
                    spoil(setting, [*place, key], given[key])
                    values = [5, [], None]
                else:
                    values = [[], {}, "no such thing" if "string" not in types(setting) else 5]
                    values += [None] if "null" not in types(setting) else []
                    values += [setting[bound] for bound in ("exclusiveMinimum", "exclusiveMaximum") if bound in setting]
                    if "integer" in types(setting):
                        values += [setting["minimum"] - 1, setting["maximum"] + 1]
                for value in values:
                    wrong.append(([*place, key], value))
                if "array" in types(setting):
                    right = candidates(element(setting))[0]
                    for value in ([], {}, None, "no such thing" if "string" not in types(setting["items"]) else 5):
                        wrong.append(([*place, key], [right, value]))
                    wrong.append(([*place, key], [right] * (setting["maxItems"] + 1)))

        spoil(self.schema, [], tree)
        for number, (place, value) in enumerate(wrong):
            spoilt = copy.deepcopy(tree)
            section = spoilt
            for key in place[:-1]:
                section = section[key]
            section[place[-1]] = value
            with self.subTest(place=place, value=value):
                self.assertFalse(self.validator.is_valid(spoilt))
                path = self.folder / f"{number}.yaml"
                path.write_text(as_yaml(spoilt), encoding="utf-8")
                result = self.start(path.name, "--print-config")
                where = re.escape(".".join(place)) + (r"(\[1\])?" if isinstance(value, list) else "")
                self.assert_refused(result, f"{number}.yaml:1:")
                self.assertRegex(result.err, f": {where}: ")

    def test_nested_kinds_are_judged_as_the_reader_judges_them(self):
        printed = subprocess.run([NESTED, "--schema"], capture_output=True, check=True).stdout
        validator = Draft202012Validator(json.loads(printed))
        Draft202012Validator.check_schema(validator.schema)
        ball, box = "shape: ball, radius: 2", "shape: box"
        cases = {
            f"content: {{{ball}}}": True,
            "content: {radius: 2}": True,
            "is_fragile: true": False,
            "{}": False,
            "content: {}": False,
            "content: {shape: ball}": False,
            "content: {radius: 0}": False,
            f"content: {{{ball}, width: 1}}": False,
            f"content: {{{ball}, colour: red}}": False,
            f"content: {{{ball}, paint: matt}}": False,
            f"content: {{{box}}}": True,
            f"content: {{{box}, width: 9}}": True,
            f"content: {{{box}, width: 10}}": False,
            f"content: {{{box}, width: 1, sides: 1}}": False,
            f"content: {{{box}, holes: 1}}": True,
            f"content: {{{box}, holes: [1]}}": True,
            f"content: {{{box}, holes: [1, 2.5]}}": True,
            f"content: {{{box}, holes: null}}": True,
            f"content: {{{box}, holes: 0}}": False,
            f"content: {{{box}, holes: []}}": False,
            f"content: {{{box}, holes: [1, 0]}}": False,
            f"content: {{{box}, holes: [1, a]}}": False,
            f"content: {{{box}, holes: [[1]]}}": False,
            f"content: {{{box}, holes: [1, 2, 3]}}": False,
            f"content: {{{box}, holes: {{a: 1}}}}": False,
            f"content: {{{box}, colour: ''}}": True,
            f"content: {{{box}, paint: matt, colour: red}}": True,
            f"content: {{{box}, paint: matt, shine: {{gloss: 1}}}}": False,
            f"content: {{{box}, paint: glossy}}": False,
            f"content: {{{box}, paint: glossy, colour: ''}}": False,
            f"content: {{{box}, paint: glossy, colour: red}}": True,
            f"content: {{{box}, paint: glossy, colour: red, shine: {{gloss: 1}}}}": True,
            f"content: {{{box}, paint: glossy, colour: red, shine: {{gloss: 2}}}}": False,
            f"content: {{{box}, paint: glossy, colour: red, shine: {{}}, gloss: 1}}": False,
            f"content: {{{box}, paint: wet}}": False,
            f"content: {{{box}, label: sticker, radius: 2}}": True,
            f"content: {{{ball}, label: none}}": True,
        }
        for number, text in enumerate(cases):
            (self.folder / f"{number}.yaml").write_text(text, encoding="utf-8")
        names = [f"{number}.yaml" for number in range(len(cases))]
        out = subprocess.run([NESTED, *names], cwd=self.folder, capture_output=True, check=True, text=True).stdout
        for (text, is_valid), answer in zip(cases.items(), out.splitlines(), strict=True):
            with self.subTest(text=text):
                self.assertEqual(is_valid, answer == "valid", answer)
                self.assertEqual(is_valid, validator.is_valid(yaml.safe_load(text)))
