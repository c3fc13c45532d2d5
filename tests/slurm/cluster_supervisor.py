# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The process that holds the daemons of a virtual cluster: cluster_supervisor.py FOLDER NODES CPUS, cpus those of a node.

It prints `ready`, or in one line what is wrong, and ends everything when its standard input closes.
"""

import ctypes
import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from virtual_cluster import ClusterError, environment

SECONDS_TO_START = 60
PR_SET_CHILD_SUBREAPER = 36

# Jobs of one user, of whatever name; no accounting, no control groups. A job that is requeued may start again after
# cred_expire, which is two minutes otherwise. The scheduler looks every second, so that tests need not wait for it.
SLURM_CONF = """\
ClusterName=virtual
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller_port}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket,cred_expire=5
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=pmi2
MailProg=/bin/true
ReturnToService=2
SlurmdParameters=config_overrides
SchedulerParameters=sched_interval=1,bf_interval=1,sched_min_interval=100000
KillWait=5
SlurmctldTimeout=300
SlurmdTimeout=300
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool/%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd-%n.pid
SlurmctldLogFile={folder}/log/slurmctld
SlurmdLogFile={folder}/log/slurmd-%n
NodeName=n[1-{nodes}] NodeHostname={host} NodeAddr=127.0.0.1 Port=[{ports}] CPUs={cpus} Sockets=2 CoresPerSocket={cores} ThreadsPerCore=1 RealMemory=1000
PartitionName=virtual Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""


def free_ports(count):
    """`count` consecutive ports that nothing listens on, below those that the system gives out by itself."""
    for _ in range(100):
        first = random.SystemRandom().randrange(15000, 32000 - count)
        sockets = []
        try:
            for port in range(first, first + count):
                sockets.append(socket.create_server(("", port)))
            return range(first, first + count)
        except OSError:
            continue
        finally:
            for opened in sockets:
                opened.close()
    raise ClusterError("no free ports for a virtual cluster")


class Supervisor:
    """Holds the daemons of a cluster and all that they start."""

    def __init__(self, folder, nodes, cpus):
        self.folder = folder
        self.nodes = nodes
        self.cpus = cpus
        self.m_daemons = {}

    def start(self):
        needed = ("munged", "slurmctld", "slurmd", "sinfo")
        path = environment(self.folder)["PATH"]
        missing = [name for name in needed if shutil.which(name, path=path) is None]
        if missing:
            raise ClusterError(f"{', '.join(missing)}: not found; scripts/bootstrap --with=slurm installs Slurm")
        os.environ["PATH"] = path
        for name in ("log", "state", "spool"):
            (self.folder / name).mkdir()
        self.start_munge()
        ports = free_ports(self.nodes + 1)
        (self.folder / "slurm.conf").write_text(
            SLURM_CONF.format(
                folder=self.folder,
                host=socket.gethostname().split(".")[0],
                user=pwd.getpwuid(os.geteuid()).pw_name,
                nodes=self.nodes,
                cpus=self.cpus,
                cores=self.cpus // 2,
                controller_port=ports[0],
                ports=f"{ports[1]}-{ports[-1]}",
            ),
            encoding="utf-8",
        )
        self.launch("slurmctld", "slurmctld", "-D", "-f", self.folder / "slurm.conf")
        for node in range(1, self.nodes + 1):
            (self.folder / "spool" / f"n{node}").mkdir()
            self.launch(f"slurmd-n{node}", "slurmd", "-D", "-f", self.folder / "slurm.conf", "-N", f"n{node}")
        self.wait_until(self.all_idle, "its nodes are not idle")

    def start_munge(self):
        self.folder.chmod(0o711)  # munge wants its socket to be reachable by all
        key = self.folder / "munge.key"
        key.touch(mode=0o600)
        key.write_bytes(random.SystemRandom().randbytes(128))
        files = {"key-file": key, "socket": self.folder / "munge.socket", "pid-file": self.folder / "munged.pid"}
        files |= {"seed-file": self.folder / "munge.seed", "log-file": self.folder / "log" / "munged.log"}
        self.launch("munged", "munged", "--foreground", *(f"--{name}={path}" for name, path in files.items()))
        self.wait_until((self.folder / "munge.socket").exists, "munged opened no socket")

    def launch(self, name, *command):
        with open(self.folder / "log" / f"{name}.out", "wb") as log:
            self.m_daemons[name] = subprocess.Popen(
                [str(word) for word in command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment(self.folder),
                start_new_session=True,
            )

    def all_idle(self):
        command = ["sinfo", "--noheader", "--Node", "--format=%t"]
        result = subprocess.run(
            command, env=environment(self.folder), capture_output=True, text=True, check=False
        )
        return result.stdout.split() == ["idle"] * self.nodes

    def wait_until(self, condition, otherwise):
        end = time.monotonic() + SECONDS_TO_START
        while not condition():
            for name, process in self.m_daemons.items():
                if process.poll() is not None:
                    raise ClusterError(f"{name} ended with {process.returncode}: {self.last_line(name)}")
            if time.monotonic() > end:
                raise ClusterError(f"the virtual cluster did not start within {SECONDS_TO_START} s: {otherwise}")
            time.sleep(0.1)

    def last_line(self, name):
        lines = [
            line
            for log in (self.folder / "log" / name, self.folder / "log" / f"{name}.out")
            if log.exists()
            for line in log.read_text(encoding="utf-8", errors="replace").splitlines()
        ]
        return lines[-1] if lines else "no output"

    def stop(self):
        """Ends every descendant, jobs first told to, and removes the folder."""
        end = time.monotonic() + 5
        while processes := descendants(os.getpid()):  # on a busy machine a look at them may take seconds
            for process in processes:
                try:
                    os.kill(process, signal.SIGTERM if time.monotonic() < end else signal.SIGKILL)
                except ProcessLookupError:
                    pass
            reap()
            time.sleep(0.1)
        shutil.rmtree(self.folder, ignore_errors=True)


def descendants(ancestor):
    """Ids of the processes below `ancestor` that have not ended."""
    children = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                state, parent = (entry / "stat").read_text(encoding="utf-8", errors="replace").rsplit(")", 1)[1].split()[:2]
            except OSError:
                continue
            if state != "Z":
                children.setdefault(int(parent), []).append(int(entry.name))
    found = []
    wave = [ancestor]
    while wave:
        wave = [child for parent in wave for child in children.get(parent, [])]
        found += wave
    return found


def reap():
    try:
        while os.waitpid(-1, os.WNOHANG)[0] != 0:
            pass
    except ChildProcessError:
        pass


def supervise(folder, nodes, cpus):
    # Not a child of the test, so that who kills the test and its children does not find it.
    if os.fork() != 0:
        os._exit(0)
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")
    # Only the pipe ends the supervisor. A handler, unlike SIG_IGN, is not passed on to what is started.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(number, lambda *_: None)
    supervisor = Supervisor(folder, nodes, cpus)
    try:
        try:
            supervisor.start()
            answer = "ready"
        except Exception as error:  # whatever it is, the test has to tell it
            answer = str(error).replace("\n", " ") or type(error).__name__
        try:
            print(answer, flush=True)
        except BrokenPipeError:
            pass
        # What ended is collected meanwhile; the pipe closes when the test leaves the cluster, or ends.
        signal.signal(signal.SIGCHLD, lambda *_: reap())
        sys.stdin.read()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    finally:
        supervisor.stop()
    sys.stdout = None


if __name__ == "__main__":
    supervise(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
