# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""--resume: a run that was stopped, by whatever, ends with the files of one that was not."""

import json
import os
import random
import shutil
import signal
import subprocess
import time

from program import (
    CONVERGED,
    EXECUTABLE,
    GAVE_UP,
    HOTLUM,
    INTERNAL,
    INTERRUPTED,
    PRETRAINED,
    RUN_FILES,
    SECONDS,
    ProgramTest,
    RunFolder,
)
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
        for name in ("SIGTERM", "SIGINT", "SIGUSR1", "SIGHUP"):
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

    def all_files(self, output):
        """Content and time of everything in the folder."""
        paths = sorted((self.folder / output).rglob("*"))
        return [(path, path.stat().st_mtime_ns, path.read_bytes() if path.is_file() else None) for path in paths]

    def assert_done(self, output, *arguments, ranks=None):
        before = self.all_files(output)
        result = self.start(*arguments, "--resume", ranks=ranks)
        self.assertEqual(CONVERGED, result.code, result.err)
        self.assertEqual([f"ailoop: {output} holds this run, which has converged: nothing is left to do"], result.messages)
        self.assertEqual("", result.out)
        self.assertEqual(before, self.all_files(output))

    def test_a_run_that_has_converged_is_done(self):
        self.whole()
        self.assertTrue(self.checkpoints("whole"))
        for more in ([], ["--set", "limits.wall_seconds=0.001"], ["--set", "limits.checks=1"], ["--set", "loop.accepted=7"]):
            self.assert_done("whole", *LONG, "--output", "whole", *more)
        for other, words in {"seed=9": "seed was 42, is 9", "output.answers=safetensors": "output.answers was csv, is "}.items():
            result = self.start(*LONG, "--resume", "--output", "whole", "--set", other)
            self.assert_refused(result, words)
        self.assert_done("whole", *LONG, "--output", "whole", "--set", "output.answers=none")

    def test_a_run_that_has_converged_is_done_on_any_number_of_ranks(self):
        self.whole()
        before = self.all_files("whole")
        result = self.start(*LONG, "--resume", "--output", "whole", ranks=3)
        self.assertEqual(CONVERGED, result.code, result.err)
        self.assertEqual(before, self.all_files("whole"))

    def extended(self, few, many, *settings):
        """Content of a run that wanted more answers later, of one that did from the start, and messages of the first."""
        arguments = [*LONG, "-q", *settings, "--set"]
        _, whole = self.run_to(f"{many}", *arguments, f"loop.accepted={many}")
        self.run_to("out", *arguments, f"loop.accepted={few}")
        _, folder = self.run_to("out", *arguments, f"loop.accepted={many}", "--resume")
        return content(folder), content(whole)

    def test_more_answers_end_in_the_files_of_a_run_that_wanted_them_from_the_start(self):
        self.assertEqual(*self.extended(5, 12))

    def test_more_answers_in_batches_with_a_retraining_in_the_batch_that_was_cut_short(self):
        batches = ["--set", "queries.batch=1000", "--set", "loop.tolerance=0.2", "--set", "limits.retrainings_per_query=9999"]
        more, whole = self.extended(2500, 5000, *batches)
        causes = {event["query"] // 1000 for event in whole["events"] if event["event"] == "retrained"}
        self.assertIn(2, causes, "a retraining in the third batch is what this is about")
        self.assertEqual(whole, more)

    def test_a_run_that_failed_skips_failures_when_it_is_told_to(self):
        # tests/faults has runs whose truth fails; here only the words and what may change
        self.run_to("out", *LONG, "-q", "--set", "loop.on_exhausted=truth", "--set", "limits.wall_seconds=0.01", code=INTERRUPTED)
        changes = ["--set", "sampling.on_failure=skip", "--set", "limits.retrainings_per_query=900"]
        result, folder = self.run_to("out", *LONG, "--resume", "--set", "loop.on_exhausted=truth", *changes)
        told = folder.events_called("changed")
        self.assertEqual(
            [("limits.retrainings_per_query", "1000", "900"), ("sampling.on_failure", "stop", "skip")],
            [(event["setting"], event["was"], event["is"]) for event in told],
        )
        for event in told:
            words = f"{event['setting']} was {event['was']}, is {event['is']}: answers may depend on it from query {event['query']} on"
            self.assertIn(words, result.err)

    def test_a_hangup_is_ignored_where_it_was_at_the_start(self):
        endless = ["--set", "loop.tolerance=1e-12", "--set", "limits.wall_seconds=2"]
        for limit in ("retrainings", "retrainings_per_query", "checks"):
            endless += ["--set", f"limits.{limit}=1000000000"]
        command = ["nohup", EXECUTABLE, *map(str, LONG), *endless, "--output", "out"]
        # UCX, below some MPI libraries, takes SIGHUP for its own purposes before main begins, unless it is told not to
        environment = {**os.environ, "UCX_DEBUG_SIGNO": "0"}
        process = subprocess.Popen(
            command, cwd=self.folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        self.wait_for(lambda: len(self.checkpoints()) >= 1, "no checkpoint")
        process.send_signal(signal.SIGHUP)
        _, messages = process.communicate(timeout=SECONDS)
        self.assertEqual(INTERRUPTED, process.returncode, messages)
        self.assertIn("limits.wall_seconds reached", messages)

    def test_contents_of_files_decide_and_not_where_they_lie(self):
        project = self.folder / "project"
        project.mkdir()
        config = HOTLUM.read_text(encoding="utf-8").replace("models/sine_pretrained.safetensors", "model")
        config = config.replace("source: uniform", "source: file\n  path: points.csv")
        (project / "hotlum.yaml").write_text(config, encoding="utf-8")
        (project / "points.csv").write_text("x\n" + "".join(f"{i / 1000}\n" for i in range(1000)), encoding="utf-8")
        shutil.copy(PRETRAINED, project / "model")
        settings = ["-q", "--set", "sampling.total=32"]
        _, folder = self.run_to("whole", project / "hotlum.yaml", *settings)
        whole = content(folder)
        self.run_to("out", project / "hotlum.yaml", *settings, "--set", "limits.wall_seconds=0.001", code=INTERRUPTED)
        project.rename(self.folder / "moved")
        (self.folder / "link").symlink_to("moved")
        _, folder = self.run_to("out", self.folder / "link" / "hotlum.yaml", *settings, "--resume")
        out = content(folder)
        self.assertNotEqual(whole.pop("config"), out.pop("config"), "which say where the files lie")
        self.assertEqual(whole, out)
        with open(self.folder / "moved" / "points.csv", "a", encoding="utf-8") as file:
            file.write("0.5\n")
        result = self.start(self.folder / "moved" / "hotlum.yaml", *settings, "--resume", "--output", "out")
        self.assert_refused(result, "SHA-256 of queries.path was ")

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
        result = self.start(*LONG, "--resume")
        self.assertEqual(CONVERGED, result.code, result.err)
        self.assertIn("resuming in runs/hotlum-1", result.err, "the newest that is not done")
        self.assert_done("runs/hotlum-2", *LONG)
        self.assertEqual({"hotlum-1", "hotlum-2"}, {entry.name for entry in (self.folder / "runs").iterdir()})

    def test_without_a_directory_a_run_of_other_settings_is_no_obstacle_to_one_that_is_done(self):
        self.start(*LONG, "-q", "--set", "limits.wall_seconds=0.001")
        other = [*LONG, "--seed", "2", "--set", "loop.tolerance=2"]
        self.assertEqual(CONVERGED, self.start(*other, "-q").code)
        result = self.start(*other, "--resume")
        self.assertEqual(CONVERGED, result.code, result.err)
        self.assertIn("nothing is left to do", result.err)

    def test_files_that_hold_nothing_are_no_run(self):
        # what a disk that is full leaves of a first start
        (self.folder / "out").mkdir()
        for name in ("answers.csv", "run.jsonl"):
            (self.folder / "out" / name).touch()
        result, _ = self.run_to("out", *LONG, "--resume")
        self.assertNotIn("starts from the beginning", result.err)

    def test_an_input_that_the_end_of_the_run_would_remove_is_refused(self):
        self.run_to("out", *LONG, "-q")
        self.run_to("out", *LONG, "-q", "--force", "--set", "limits.checks=1", code=GAVE_UP)
        model = "out/earlier-1/model.safetensors"
        result = self.start(*LONG, "-q", "--output", "out", "--force", "--set", f"surrogate.initial={model}")
        self.assert_refused(result, f"{model} is an input of this run and would be removed")
        self.assertTrue((self.folder / model).is_file())

    def test_a_folder_that_somebody_else_calls_earlier_is_left_alone(self):
        _, theirs = self.run_to("out/earlier-1", *LONG, "-q")
        names = theirs.names()
        self.run_to("out", *LONG, "-q", "--force")
        self.assertEqual(names, theirs.names())

    def test_without_a_run_it_starts_one_without_a_word(self):
        whole = self.whole()
        (self.folder / "out").mkdir()
        for output in ("out", "new"):
            result, folder = self.run_to(output, *LONG, "--resume")
            self.assertNotIn("checkpoint", result.err)
            self.assertEqual(whole, content(folder))

    def test_without_a_checkpoint_the_run_starts_from_the_beginning_and_loses_nothing(self):
        whole = self.whole()
        self.run_to("out", *LONG, "-q", "--set", "limits.wall_seconds=0.001", code=INTERRUPTED)
        shutil.rmtree(self.folder / "out" / "checkpoint")
        before = (self.folder / "out" / "run.jsonl").read_bytes()
        limit = ["--set", "limits.wall_seconds=0.001"]
        result, folder = self.run_to("out", *LONG, "--resume", *limit, code=INTERRUPTED)
        self.assertIn("out holds no usable checkpoint: the run starts from the beginning", result.err)
        self.assertEqual(before, (folder.path / "earlier-1" / "run.jsonl").read_bytes())
        _, folder = self.run_to("out", *LONG, "-q", "--resume")
        self.assertEqual(whole, content(folder))
        self.assertEqual(self.names("whole"), folder.names(), "what was set aside is gone when as much is there again")

    def names(self, output):
        return RunFolder(self.folder / output).names()

    def test_files_of_nobody_knows_what_run_are_refused(self):
        (self.folder / "out").mkdir()
        (self.folder / "out" / "answers.csv").write_text("what was there before\n", encoding="utf-8")
        result = self.start(*LONG, "--resume", "--output", "out")
        self.assert_refused(result, "out holds another run, which left no checkpoint; name another folder")
        self.assertEqual("what was there before\n", (self.folder / "out" / "answers.csv").read_text(encoding="utf-8"))

    def test_force_keeps_the_earlier_run_until_the_new_one_has_converged(self):
        whole = self.whole()
        before = (self.folder / "whole" / "answers.csv").read_bytes()
        other = [*LONG, "-q", "--seed", "9", "--set", "limits.wall_seconds=0.001"]
        _, folder = self.run_to("whole", *other, "--force", code=INTERRUPTED)
        self.assertEqual(before, (folder.path / "earlier-1" / "answers.csv").read_bytes())
        _, folder = self.run_to("whole", *LONG, "-q", "--force")
        self.assertEqual(whole, content(folder))
        self.assertEqual(RUN_FILES, folder.names())

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
        self.run_to("out", *LONG, "-q")
        shutil.rmtree(self.folder / "out" / "checkpoint")
        before = content(RunFolder(self.folder / "out"))
        result = self.start(*LONG, "--resume", "--output", "out", "--seed", "9")
        self.assert_refused(result, "out holds another run, which left no checkpoint; name another folder")
        self.assertEqual(before, content(RunFolder(self.folder / "out")))

    def test_a_model_of_the_last_run_is_not_lost_to_it(self):
        self.assertEqual(CONVERGED, self.start(*LONG, "-q").code)
        model = self.folder / "runs" / "hotlum-1" / "model.safetensors"
        before = model.read_bytes()
        other = ["--resume", "--set", f"surrogate.initial={model}"]
        result = self.start(*LONG, *other, "--output", "runs/hotlum-1")
        self.assert_refused(result, "is an input of this run and would be overwritten")
        result = self.start(*LONG, *other)
        self.assertIn("output in runs/hotlum-2", result.err, "the other run is over")
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
        (self.folder / "file").write_text("a file", encoding="utf-8")
        for attempt in range(1000):
            checkpoints.rename(self.folder / f"moved-{attempt}")
            try:
                (self.folder / "file").rename(checkpoints)
                break
            except IsADirectoryError:  # the run was faster
                continue
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
