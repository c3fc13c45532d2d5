#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A Slurm cluster on this machine, for tests: one controller and as many nodes as asked, in a folder of its own.

    with VirtualCluster(nodes=2) as cluster:
        subprocess.run(["srun", "-N2", "hostname"], env=cluster.environment)

or, to work in it, `virtual_cluster.py NODES [COMMAND]...`, which runs the command (a shell unless given) in it.

All daemons belong to a supervisor, a process of its own that adopts whatever they and their jobs start. It ends all of
it, by process id, and removes the folder when the `with` ends or when the process with the `with` ends, in any way:
it notices that a pipe closes. It uses no service, port, socket or key of a Slurm or munge of the system.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SUPERVISOR = Path(__file__).parent / "cluster_supervisor.py"
FOREIGN = ("SLURM", "SBATCH", "SALLOC", "SRUN", "SQUEUE", "SINFO", "SCANCEL", "PMI")
# Open MPI names what ranks of a node share by the machine, so that ranks of two virtual nodes would write into the same.
ON_ONE_MACHINE = {"OMPI_MCA_btl": "self,tcp"}
SBIN = os.pathsep.join(["/usr/sbin", "/sbin"])
SECONDS_TO_ANSWER = 400  # a busy controller lets questions time out, of 100 s each
ENDED = {"COMPLETED", "CANCELLED", "FAILED", "TIMEOUT", "NODE_FAIL", "OUT_OF_MEMORY", "BOOT_FAIL", "DEADLINE"}


class ClusterError(Exception):
    """The cluster could not be started."""


class VirtualCluster:
    """Starts on entering, ends on leaving. `environment` is what Slurm's commands need, `folder` holds its logs.

    Nodes are called n1, n2, ... and have two sockets each, with `cpus` (an even number) cores in all.
    """

    def __init__(self, nodes, cpus=8):
        self.nodes = nodes
        self.cpus = cpus
        self.folder = None
        self.environment = None
        self.m_supervisor = None

    def __enter__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="ailoop-slurm-"))
        # In a session of its own, which the interrupt key and whoever kills the test's group do not reach.
        self.m_supervisor = subprocess.Popen(
            [sys.executable, "-B", SUPERVISOR, str(self.folder), str(self.nodes), str(self.cpus)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
            text=True,
        )
        try:
            answer = self.m_supervisor.stdout.readline().strip()
        except BaseException:
            self.__exit__()
            raise
        if answer != "ready":
            self.__exit__()
            raise ClusterError(answer or "the supervisor of the virtual cluster ended")
        self.environment = environment(self.folder)
        return self

    def __exit__(self, *_):
        self.m_supervisor.stdin.close()
        self.m_supervisor.stdout.read()  # ends when all is stopped and removed
        self.m_supervisor.stdout.close()
        self.m_supervisor.wait()

    def run(self, *command, timeout=100, **options):
        """Runs a command in the cluster's environment; the finished process, with its output as text."""
        options.setdefault("env", self.environment)
        return subprocess.run(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
            **options,
        )

    def jobs(self):
        """{job id: state} of the jobs that wait or run, or have ended a short time ago."""
        end = time.monotonic() + SECONDS_TO_ANSWER
        while True:
            try:
                told = self.run("squeue", "--noheader", "--states=all", "--format=%A %T")
                if told.returncode == 0:
                    return {int(number): state for number, state in map(str.split, told.stdout.splitlines())}
                why = told.stderr
            except subprocess.TimeoutExpired as error:
                why = error
            if time.monotonic() > end:
                raise TimeoutError(f"squeue: {why}")
            time.sleep(0.5)

    def wait_for_jobs(self, seconds):
        """Waits until no job waits or runs; the states of those that Slurm still knows."""
        end = time.monotonic() + seconds
        while True:
            jobs = self.jobs()
            if set(jobs.values()) <= ENDED:
                return jobs
            if time.monotonic() > end:
                raise TimeoutError(f"jobs did not end within {seconds} s: {jobs}")
            time.sleep(0.5)


def environment(folder):
    """The caller's, without what another Slurm may have put there."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    path = os.environ.get("PATH", os.defpath)
    return {**kept, **ON_ONE_MACHINE, "SLURM_CONF": f"{folder}/slurm.conf", "PATH": f"{path}{os.pathsep}{SBIN}"}


def main(arguments):
    if not arguments or not arguments[0].isdigit() or int(arguments[0]) == 0:
        print("usage: virtual_cluster.py NODES [COMMAND]...", file=sys.stderr)
        return 2
    with VirtualCluster(nodes=int(arguments[0])) as cluster:
        print(f"virtual cluster of {cluster.nodes} nodes of {cluster.cpus} cores in {cluster.folder}", file=sys.stderr)
        command = arguments[1:] or [os.environ.get("SHELL", "/bin/sh")]
        return subprocess.run(command, env=cluster.environment, check=False).returncode


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except ClusterError as error:
        sys.exit(f"virtual_cluster.py: {error}")
