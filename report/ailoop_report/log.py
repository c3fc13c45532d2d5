"""Reads run.jsonl, line by line, into columns. A log may end anywhere: what a killed run left can be read, too."""

import json
from array import array
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ailoop_report.errors import ReportError

SCHEMA = 1
VERDICTS = ("accepted", "rejected", "inconclusive")
ANSWERED_BY = ("", "surrogate", "truth")
EVENTS = ("checked", "exhausted")
# of a check: its type in an array; texts are kept as their place in a list, which takes a byte and compares fast
COLUMNS = {
    "t_s": "d",
    "query": "q",
    "attempt": "q",
    "error": "d",
    "tolerance": "d",
    "verdict": VERDICTS,
    "answered_by": ANSWERED_BY,
    "event": EVENTS,
    "version": "l",
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

    def take(self, event):
        """One parsed line; KeyError, TypeError and ValueError mean that it is not an event as ailoop writes it."""
        name = event["event"]
        seconds = float(event["t_s"])
        if self.started is None and name != "started":
            self.refuse(f"the first event is '{name}', not 'started': this is not the log of a run")
        self.last_s = max(self.last_s, seconds)
        if name == "started":
            if self.started is not None:
                self.refuse("a second 'started': two runs are mixed in this log")
            self.started = {"t_s": seconds, "ranks": int(event["ranks"]), "threads": int(event["threads"]), **event}
        elif name in ("checked", "exhausted"):
            self.take_check(name, seconds, event)
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

    def take_check(self, name, seconds, event):
        sizes = len(event["x"]), len(event["surrogate"])
        self.sizes = self.sizes or sizes
        if sizes != self.sizes or 0 in sizes:
            raise ValueError(f"{sizes[0]} inputs and {sizes[1]} outputs")
        for key, column in self.vectors.items():
            values = event.get(key) or [None] * sizes[1]
            if len(values) != sizes[0 if key == "x" else 1]:
                raise ValueError(key)
            column.extend(map(number, values) if None in values else values)
        row = (
            seconds,
            int(event["query"]),
            int(event["attempt"]),
            number(event["error"]),
            float(event["tolerance"]),
            VERDICTS.index(event["verdict"]),
            ANSWERED_BY.index(event.get("answered_by", "")),
            EVENTS.index(name),
            len(self.retrainings),
        )
        for column, value in zip(self.checks.values(), row, strict=True):
            column.append(value)

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
            }
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


def parse(raw):
    """The event of a line, or None where it is none."""
    try:
        event = json.loads(raw.decode("utf-8"))
    except ValueError:
        return None
    return event if isinstance(event, dict) else None


def read_log(path):
    """The log in `path`; only its last line may be incomplete."""
    reader = Reader(path)
    notes = []
    with open(path, "rb") as file:
        for reader.line, raw in enumerate(file, start=1):
            event = parse(raw)
            if event is None and not raw.endswith(b"\n") and reader.line > 1:
                notes.append(f"The log's last line, {reader.line}, is cut off; it is left out.")
                break
            if event is None or "schema" not in event:
                reader.refuse(
                    "not an event of a run; run.jsonl of ailoop holds a JSON object with `schema` in each line"
                )
            if event["schema"] != SCHEMA:
                reader.refuse(f"schema: {event['schema']!r}; this ailoop-report reads schema {SCHEMA}")
            try:
                reader.take(event)
            except (AttributeError, KeyError, OverflowError, TypeError, ValueError) as error:
                reader.refuse(f"an event that lacks something or has wrong values ({type(error).__name__}: {error})")
    if reader.line == 0:
        raise ReportError(f"{path}: empty; the run did not get as far as its first event")
    return reader.log(notes)
