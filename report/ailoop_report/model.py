# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Reads and evaluates a polynomial surrogate of one input from a model file, with nothing but numpy."""

import json
from dataclasses import dataclass

import numpy as np

DTYPES = {"F32": "<f4", "F64": "<f8"}


@dataclass
class Polynomial:
    """y = weight phi(t) + bias; t is x, or x mapped from the box to [-1, 1]."""

    basis: str
    box: tuple
    is_scaled: bool
    weight: np.ndarray  # (outputs, degree + 1)
    bias: np.ndarray  # (outputs)

    def __call__(self, x):
        """(n, outputs) at x (n), in double."""
        low, high = self.box
        t = (x - 0.5 * (low + high)) * (2.0 / (high - low)) if self.is_scaled else x
        return features(self.basis, self.weight.shape[1] - 1, t) @ self.weight.T + self.bias


def features(basis, degree, t):
    """(n, degree + 1) of phi_k(t), by the three-term recurrences of NIST DLMF 18.9."""
    columns = [np.ones_like(t), t if basis != "hermite" else 2.0 * t][: degree + 1]
    for k in range(1, degree):
        last, before = columns[-1], columns[-2]
        if basis == "monomial":
            columns.append(t * last)
        elif basis == "chebyshev":
            columns.append(2.0 * t * last - before)
        elif basis == "legendre":
            columns.append(((2.0 * k + 1.0) * t * last - k * before) / (k + 1.0))
        else:
            columns.append(2.0 * t * last - 2.0 * k * before)
    return np.stack(columns, axis=1)


def tensor(header, data, name):
    entry = header[name]
    begin, end = entry["data_offsets"]
    return np.frombuffer(data[begin:end], DTYPES[entry["dtype"]]).astype(float).reshape(entry["shape"])


def one_input_box(text):
    low, high = (float(word) for word in text.strip("[]").split(","))
    if not low < high:
        raise ValueError(text)
    return low, high


def read_polynomial(content):
    """The surrogate in the bytes of a model file, or None where it is another kind or has several inputs."""
    try:
        length = int.from_bytes(content[:8], "little")
        header = json.loads(content[8 : 8 + length])
        data = content[8 + length :]
        about = header["__metadata__"]
        if about["type"] != "polynomial" or about["basis"] not in ("monomial", "chebyshev", "legendre", "hermite"):
            return None
        model = Polynomial(
            basis=about["basis"],
            box=one_input_box(about["box"]),
            is_scaled=about.get("inputs") == "scaled",
            weight=tensor(header, data, "fc.weight"),
            bias=tensor(header, data, "fc.bias"),
        )
        is_whole = model.weight.shape == (len(model.bias), int(about["degree"]) + 1)
        return model if is_whole else None
    except (KeyError, TypeError, ValueError):
        return None
