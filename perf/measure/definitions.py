# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The figures: what is measured, against what, and what it has to reach. One table; perf/run does what it asks for."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """A figure is the ratio of `value` to `baseline`, names of measurements, repetition by repetition; to the larger of
    `baseline` and `or_baseline` where there are two."""

    name: str
    value: str
    baseline: str | None = None
    against: str = ""  # the baseline in words
    ratio_at_most: float | None = None
    ratio_at_least: float | None = None
    value_at_most: float | None = None
    slow: bool = False  # --quick leaves it out
    or_baseline: str | None = None

    @property
    def measurements(self):
        return [name for name in (self.value, self.baseline, self.or_baseline) if name is not None]

    @property
    def better(self):
        return "higher" if self.ratio_at_least is not None else "lower"

    @property
    def target(self):
        names = ("ratio_at_most", "ratio_at_least", "value_at_most")
        return {name: getattr(self, name) for name in names if getattr(self, name) is not None}


COLLECTIVES = "bare Gather + Bcast"
TORCH = "bare LibTorch"
PYTHON = "persistent mpi4py + PyTorch"
KOKKOS_START = "MPI + Kokkos, started and stopped"
TORCH_START = "MPI + Kokkos + LibTorch, started"

# ranks: (median, 99 %) against the bare collectives
CHECK_TARGETS = {2: (1.2, 3.0), 4: (1.5, None), 5: (1.0, None), 8: (1.5, None)}


def check_figures():
    for ranks, (median, p99) in CHECK_TARGETS.items():
        for name, target in (("median", median), ("p99", p99)):
            yield Figure(
                f"check.{ranks}_ranks.{name}",
                f"check/{ranks}/ailoop/{name}",
                f"check/{ranks}/gather_bcast/{name}",
                COLLECTIVES,
                ratio_at_most=target,
            )
    for ranks in CHECK_TARGETS:
        measured = f"check_one_by_one/{ranks}"
        for name in ("median", "p99"):
            yield Figure(
                f"check.{ranks}_ranks.one_by_one.{name}",
                f"{measured}/ailoop/{name}",
                f"{measured}/gather_bcast/{name}",
                COLLECTIVES,
            )
    single = "native/single_rank_check_benchmark"
    yield Figure("check.1_rank", f"{single}/checks/manual_time", f"{single}/bare_forwards/manual_time", "bare LibTorch forward", 0.1)


def training_figures():
    program = "native/training_benchmark"
    for engine, target in (("libtorch", 1.1), ("fused", 0.01)):
        yield Figure(
            f"training.128_steps.{engine}",
            f"{program}/retraining/{engine}",
            f"{program}/bare_libtorch",
            TORCH,
            ratio_at_most=target,
        )


def kernel_figures():
    sampling = "native/sampling_benchmark"
    c_loop = ("c_loop_with_rand_and_sin", "a C loop with rand() and sin(), one core", 20)
    vector_loop = ("simd_loop_by_hand", "a vector loop written by hand", 0.9)
    # the first are drawn by one thread: no loop is 20 times as fast as one in C there
    for points, baselines in ((4096, [vector_loop]), (65536, [c_loop, vector_loop]), (2**27, [c_loop, vector_loop])):
        rate = f"{points}/real_time/items_per_second"
        for baseline, against, target in baselines:
            yield Figure(
                f"sampling.{points}.{baseline}",
                f"{sampling}/ailoop_sampler/{rate}",
                f"{sampling}/{baseline}/{rate}",
                against,
                ratio_at_least=target,
            )
    prediction = "native/prediction_benchmark"
    for basis in ("monomial", "chebyshev", "legendre", "hermite"):
        for baseline, against, target in (
            ("copy<float>", "a copy of the same bytes", 1.25),
            ("libtorch/addmm_out", f"{TORCH} on features that are there already", 1 / 15),
        ):
            yield Figure(
                f"prediction.10000000.{basis}.{baseline.split('/')[0]}",
                f"{prediction}/kernel/{basis}/10000000",
                f"{prediction}/{baseline}/10000000",
                against,
                ratio_at_most=target,
            )
    approximation = "native/approximation_benchmark"
    for points in (4096, 10_000_000):
        for name, work in (("sum/4", "sum_of_4"), ("sum/16", "sum_of_16"), ("term/3", "term_3")):
            yield Figure(
                f"taylor.{points}.{name.replace('/', '_')}",
                f"{approximation}/{name}/{points}/real_time",
                f"{approximation}/operations/{work}/{points}/real_time",
                "the series' operations at the processor's peak, or a copy of the same bytes where that is slower",
                ratio_at_most=2.0,
                or_baseline=f"{approximation}/copy/{points}/real_time",
            )
    least_squares = "native/least_squares_benchmark"
    for number in ("float", "double"):
        yield Figure(
            f"least_squares.1048576.{number}",
            f"{least_squares}/least_squares<{number}, Basis::monomial>/1048576/real_time",
            f"{least_squares}/read_only_sum<{number}>/1048576/real_time",
            "a read-only sum over x and y",
            ratio_at_most=2.0,
        )
    yield Figure(
        "least_squares.4096",
        f"{least_squares}/least_squares<float, Basis::monomial>/4096/real_time",
        f"{least_squares}/bare_libtorch/4096/real_time",
        f"128 steps in {TORCH}",
        ratio_at_most=0.001,
    )


def retraining_figures():
    for drawn_by in ("auto", "all"):
        measured, name = f"retraining/8/{drawn_by}", f"retraining.8_ranks.{drawn_by}"
        exchange = f"{measured}/exchange"
        yield Figure(f"{name}.exchange", exchange, f"{measured}/bare_steps", f"the steps in {TORCH}", 0.1)
        yield Figure(f"{name}.exchange.mpi", exchange, f"{measured}/gatherv_bcast", "bare Gatherv + Bcast", 2.0)
        yield Figure(f"{name}.train", f"{measured}/train", f"{measured}/bare_steps", TORCH)


def all_ranks_figures():
    for ranks, most in ((2, 2.0), (8, 1.15)):
        measured = f"all_ranks/{ranks}"
        plain = "an Allreduce of as many doubles"
        yield Figure(f"all_ranks.sum.{ranks}_ranks", f"{measured}/block_sum", f"{measured}/allreduce", plain, most)
    yield Figure(
        "all_ranks.least_squares.2_ranks", "all_ranks/1/fit", "all_ranks/2/fit", "2 ranks", ratio_at_least=1.7
    )


def loop_figures():
    for engine, ratio, seconds in (("libtorch", 0.4, 15e-3), ("fused", None, 2e-3)):
        yield Figure(
            f"loop.8_ranks.{engine}",
            f"loop/8/{engine}/mean",
            "loop/8/python/mean",
            PYTHON,
            ratio_at_most=ratio,
            value_at_most=seconds,
        )
    yield Figure("loop.8_ranks.libtorch.first", "loop/8/libtorch/first")
    for ranks in (2, 4, 8):
        for what, target in (("check", 1 / 50 if ranks == 2 else None), ("start", 1 / 3), ("memory", 1 / 2)):
            yield Figure(
                f"python.{ranks}_ranks.{what}",
                f"loop/{ranks}/libtorch/{what}",
                f"loop/{ranks}/python/{what}",
                PYTHON,
                ratio_at_most=target,
            )


def evaluate_figures():
    by_hand = "a loop by hand over the same points"
    many = (("sine", 1_000_000, 1.5), ("sine", 10_000_000, 1.5), ("kepler", 100_000, 1.3), ("pendulum", 1_000_000, 1.3))
    for build in ("native", "release"):
        for problem, points, target in many:
            measured, name = f"evaluate/{build}/{problem}/{points}", f"evaluate.{build}.{problem}.{points}"
            for ranks, threads in ((1, 1), (1, 2)):
                times = f"{measured}/{ranks}x{threads}"
                yield Figure(f"{name}.{threads}_threads", f"{times}/evaluate", f"{times}/hand", by_hand, target)
            one, two = (f"{measured}/{ranks}x1/evaluate" for ranks in (1, 2))
            yield Figure(f"{name}.2_ranks", two, one, "one rank", 1 / 1.8)
    for points in (0, 1, 10, 100):
        times = f"evaluate/release/sine/{points}/2x1"
        yield Figure(
            f"evaluate.release.sine.{points}.2_ranks",
            f"{times}/evaluate",
            f"{times}/floor",
            "twice a bare Allreduce and the loop by hand, and 0.2 us",
            1.0,
        )


def audit_figures():
    for problem in ("sine", "kepler", "pendulum"):
        for run, name in (("1x1", "1_threads"), ("1x2", "2_threads"), ("2x1", "2_ranks")):
            times = f"audit/{problem}/{run}"
            truths = "the audited truths and an Allreduce"
            yield Figure(f"audit.{problem}.{name}", f"{times}/audit", f"{times}/audited_truths", truths, 1.2)


def command_figures():
    for ranks in (1, 2):
        times = f"command/{ranks}"
        hand = "drawing the points and the loop by hand"
        yield Figure(f"command.{ranks}_ranks.loop", f"{times}/loop", f"{times}/by_hand", hand, 3.0)
        yield Figure(
            f"command.{ranks}_ranks.answers", f"{times}/answers", f"{times}/write", "a plain write of their bytes", 1.3
        )
    yield Figure("command.2_ranks.speedup", "command/2/loop", "command/1/loop", "one rank", 1 / 1.7)


def start_figures():
    for engine in ("libtorch", "fused"):
        yield Figure(
            f"start.model_rank.{engine}",
            f"start/1/{engine}",
            f"start/1/bare_torch/{engine}",
            TORCH_START,
            ratio_at_most=0.5,
        )
    yield Figure("start.rank_without_model", "start/2/ailoop", "start/2/bare", KOKKOS_START, ratio_at_most=1.2)
    yield Figure("memory.rank_without_model", "memory/2/ailoop", "memory/2/bare", KOKKOS_START, ratio_at_most=1.2)
    yield Figure(
        "hotlum.128_ranks.wall", "wall/128/ailoop", "wall/128/bare", KOKKOS_START, ratio_at_most=1.5, slow=True
    )


def floor_figures():
    for ranks in CHECK_TARGETS:
        for what in ("start", "gather_bcast", "reduce_bcast", "gatherv_bcast"):
            yield Figure(f"floor.{ranks}_ranks.{what}", f"floor/{ranks}/{what}")


FIGURES = [
    *check_figures(),
    *training_figures(),
    *kernel_figures(),
    *retraining_figures(),
    *all_ranks_figures(),
    *loop_figures(),
    *evaluate_figures(),
    *audit_figures(),
    *command_figures(),
    *start_figures(),
    *floor_figures(),
]
