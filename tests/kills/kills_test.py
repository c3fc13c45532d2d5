# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A few of the kills of kill_runs.py, at each kind of moment, and a disk that fills in a write."""

import os
import subprocess
import time
import unittest

from kills import MOMENTS, RUN, Kills
from program import EXECUTABLE, INTERNAL, SECONDS, ProgramTest, RunFolder
from run_content import content


class KillsTest(ProgramTest):
    def test_a_killed_run_is_resumed_with_the_same_files(self):
        run = Kills(self.folder, seed=1)
        for moment in MOMENTS:
            for ranks in (1, 3):
                while run.kill_once(moment, ranks):
                    pass
        run.finish()
        self.assertGreaterEqual(run.count.kills, 6)
        self.assertGreaterEqual(run.count.after_a_checkpoint, 4)
        self.assertGreaterEqual(run.count.inside_a_write, 1)

    def test_a_disk_that_fills_while_a_checkpoint_is_written_loses_nothing(self):
        _, whole = self.run_to("whole", *RUN, "-q")
        full = self.folder / "full"
        hook = {"LD_PRELOAD": os.environ["AILOOP_WRITE_HOOK"], "AILOOP_FULL_DISK": str(full), "OMP_NUM_THREADS": "1"}
        process = subprocess.Popen(
            [EXECUTABLE, *RUN, "-q", "--output", "out"],
            cwd=self.folder, env=os.environ | hook, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.addCleanup(process.kill)
        checkpoints = self.folder / "out" / "checkpoint"
        end = time.monotonic() + SECONDS
        while not any(checkpoints.glob("*.safetensors")):
            self.assertLess(time.monotonic(), end, "no checkpoint")
            time.sleep(0.001)
        full.touch()
        _, messages = process.communicate(timeout=SECONDS)
        self.assertEqual(INTERNAL, process.returncode, messages)
        self.assertRegex(messages, r"out/checkpoint/.*: No space left on device")
        self.assertTrue(any(checkpoints.glob("*.safetensors")))
        full.unlink()
        _, folder = self.run_to("out", *RUN, "-q", "--resume")
        self.assertEqual(content(whole), content(folder))


if __name__ == "__main__":
    unittest.main()
