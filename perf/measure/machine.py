# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The machine, and whether others use it while it is measured."""

import os
import platform
import resource
import time
from pathlib import Path

# Cores that others may use in the mean before a figure counts as measured on a loaded machine: the kernel's own work
# and what only looks at the machine stays below.
CORES_OF_OTHERS = 0.15


def processor():
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor() or "unknown"


def caches():
    """{"L1 data": "32K", ...} of the first core."""
    found = {}
    for folder in sorted(Path("/sys/devices/system/cpu/cpu0/cache").glob("index*")):
        level, kind, size = ((folder / name).read_text().strip() for name in ("level", "type", "size"))
        found[f"L{level} {kind.lower()}"] = size
    return found


def memory_kib():
    for line in Path("/proc/meminfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("MemTotal:"):
            return int(line.split()[1])
    return 0


def describe():
    return {
        "processor": processor(),
        "cores": os.cpu_count(),
        "memory_kib": memory_kib(),
        "caches": caches(),
        "kernel": platform.release(),
        "architecture": platform.machine(),
    }


def load_average():
    return os.getloadavg()[0]


def runnable():
    """Processes and threads that run or could, this one included."""
    return int(Path("/proc/loadavg").read_text().split()[3].split("/")[0])


def busy_seconds():
    """Of all cores together, since the machine started."""
    fields = [int(number) for number in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    user, nice, system, _idle, _waiting, irq, softirq, steal = fields
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")


def own_seconds():
    """Of this process and of those that it started and that ended."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


class OthersWatch:
    """How many cores other processes use, from its making on."""

    def __init__(self):
        self.began = (time.monotonic(), busy_seconds(), own_seconds())

    def cores_of_others(self):
        began, busy, own = self.began
        wall = time.monotonic() - began
        if wall <= 0.0:
            return 0.0
        return max(0.0, (busy_seconds() - busy) - (own_seconds() - own)) / wall

    def is_loaded(self):
        return self.cores_of_others() > CORES_OF_OTHERS


def cores_of_others(seconds):
    """Measured for that long, doing nothing."""
    watch = OthersWatch()
    time.sleep(seconds)
    return watch.cores_of_others()
