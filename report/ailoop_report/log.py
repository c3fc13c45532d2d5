# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Reads run.jsonl, block by block, into columns. A log may end anywhere: what a killed run left can be read, too."""

from array import array
from dataclasses import dataclass, field
from itertools import chain, islice
from operator import itemgetter

import numpy as np

from ailoop_report.errors import ReportError

try:
    from orjson import loads  # three times as fast
except ImportError:
    from json import loads

SCHEMA = 1
VERDICTS = ("accepted", "rejected", "inconclusive")
ANSWERED_BY = ("", "surrogate", "truth")
EVENTS = ("checked", "exhausted")
BLOCK_LINES = 100  # that are parsed at once: their objects stay in the second-level cache, and the garbage collector is spared
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
    "x": "d",
    "surrogate": "d",
    "approximation": "d",
    "bound": "d",
    "truth": "d",
}
VECTORS = ("x", "surrogate", "approximation", "bound", "truth")  # which have a number for each input or output
MAY_BE_MISSING = {"bound": None, "truth": None, "answered_by": ""}
GIVEN = [name for name in COLUMNS if name != "version"]
FIELDS = itemgetter("schema", *GIVEN)
RETRAINING_FIELDS = ("samples", "steps", "first_loss", "last_loss", "sample_s", "gather_s", "train_s")
RETRAINING = [(name, float) for name in ("started_s", "ended_s", *RETRAINING_FIELDS)] + [("divergence", object)]


class Checks:
    """Columns with a row for each query of a check: t_s, query, attempt, error, tolerance, version (the number of
    retrainings before it), x (n, inputs), and surrogate, approximation, bound and truth (n, outputs), NaN where they are
    not known or not finite."""

    def __init__(self, columns):
        self.columns = columns

    def __len__(self):
        return len(self.columns["query"])

    def __getitem__(self, name):
        return self.columns[name]

    def having(self, name, text):
        """Whether each row has this text as its verdict, answered_by or event."""
        return self.columns[name] == COLUMNS[name].index(text)


@dataclass
class Log:
    """Events of a run. retrainings, an array of records, has one for each retraining that ended."""

    started: dict
    checks: Checks
    retrainings: np.ndarray
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
        self.columns = {name: array(kind if isinstance(kind, str) else "b") for name, kind in COLUMNS.items()}
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
        """Parsed lines, the first of which is self.line: checks together, all else, and what is wrong, by itself."""
        if self.started is not None and self.take_checks(events):
            self.line += len(events)
        elif len(events) > 1:
            middle = len(events) // 2
            self.take_block(events[:middle])
            self.take_block(events[middle:])
        else:
            self.take_alone(events[0])
            self.line += 1

    def take_alone(self, event):
        if not isinstance(event, dict) or "schema" not in event:
            self.refuse("not an event of a run; run.jsonl of ailoop holds a JSON object with `schema` in each line")
        if event["schema"] != SCHEMA:
            self.refuse(f"schema: {event['schema']!r}; this ailoop-report reads schema {SCHEMA}")
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
        try:
            rows = list(map(FIELDS, events))
        except KeyError:
            rows = [FIELDS({**MAY_BE_MISSING, **event}) for event in events]
        schemas, *given = zip(*rows)
        if set(schemas) != {SCHEMA}:
            raise ValueError("schema")
        given = dict(zip(GIVEN, given))
        self.sizes = self.sizes or (len(events[0]["x"]), len(events[0]["surrogate"]))
        for key in VECTORS:
            size = self.sizes[0 if key == "x" else 1]
            if None in given[key]:
                given[key] = [row or [None] * size for row in given[key]]
            sizes = set(map(len, given[key]))
            if size == 0 or sizes != {size}:
                raise ValueError(f"{key} has {max(sizes)} numbers; in the first check {size}, and it must have one")
            given[key] = list(chain.from_iterable(given[key]))
        given["version"] = [len(self.retrainings)] * len(events)
        columns = {key: column(values, COLUMNS[key]) for key, values in given.items()}
        self.last_s = max(self.last_s, *columns["t_s"])
        for key, values in columns.items():
            self.columns[key].extend(values)

    def take_retraining(self, seconds, event):
        started = self.retraining_started_s if self.retraining_started_s is not None else seconds
        values = (number(event[key]) for key in RETRAINING_FIELDS)
        self.retrainings.append((started, seconds, *values, event.get("divergence", "")))
        self.retraining_started_s = None

    def log(self, notes):
        columns = {name: np.asarray(values) for name, values in self.columns.items()}
        inputs, outputs = self.sizes or (1, 1)
        for name in VECTORS:
            columns[name] = columns[name].reshape(-1, inputs if name == "x" else outputs)
        notes += self.changes
        if self.unknown:
            notes.append(
                f"The log has {self.unknown} events of a kind that this report does not know; it leaves them out."
            )
        return Log(
            started=self.started,
            checks=Checks(columns),
            retrainings=np.array(self.retrainings, RETRAINING),
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


def column(values, kind):
    """The same as an array; of texts, the place of each among those of `kind`."""
    if not isinstance(kind, str):
        places = {name: place for place, name in enumerate(kind)}
        return array("b", map(places.__getitem__, values))
    return array(kind, map(number, values) if kind == "d" and None in values else values)


def parse(raw):
    """The event of a line, or None where it is none."""
    try:
        return loads(raw)
    except ValueError:
        return None


def parse_block(lines):
    """Their events, with None for a line that is none."""
    try:
        events = loads(b"[" + b",".join(lines) + b"]")
    except ValueError:
        events = []
    return events if len(events) == len(lines) else [parse(line) for line in lines]


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
