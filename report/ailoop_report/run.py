# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A run's folder as the report sees it: the log, and what of the other files is there and belongs to it."""

import hashlib
import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np

from ailoop_report.errors import ReportError
from ailoop_report.log import Log, read_log
from ailoop_report.model import read_polynomial
from ailoop_report.settings import parse_settings


@dataclass(eq=False)  # a run is a key of what is reckoned once for all looks
class Run:
    folder: Path
    log: Log
    summary: dict = None  # None where it is missing or older than the log
    config_text: str = None
    settings: dict = field(default_factory=dict)  # "loop.tolerance" -> "0.05"
    initial_model: object = None  # Polynomial of one input whose hash the summary confirms
    final_model: object = None
    notes: list = field(default_factory=list)

    @property
    def checks(self):
        return self.log.checks

    @property
    def inputs(self):
        return self.checks["x"].shape[1]

    @property
    def outputs(self):
        return self.checks["truth"].shape[1]

    @property
    def ranks(self):
        return self.log.started["ranks"]

    @property
    def was_resumed(self):
        """Whether the summary's times cover only a part of the log, those since the last resumption."""
        if self.summary is None or self.log.ended is None or "times" not in self.summary:
            return False
        logged_s = self.log.ended["t_s"] - self.log.started["t_s"]
        return logged_s - self.summary["times"]["loop_s"] > max(0.02, 0.1 * logged_s)


def read_text(path, notes):
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        notes.append(f"{path.name} is missing.")
    except (OSError, UnicodeDecodeError):
        notes.append(f"{path.name} cannot be read.")
    return None


def read_summary(run):
    text = read_text(run.folder / "summary.json", run.notes)
    if text is None:
        return None
    try:
        summary = json.loads(text)
        is_known = summary["schema"] == 1
        counts = {name: int(count) for name, count in summary["counts"].items()}
        {name: float(seconds) for name, seconds in summary.get("times", {}).items()}
        str(summary["end"])
    except (AttributeError, KeyError, TypeError, ValueError):
        is_known = False
    if not is_known:
        run.notes.append("summary.json is not a summary of schema 1; it is left out.")
        return None
    ending = run.log.ended or run.log.failed
    is_of_this_log = ending is not None and (
        run.log.failed is not None or all(counts.get(name) == ending.get(name) for name in ("checks", "retrainings"))
    )
    if not is_of_this_log:
        run.notes.append("summary.json is of another start than the log; it is left out.")
        return None
    return summary


def note_answers(run):
    """Whether answers.csv is there and belongs to the log, which has all that the page shows of answers."""
    if run.settings.get("output.answers") in ("safetensors", "none") or any((run.folder / "answers").glob("*")):
        return
    try:
        with open(run.folder / "answers.csv", "rb") as file:
            names = file.readline().decode().strip().split(",")
            answers = sum(1 for _ in file)
        if not {"query", "verdict", "attempts", "answered_by"} <= set(names):
            raise ValueError(names)
    except FileNotFoundError:
        run.notes.append("answers.csv is missing.")
        return
    except (OSError, ValueError):
        run.notes.append("answers.csv cannot be read as the answers of a run; it is left out.")
        return
    answered = int((~run.checks.having("answered_by", "")).sum())
    if answers != answered:
        run.notes.append(f"answers.csv holds {answers} answers, the log {answered}; the log is shown.")


def read_model(path, sha256):
    """The model in a file if its hash is the one that the summary names."""
    try:
        content = Path(path).read_bytes()
    except OSError:
        return None
    return read_polynomial(content) if hashlib.sha256(content).hexdigest() == sha256 else None


def read_run(folder):
    """Everything in a run's folder. Throws ReportError where there is no log that can be read."""
    if not folder.is_dir():
        raise ReportError(f"{folder}: not a folder" if folder.exists() else f"{folder}: does not exist")
    path = folder / "run.jsonl"
    if not path.is_file():
        raise ReportError(f"{folder}: not the folder of a run: it holds no run.jsonl")
    try:
        run = Run(folder, read_log(path))
    except OSError as error:
        raise ReportError(f"{path}: cannot be read: {error.strerror}") from error
    run.notes.extend(run.log.notes)
    run.config_text = read_text(folder / "config.yaml", run.notes)
    run.settings = parse_settings(run.config_text or "")
    run.summary = read_summary(run)
    note_answers(run)
    if not (folder / "model.safetensors").is_file():
        run.notes.append("model.safetensors is missing.")
    if run.summary is not None:
        run.final_model = read_model(folder / "model.safetensors", run.summary.get("model_sha256"))
        initial = run.settings.get("surrogate.initial")
        if initial:
            run.initial_model = read_model(initial, run.summary.get("initial_model_sha256"))
    return run


@cache
def answer_errors(run):
    """(rows, errors): checks that the surrogate answered, and how far it was from the truth, where that is known.

    An answer by the truth says nothing of the surrogate, nor does a truth that failed.
    """
    errors = np.abs(run.checks["surrogate"] - run.checks["truth"]).max(axis=1, initial=0.0)
    rows = np.flatnonzero(run.checks.having("answered_by", "surrogate") & np.isfinite(errors))
    return rows, errors[rows]
