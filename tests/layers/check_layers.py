# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Checks how ailoop's sources may depend on each other and on libraries: check_layers.py ROOT.

Prints each violation as file:line: message and exits with 1 if there is any. Only the standard library is used.
"""

import re
import sys
from pathlib import Path

# A folder includes itself and what stands further left; folders of one group do not include each other.
GROUPS = [
    ["core"],
    ["storage", "config", "kernels", "parallel"],
    ["execution"],
    ["problem"],
    ["sampling"],
    ["surrogate"],
    ["training"],
    ["emulator"],
    ["loop"],
    ["output"],
    ["app"],
    ["command"],
]
LEVEL = {folder: level for level, group in enumerate(GROUPS) for folder in group}

SOURCES = {".hpp", ".cpp", ".h", ".in"}
LONGEST_FILE = 320
LICENCE = "SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception"

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
COMMENT_OR_TEXT = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"([^(\s\\]*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|(?<![0-9A-Fa-f])\'(?:\\.|[^\'\\\n])+\'', re.DOTALL
)

# A launch says its qualified name; what follows nested ranges runs inside a launch.
LAUNCH = re.compile(
    r"\b(?:Kokkos::parallel_(?:for|reduce|scan)|for_each_(?:point|stretch|thread)|sum_over_stretches)\s*\(\s*"
)
LAUNCHERS = {  # hand on the labels of their callers
    "kernels/ailoop/kernels/launch.hpp",
    "src/ailoop/execution/executions.hpp",
    "src/ailoop/execution/executions.cpp",
}
LABEL_OR_NESTED = re.compile(r'"ailoop::[A-Za-z0-9_]|Kokkos::(?:Team|Thread)\w+Range\b')

# A function that runs a kernel on a space of its caller's choice, but the launchers; those that say so run on the host.
KERNEL = re.compile(r"^void (\w+)\(const Space& space[^{]*\{\n(?! *static_assert\(is_host_space_v<Space>)", re.MULTILINE)
DETAIL = re.compile(r"^namespace detail \{.*?^\}  // namespace detail", re.MULTILINE | re.DOTALL)
EVERY_KERNEL = "tests/device/every_kernel.cpp"

COMPATIBILITY_HEADER = "kernels/ailoop/kernels/kokkos_compat.hpp"
# specializes what is inside Kokkos
DEVICE_FOR_TESTS = "tests/support/ailoop/test/guarded_space.hpp"
KERNEL_SOURCES = "src/ailoop/kernel_sources.cmake"
MOST_KERNEL_SOURCES = 12
LIBRARY_SOURCE = re.compile(r"^src/ailoop/.*\.cpp$")
PROBLEM_SOURCE = re.compile(r"^src/ailoop/problem/[^/]+_problem\.cpp$")
YAML_SOURCE = re.compile(r"^src/ailoop/config/[^/]+\.cpp$")
TORCH_SOURCE = re.compile(r"^src/ailoop/training/torch_([^/]+\.cpp|bridge\.hpp)$")
COMMAND_FOLDER = re.compile(r"^src/ailoop/command/")
WORLD_FOLDER = re.compile(r"^(src/ailoop/command|tests|perf|examples)/")
LIBRARY_FOLDER = re.compile(r"^(src|kernels)/")

# (words that must not occur in code, where they may occur all the same, where the rule holds, what to say)
FORBIDDEN = [
    (
        re.compile(r"\bKOKKOS_VERSION\w*"),
        re.compile(f"^({re.escape(COMPATIBILITY_HEADER)}|{re.escape(DEVICE_FOR_TESTS)})$"),
        None,
        f"KOKKOS_VERSION may stand only in {COMPATIBILITY_HEADER}",
    ),
    (
        re.compile(r"\bstd::(cout|cerr|clog|puts|printf|putchar)\b|(?<![\w:.])(printf|puts|putchar|vprintf)\s*\("),
        COMMAND_FOLDER,
        LIBRARY_FOLDER,
        "only src/ailoop/command prints",
    ),
    (
        re.compile(r"\bMPI_COMM_WORLD\b"),
        WORLD_FOLDER,
        None,
        "the library gets its communicator from the caller; MPI_COMM_WORLD belongs to src/ailoop/command",
    ),
    (
        re.compile(r"\bKokkos::fence\s*\("),
        None,
        LIBRARY_FOLDER,
        "a global fence waits for everything; fence the instance",
    ),
    (re.compile(r"\bGTEST_SKIP\b"), None, None, "a test that skips itself hides a missing launch"),
]


def sources(root):
    """Every C++ file of the project's own folders, as a path relative to the root."""
    for folder in ("src", "kernels", "tests", "perf", "examples"):
        for path in sorted((root / folder).rglob("*")):
            if path.is_file() and path.suffix in SOURCES:
                yield path.relative_to(root).as_posix()


