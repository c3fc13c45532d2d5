# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What nvcc makes of the kernels, read from its assembly for GPUs; none is needed."""

import json
import os
import re
import shlex
import subprocess
import tempfile
import unittest
from pathlib import Path

BUILD = Path(os.environ["AILOOP_BUILD"])
COMPILER = os.environ["AILOOP_KERNEL_COMPILER"]
KERNELS = ["feature_rows", "PolynomialOfOne", "polynomial_of_several", "SeriesAtPoints", "uniform_box"]
# A GPU keeps room for as many threads as it can run: at 1.5 KiB each some 0.4 GB.
MOST_STACK = 1536


def kernels():
    """(name, body) of every kernel of every_kernel.cpp."""
    commands = json.loads((BUILD / "compile_commands.json").read_text(encoding="utf-8"))
    command = next(entry for entry in commands if entry["file"].endswith("tests/device/every_kernel.cpp"))
    arguments = shlex.split(command["command"])
    # under CMake's own language the first word is nvcc already
    if COMPILER:
        arguments[0] = COMPILER
    with tempfile.TemporaryDirectory() as folder:
        arguments[arguments.index("-o") + 1] = str(Path(folder) / "every_kernel.o")
        subprocess.run([*arguments, "--keep", f"--keep-dir={folder}"], cwd=command["directory"], check=True)
        code = "".join(path.read_text(encoding="utf-8") for path in Path(folder).glob("*.ptx"))
    return re.findall(r"\.entry\s+(\w+)\((.*?)\n\}", code, re.DOTALL)


class DeviceCodeTest(unittest.TestCase):
    def test_what_nvcc_makes_of_every_kernel(self):
        bodies = {}
        for kernel, body in kernels():
            with self.subTest("a thread needs little stack", kernel=kernel):
                stack = sum(map(int, re.findall(r"__local_depot\d+\[(\d+)\]", body)))
                self.assertLessEqual(stack, MOST_STACK)
            for name in re.findall("|".join(KERNELS), kernel):
                bodies.setdefault(name, []).append(body)
        for name in KERNELS:
            with self.subTest("it is there in both precisions", name=name):
                self.assertGreaterEqual(len(bodies.get(name, [])), 2)
        for body in bodies["SeriesAtPoints"]:
            with self.subTest("nothing is fused that the host rounds twice"):
                self.assertIn("mul.", body)
                self.assertNotIn("fma.", body)
