# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What the report reads and reckons, against the program's own files."""

import json
import sys
from unittest import mock

import numpy as np
from program import HOTLUM, SHORT, SOURCE, ProgramTest

sys.path.insert(0, str(SOURCE / "report"))

from ailoop_report.decimate import evenly_chosen, merged, worst_of_groups  # noqa: E402
from ailoop_report.figures.timeline import segments  # noqa: E402
from ailoop_report.log import read_log  # noqa: E402
from ailoop_report.roles import roles  # noqa: E402
from ailoop_report.run import answer_errors, read_run  # noqa: E402
from ailoop_report.sections import counts, end_of  # noqa: E402


class ContentsTest(ProgramTest):
    def test_counts_are_those_of_the_summary(self):
        self.run_to("out", HOTLUM, *SHORT, "--set", "loop.gate=certified", ranks=2)
        run = read_run(self.folder / "out")
        expected = run.summary["counts"]
        found = counts(run)
        for name in ("by_surrogate", "by_truth", "accepted", "rejected", "inconclusive", "retrainings", "samples"):
            self.assertEqual(expected[name], found[name], name)
        self.assertEqual(run.summary["worst_error"], answer_errors(run)[1].max())
        self.assertEqual(("converged", ""), end_of(run))
        self.assertEqual([], run.notes)
        run.log.ended = None
        self.assertEqual(found, counts(run), "those of an unfinished run are counted")

    def test_counts_are_there_without_the_checks(self):
        self.run_to("out", HOTLUM, *SHORT, "--set", "output.checks=not_accepted", "--set", "output.answers=safetensors")
        run = read_run(self.folder / "out")
        self.assertEqual(run.summary["counts"]["by_surrogate"], counts(run)["answers"])
        self.assertEqual([], run.notes)

    def test_models_are_those_that_answered(self):
        for basis in ("monomial", "chebyshev", "legendre", "hermite"):
            for inputs in ("raw", "scaled"):
                with self.subTest(basis=basis, inputs=inputs):
                    settings = [f"surrogate.basis={basis}", f"surrogate.inputs={inputs}", "surrogate.initial=null"]
                    settings += ["sampling.total=256", "loop.tolerance=0.5", "training.learning_rate=0.003"]
                    arguments = [word for setting in settings for word in ("--set", setting)]
                    name = f"{basis}-{inputs}"
                    self.run_to(name, HOTLUM, *arguments)
                    run = read_run(self.folder / name)
                    rows = run.checks["version"] == len(run.log.retrainings)
                    self.assertGreater(rows.sum(), 0)
                    logged = run.checks["surrogate"][rows]
                    predicted = run.final_model(run.checks["x"][rows, 0])
                    np.testing.assert_allclose(predicted, logged, rtol=2e-5, atol=2e-5)

    def test_a_model_whose_hash_the_summary_does_not_name_is_not_drawn(self):
        _, folder = self.run_to("out", HOTLUM, *SHORT)
        self.assertIsNotNone(read_run(folder.path).final_model)
        self.assertIsNotNone(read_run(folder.path).initial_model)
        model = bytearray((folder.path / "model.safetensors").read_bytes())
        model[-1] ^= 1
        (folder.path / "model.safetensors").write_bytes(model)
        self.assertIsNone(read_run(folder.path).final_model)

    def test_checks_belong_to_the_model_that_they_asked(self):
        _, folder = self.run_to("out", HOTLUM, *SHORT)
        expected, retrainings = [], 0
        for event in folder.events:
            retrainings += event["event"] == "retrained"
            if event["event"] == "checked":
                expected.append(retrainings)
        self.assertGreater(retrainings, 1)
        self.assertEqual(expected, list(read_run(folder.path).checks["version"]))

    def test_phases_follow_each_other_and_fill_the_loop(self):
        self.run_to("out", HOTLUM, *SHORT, ranks=3)
        run = read_run(self.folder / "out")
        phases = segments(run)
        self.assertEqual(len(run.log.retrainings), len(phases["train"]))
        every = sorted(tuple(interval) for intervals in phases.values() for interval in intervals)
        for (_, end), (begin, _) in zip(every, every[1:]):
            self.assertLessEqual(end, begin + 1e-9)
        self.assertLessEqual(run.log.started["t_s"], every[0][0])
        self.assertLessEqual(every[-1][1], run.log.ended["t_s"] + 1e-9)

    def test_roles_are_those_of_a_dry_run(self):
        for ranks, expected in {1: [1], 2: [1, 1], 4: [1, 3], 7: [1, 4, 2]}.items():
            self.run_to(f"of-{ranks}", HOTLUM, *SHORT, "--set", "loop.accepted=1", ranks=ranks)
            self.assertEqual(expected, [role.ranks for role in roles(read_run(self.folder / f"of-{ranks}"))])

    def test_the_standard_library_reads_the_same_log(self):
        _, run = self.run_to("log", HOTLUM, *SHORT)
        fast = read_log(run.path / "run.jsonl")
        with mock.patch("ailoop_report.log.loads", json.loads):
            plain = read_log(run.path / "run.jsonl")
        self.assertGreater(len(fast.retrainings), 0)
        np.testing.assert_array_equal(fast.retrainings, plain.retrainings)
        for name, values in fast.checks.columns.items():
            np.testing.assert_array_equal(values, plain.checks[name], name)

    def test_thinning_out_keeps_the_worst_and_the_ends(self):
        errors = np.array([0.0, 3.0, 1.0, 2.0, np.nan, 9.0, 5.0, 4.0])
        rows = np.array([0, 1, 2, 3, 4, 5, 7])
        self.assertEqual([1, 4], list(worst_of_groups(rows, errors, 2)))
        self.assertEqual(list(rows), list(worst_of_groups(rows, errors, 100)))
        self.assertEqual((0, 9, 4), (evenly_chosen(10, 4)[0], evenly_chosen(10, 4)[-1], len(evenly_chosen(10, 4))))
        self.assertEqual([(0.0, 2.5), (4.0, 1.0)], merged([(0.0, 1.0), (1.2, 2.5), (4.0, 5.0)], 0.5))
