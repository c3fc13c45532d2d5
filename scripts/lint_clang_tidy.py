#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs clang-tidy over the compile database, in parallel, and remembers what was clean.

A translation unit is clean under a key: the hash of its text, of every project header that it can include (found by
reading the #include lines, whatever #if they stand under), of its compiler flags, of .clang-tidy and of the tool's
version. Paths are hashed relative to the clone, so that another clone finds the same key.
"""

import argparse
import concurrent.futures
import functools
import hashlib
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import time

INCLUDE = re.compile(rb'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.MULTILINE)
INCLUDES_TORCH = re.compile(rb"^\s*#\s*include\s*[<\"]torch/", re.MULTILINE)

# For clang, beside the compiler's own flags. Headers of the standard library use what they deprecate.
EXTRA_FLAGS = [
    "-Wno-unknown-warning-option",
    "-Wno-ignored-optimization-argument",
    "-Wno-deprecated-declarations",
    "-Wno-missing-designated-field-initializers",
    "-Qunused-arguments",
]
DAYS_KEPT = 30

DIAGNOSTIC = re.compile(r"^(/[^:]+):\d+:\d+: (?:fatal )?(?:error|warning): ")


def compiler_flags(entry):
    """The flags of a compile command: without launcher, compiler, output and source."""
    words = entry.get("arguments") or shlex.split(entry["command"])
    words = words[next(i for i, word in enumerate(words) if word.startswith("-")) :]
    flags, skip = [], False
    for word in words:
        if skip:
            skip = False
        elif word in ("-o", "-MF", "-MT", "-MQ"):
            skip = True
        elif word in ("-c", "-MD", "-MMD") or word == entry["file"]:
            continue
        else:
            flags.append(word)
    return flags


def include_folders(flags, root):
    """The folders inside the clone that the flags name for #include."""
    folders, expect = [], False
    for word in flags:
        if expect:
            folders.append(pathlib.Path(word))
            expect = False
        elif word in ("-I", "-isystem", "-iquote"):
            expect = True
        elif word.startswith("-I"):
            folders.append(pathlib.Path(word[2:]))
    return tuple(folder for folder in folders if folder.is_relative_to(root))


@functools.cache
def read(path):
    return path.read_bytes()


@functools.cache
def resolve(name, beside, folders):
    for folder in (beside, *folders):
        candidate = folder / name
        if candidate.is_file():
            return candidate
    return None


def project_files(source, folders):
    """The source and every file inside the clone that it can include."""
    found, waiting = set(), [source]
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found.add(path)
        for name in INCLUDE.findall(read(path)):
            header = resolve(name.decode(errors="replace"), path.parent, folders)
            if header is not None:
                waiting.append(header)
    return sorted(found)


class Unit:
    def __init__(self, entry, root, salt):
        self.path = pathlib.Path(entry["directory"], entry["file"]).resolve()
        self.name = str(self.path.relative_to(root))
        self.folder = entry["directory"]
        self.flags = compiler_flags(entry)
        self.uses_torch = INCLUDES_TORCH.search(read(self.path)) is not None
        digest = hashlib.sha256(salt)
        digest.update("\0".join(self.flags).replace(str(root), ".").encode())
        for path in project_files(self.path, include_folders(self.flags, root)):
            digest.update(f"\0{path.relative_to(root)}\0".encode())
            digest.update(read(path))
        self.key = digest.hexdigest()


def units_of(build, root, salt):
    entries = json.loads((build / "compile_commands.json").read_text())
    units = {}
    for entry in entries:
        path = pathlib.Path(entry["directory"], entry["file"]).resolve()
        if path.is_relative_to(root) and not path.is_relative_to(root / "build"):
            unit = Unit(entry, root, salt)
            units.setdefault(unit.path, unit)
    return [units[path] for path in sorted(units)]


def about_project(output, root):
    """The diagnostics, with their notes, that are about files of the project."""
    kept, keep = [], False
    for line in output.splitlines(keepends=True):
        start = DIAGNOSTIC.match(line)
        if start:
            keep = pathlib.Path(start.group(1)).is_relative_to(root)
        if keep:
            kept.append(line)
    return "".join(kept)


def run_clang_tidy(unit, options):
    """What clang-tidy has to say about the unit; empty when it is clean."""
    headers = f"^{re.escape(str(options.root))}/(src|kernels|tests|perf|examples)/"
    command = [options.clang_tidy, "--quiet", f"--header-filter={headers}", str(unit.path), "--"]
    command += [*unit.flags, *EXTRA_FLAGS]
    command += [f"-idirafter{folder}" for folder in options.fallback_includes]
    if unit.uses_torch:
        command.append("-ferror-limit=0")
    result = subprocess.run(command, cwd=unit.folder, capture_output=True, text=True, check=False)
    if result.returncode == 0:
        return ""
    if unit.uses_torch and result.returncode == 1:
        # LibTorch 1.13 has vectors of incomplete types, which GCC lets pass in C++20 and clang does not.
        return about_project(result.stdout, options.root)
    return result.stdout + result.stderr


def forget_old(cache):
    oldest = time.time() - DAYS_KEPT * 24 * 3600
    for path in cache.iterdir():
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=lambda text: pathlib.Path(text).resolve(), required=True)
    parser.add_argument("--build", type=lambda text: pathlib.Path(text).resolve(), required=True)
    parser.add_argument("--cache", type=pathlib.Path, required=True)
    parser.add_argument("--clang-tidy", required=True)
    parser.add_argument("--fallback-includes", action="append", default=[])
    options = parser.parse_args()

    options.cache.mkdir(parents=True, exist_ok=True)
    forget_old(options.cache)
    version = subprocess.run([options.clang_tidy, "--version"], capture_output=True, check=True).stdout
    salt = version + (options.root / ".clang-tidy").read_bytes() + "\0".join(EXTRA_FLAGS).encode()
    units = units_of(options.build, options.root, salt)
    changed = []
    for unit in units:
        if (options.cache / unit.key).exists():
            (options.cache / unit.key).touch()
        else:
            changed.append(unit)
    if changed:
        print(f"clang-tidy: {len(changed)} of {len(units)} files changed", file=sys.stderr, flush=True)

    bad = []
    with concurrent.futures.ThreadPoolExecutor(max_workers=len(os.sched_getaffinity(0))) as pool:
        runs = {pool.submit(run_clang_tidy, unit, options): unit for unit in changed}
        for done, run in enumerate(concurrent.futures.as_completed(runs), start=1):
            unit = runs[run]
            findings = run.result()
            print(f"[{done}/{len(changed)}] clang-tidy {unit.name}", file=sys.stderr, flush=True)
            if findings:
                bad.append(unit.name)
                print(findings, flush=True)
            else:
                (options.cache / unit.key).touch()
    if bad:
        print(f"clang-tidy: not clean: {' '.join(sorted(bad))}", file=sys.stderr)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
