# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Kills a run with SIGKILL again and again, on any rank and at any moment, and resumes it each time.

The environment is that of the other tests that drive the program; AILOOP_WRITE_HOOK is the library to preload.
"""

import os
import random
import re
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from program import CONVERGED, EXECUTABLE, LAUNCHER, SECONDS, RunFolder
from run_content import LONG, content

RUN = [*map(str, LONG), "--set", "output.checkpoint_every=5"]

# How a kill is timed: at a random moment, some checkpoints into this part of the run, in the middle of the write of one.
MOMENTS = ("any", "after a checkpoint", "inside a write")


@dataclass
class Count:
    """What was done so far."""

    kills: int = 0
    after_a_checkpoint: int = 0  # the folder held one when the process was killed
    inside_a_write: int = 0
    finished: int = 0  # runs that came to their end in between
    by_rank: dict = field(default_factory=dict)


def ranks_of_job(job):
    """Process ids of the ranks that were started with this mark in their environment, ascending."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                is_of_job = f"AILOOP_KILLS_JOB={job}".encode() in (entry / "environ").read_bytes().split(b"\0")
                if is_of_job and os.readlink(entry / "exe") == os.path.realpath(EXECUTABLE):
                    found.append(int(entry.name))
            except OSError:  # it has ended
                pass
    return sorted(found)


class Kills:
    def __init__(self, folder, seed):
        self.folder = Path(folder)
        self.rng = random.Random(seed)
        self.count = Count()
        self.write_hook = Path(os.environ["AILOOP_WRITE_HOOK"]).resolve(strict=True)
        self.marker = self.folder / "in_a_write"
        self.whole = self.run_whole()

    def run_whole(self):
        result = subprocess.run(
            [EXECUTABLE, *RUN, "-q", "--output", "whole"],
            cwd=self.folder, env=self.environment("whole"), stdin=subprocess.DEVNULL, timeout=SECONDS, check=False,
        )  # fmt: skip
        if result.returncode != CONVERGED:
            raise RuntimeError(f"the undisturbed run ended with {result.returncode}")
        return content(RunFolder(self.folder / "whole"))

    def environment(self, job):
        return {**os.environ, "OMP_NUM_THREADS": "1", "AILOOP_KILLS_JOB": job}

    def some_layout(self):
        """One of the layouts: a run goes on in another one than before."""
        return ["--set", f"ranks.layout={self.rng.choice(['roles', 'everywhere'])}"]

    def checkpoints(self):
        return {entry.name for entry in (self.folder / "out" / "checkpoint").glob("*.safetensors")}

    def kill_once(self, moment, ranks):
        """Starts or resumes the run and kills a rank; returns whether the run came to its end before."""
        job = f"{os.getpid()}-{self.count.kills}-{self.count.finished}"
        environment = self.environment(job)
        if moment == "inside a write":
            environment["LD_PRELOAD"] = str(self.write_hook)
            environment["AILOOP_SLOW_WRITE"] = str(self.marker)
        self.marker.unlink(missing_ok=True)
        before = self.checkpoints()
        with open(self.folder / "messages.txt", "w", encoding="utf-8") as messages:
            process = subprocess.Popen(
                [*LAUNCHER, str(ranks), EXECUTABLE, *RUN, "-q", "--resume", "--output", "out", *self.some_layout()],
                cwd=self.folder, env=environment, stdin=subprocess.DEVNULL, stdout=messages, stderr=messages,
            )  # fmt: skip
            try:
                victim = self.wait_and_kill(process, moment, job, before)
                process.wait(SECONDS)
            except subprocess.TimeoutExpired as hang:
                alive = ranks_of_job(job)
                raise RuntimeError(f"hangs after rank {victim} was killed, {moment}; alive: {alive}") from hang
            finally:
                process.kill()
                for rank in ranks_of_job(job):
                    os.kill(rank, signal.SIGKILL)
        if victim is None:
            self.expect_the_same_files(process.returncode)
            return True
        return False

    def wait_and_kill(self, process, moment, job, before):
        """The rank that was killed; none if the run was faster."""
        is_time = {
            "any": lambda: True,
            "after a checkpoint": lambda: self.checkpoints() - before,
            "inside a write": lambda: self.marker.exists() and self.checkpoints(),
        }[moment]
        end = time.monotonic() + SECONDS
        while not is_time() or not ranks_of_job(job):
            if process.poll() is not None:
                return None
            if time.monotonic() > end:
                raise RuntimeError("the run hangs")
            time.sleep(0.001)
        if moment != "inside a write":
            time.sleep(self.rng.uniform(0, 1.0 if moment == "any" else 0.2))
        pids = ranks_of_job(job)
        is_inside = self.marker.exists()
        had_checkpoint = bool(self.checkpoints())
        if not pids or process.poll() is not None:
            return None
        # who writes is rank 0, the first to be started
        victim = 0 if moment == "inside a write" else self.rng.randrange(len(pids))
        try:
            os.kill(pids[victim], signal.SIGKILL)
        except ProcessLookupError:
            return None
        self.count.kills += 1
        self.count.after_a_checkpoint += had_checkpoint
        self.count.inside_a_write += is_inside and moment == "inside a write"
        self.count.by_rank[victim] = self.count.by_rank.get(victim, 0) + 1
        return victim

    def expect_the_same_files(self, code):
        messages = (self.folder / "messages.txt").read_text(encoding="utf-8")
        if code != CONVERGED:
            raise RuntimeError(f"a resumed run ended with {code}:\n{messages}")
        found = content(RunFolder(self.folder / "out"))
        found["config"] = re.sub(r"layout: (roles|everywhere)", "layout: auto", found["config"])
        different = [name for name in self.whole if found[name] != self.whole[name]]
        if different:
            raise RuntimeError(f"other files than those of the undisturbed run: {different}")
        self.count.finished += 1
        shutil.rmtree(self.folder / "out")

    def finish(self):
        """Lets the last run come to its end."""
        job = f"{os.getpid()}-last"
        with open(self.folder / "messages.txt", "w", encoding="utf-8") as messages:
            result = subprocess.run(
                [EXECUTABLE, *RUN, "-q", "--resume", "--output", "out"],
                cwd=self.folder, env=self.environment(job), stdin=subprocess.DEVNULL, stdout=messages, stderr=messages,
                timeout=SECONDS, check=False,
            )  # fmt: skip
        self.expect_the_same_files(result.returncode)
