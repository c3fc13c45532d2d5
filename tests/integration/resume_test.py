"""--resume: a run that was stopped, by whatever, ends with the files of one that was not."""

import json
import os
import random
import shutil
import signal
import time

from program import CONVERGED, GAVE_UP, INTERNAL, INTERRUPTED, SECONDS, ProgramTest, RunFolder
from run_content import LONG, content


class ResumeTest(ProgramTest):
    def whole(self, *arguments):
        return content(self.run_to("whole", *LONG, "-q", *arguments)[1])

    def checkpoints(self, output="out"):
        return sorted((self.folder / output / "checkpoint").glob("*.safetensors"))

    def stopped_by(self, send, *arguments, ranks=None):
        """A new run into `out` that is told to stop once it has a checkpoint; its exit code."""
        shutil.rmtree(self.folder / "out", ignore_errors=True)
        process = self.start_in_background(*LONG, "--output", "out", *arguments, ranks=ranks)
        self.wait_for(lambda: len(self.checkpoints()) >= 1 or process.poll() is not None, "no checkpoint")
        send(process)
        process.wait(SECONDS)
        return process.returncode

    def test_a_run_in_many_pieces_leaves_the_files_of_one(self):
        whole = self.whole("--set", "limits.wall_seconds=1000")
        retrainings = []
        seconds = 0.001
        arguments = [*LONG, "-q", "--output", "out"]
        while (result := self.start(*arguments, "--set", f"limits.wall_seconds={seconds}")).code == INTERRUPTED:
            self.assertIn("interrupted: limits.wall_seconds reached; --resume goes on from here", result.err)
            retrainings.append(RunFolder(self.folder / "out").summary["counts"]["retrainings"])
            arguments += ["--resume"] if len(retrainings) == 1 else []
            seconds = max(0.05, 1.2 * seconds)  # from less than a start takes, so that pieces are short on any machine
        self.assertEqual(CONVERGED, result.code, result.err)
        self.assertGreater(len(retrainings), 3)
        self.assertEqual(sorted(retrainings), retrainings)
        seconds = [event["t_s"] for event in RunFolder(self.folder / "out").events]
        self.assertEqual(sorted(seconds), seconds)
        out = content(RunFolder(self.folder / "out"))
        whole["config"] = out["config"]  # of another wall limit
        self.assertEqual(whole, out)

    def test_signals_save_the_state(self):
        whole = self.whole()
        for name in ("SIGTERM", "SIGINT", "SIGUSR1"):
            with self.subTest(signal=name):
                code = self.stopped_by(lambda process: process.send_signal(getattr(signal, name)))
                self.assertIn(code, (INTERRUPTED, CONVERGED))
                if code == INTERRUPTED:
                    self.assertEqual("interrupted", RunFolder(self.folder / "out").summary["end"])
                _, folder = self.run_to("out", *LONG, "-q", "--resume")
                self.assertEqual(whole, content(folder))

    def test_a_killed_run_goes_on_on_another_number_of_ranks(self):
        whole = self.whole()
        for ranks in (1, 3):
            with self.subTest(ranks=ranks):
                self.stopped_by(lambda process: process.kill())
                result, folder = self.run_to("out", *LONG, "--resume", ranks=ranks)
                self.assertIn("resuming in out", result.err)
                self.assertEqual(whole, content(folder))

    def test_a_launcher_that_is_told_to_stop_leaves_what_can_be_resumed(self):
        whole = self.whole()
        self.stopped_by(lambda process: process.terminate(), ranks=3)
        _, folder = self.run_to("out", *LONG, "-q", "--resume", ranks=2)
        self.assertEqual(whole, content(folder))

    def test_a_run_that_is_over_can_be_resumed_without_harm(self):
        whole = self.whole()
        _, folder = self.run_to("whole", *LONG, "-q", "--resume")
        self.assertEqual(whole, content(folder))
        self.assertEqual(2, len(self.checkpoints("whole")))

    def test_limits_may_change(self):
        few = ["--set", "limits.retrainings=100", "--set", "output.checkpoint_every=0"]
        self.run_to("out", *LONG, "-q", *few, code=GAVE_UP)
        whole = self.whole()
        self.assertEqual(1, len(self.checkpoints()), "a run that gave up can go on")
        _, folder = self.run_to("out", *LONG, "-q", "--resume")
        found = content(folder)
        for part in (whole, found):  # the first part of one of them made no checkpoints on its way
            part["events"] = [event for event in part["events"] if event["event"] != "checkpoint"]
        self.assertEqual(whole, found)

    def test_without_a_directory_the_last_run_goes_on(self):
        for _ in range(2):
            result = self.start(*LONG, "-q", "--set", "limits.wall_seconds=0.001")
            self.assertEqual(INTERRUPTED, result.code, result.err)
        result = self.start(*LONG, "--resume")
        self.assertEqual(CONVERGED, result.code, result.err)
        self.assertIn("resuming in runs/hotlum-2", result.err)
        self.assertEqual({"hotlum-1", "hotlum-2"}, {entry.name for entry in (self.folder / "runs").iterdir()})

    def test_without_a_checkpoint_the_run_starts_from_the_beginning(self):
        whole = self.whole()
        (self.folder / "out").mkdir()
        (self.folder / "out" / "answers.csv").write_text("what was there before\n", encoding="utf-8")
        for output in ("out", "new"):
            result, folder = self.run_to(output, *LONG, "--resume")
            self.assertIn(f"{output} holds no usable checkpoint: the run starts from the beginning", result.err)
            self.assertEqual(whole, content(folder))

    def test_other_settings_are_refused_by_name(self):
        self.run_to("out", *LONG, "-q")
        before = content(RunFolder(self.folder / "out"))
        changes = ["--set", "loop.tolerance=0.1", "--seed", "7", "--set", "sampling.total=64"]
        result = self.start(*LONG, "--resume", "--output", "out", *changes)
        self.assert_refused(
            result,
            "nothing may differ that results depend on: ",
            "loop.tolerance was 0.05, is 0.1; samples of a retraining was 32, is 64; "
            "sampling.total was 32, is 64; seed was 42, is 7",
        )
        self.assertEqual(before, content(RunFolder(self.folder / "out")))

    def test_damaged_checkpoints_are_passed_over(self):
        whole = self.whole()
        rng = random.Random(5)
        for damage in ("flip", "cut", "empty"):
            for n_damaged in (1, 2):
                with self.subTest(damage=damage, n_damaged=n_damaged):
                    self.stopped_by(lambda process: process.kill())
                    files = self.checkpoints()
                    for file in files[-n_damaged:]:
                        data = bytearray(file.read_bytes())
                        if damage == "flip":
                            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
                        file.write_bytes(data if damage == "flip" else data[: rng.randrange(len(data))] if damage == "cut" else b"")
                    result, folder = self.run_to("out", *LONG, "--resume")
                    self.assertIn("a checkpoint cannot be used: ", result.err)
                    self.assertEqual(whole, content(folder))

    def test_output_files_that_lost_their_end_are_refused_and_nothing_is_changed(self):
        self.stopped_by(lambda process: process.kill())
        log = self.folder / "out" / "run.jsonl"
        for damage, words in (
            (lambda: log.write_text("", encoding="utf-8"), "run.jsonl: has 0 bytes; at least"),
            (log.unlink, "run.jsonl: cannot be opened for writing"),
        ):
            damage()
            before = {file.name: file.read_bytes() for file in log.parent.iterdir() if file.is_file()}
            result = self.start(*LONG, "--resume", "--output", "out", "-q", "--set", "limits.checks=7")
            self.assertEqual(2, result.code, result.err)
            self.assertIn(words, result.err)
            self.assertEqual(before, {file.name: file.read_bytes() for file in log.parent.iterdir() if file.is_file()})

    def test_a_run_without_a_checkpoint_is_not_replaced_by_another(self):
        self.run_to("out", *LONG, "-q", "--set", "output.checkpoint_every=0")
        before = content(RunFolder(self.folder / "out"))
        result = self.start(*LONG, "--resume", "--output", "out", "--seed", "9")
        self.assert_refused(result, "out holds another run, which left no checkpoint; name another folder")
        self.assertEqual(before, content(RunFolder(self.folder / "out")))

    def test_a_model_of_the_last_run_is_not_lost_to_it(self):
        self.assertEqual(CONVERGED, self.start(*LONG, "-q").code)
        model = self.folder / "runs" / "hotlum-1" / "model.safetensors"
        before = model.read_bytes()
        result = self.start(*LONG, "--resume", "--set", f"surrogate.initial={model}")
        self.assert_refused(result, "is an input of this run and would be overwritten")
        self.assertEqual(before, model.read_bytes())

    def test_a_folder_in_use_is_waited_for_and_then_refused(self):
        endless = ["--set", "loop.tolerance=1e-12"]
        for limit in ("retrainings", "retrainings_per_query", "checks"):
            endless += ["--set", f"limits.{limit}=1000000000"]
        process = self.start_in_background(*LONG, *endless, "--output", "out")
        self.wait_for(lambda: len(self.checkpoints()) >= 1, "no checkpoint")
        start = time.monotonic()
        result = self.start(*LONG, "--resume", "--output", "out", "-q")
        self.assertEqual(2, result.code, result.err)
        self.assertIn("out: is in use by another run", result.err)
        self.assertGreater(time.monotonic() - start, 5)
        process.kill()
        process.wait(SECONDS)

    def test_a_checkpoint_that_cannot_be_written_ends_the_run_and_loses_nothing(self):
        process = self.start_in_background(*LONG, "-q", "--output", "out", "--set", "output.checkpoint_every=10")
        self.wait_for(lambda: len(self.checkpoints()) >= 1, "no checkpoint")
        checkpoints = self.folder / "out" / "checkpoint"
        checkpoints.rename(self.folder / "moved")
        checkpoints.write_text("a file", encoding="utf-8")
        messages = process.stderr.read()
        self.assertEqual(INTERNAL, process.wait(SECONDS), messages)
        self.assertIn("out/checkpoint", messages)
        folder = RunFolder(self.folder / "out")
        self.assertEqual("failed", folder.summary["end"])
        self.assertEqual("failed", folder.events[-1]["event"])
        self.assert_refused_to_resume("checkpoint: cannot be read: Not a directory")

    def assert_refused_to_resume(self, words):
        before = content(RunFolder(self.folder / "out"))
        result = self.start(*LONG, "--resume", "--output", "out", "-q")
        self.assertEqual(INTERNAL, result.code, result.err)
        self.assertIn(words, result.err)
        self.assertEqual(before, content(RunFolder(self.folder / "out")))

    def test_resume_and_force_exclude_each_other(self):
        self.assert_refused(self.start(*LONG, "--resume", "--force"), "--resume", "--force")

    def test_the_log_tells_of_checkpoints(self):
        _, folder = self.run_to("out", *LONG, "-q")
        counts = [event["retrainings"] for event in folder.events_called("checkpoint")]
        self.assertEqual(list(range(40, 868, 40)), counts)
        self.assertEqual(868, json.loads((folder.path / "summary.json").read_text(encoding="utf-8"))["counts"]["retrainings"])
