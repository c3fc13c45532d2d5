# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""limits.memory_bytes: a run that would need more is refused before it starts; none takes more than was computed."""

import os
import re
import subprocess

from program import CONVERGED, EXECUTABLE, GAVE_UP, HOTLUM, PRETRAINED, ProgramTest

UNITS = {"B": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9}
REFUSAL = re.compile(r"limits\.memory_bytes: \d+ is too little: a rank's arrays take (\d+) bytes")
FUSED = ["--set", "training.engine=fused"]
# One retraining of all samples, and a checkpoint at its end.
RETRAIN_ONCE = ["--set", "limits.retrainings=1", "--set", "loop.tolerance=1e-9"]


class MemoryTest(ProgramTest):
    def planned(self, *arguments, ranks=None):
        """Bytes on the model rank and on every other, as --dry-run tells them."""
        result = self.start(HOTLUM, "--dry-run", *arguments, ranks=ranks)
        self.assertEqual(CONVERGED, result.code, result.err)
        found = re.search(r"(?m)^arrays: at most (\S+) (\w+) on the model rank, (\S+) (\w+) on every other", result.out)
        return float(found[1]) * UNITS[found[2]], float(found[3]) * UNITS[found[4]]

    def peak(self, *arguments):
        """Largest resident set of a run on one rank [B]."""
        command = [EXECUTABLE, str(HOTLUM), "-q", "--force", "--output", "out", *arguments]
        environment = {**os.environ, "OMP_NUM_THREADS": "1"}
        with subprocess.Popen(command, cwd=self.folder, env=environment, stdin=subprocess.DEVNULL) as process:
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        self.assertIn(process.returncode, (CONVERGED, GAVE_UP))
        return usage.ru_maxrss * 1024

    def test_exactly_enough_passes_and_one_byte_less_is_refused(self):
        for settings in (
            ["--set", "sampling.total=100000"],
            ["--set", "sampling.total=100000", *FUSED],
            ["--set", "queries.batch=20000"],
            ["--set", "sampling.total=5000", "--set", "loop.gate=certified", "--set", "queries.batch=100"],
        ):
            for ranks in (None, 2, 4):
                with self.subTest(settings=settings, ranks=ranks):
                    arguments = [HOTLUM, *settings, "-q", "--output", "out"]
                    refused = self.start(*arguments, "--set", "limits.memory_bytes=1", ranks=ranks)
                    self.assertEqual(2, refused.code, refused.err)
                    needed = int(REFUSAL.search(refused.err)[1])
                    self.assertFalse((self.folder / "out").exists())
                    too_little = self.start(*arguments, "--set", f"limits.memory_bytes={needed - 1}", ranks=ranks)
                    self.assertEqual(2, too_little.code, too_little.err)
                    self.assertEqual(1, too_little.err.count("limits.memory_bytes:"), too_little.err)
                    self.assertFalse((self.folder / "out").exists())
                    enough = [*arguments, "--dry-run", "--set", f"limits.memory_bytes={needed}"]
                    self.assertEqual(CONVERGED, self.start(*enough, ranks=ranks).code)

    def test_what_would_fit_is_told_and_fits(self):
        arguments = [HOTLUM, "-q", "--set", "sampling.total=200000", "--set", "queries.batch=100"]
        limit = ["--set", "limits.memory_bytes=5000000"]
        result = self.start(*arguments, *limit, "--output", "out")
        self.assert_refused(result, "limits.memory_bytes: 5000000 is too little", "or sampling.total of at most")
        samples = int(re.search(r"sampling\.total of at most (\d+)", result.err)[1])
        fewer = [*arguments, *limit, "--dry-run", "--set"]
        self.assertEqual(CONVERGED, self.start(*fewer, f"sampling.total={samples}").code)
        self.assertEqual(2, self.start(*fewer, f"sampling.total={samples + 1}").code)
        # samples of each rank are told as such
        for ranks in (None, 2):
            result = self.start(HOTLUM, *limit, "--dry-run", "--set", "sampling.per_rank=200000", ranks=ranks)
            of_each = int(re.search(r"sampling\.per_rank of at most (\d+)", result.err)[1])
            fewer = [HOTLUM, *limit, "--dry-run", "--set"]
            self.assertEqual(CONVERGED, self.start(*fewer, f"sampling.per_rank={of_each}", ranks=ranks).code)
            self.assertEqual(2, self.start(*fewer, f"sampling.per_rank={of_each + 1}", ranks=ranks).code)
        self.assert_nothing_written()

    def test_the_message_has_the_place_of_the_setting(self):
        self.config("sampling: {total: 100000}\nlimits: {memory_bytes: 3000000}\ntraining: {trainer: adam}\n")
        for arguments in ([], ["--dry-run"]):
            self.assert_refused(
                self.start("config.yaml", *arguments), "config.yaml:4:24: limits.memory_bytes: 3000000 is too little"
            )
        self.assert_nothing_written("config.yaml")

    def test_dry_run_and_refusal_tell_the_same(self):
        settings = ["--set", "sampling.total=100000"]
        for ranks in (None, 2):
            model_rank, other = self.planned(*settings, ranks=ranks)
            self.assertLess(other, model_rank)
            refused = self.start(HOTLUM, *settings, "--dry-run", "--set", "limits.memory_bytes=1", ranks=ranks)
            self.assertAlmostEqual(1.0, int(REFUSAL.search(refused.err)[1]) / model_rank, delta=0.01)

    def test_queries_of_a_file_count(self):
        (self.folder / "queries.csv").write_text("x\n" + "0.5\n" * 200_000, encoding="utf-8")
        listed = ["--set", "queries.source=file", "--set", "queries.path=queries.csv"]
        for ranks in (None, 2):
            limit = int(1.1 * self.planned(ranks=ranks)[0])
            arguments = [HOTLUM, "--dry-run", "--set", f"limits.memory_bytes={limit}"]
            self.assertEqual(CONVERGED, self.start(*arguments, ranks=ranks).code)
            result = self.start(*arguments, *listed, ranks=ranks)
            self.assertEqual(2, result.code, result.err)
            self.assertEqual(1, result.err.count("limits.memory_bytes:"), result.err)
        self.assert_nothing_written("queries.csv")

    def test_no_run_takes_more_than_was_computed(self):
        """The growth from a small run to a large one, against the growth that is computed; 4 MB are malloc's own."""
        of_features = ["training.batch_size=1000", "surrogate.degree=60", "surrogate.basis=legendre"]
        features = [word for setting in [*of_features, "surrogate.initial=null"] for word in ("--set", setting)]
        # there the arrays of a batch are allocated at the start, whatever is asked
        roles = ["--set", "ranks.layout=roles"]
        batch = [*roles, "--set", "limits.retrainings=0", "--set", f"surrogate.initial={PRETRAINED}"]
        truth = [*roles, "--set", "sampling.total=1000", "--set", "loop.gate=certified", "--set", "loop.on_exhausted=truth"]
        for what, small, large, of_both in (
            ("samples", "sampling.total=1000", "sampling.total=3000000", [*FUSED, *RETRAIN_ONCE]),
            # 244 MB, were they not written in pieces
            ("features", "sampling.total=1000", "sampling.total=1000000", [*features, *RETRAIN_ONCE]),
            ("batch", "queries.batch=10", "queries.batch=200000", [*FUSED, *batch]),
            ("truth", "queries.batch=10", "queries.batch=100000", [*FUSED, *RETRAIN_ONCE, *truth]),
        ):
            with self.subTest(what=what):
                runs = [["--set", size, *of_both] for size in (small, large)]
                measured = [self.peak(*arguments) for arguments in runs]
                planned = [self.planned(*arguments)[0] for arguments in runs]
                growth = measured[1] - measured[0]
                self.assertLess(growth, planned[1] - planned[0] + 4e6)
                # nor is it far above
                self.assertGreater(growth, 0.2 * (planned[1] - planned[0]) - 4e6)
