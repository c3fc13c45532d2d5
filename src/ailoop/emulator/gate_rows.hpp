// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/emulator/gate.hpp>
#include <ailoop/kernels/kokkos_compat.hpp>

#include <Kokkos_Core.hpp>

#include <cstdint>
#include <limits>

/// \file
/// How the gates of this folder judge a query, on the host or in a kernel.

namespace ailoop::detail {

KOKKOS_INLINE_FUNCTION double next_up(double value) {
  return kernels::nextafter(value, std::numeric_limits<double>::infinity());
}
KOKKOS_INLINE_FUNCTION double next_down(double value) {
  return kernels::nextafter(value, -std::numeric_limits<double>::infinity());
}
KOKKOS_INLINE_FUNCTION double not_negative(double value) { return value > 0.0 ? value : 0.0; }

/// The worst of several components.
struct Worst {
  double part = -1.0;
  double error = 0.0;
  double allowed = 0.0;

  KOKKOS_INLINE_FUNCTION void add(double of_error, double of_allowed) {
    const double of_part = of_error == 0.0 ? 0.0 : of_error / of_allowed;
    if (part < 0.0 || (part == part && !(of_part <= part))) {  // NaN stays
      *this = {of_part, of_error, of_allowed};
    }
  }
};

/// A tolerance where the kernel is.
struct ToleranceThere {
  const double* absolute = nullptr;
  bool is_one_for_all = true;
  double relative = 0.0;

  [[nodiscard]] KOKKOS_INLINE_FUNCTION double of(std::int64_t output) const {
    return absolute[is_one_for_all ? 0 : output];
  }
};

/// Some queries, their judgements and the tolerance, all in one memory.
struct Judging {
  const double* surrogate;
  const double* approximation;
  const double* bound;
  std::int64_t outputs;
  ToleranceThere tolerance;
  Verdict* verdicts;
  double* errors;
  double* allowed;

  KOKKOS_INLINE_FUNCTION void put(std::int64_t i, Verdict verdict, const Worst& worst) const {
    verdicts[i] = verdict;
    errors[i] = worst.error;
    allowed[i] = worst.allowed;
  }
};

/// NaN and infinity are rejected.
KOKKOS_INLINE_FUNCTION Verdict compare(double error, double allowed) {
  constexpr double largest = std::numeric_limits<double>::max();
  return error <= (allowed < largest ? allowed : largest) ? Verdict::accepted : Verdict::rejected;
}

struct Difference {
  Judging judging;

  KOKKOS_INLINE_FUNCTION void operator()(std::int64_t i) const {
    const ToleranceThere& tolerance = judging.tolerance;
    Worst worst;
    Verdict verdict = Verdict::accepted;
    for (std::int64_t o = 0; o < judging.outputs; ++o) {
      const double approximation = judging.approximation[i * judging.outputs + o];
      const double error = kernels::fabs(judging.surrogate[i * judging.outputs + o] - approximation);
      const double allowed =
          tolerance.of(o) + (tolerance.relative > 0.0 ? tolerance.relative * kernels::fabs(approximation) : 0.0);
      worst.add(error, allowed);
      verdict = compare(error, allowed) == Verdict::accepted ? verdict : Verdict::rejected;
    }
    judging.put(i, verdict, worst);
  }
};

KOKKOS_INLINE_FUNCTION Verdict certify(double surrogate, double approximation, double bound, double least,
                                       double most) {
  if (!kernels::isfinite(surrogate)) {
    return Verdict::rejected;
  }
  if (!kernels::isfinite(approximation) || !(bound >= 0.0)) {
    return Verdict::inconclusive;
  }
  // the difference and each sum are off by less than one step
  const double difference = kernels::fabs(surrogate - approximation);
  if (next_up(next_up(difference) + bound) <= least) {
    return Verdict::accepted;
  }
  if (next_down(next_down(difference) - bound) > most) {
    return Verdict::rejected;
  }
  return Verdict::inconclusive;
}

struct Certified {
  Judging judging;

  KOKKOS_INLINE_FUNCTION void operator()(std::int64_t i) const {
    Worst worst;
    Verdict verdict = Verdict::accepted;
    for (std::int64_t o = 0; o < judging.outputs; ++o) {
      const std::int64_t k = i * judging.outputs + o;
      const double surrogate = judging.surrogate[k];
      const double approximation = judging.approximation[k];
      const double bound = judging.bound[k];
      // the least and the most that a truth allows which is within the bound of the approximation, rounded outwards
      const double absolute = judging.tolerance.of(o);
      double least = absolute;
      double most = absolute;
      if (const double relative = judging.tolerance.relative; relative != 0.0) {
        const double size = kernels::fabs(approximation);
        least = not_negative(
            next_down(absolute + not_negative(next_down(relative * not_negative(next_down(size - bound))))));
        most = next_up(absolute + next_up(relative * next_up(size + bound)));
      }
      worst.add(kernels::fabs(surrogate - approximation), least);
      const Verdict of_output = certify(surrogate, approximation, bound, least, most);
      verdict = verdict == Verdict::rejected || of_output == Verdict::accepted ? verdict : of_output;
    }
    judging.put(i, verdict, worst);
  }
};

}  // namespace ailoop::detail
