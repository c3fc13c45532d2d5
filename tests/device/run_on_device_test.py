# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Whole runs whose batches a device computes, which on this machine a guarded one stands for, leave the files of the host."""

import os

import program
from program import CONFIGURATION, ProgramTest, SOURCE

GUARDED = os.environ["AILOOP_GUARDED"]
KEPLER = SOURCE / "config" / "kepler.yaml"
CERTIFIED = SOURCE / "config" / "certified.yaml"
ON_DEVICE = ["--set", "surrogate.device=device"]


class RunOnDeviceTest(ProgramTest):
    def run_guarded(self, *arguments, **how):
        """A run of the program whose kernel files were compiled for the guarded device."""
        program.EXECUTABLE, of_host = GUARDED, program.EXECUTABLE
        try:
            return self.run_to(*arguments, **how)
        finally:
            program.EXECUTABLE = of_host

    def assert_same_on_device(self, *arguments, ranks=(1,)):
        _, host = self.run_to("host", *arguments)
        for n in ranks:
            with self.subTest(ranks=n):
                result, device = self.run_guarded(f"device-{n}", *arguments, *ON_DEVICE, ranks=n)
                self.assertIn("device: Guarded", result.err)
                self.assertEqual(host.hashes(), device.hashes())
        return host

    def test_certified_answers(self):
        host = self.assert_same_on_device(
            CERTIFIED, "--set", "surrogate.initial=null", "--set", "loop.accepted=3000", ranks=(1, 2)
        )
        self.assertGreater(host.summary["counts"]["inconclusive"], 0)

    def test_answers_that_are_audited(self):
        self.assert_same_on_device(CERTIFIED, "--set", "loop.audit=7", "--set", "loop.accepted=3000")

    def test_every_check_in_the_files(self):
        self.assert_same_on_device(
            KEPLER, "--set", "output.checks=all", "--set", "loop.accepted=2000", "--set", "queries.batch=500"
        )

    def test_two_inputs_with_least_squares_on_all_ranks(self):
        self.assert_same_on_device(
            KEPLER,
            *("--set", "training.placement=all_ranks"),
            *("--set", "sampling.total=20001"),
            *("--set", "queries.batch=512"),
            ranks=(1, 3),
        )

    def test_gradients_of_samples_that_were_drawn_there(self):
        self.assert_same_on_device(
            CERTIFIED,
            *("--set", "surrogate.initial=null"),
            *("--set", "training.trainer=adam"),
            *("--set", "training.learning_rate=0.05"),
            *("--set", "surrogate.outputs=standardized"),
            *("--set", "limits.retrainings_per_query=3"),
            *("--set", "loop.on_exhausted=truth"),
            *("--set", "loop.accepted=2000"),
            ranks=(1, 2),
        )

    def test_difference_with_a_relative_tolerance(self):
        self.assert_same_on_device(
            KEPLER,
            *("--set", "loop.gate=difference"),
            *("--set", "loop.relative_tolerance=0.001"),
            *("--set", "queries.batch=1000"),
            *("--set", "loop.accepted=4000"),
            *("--set", "output.answers=safetensors"),
        )

    def test_a_device_that_is_not_there_is_refused(self):
        result = self.start(CERTIFIED, *ON_DEVICE, "--output", "out")
        self.assertEqual(CONFIGURATION, result.code)
        self.assertIn("surrogate.device: device, but this build has none; auto and host are allowed", result.err)
