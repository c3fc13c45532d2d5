# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The virtual cluster of the tests: it works, and leaves nothing behind however its user ends."""

import signal
import subprocess
import sys
import time
import unittest
from pathlib import Path

from virtual_cluster import VirtualCluster

# Has a job run in a cluster, says where, and waits.
USER = """
import time
from virtual_cluster import VirtualCluster
with VirtualCluster(nodes=1) as cluster:
    cluster.run("sbatch", "--output=/dev/null", "--wrap", "sleep 1000")
    while "RUNNING" not in cluster.jobs().values():
        time.sleep(0.1)
    print(cluster.folder, flush=True)
    time.sleep(1000)
"""


def processes_of(folder):
    """Ids of the processes that were started with the folder in their command line or environment."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                text = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
            except OSError:
                continue
            if str(folder).encode() in text:
                found.append(int(entry.name))
    return found


class ClusterTest(unittest.TestCase):
    def assert_goes_away(self, folder):
        end = time.monotonic() + 30
        while (left := processes_of(folder)) or folder.exists():
            self.assertLess(time.monotonic(), end, f"{folder} and the processes {left} are still there")
            time.sleep(0.1)

    def test_a_step_runs_on_every_node(self):
        with VirtualCluster(nodes=2) as cluster:
            folder = cluster.folder
            result = cluster.run("srun", "-N2", "--ntasks-per-node=2", "sh", "-c", "echo $SLURMD_NODENAME")
            self.assertEqual(["n1", "n1", "n2", "n2"], sorted(result.stdout.split()), result.stderr)
            self.assertGreater(len(processes_of(folder)), 3)
        self.assertEqual([], processes_of(folder))
        self.assertFalse(folder.exists())

    def test_an_error_in_the_test_ends_it(self):
        with self.assertRaisesRegex(RuntimeError, "on purpose"):
            with VirtualCluster(nodes=1) as cluster:
                raise RuntimeError("on purpose")
        self.assertEqual([], processes_of(cluster.folder))
        self.assertFalse(cluster.folder.exists())

    def test_a_killed_or_interrupted_user_leaves_nothing(self):
        for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGINT):
            with self.subTest(signal=number.name):
                user = subprocess.Popen(
                    [sys.executable, "-B", "-c", USER],
                    cwd=Path(__file__).parent,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    text=True,
                )
                folder = Path(user.stdout.readline().strip())
                self.assertTrue(folder.is_dir(), folder)
                self.assertGreater(len(processes_of(folder)), 3)
                user.send_signal(number)
                user.stdout.close()
                user.wait(30)
                self.assert_goes_away(folder)


if __name__ == "__main__":
    unittest.main()