def folder_of(name):
    """The layer that a file belongs to, None outside the library."""
    parts = name.split("/")
    if parts[:2] == ["src", "ailoop"] and len(parts) > 3:
        return parts[2]
    if parts[0] == "kernels":
        return "kernels"
    return None


def code_lines(text):
    """The lines without comments and without the content of string literals."""

    def blank(match):
        found = match.group(0)
        return "\n" * found.count("\n") if found.startswith("/") else '""' + "\n" * found.count("\n")

    return COMMENT_OR_TEXT.sub(blank, text).split("\n")


def include_lines(text):
    """(line number, path, has angle brackets) of each include outside comments."""
    without_comments = re.sub(r"/\*.*?\*/", lambda m: "\n" * m.group(0).count("\n"), text, flags=re.DOTALL)
    for number, line in enumerate(without_comments.split("\n"), start=1):
        match = INCLUDE.match(line)
        if match:
            yield number, match.group(2), match.group(1) == "<"


def is_torch(path):
    return path.startswith(("torch/", "ATen/", "c10/", "caffe2/"))


def is_kokkos(path):
    return path.startswith(("Kokkos", "kokkos"))


def reached_libraries(root):
    """For each file, the project headers that it reaches through includes, itself among them."""
    direct = {}
    for name in sources(root):
        text = (root / name).read_text(encoding="utf-8", errors="replace")
        direct[name] = [path for _, path, _ in include_lines(text)]
    place = {}
    for name in direct:
        for base in ("src/", "kernels/", "tests/support/"):
            if name.startswith(base):
                place[name[len(base) :]] = name

    def reach(name, seen):
        if name not in seen:
            seen.add(name)
            for path in direct[name]:
                near = (Path(name).parent / path).as_posix()
                target = place.get(path) or (near if near in direct else None)
                if target:
                    reach(target, seen)
        return seen

    return direct, {name: reach(name, set()) for name in direct}


def check_include(name, path, angled):
    """What is wrong with this include, None if nothing."""
    folder = folder_of(name)
    if folder is None:
        return None
    if path.startswith("ailoop/"):
        target = path.split("/")[1] if path.count("/") > 1 else None
        if target not in LEVEL:
            return f"{path} is in no known folder"
        if not angled:
            return f"write <{path}>"
        if target != folder and LEVEL[target] >= LEVEL[folder]:
            return f"{folder} may not include {target}"
        return None
    if "yaml-cpp/" in path and not YAML_SOURCE.match(name):
        return "yaml-cpp is confined to the .cpp files of src/ailoop/config"
    if is_torch(path) and not TORCH_SOURCE.match(name):
        return "LibTorch is confined to src/ailoop/training/torch_*.cpp"
    if path.startswith(("CLI/", "spdlog/")) and not COMMAND_FOLDER.match(name):
        return "CLI11 and spdlog are confined to src/ailoop/command"
    if not angled:
        return f"write <ailoop/{folder}/{path}>"
    return None


