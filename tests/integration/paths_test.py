# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Variables in paths: put in where a path is used; what a run leaves keeps what was written."""

import shutil

import yaml
from program import CONVERGED, HOTLUM, PRETRAINED, ProgramTest

# Everything is accepted at once.
CONFIG = """
loop: {tolerance: 1000, accepted: 3}
sampling: {total: 512}
surrogate: {initial: "$AILOOP_MODELS/a.safetensors"}
queries: {source: file, path: "${AILOOP_DATA}/queries.csv"}
output: {directory: "$AILOOP_RUNS/run-${AILOOP_JOB}"}
training: {trainer: adam}
"""


class PathsTest(ProgramTest):
    def setUp(self):
        super().setUp()
        (self.folder / "data").mkdir()
        (self.folder / "data" / "queries.csv").write_text("x\n0.5\n-1\n2\n", encoding="utf-8")
        shutil.copy(PRETRAINED, self.folder / "data" / "a.safetensors")
        data = str(self.folder / "data")
        self.variables = {"AILOOP_MODELS": data, "AILOOP_DATA": data, "AILOOP_RUNS": "runs", "AILOOP_JOB": "17"}

    def test_variables_are_put_in_and_kept_as_written(self):
        config = self.config(CONFIG)
        result = self.start(config, environment=self.variables, ranks=2)
        self.assertEqual(CONVERGED, result.code, result.err)
        self.assertIn("output in runs/run-17\n", result.err)
        self.assert_nothing_written("config.yaml", "data", "runs")
        kept = yaml.safe_load((self.folder / "runs" / "run-17" / "config.yaml").read_text(encoding="utf-8"))
        self.assertEqual("$AILOOP_MODELS/a.safetensors", kept["surrogate"]["initial"])
        self.assertEqual("${AILOOP_DATA}/queries.csv", kept["queries"]["path"])
        printed = self.start(config, "--print-config", environment=self.variables)
        self.assertEqual("", printed.err)
        self.assertEqual("$AILOOP_RUNS/run-${AILOOP_JOB}", yaml.safe_load(printed.out)["output"]["directory"])

    def test_what_a_run_keeps_gives_the_same_run(self):
        config = self.config(CONFIG)
        self.assertEqual(CONVERGED, self.start(config, environment=self.variables).code)
        kept = self.folder / "runs" / "run-17" / "config.yaml"
        result = self.start(kept, "--output", "again", environment=self.variables)
        self.assertEqual(CONVERGED, result.code, result.err)
        for name in ("answers.csv", "model.safetensors", "config.yaml"):
            self.assertEqual((kept.parent / name).read_bytes(), (self.folder / "again" / name).read_bytes())

    def test_the_home_folder_and_a_dollar(self):
        home = {"HOME": str(self.folder / "data")}
        more = ["--set", "surrogate.initial=~/a.safetensors", "--set", "sampling.total=512"]
        result = self.start(HOTLUM, *more, "--set", "output.directory=~/$$run", environment=home)
        self.assertEqual(CONVERGED, result.code, result.err)
        self.assertTrue((self.folder / "data" / "$run" / "answers.csv").is_file())
        self.assert_nothing_written("data")

    def test_a_variable_that_is_not_set_is_refused_by_a_run_with_its_place(self):
        config = self.config(CONFIG)
        places = {
            "AILOOP_JOB": "config.yaml:8:21: output.directory: $AILOOP_RUNS/run-${AILOOP_JOB} needs",
            "AILOOP_DATA": "config.yaml:7:31: queries.path: ${AILOOP_DATA}/queries.csv needs",
            "AILOOP_MODELS": "config.yaml:6:22: surrogate.initial: $AILOOP_MODELS/a.safetensors needs",
        }
        for name, place in places.items():
            variables = {**self.variables, name: ""}
            for options in ([], ["--dry-run"]):
                with self.subTest(name=name, options=options):
                    result = self.start(config, *options, environment=variables)
                    self.assert_refused(result, place, f"the environment variable {name}, which is not set")
            for option in ("--validate", "--print-config"):
                with self.subTest(name=name, option=option):
                    result = self.start(config, option, environment=variables)
                    self.assertEqual(CONVERGED, result.code, result.err)
                    self.assertEqual(1, len(result.messages), result.err)
                    self.assertIn(f"ailoop: note: {config}:", result.err)
                    self.assertIn(place.split(":", 3)[3], result.err)
        self.assert_nothing_written("config.yaml", "data")

    def test_a_dollar_that_stands_for_nothing_is_refused_by_all(self):
        for option in ([], ["--validate"], ["--print-config"]):
            result = self.start(HOTLUM, "--set", "output.directory=$(pwd)/a", *option)
            self.assert_refused(result, "--set output.directory=$(pwd)/a: output.directory: $(pwd)/a has a $ without a name")
        self.assert_nothing_written("data")
