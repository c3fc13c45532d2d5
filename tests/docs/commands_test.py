# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs the commands that the documentation prints, as they are printed.

A block of commands is run where the line before it is `<!-- runs in FOLDER -->`: in a copy of that folder of the project,
or, where FOLDER is `.`, in an empty one. The installed programs are found first, and PREFIX and KOKKOS (also
PREFIX_OF_AILOOP and PREFIX_OF_KOKKOS) stand for where ailoop and Kokkos are installed.
"""

import os
import re
import shutil
from pathlib import Path

from program import LAUNCHER, SOURCE, ProgramTest

PAGES = sorted([SOURCE / "README.md", *SOURCE.glob("docs/**/*.md"), *SOURCE.glob("examples/**/*.md")])
BLOCK = re.compile(r"^<!-- runs in (?P<folder>\S+) -->\n```\w*\n(?P<commands>.*?)^```$", re.MULTILINE | re.DOTALL)
BUILD = Path(os.environ["AILOOP_BUILD_DIR"])
KOKKOS = os.environ["AILOOP_KOKKOS_DIR"]

# What the scripts set for Open MPI; a reader may have set nothing. Two ranks of a command want two cores.
SET_BY_SCRIPTS = ("OMPI_MCA_", "PRTE_MCA_") if len(os.sched_getaffinity(0)) > 1 else ()


class CommandsTest(ProgramTest):
    def install(self):
        prefix = self.folder / "prefix"
        result = self.run_command("cmake", "--install", BUILD, "--prefix", prefix)
        self.assertEqual(0, result.code, result.err)
        if shutil.which("mpiexec") != LAUNCHER[0]:
            (prefix / "bin" / "mpiexec").symlink_to(LAUNCHER[0])
        return prefix

    def environment(self, prefix):
        kept = {name: value for name, value in os.environ.items() if not name.startswith(SET_BY_SCRIPTS)}
        python = str(Path(os.environ["AILOOP_TEST_PYTHON"]).parent)
        path = os.pathsep.join([str(prefix / "bin"), python, os.environ["PATH"]])
        return {**kept, "PATH": path, "CMAKE_GENERATOR": "Ninja"}

    def test_commands_run_as_they_are_printed(self):
        prefix = self.install()
        blocks = [(page, block) for page in PAGES for block in BLOCK.finditer(page.read_text(encoding="utf-8"))]
        self.assertGreaterEqual(len(blocks), 5)
        for number, (page, block) in enumerate(blocks):
            with self.subTest(page=str(page.relative_to(SOURCE)), commands=block["commands"]):
                folder = self.folder / f"block_{number}"
                if block["folder"] == ".":
                    folder.mkdir()
                else:
                    shutil.copytree(SOURCE / block["folder"], folder, ignore=shutil.ignore_patterns("build", "runs"))
                commands = re.sub(r"\b(PREFIX_OF_KOKKOS|KOKKOS)\b", KOKKOS, block["commands"])
                commands = re.sub(r"\bPREFIX(_OF_AILOOP)?\b", str(prefix), commands)
                words = [f"{name}={value}" for name, value in self.environment(prefix).items()]
                result = self.run_command("env", "-i", *words, "bash", "-euo", "pipefail", "-c", commands, cwd=folder)
                self.assertEqual(0, result.code, f"{commands}\n{result.out}\n{result.err}")
