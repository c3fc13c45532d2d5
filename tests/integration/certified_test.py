# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The gate `certified` in whole runs: no accepted answer is off by more than the tolerance, no retraining is caused by a
right one, and the truth is asked rarely; on random queries and at the very edge of the verdicts."""

import math
import shutil
from fractions import Fraction

from program import SOURCE, ProgramTest

SINE = SOURCE / "config" / "certified.yaml"
KEPLER = SOURCE / "config" / "kepler.yaml"
# A model that is off by more than the best one, so that verdicts of every kind are there.
ADAM = [
    *("--set", "training.trainer=adam", "--set", "training.learning_rate=0.003"),
    *("--set", "training.batch_size=32", "--set", "training.epochs=300"),
]

# Answers by the model as it is: nothing is learnt, and the truth answers what the surrogate cannot.
AS_IT_IS = ["--set", "limits.retrainings_per_query=0", "--set", "loop.on_exhausted=truth"]
POINTS = 1001


def eccentric_anomaly(mean_anomaly, eccentricity):
    """Solution of Kepler's equation by bisection, to the last bits of a double."""
    lower, upper = mean_anomaly - eccentricity, mean_anomaly + eccentricity
    while True:
        middle = (lower + upper) / 2
        if middle in (lower, upper):
            return middle
        if middle - eccentricity * math.sin(middle) < mean_anomaly:
            lower = middle
        else:
            upper = middle


def sine_of(event):
    return math.sin(event["x"][0])


def anomaly_of(event):
    return eccentric_anomaly(*event["x"])


class CertifiedTest(ProgramTest):
    def expect_verdicts_that_hold(self, folder, truth_of, tolerance):
        """Every answer is right, and every rejected query was answered wrongly by the surrogate."""
        slack = 1e-13  # of the truth computed here
        for event in folder.events:
            if event["event"] != "checked":
                continue
            error = abs(event["surrogate"][0] - truth_of(event))
            by = event.get("answered_by")
            if by == "surrogate":
                self.assertLessEqual(error, tolerance + slack, event)
            elif by is None:  # it caused a retraining
                self.assertGreater(error, tolerance - slack, event)
            if by == "truth":
                self.assertAlmostEqual(truth_of(event), event["truth"][0], delta=slack)

    def expect_random_queries_answered(self, config, truth_of):
        _, folder = self.run_to("out", config, "-q", "--set", "loop.accepted=100000", "--set", "queries.batch=1000")
        counts = folder.summary["counts"]
        self.assertEqual(100000, counts["by_surrogate"] + counts["by_truth"])
        self.assertLessEqual(counts["truth_calls"], 15000)
        self.expect_verdicts_that_hold(folder, truth_of, folder.events_called("checked")[0]["tolerance"])

    def test_sine_on_random_queries(self):
        self.expect_random_queries_answered(SINE, sine_of)

    def test_kepler_on_random_queries(self):
        self.expect_random_queries_answered(KEPLER, anomaly_of)

    def ask(self, config, model, points, name):
        """Events of a run that asks these points."""
        file = self.folder / f"{name}.csv"
        header = "x" if len(points[0]) == 1 else ",".join(f"x_{i}" for i in range(len(points[0])))
        file.write_text("\n".join([header, *(",".join(map(repr, point)) for point in points)]) + "\n", encoding="utf-8")
        arguments = ["--set", "queries.source=file", "--set", f"queries.path={file}", "--set", f"surrogate.initial={model}"]
        _, folder = self.run_to(
            name,
            config,
            "-q",
            *arguments,
            *AS_IT_IS,
            "--set",
            f"loop.accepted={len(points)}",
            "--set",
            f"loop.tolerance={self.tolerance}",
        )
        return folder.events_called("checked")

    def edges(self, config, model, line, value):
        """Events at neighbouring points of the line between which `value(event)` changes its sign."""
        ends = [(0.0, 1.0)]
        found = []
        for depth in range(10):
            ends = ends[:8]
            places = [a + (b - a) * i / (POINTS - 1) for a, b in ends for i in range(POINTS)]
            events = self.ask(config, model, [line(place) for place in places], f"depth-{depth}")
            values = [value(event) for event in events]
            changes = [
                i
                for i in range(len(places) - 1)
                if (i + 1) % POINTS and (values[i] > 0) != (values[i + 1] > 0) and line(places[i]) != line(places[i + 1])
            ]
            if not changes:
                break
            ends = [(places[i], places[i + 1]) for i in changes]
            found = [events[i + k] for i in changes for k in (0, 1)]
        return found

    def expect_exact_verdicts(self, events, tolerance):
        """By exact arithmetic: nothing is accepted or rejected that is not proved."""
        for event in events:
            difference = abs(Fraction(event["surrogate"][0]) - Fraction(event["approximation"][0]))
            bound = Fraction(event["bound"][0])
            if event["verdict"] == "accepted":
                self.assertLessEqual(difference + bound, Fraction(tolerance), event)
            elif event["verdict"] == "rejected":
                self.assertGreater(difference - bound, Fraction(tolerance), event)

    def expect_right_at_the_edge(self, config, truth_of, line, tolerance, *changes):
        """With a tolerance that the model misses in places, so that there are edges of both kinds."""
        self.tolerance = tolerance
        _, trained = self.run_to("trained", config, "-q", "--set", "loop.accepted=200", *changes)
        model = trained.path / "model.safetensors"

        def sums(sign):
            return lambda event: (
                abs(event["surrogate"][0] - event["approximation"][0]) + sign * event["bound"][0] - tolerance
            )

        for sign in (1, -1):
            events = self.edges(config, model, line, sums(sign))
            self.assertGreater(len(events), 2, "the line crosses no edge")
            self.expect_exact_verdicts(events, tolerance)
            for event in events:
                if event["verdict"] == "accepted":
                    self.assertLessEqual(abs(event["surrogate"][0] - truth_of(event)), tolerance + 1e-13, event)
            for name in [path for path in self.folder.iterdir() if path.name.startswith("depth-")]:
                shutil.rmtree(name, ignore_errors=True)

    def test_sine_at_the_edge_of_the_verdicts(self):
        self.expect_right_at_the_edge(SINE, sine_of, lambda t: (-math.pi + 2 * math.pi * t * (1 - 1e-15),), 0.02, *ADAM)

    def test_kepler_at_the_edge_of_the_verdicts(self):
        self.expect_right_at_the_edge(KEPLER, anomaly_of, lambda t: (-math.pi + 2 * math.pi * t * (1 - 1e-15), 0.45), 0.005)
