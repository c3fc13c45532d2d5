"""A few of the kills of kill_runs.py, at each kind of moment."""

import unittest

from kills import MOMENTS, Kills
from program import ProgramTest


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


if __name__ == "__main__":
    unittest.main()
