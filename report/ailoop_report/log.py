"""Reads run.jsonl, block by block, into columns. A log may end anywhere: what a killed run left can be read, too."""

import json
from array import array
from dataclasses import dataclass, field
from itertools import chain, groupby, islice

import numpy as np
import pandas as pd

from ailoop_report.errors import ReportError

SCHEMA = 1
VERDICTS = ("accepted", "rejected", "inconclusive")
ANSWERED_BY = ("", "surrogate", "truth")
EVENTS = ("checked", "exhausted")
BLOCK_LINES = 10_000  # that are parsed at once: enough to be fast, and few megabytes
NOT_AN_EVENT = (AttributeError, KeyError, OverflowError, TypeError, ValueError)
# of a check: its type in an array; texts are kept as their place in a list, which takes a byte and compares fast
COLUMNS = {
    "t_s": "d",
    "query": "q",
    "attempt": "i",
    "error": "d",
    "tolerance": "d",
    "verdict": VERDICTS,
    "answered_by": ANSWERED_BY,
    "event": EVENTS,
    "version": "i",
}
VECTORS = ("x", "surrogate", "approximation", "bound", "truth")
RETRAINING_FIELDS = ("samples", "steps", "first_loss", "last_loss", "sample_s", "gather_s", "train_s")


@dataclass
class Log:
    """Events of a run.

    checks has a row for each query of a check: t_s, query, attempt, error, tolerance, verdict, answered_by, event, and
    version, the number of retrainings before it. vectors holds x (n, inputs) and surrogate, approximation, bound and
    truth (n, outputs), NaN where they are not known or not finite. retrainings has a row for each one that ended.
    """

    started: dict
    checks: pd.DataFrame
    vectors: dict
    retrainings: pd.DataFrame
    checkpoints: int
    ended: dict = None
    failed: dict = None
    unfinished_retraining_s: float = None
    last_s: float = 0.0
    notes: list = field(default_factory=list)


