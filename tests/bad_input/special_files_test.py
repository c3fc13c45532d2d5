# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What cannot stand in a file of the corpus: files that are none, options, and settings of the command line."""

import ctypes
import os
import socket
import subprocess

from program import CONFIGURATION, CONVERGED, EXECUTABLE, HOTLUM, ProgramTest, Result

CONFIG = "config.yaml"
CONTENT = b"schema: 1\nproblem: {name: sine}\ntraining: {trainer: adam}\n"
PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 24, 1, 2


def obey_permissions():
    """Takes from a child of root what lets it read and write everything."""
    if os.geteuid() == 0:
        libc = ctypes.CDLL(None, use_errno=True)
        for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
            if libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0:
                raise OSError(ctypes.get_errno(), "prctl")


class SpecialFilesTest(ProgramTest):
    def assert_refused_quickly(self, *arguments, words, known=()):
        """Refused by a check and by a run, before it starts anything; the message has the words."""
        for options in (["--validate"], []):
            with self.subTest(arguments=arguments, options=options):
                result = self.start(*arguments, *options)
                self.assert_refused(result, *words)
                self.assert_nothing_written(*known)

    def start_without_privileges(self, *arguments):
        result = subprocess.run(
            [EXECUTABLE, *map(str, arguments)],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            preexec_fn=obey_permissions,
        )
        return Result(result.returncode, result.stdout, result.stderr)

    # The configuration file.

    def test_a_configuration_that_is_not_there_is_refused(self):
        (self.folder / CONFIG).write_bytes(CONTENT)
        (self.folder / "nowhere").symlink_to("no_such.yaml")
        (self.folder / "circle").symlink_to("circle")
        known = (CONFIG, "nowhere", "circle")
        for name, reason in (
            ("no_such.yaml", "No such file"),
            ("no_such_folder/c.yaml", "No such file"),
            ("nowhere", "No such file"),
            ("circle", "symbolic links"),
            (f"{CONFIG}/c.yaml", "Not a directory"),
            ("x" * 300, "File name too long"),
        ):
            self.assert_refused_quickly(name, words=[f"{name}: cannot be read: ", reason], known=known)

    def test_a_configuration_that_is_no_regular_file_is_refused_without_waiting(self):
        os.mkfifo(self.folder / "fifo")
        (self.folder / "folder").mkdir()
        (self.folder / "link").symlink_to("fifo")
        known = ("fifo", "folder", "link", "socket")
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(self.folder / "socket"))
            for name in ("fifo", "folder", "link", "socket", "/dev/zero", "/dev/null", "/dev/stdin"):
                self.assert_refused_quickly(name, words=[f"{name}: cannot be read: "], known=known)

    def test_a_configuration_that_fails_while_it_is_read_is_refused(self):
        self.assert_refused_quickly("/proc/self/mem", words=["/proc/self/mem: cannot be read: "])

    def test_a_configuration_without_permission_is_refused(self):
        path = self.folder / CONFIG
        path.write_bytes(CONTENT)
        path.chmod(0)
        result = self.start_without_privileges(CONFIG)
        self.assert_refused(result, f"{CONFIG}: cannot be read: Permission denied")
        self.assert_nothing_written(CONFIG)

    def test_a_huge_configuration_is_refused_unread(self):
        path = self.folder / "huge.yaml"
        with path.open("wb") as file:
            file.truncate(100_000_000)
        self.assert_refused_quickly("huge.yaml", words=["huge.yaml:1:1: more than 1048576 bytes"], known=["huge.yaml"])

    # Options and --set.

    def test_a_wrong_command_line_is_refused(self):
        for arguments, words in (
            ([], ["no configuration"]),
            (["--validate"], ["no configuration"]),
            ([HOTLUM, "other.yaml"], ["other.yaml"]),
            ([HOTLUM, "--no-such-option"], ["--no-such-option"]),
            ([HOTLUM, "--set"], ["--set"]),
            ([HOTLUM, "--output"], ["--output"]),
            ([HOTLUM, "--seed"], ["--seed"]),
            ([HOTLUM, "-q", "-v"], ["excludes"]),
            ([HOTLUM, "--validate", "--print-config"], ["excludes"]),
        ):
            with self.subTest(arguments=arguments):
                self.assert_refused(self.start(*arguments), "command line: ", *words)
        self.assert_nothing_written()

    def test_a_wrong_seed_or_folder_is_refused(self):
        for option, key, values in (
            ("--seed", "seed", ("x", "-1", "1.5", "18446744073709551616", "0x1F", "")),
            ("--output", "output.directory", ("", "a\nb", "\x1b[2J")),
        ):
            for value in values:
                with self.subTest(option=option, value=value):
                    self.assert_refused(self.start(HOTLUM, option, value, "--validate"), f"--set {key}=", f": {key}: ")
        self.assert_nothing_written()

    def test_a_wrong_assignment_is_refused_by_its_text(self):
        for assignment, words in (
            ("loop.accepted", ["no =; KEY=VALUE is expected"]),
            ("", ["no =; KEY=VALUE is expected"]),
            ("=5", ["not a key"]),
            ("loop..accepted=5", ["not a key"]),
            ("." * 1000 + "=5", ["not a key"]),
            ("a." * 1000 + "b=5", ["not a key"]),
            ("no.such=1", ["no: unknown key"]),
            ("loop.no_such=1", ["loop.no_such: unknown key"]),
            ("loop=5", ["loop: a section; name one of its settings"]),
            ("loop.accepted.x=5", ["accepted is a setting, not a section"]),
            ("loop.accepted=", ["loop.accepted: no value; one value"]),
            ("loop.accepted=~", ["loop.accepted: no value; one value"]),
            ("loop.accepted=five", ["loop.accepted: five is not a whole number"]),
            ("loop.accepted=0x1F", ["loop.accepted: 0x1F is not a whole number"]),
            ("loop.accepted=5 # five", ["loop.accepted: more than one value"]),
            ("loop.accepted=[5]", ["loop.accepted: a list; a whole number"]),
            ("loop.accepted={a: 1}", ["loop.accepted: a section"]),
            ("loop.accepted=&a 5", ["anchors are not allowed"]),
            ("loop.accepted=!!int 5", ["tags are not allowed"]),
            ("loop.accepted=5\nseed: 1", ["loop.accepted: more than one line"]),
            ("loop.tolerance=0", ["loop.tolerance: 0 where loop.relative_tolerance is 0, too"]),
            ("loop.tolerance=0,05", ["loop.tolerance: 0,05 is not a plain decimal number"]),
            ("loop.tolerance=1e400", ["out of the range of 64-bit numbers"]),
            ("surrogate.inputs=[raw, ln]", ["surrogate.inputs[1]: ln is not one of raw, scaled"]),
            ("surrogate.outputs=scaled", ["surrogate.outputs: scaled is not one of raw, standardized"]),
            ("surrogate.degree=1000000000", ["surrogate.degree: 1000000000 is not between"]),
            ("ranks.approximation=0", ["ranks.approximation: 0 is not between"]),
            ("seed=[" + "[" * 20_000, ["seed: "]),
            ("k" * 100_000 + "=1", ["unknown key"]),
            (b"output.directory=l\xe4ufe", ["not valid text; KEY=VALUE in UTF-8 is expected"]),
        ):
            with self.subTest(assignment=assignment[:60]):
                if isinstance(assignment, bytes):
                    assignment = os.fsdecode(assignment)
                result = self.start(HOTLUM, "--validate", "--set", assignment)
                self.assert_refused(result, "--set ", *words)
                self.assertLess(len(result.err), 600)
        self.assert_nothing_written()

    def test_scalings_that_do_not_fit_the_problem_are_refused(self):
        for scaling, words in (
            ("inputs=[raw, scaled]", "surrogate.inputs names 2 scalings, but the problem has 1 input"),
            ("outputs=[raw, log]", "surrogate.outputs names 2 scalings, but the problem has 1 output"),
            ("inputs=log", "surrogate.inputs: log needs numbers above 0; input 0 goes from -3.14"),
        ):
            with self.subTest(scaling=scaling):
                result = self.start(HOTLUM, "--validate", "--set", f"surrogate.{scaling}")
                self.assert_refused(result, "surrogate.type: ", words)
        self.assert_nothing_written()

    def test_the_last_assignment_counts_alone(self):
        result = self.start(HOTLUM, "--validate", "--set", "loop.accepted=five", "--set", "loop.accepted=5")
        self.assertEqual(CONVERGED, result.code, result.err)

    def test_an_unknown_option_of_kokkos_is_refused(self):
        result = self.start(HOTLUM, "--kokkos-no-such-option=1")
        self.assertEqual(CONFIGURATION, result.code, result.out + result.err)
        self.assertIn("--kokkos-no-such-option", result.err)
        self.assert_nothing_written()

    # The folder of the run.

    def test_a_folder_that_cannot_be_used_is_refused_and_left_alone(self):
        (self.folder / "full").mkdir()
        (self.folder / "full" / "precious").write_text("mine", encoding="utf-8")
        (self.folder / "file").write_text("mine", encoding="utf-8")
        (self.folder / "nowhere").symlink_to("no_such_folder")
        known = ("file", "full", "nowhere")
        for folder, word in (
            ("full", "--force"),
            ("full/precious", "Not a directory"),
            ("file", "Not a directory"),
            ("file/below/it", "Not a directory"),
            ("nowhere", "Not a directory"),
            ("/dev/null", "Not a directory"),
            ("x" * 300, "File name too long"),
        ):
            words = ["--set output.directory=", ": output.directory: ", word]
            self.assert_refused_quickly(HOTLUM, "--output", folder, words=words, known=known)
        # Only the attempt shows that this one cannot be made.
        self.assert_refused(self.start(HOTLUM, "--output", "/proc/no_such"), ": output.directory: /proc/no_such cannot")
        self.assertEqual(["precious"], os.listdir(self.folder / "full"))
        self.assertEqual("mine", (self.folder / "file").read_text(encoding="utf-8"))

    def test_the_place_of_the_default_folder_is_checked_too(self):
        (self.folder / "runs").write_text("mine", encoding="utf-8")
        self.assert_refused_quickly(HOTLUM, words=["output.directory: runs cannot be used"], known=["runs"])

    def test_a_folder_without_permission_is_refused(self):
        (self.folder / "mine").mkdir(mode=0o555)
        for folder in ("mine", "mine/below"):
            with self.subTest(folder=folder):
                result = self.start_without_privileges(HOTLUM, "--output", folder)
                self.assert_refused(result, ": output.directory: ", "Permission denied")
        self.assertEqual([], os.listdir(self.folder / "mine"))
        self.assert_nothing_written("mine")

    def test_an_input_is_never_overwritten(self):
        (self.folder / "run").mkdir()
        (self.folder / "run" / CONFIG).write_bytes(CONTENT)
        arguments = [f"run/{CONFIG}", "--output", "run", "--force"]
        self.assert_refused_quickly(*arguments, words=["would be overwritten"], known=["run"])
        self.assertEqual(CONTENT, (self.folder / "run" / CONFIG).read_bytes())
