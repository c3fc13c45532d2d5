# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The answers of a run, whichever way it wrote them: answers.csv, or columns in answers/NNNNNN.safetensors."""

import csv
import json
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ailoop_report.errors import ReportError

TYPES = {"F64": "<f8", "U8": "u1"}
NAMES = np.array(["nobody", "surrogate", "truth"])


@dataclass
class Part:
    """Columns of consecutive queries, mapped and not read: x (n, dimension), answer (n, outputs), answered_by (n)."""

    first_query: int
    x: np.ndarray
    answer: np.ndarray
    answered_by: np.ndarray  # index into NAMES


def read_part(path):
    try:
        with open(path, "rb") as file:
            size = int.from_bytes(file.read(8), "little")
            head = json.loads(file.read(size))
        columns = {}
        for name in ("x", "answer", "answered_by"):
            about = head[name]
            columns[name] = np.memmap(
                path, TYPES[about["dtype"]], "r", 8 + size + about["data_offsets"][0], tuple(about["shape"])
            )
        return Part(int(head["__metadata__"]["first_query"]), **columns)
    except (KeyError, OSError, TypeError, UnicodeDecodeError, ValueError) as error:
        raise ReportError(f"{path}: no part of answers: {error}") from error


def parts_of(folder):
    """The parts of a run in the order of their queries; none where it wrote none."""
    return (read_part(path) for path in sorted((Path(folder) / "answers").glob("[0-9]*.safetensors")))


def columns_of(name, count):
    return [name] if count == 1 else [f"{name}_{i}" for i in range(count)]


def print_csv(folder):
    """All answers on standard output, a row for each query that has one."""
    try:
        with open(folder / "answers.csv", encoding="utf-8") as file:
            shutil.copyfileobj(file, sys.stdout)
        return
    except FileNotFoundError:
        pass
    table = csv.writer(sys.stdout, lineterminator="\n")
    titles = None
    for part in parts_of(folder):
        if titles is None:
            titles = ["query", *columns_of("x", part.x.shape[1]), *columns_of("answer", part.answer.shape[1])]
            table.writerow([*titles, "answered_by"])
        rows = np.flatnonzero(part.answered_by)
        queries, who = (part.first_query + rows).tolist(), NAMES[part.answered_by[rows]].tolist()
        table.writerows(zip(queries, *part.x[rows].T.tolist(), *part.answer[rows].T.tolist(), who))
    if titles is None:
        raise ReportError(f"'{folder}' holds neither answers.csv nor answers in parts")
