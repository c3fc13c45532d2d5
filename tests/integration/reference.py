# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""An independent statement, in NumPy and PyTorch, of what a run of the sine workflow computes."""

import math
from dataclasses import dataclass, field

import numpy as np

MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15
QUERY, SAMPLE, SHUFFLE = 1, 2, 3
ADAM_EPSILON = 1e-8
BETAS = (0.9, 0.999)


def mix(bits):
    """Finaliser of splitmix64."""
    bits = ((bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    bits = ((bits ^ (bits >> 27)) * 0x94D049BB133111EB) & MASK
    return bits ^ (bits >> 31)


class Generator:
    """Kokkos' xorshift64* generator, seeded by (seed, purpose, index)."""

    def __init__(self, seed, purpose, index):
        state = mix((seed + GOLDEN) & MASK)
        state = mix((state + purpose * GOLDEN) & MASK)
        self.state = mix((state + (index + 1) * GOLDEN) & MASK)

    def next64(self):
        self.state ^= self.state >> 12
        self.state = (self.state ^ (self.state << 25)) & MASK
        self.state ^= self.state >> 27
        return (self.state * 2685821657736338717 - 1) & MASK


def uniform_angle(seed, purpose, index, dtype=np.float32):
    """x in [-pi, pi): the top 24 or 53 bits, scaled in double and rounded to the stored precision."""
    bits = Generator(seed, purpose, index).next64()
    u = (bits >> 40) * 2.0**-24 if dtype == np.float32 else (bits >> 11) * 2.0**-53
    return dtype(u * (2.0 * math.pi) - math.pi)


def taylor_sine(x, terms):
    return math.fsum((-1) ** k * x ** (2 * k + 1) / math.factorial(2 * k + 1) for k in range(terms))


def features(basis, degree, x):
    """Rows phi_0 ... phi_degree by three-term recurrence, in the precision of x."""
    x = np.asarray(x)
    rows = [np.ones_like(x), 2 * x if basis == "hermite" else x]
    for n in range(1, degree):
        if basis == "monomial":
            rows.append(x * rows[n])
        elif basis == "chebyshev":
            rows.append(2 * x * rows[n] - rows[n - 1])
        elif basis == "legendre":
            rows.append(((2 * n + 1) * x * rows[n] - n * rows[n - 1]) / x.dtype.type(n + 1))
        elif basis == "hermite":
            rows.append(2 * x * rows[n] - 2 * n * rows[n - 1])
    return np.stack(rows[: degree + 1], axis=-1).astype(x.dtype)


@dataclass
class Settings:
    seed: int = 42
    terms: int = 4
    tolerance: float = 0.05
    accepted: int = 5
    total: int = 512
    basis: str = "monomial"
    degree: int = 5
    dtype: type = np.float32
    trainer: str = "adam"
    learning_rate: float = 0.01
    loss: str = "smooth_l1"
    batch_size: int = 32
    epochs: int = 1
    retrainings: int = 1000


@dataclass
class Model:
    """Parameters and optimizer state, by the names of the model file."""

    tensors: dict = field(default_factory=dict)

    @staticmethod
    def zero(settings):
        shapes = {"fc.weight": (1, settings.degree + 1), "fc.bias": (1,)}
        return Model({name: np.zeros(shape, settings.dtype) for name, shape in shapes.items()})

    def predict(self, settings, x):
        """In the precision of the parameters: the weighted features are added in ascending degree, then the bias."""
        dtype = settings.dtype
        total = dtype(0)
        for weight, value in zip(self.tensors["fc.weight"][0], features(settings.basis, settings.degree, dtype(x))):
            total = dtype(total + dtype(weight * value))
        return float(dtype(total + self.tensors["fc.bias"][0]))


def draw_samples(settings, first):
    x = np.array([uniform_angle(settings.seed, SAMPLE, first + i, settings.dtype) for i in range(settings.total)])
    return x, np.sin(x.astype(np.float64)).astype(settings.dtype)


def train(settings, model, x, y):
    """One retraining without shuffling, by PyTorch; changes the model."""
    import torch

    torch.set_num_threads(1)
    kind = torch.float32 if settings.dtype == np.float32 else torch.float64
    linear = torch.nn.Linear(settings.degree + 1, 1, dtype=kind)
    names = {"fc.weight": linear.weight, "fc.bias": linear.bias}
    with torch.no_grad():
        for name, parameter in names.items():
            parameter.copy_(torch.from_numpy(model.tensors[name]))
    optimizer = make_optimizer(torch, settings, model, names)
    loss = torch.nn.SmoothL1Loss() if settings.loss == "smooth_l1" else torch.nn.MSELoss()
    inputs = torch.from_numpy(features(settings.basis, settings.degree, x))
    targets = torch.from_numpy(y.reshape(-1, 1))
    for _ in range(settings.epochs):
        for first in range(0, len(x), settings.batch_size):
            batch = slice(first, first + settings.batch_size)
            optimizer.zero_grad()
            loss(linear(inputs[batch]), targets[batch]).backward()
            optimizer.step()
    for name, parameter in names.items():
        model.tensors[name] = parameter.detach().numpy().copy()
        for key, value in optimizer.state[parameter].items():
            if key in ("exp_avg", "exp_avg_sq"):
                model.tensors[f"adam.{key}.{name}"] = value.numpy().copy()
            if key == "step":
                model.tensors["adam.step"] = np.int64(float(value))


def make_optimizer(torch, settings, model, names):
    if settings.trainer == "sgd":
        return torch.optim.SGD(names.values(), lr=settings.learning_rate)
    optimizer = torch.optim.Adam(names.values(), lr=settings.learning_rate, betas=BETAS, eps=ADAM_EPSILON)
    if "adam.step" in model.tensors:
        for name, parameter in names.items():
            optimizer.state[parameter] = {
                "step": torch.tensor(float(model.tensors["adam.step"])),
                "exp_avg": torch.from_numpy(model.tensors[f"adam.exp_avg.{name}"].copy()),
                "exp_avg_sq": torch.from_numpy(model.tensors[f"adam.exp_avg_sq.{name}"].copy()),
            }
    return optimizer


def whole_run(settings, model):
    """The loop with the difference gate: (query, x, answer, approximation, attempts) of each answer; changes the model."""
    answers = []
    retrainings = 0
    for query in range(settings.accepted):
        x = float(uniform_angle(settings.seed, QUERY, query, settings.dtype))
        approximation = taylor_sine(x, settings.terms)
        attempts = 1
        answer = model.predict(settings, x)
        while abs(answer - approximation) > settings.tolerance:
            if retrainings == settings.retrainings:
                return answers, retrainings
            train(settings, model, *draw_samples(settings, retrainings * settings.total))
            retrainings += 1
            attempts += 1
            answer = model.predict(settings, x)
        answers.append((query, x, answer, approximation, attempts))
    return answers, retrainings