def check_file(root, name):
    text = (root / name).read_text(encoding="utf-8", errors="replace")
    folder = folder_of(name)
    if folder is not None and folder not in LEVEL:
        yield 1, f"{folder} is no layer; add it to the order in design.md and here"
    for number, path, angled in include_lines(text):
        message = check_include(name, path, angled)
        if message:
            yield number, message
    if name.endswith(".hpp") and "#pragma once" not in text:
        yield 1, "a header starts with #pragma once"
    for number, line in enumerate(code_lines(text), start=1):
        for words, exempt, scope, message in FORBIDDEN:
            is_concerned = (scope is None or scope.match(name)) and not (exempt and exempt.match(name))
            if is_concerned and words.search(line):
                yield number, message
    if LIBRARY_FOLDER.match(name) and name not in LAUNCHERS:
        for launch in LAUNCH.finditer(text):
            if not LABEL_OR_NESTED.match(text, launch.end()):
                yield text.count("\n", 0, launch.start()) + 1, 'a kernel has a label that begins with "ailoop::"'
    n_lines = text.count("\n") - text.startswith(f"// {LICENCE}\n")
    if n_lines > LONGEST_FILE:
        yield LONGEST_FILE + 1, f"{n_lines} lines; cut the file ({LONGEST_FILE} at most)"


def listed_kernel_sources(root):
    """The files of the library that are told to see Kokkos, as paths relative to the root."""
    if not (root / KERNEL_SOURCES).exists():
        return set()
    text = (root / KERNEL_SOURCES).read_text(encoding="utf-8")
    return {f"src/ailoop/{path}" for path in re.findall(r"^ +(\S+\.cpp)$", text, re.MULTILINE)}


def check_torch_and_kokkos(root):
    """No file sees both, directly or through the project's headers, but the bridge for users who have both. Files of the
    library that see Kokkos are those of the list, and as few as stated."""
    direct, reached = reached_libraries(root)
    listed = listed_kernel_sources(root)
    for name, files in reached.items():
        paths = {path for file in files for path in direct[file]}
        sees_kokkos = any(map(is_kokkos, paths))
        has_both = any(map(is_torch, paths)) and sees_kokkos
        if has_both and not any(Path(file).name == "torch_bridge.hpp" for file in files):
            yield name, 1, "includes both Kokkos and LibTorch"
        elif LIBRARY_SOURCE.match(name) and sees_kokkos != (name in listed):
            yield name, 1, f"sees {'' if sees_kokkos else 'no '}Kokkos; {KERNEL_SOURCES} says otherwise"
    launching = [name for name in listed if not PROBLEM_SOURCE.match(name)]
    if len(launching) > MOST_KERNEL_SOURCES:
        yield KERNEL_SOURCES, 1, f"{len(launching)} files beside problems; {MOST_KERNEL_SOURCES} at most"


def check_every_kernel(root):
    """The file that compilers of devices are given calls every kernel."""
    path = root / EVERY_KERNEL
    calls = path.read_text(encoding="utf-8") if path.exists() else ""
    for name in sources(root):
        if name.startswith("kernels/") and name not in LAUNCHERS:
            text = DETAIL.sub("", (root / name).read_text(encoding="utf-8"))
            for kernel in KERNEL.findall(text):
                if not re.search(rf"\bkernels::{kernel}(<\w+>)?\(", calls):
                    yield EVERY_KERNEL, 1, f"does not call kernels::{kernel} of {name}"


def check_licence(root):
    """Examples are for others to begin with, and say nothing."""
    for name in sources(root):
        first = (root / name).read_text(encoding="utf-8", errors="replace").split("\n", 1)[0]
        if first != f"// {LICENCE}" and not name.startswith("examples/"):
            yield name, 1, f"begins not with // {LICENCE}"


def check_tree(root):
    """All violations as (file, line, message)."""
    violations = [(name, line, message) for name in sources(root) for line, message in check_file(root, name)]
    violations.extend(check_torch_and_kokkos(root))
    violations.extend(check_every_kernel(root))
    if not any(name.startswith("src/ailoop/core/") for name in sources(root)):
        violations.append(("src/ailoop/core", 0, "holds no source; is this the root of the project?"))
    return violations


def main():
    root = Path(sys.argv[1])
    violations = [*check_tree(root), *check_licence(root)]
    for name, line, message in violations:
        print(f"{name}:{line}: {message}")
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main())