class Reader:
    def __init__(self, path):
        self.path = path
        self.line = 0
        self.started = None
        self.ended = None
        self.failed = None
        self.checks = {name: array(kind if isinstance(kind, str) else "b") for name, kind in COLUMNS.items()}
        self.vectors = {name: array("d") for name in VECTORS}
        self.sizes = None
        self.retrainings = []
        self.retraining_started_s = None
        self.checkpoints = 0
        self.changes = []
        self.last_s = 0.0
        self.unknown = 0

    def refuse(self, what):
        raise ReportError(f"{self.path}:{self.line}: {what}")

    def take_block(self, events):
        """Parsed lines, of which self.line is the first; checks in a row are taken together."""
        first = self.line
        for self.line, event in enumerate(events, first):
            if event is None or "schema" not in event:
                self.refuse("not an event of a run; run.jsonl of ailoop holds a JSON object with `schema` in each line")
            if event["schema"] != SCHEMA:
                self.refuse(f"schema: {event['schema']!r}; this ailoop-report reads schema {SCHEMA}")
        self.line = first
        for is_check, group in groupby(events, lambda event: event.get("event") in EVENTS):
            in_a_row = list(group)
            if not is_check or self.started is None or not self.take_checks(in_a_row):
                for event in in_a_row:  # one by one, to find the line
                    self.take_alone(event)
                    self.line += 1
            else:
                self.line += len(in_a_row)

    def take_alone(self, event):
        try:
            self.take(event)
        except NOT_AN_EVENT as error:
            self.refuse(f"an event that lacks something or has wrong values ({type(error).__name__}: {error})")

    def take(self, event):
        """KeyError, TypeError and ValueError mean that it is not an event as ailoop writes it."""
        name = event["event"]
        seconds = float(event["t_s"])
        if self.started is None and name != "started":
            self.refuse(f"the first event is '{name}', not 'started': this is not the log of a run")
        self.last_s = max(self.last_s, seconds)
        if name == "started":
            if self.started is not None:
                self.refuse("a second 'started': two runs are mixed in this log")
            self.started = {"t_s": seconds, "ranks": int(event["ranks"]), "threads": int(event["threads"]), **event}
        elif name in EVENTS:
            self.add_checks([event])
        elif name == "retraining_started":
            self.retraining_started_s = seconds
        elif name == "retrained":
            self.take_retraining(seconds, event)
        elif name == "checkpoint":
            self.checkpoints += 1
        elif name == "changed":
            self.changes.append(
                f"{event['setting']} was {event['was']}, is {event['is']} from query {int(event['query']):,} on"
            )
        elif name == "ended":
            self.ended = event
        elif name == "failed":
            self.failed = event
        else:
            self.unknown += 1

    def take_checks(self, events):
        """Whether these are checks as ailoop writes them; else nothing is taken."""
        try:
            self.add_checks(events)
        except NOT_AN_EVENT:
            return False
        return True

    def add_checks(self, events):
        sizes = {(len(event["x"]), len(event["surrogate"])) for event in events}
        self.sizes = self.sizes or min(sizes)
        if sizes != {self.sizes} or 0 in self.sizes:
            raise ValueError(", ".join(f"{x} inputs and {y} outputs" for x, y in sorted(sizes)))
        vectors = {}
        for key in VECTORS:
            size = self.sizes[0 if key == "x" else 1]
            rows = [event.get(key) or [None] * size for event in events]
            if any(len(row) != size for row in rows):
                raise ValueError(key)
            vectors[key] = numbers(chain.from_iterable(rows))
        columns = {
            "t_s": numbers(event["t_s"] for event in events),
            "query": integers(event["query"] for event in events),
            "attempt": integers((event["attempt"] for event in events), np.int32),
            "error": numbers(event["error"] for event in events),
            "tolerance": numbers(event["tolerance"] for event in events),
            "verdict": codes(VERDICTS, (event["verdict"] for event in events)),
            "answered_by": codes(ANSWERED_BY, (event.get("answered_by", "") for event in events)),
            "event": codes(EVENTS, (event["event"] for event in events)),
            "version": np.full(len(events), len(self.retrainings), dtype=np.int32),
        }
        self.last_s = max(self.last_s, float(columns["t_s"].max()))
        for store, values in chain(
            ((self.checks[name], column) for name, column in columns.items()),
            ((self.vectors[name], column) for name, column in vectors.items()),
        ):
            store.frombytes(values.tobytes())

    def take_retraining(self, seconds, event):
        started = self.retraining_started_s if self.retraining_started_s is not None else seconds
        values = {key: number(event[key]) for key in RETRAINING_FIELDS}
        self.retrainings.append(
            {"started_s": started, "ended_s": seconds, **values, "divergence": event.get("divergence", "")}
        )
        self.retraining_started_s = None

    def log(self, notes):
        checks = pd.DataFrame(
            {
                name: np.asarray(self.checks[name])
                if isinstance(kind, str)
                else pd.Categorical.from_codes(self.checks[name], kind)
                for name, kind in COLUMNS.items()
            },
            copy=False,
        )
        columns = ["started_s", "ended_s", *RETRAINING_FIELDS, "divergence"]
        sizes = self.sizes or (0, 0)
        vectors = {
            name: np.asarray(values, dtype=float).reshape(len(checks), sizes[0 if name == "x" else 1])
            for name, values in self.vectors.items()
        }
        notes += self.changes
        if self.unknown:
            notes.append(
                f"The log has {self.unknown} events of a kind that this report does not know; it leaves them out."
            )
        return Log(
            started=self.started,
            checks=checks,
            vectors=vectors,
            retrainings=pd.DataFrame(self.retrainings, columns=columns),
            checkpoints=self.checkpoints,
            ended=self.ended,
            failed=self.failed,
            unfinished_retraining_s=self.retraining_started_s,
            last_s=self.last_s,
            notes=notes,
        )


def number(value):
    """ailoop writes what is not finite as null."""
    return float("nan") if value is None else float(value)


def numbers(values):
    """Likewise, as an array."""
    return np.array(list(values), dtype=np.float64)


def integers(values, kind=np.int64):
    return np.array(list(values), dtype=kind)


def codes(names, values):
    """Of each of the values its place among the names."""
    places = {name: place for place, name in enumerate(names)}
    return np.array([places[value] for value in values], dtype=np.int8)


def parse(raw):
    """The event of a line, or None where it is none."""
    try:
        event = json.loads(raw.decode("utf-8"))
    except ValueError:
        return None
    return event if isinstance(event, dict) else None


def parse_block(lines):
    """Their events, with None for a line that is none."""
    try:
        events = json.loads(b"[" + b",".join(lines) + b"]")
    except ValueError:
        events = []
    is_one_each = len(events) == len(lines) and all(isinstance(event, dict) for event in events)
    return events if is_one_each else [parse(line) for line in lines]


def read_log(path):
    """The log in `path`; only its last line may be incomplete."""
    reader = Reader(path)
    notes = []
    reader.line = 1
    with open(path, "rb") as file:
        while lines := list(islice(file, BLOCK_LINES)):
            events = parse_block(lines)
            if events[-1] is None and not lines[-1].endswith(b"\n") and reader.line + len(lines) > 2:
                notes.append(f"The log's last line, {reader.line + len(lines) - 1}, is cut off; it is left out.")
                events.pop()
            reader.take_block(events)
    if reader.line == 1:
        raise ReportError(f"{path}: empty; the run did not get as far as its first event")
    return reader.log(notes)
