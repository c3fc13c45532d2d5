# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""libailoop_torch.so that cannot be used: one message that names the file, exit code 1. A missing one is told at the start, a
damaged one by --validate and --dry-run, else at the first training, which leaves a checkpoint."""

import os
import re
import shutil
from pathlib import Path

from program import CONVERGED, EXECUTABLE, HOTLUM, INTERNAL, PRETRAINED, ProgramTest

NAME = "libailoop_torch.so"
# Where the build tree or the installation has it.
BUILT = next(
    path
    for path in (Path(EXECUTABLE).parent.parent / "lib" / NAME, Path(EXECUTABLE).parent.parent / "lib64" / NAME)
    if path.exists()
)
LATE = ["--set", f"surrogate.initial={PRETRAINED}"]  # answers the first queries without a retraining


class TorchLibraryTest(ProgramTest):
    def library(self, content):
        """Puts another library where the loader looks first."""
        folder = self.folder / "lib"
        folder.mkdir(exist_ok=True)
        (folder / NAME).write_bytes(content)
        return {"LD_LIBRARY_PATH": os.pathsep.join([str(folder), os.environ.get("LD_LIBRARY_PATH", "")]).strip(":")}

    def patched(self, old, new):
        """The library with one text replaced by another one of the same length."""
        self.assertEqual(len(old), len(new))
        content = BUILT.read_bytes()
        self.assertIn(old, content)
        return content.replace(old, new)

    def assert_told(self, result, *words):
        self.assertEqual(INTERNAL, result.code, f"{result.out}\n{result.err}")
        self.assertEqual("", result.out)
        told = [line for line in result.err.splitlines() if line.startswith("ailoop: error:")]
        self.assertEqual(1, len(told), result.err)
        for word in words:
            self.assertIn(word, told[0])

    def assert_told_when_loaded(self, environment, *words):
        for action in ("--dry-run", "--validate"):
            with self.subTest(words=words, action=action):
                self.assert_told(self.start(HOTLUM, action, environment=environment), *words)
        for ranks in (None, 2, 4):
            with self.subTest(words=words, ranks=ranks):
                output = f"out{ranks}"
                run = [HOTLUM, *LATE, "--set", "sampling.total=512", "-q", "--output", output]
                self.assert_told(self.start(*run, ranks=ranks, environment=environment), *words)
                # what was done is there, and the run goes on with a library as it must be
                self.assertTrue((self.folder / output / "run.jsonl").stat().st_size > 0)
                self.assertEqual(CONVERGED, self.start(*run, "--resume", ranks=ranks).code)
                shutil.rmtree(self.folder / output)
        # who does not train with LibTorch does not need it
        fused = self.start(HOTLUM, "-q", "--set", "training.engine=fused", "--dry-run", environment=environment)
        self.assertEqual(CONVERGED, fused.code, fused.err)

    def test_a_file_that_is_not_elf_is_told(self):
        path = str(self.folder / "lib" / NAME)
        self.assert_told_when_loaded(self.library(b"not a library\n" * 100), path, "invalid ELF header")
        self.assert_told_when_loaded(self.library(b""), path, "file too short")

    def test_a_file_that_was_cut_short_is_told(self):
        content = BUILT.read_bytes()
        self.assert_told_when_loaded(self.library(content[: len(content) // 3]), str(self.folder / "lib" / NAME))

    def test_a_missing_library_that_it_needs_is_told(self):
        needed = re.search(rb"\0(libtorch_cpu\.so[^\0]*)\0", BUILT.read_bytes())
        if needed is None:
            self.skipTest("this LibTorch is linked otherwise")
        gone = needed[1].replace(b"torch_cpu", b"torch_gon")
        content = self.patched(b"\0" + needed[1] + b"\0", b"\0" + gone + b"\0")
        self.assert_told_when_loaded(self.library(content), str(self.folder / "lib" / NAME), gone.decode())

    def test_a_library_of_another_version_is_told(self):
        found = re.search(rb"ailoop \d+\.\d+\.\d+, interface [0-9a-f]+", BUILT.read_bytes())[0]
        other = found[:-1] + (b"0" if found[-1:] != b"0" else b"1")
        self.assert_told_when_loaded(
            self.library(self.patched(found, other)),
            str(self.folder / "lib" / NAME),
            f"it is for {other.decode()}, this is {found.decode()}",
        )

    def test_a_missing_library_is_told_with_the_folders(self):
        # the program with another run path
        program = Path(EXECUTABLE).read_bytes()
        folder = str(BUILT.parent).encode()
        if folder + b":" not in program and folder + b"\0" not in program:
            self.skipTest("the program finds its library in another way")
        copy = self.folder / "ailoop"
        copy.write_bytes(program.replace(folder, b"/none" + b"x" * (len(folder) - 5)))
        copy.chmod(0o755)
        environment = {"OMP_NUM_THREADS": "1"}
        for arguments in ([], ["--validate"], ["--dry-run"]):
            result = self.run_command(copy, HOTLUM, *LATE, "--output", "out", *arguments, environment=environment)
            self.assert_told(result, f"cannot load {NAME} (not in ", "/nonexxx", "No such file or directory")
        self.assertFalse((self.folder / "out").exists())

    def test_a_library_without_a_function_of_the_interface_is_told(self):
        environment = self.library(self.patched(b"\0ailoop_make_torch_optimizer\0", b"\0ailoop_make_torch_optimizeX\0"))
        self.assert_told_when_loaded(environment, str(self.folder / "lib" / NAME), "ailoop_make_torch_optimizer")

    def test_a_whole_library_elsewhere_is_used(self):
        (self.folder / "lib").mkdir()
        shutil.copy(BUILT, self.folder / "lib" / NAME)
        environment = {"LD_LIBRARY_PATH": str(self.folder / "lib")}
        self.run_to("out", HOTLUM, "-q", "--set", "sampling.total=512", environment=environment)
