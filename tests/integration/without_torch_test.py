# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A build with AILOOP_TORCH=OFF: all but training.engine: libtorch, which is refused and not replaced in silence."""

import json
import re

from program import CONVERGED, HOTLUM, ProgramTest

FUSED = ["--set", "training.engine=fused"]
WHY = "libtorch is not in this build, which was made with AILOOP_TORCH=OFF; `engine: fused` takes the same steps"


class WithoutTorchTest(ProgramTest):
    def test_its_engine_is_refused_with_the_place(self):
        for arguments in ([], ["--validate"], ["--dry-run"], ["--print-config"]):
            with self.subTest(arguments=arguments):
                self.assert_refused(self.start(HOTLUM, *arguments), f"{HOTLUM}:", f"training.engine: {WHY}")
        self.assert_nothing_written()

    def test_no_other_engine_takes_the_place_of_the_default(self):
        for trainer in ("adam", "sgd"):
            with self.subTest(trainer=trainer):
                config = self.config(f"training: {{trainer: {trainer}}}\n")
                result = self.start(config)
                self.assert_refused(result, f"training.engine: missing; fused is required: the default {WHY}")
                self.assertEqual(CONVERGED, self.start(config, *FUSED, "--validate").code)

    def test_it_can_not_be_chosen(self):
        listed = self.start("--list").out
        self.assertRegex(listed, r"(?m)^training\.engine .*; fused \(result\); when training\.trainer = adam$")
        schema = self.start("--print-schema").out
        self.assertNotIn("libtorch", re.sub(r'"description": "[^"]*"', "", schema))
        self.assertIn('"engine"', json.dumps(json.loads(schema)["properties"]["training"]["allOf"][0]["then"]["required"]))

    def test_the_other_engine_runs(self):
        for ranks in (None, 2):
            _, folder = self.run_to(f"on_{ranks}", HOTLUM, *FUSED, "--set", "sampling.total=512", "-q", ranks=ranks)
            self.assertEqual(5, folder.summary["counts"]["accepted"])
            self.assertNotIn("libtorch", json.dumps(folder.summary))
