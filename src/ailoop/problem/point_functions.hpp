// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/core/error.hpp>
#include <ailoop/kernels/concepts.hpp>
#include <ailoop/kernels/launch.hpp>
#include <ailoop/kernels/range.hpp>
#include <ailoop/problem/array_view.hpp>
#include <ailoop/problem/problem.hpp>

#include <Kokkos_Core.hpp>

#include <concepts>
#include <cstdint>

/// \file
/// A user's functions of one point, whichever form they have, and the kernels that call them for a batch of points.

namespace ailoop::detail {

// Each of the user's functions as a callable, so that what follows is written once for all three.

struct CallTruth {
  template <class P, class... Arguments>
  KOKKOS_FUNCTION auto operator()(const P& problem, Arguments... arguments) const
      -> decltype(problem.truth(arguments...)) {
    return problem.truth(arguments...);
  }
};

struct CallApproximation {
  std::int64_t share = 0;

  template <class P, class... Arguments>
  KOKKOS_FUNCTION auto operator()(const P& problem, Arguments... arguments) const
      -> decltype(problem.approximation(share, arguments...)) {
    return problem.approximation(share, arguments...);
  }
};

struct CallApproximationError {
  template <class P, class... Arguments>
  KOKKOS_FUNCTION auto operator()(const P& problem, Arguments... arguments) const
      -> decltype(problem.approximation_error(arguments...)) {
    return problem.approximation_error(arguments...);
  }
};

/// double f(double x): one input, one output.
template <class Call, class P>
concept FromNumber = requires(const Call& call, const P& problem, double x) {
  { call(problem, x) } -> std::same_as<double>;
};

/// double f(const double* x): several inputs, one output.
template <class Call, class P>
concept ToNumber = requires(const Call& call, const P& problem, const double* x) {
  { call(problem, x) } -> std::same_as<double>;
};

/// void f(const double* x, double* y): several inputs and outputs.
template <class Call, class P>
concept ToPoint = requires(const Call& call, const P& problem, const double* x, double* y) {
  { call(problem, x, y) } -> std::same_as<void>;
};

/// PointStatus f(const double* x, double* y): the same, and it can fail.
template <class Call, class P>
concept ToPointOrFailure = requires(const Call& call, const P& problem, const double* x, double* y) {
  { call(problem, x, y) } -> std::same_as<PointStatus>;
};

template <class Call, class P>
concept HasForm = FromNumber<Call, P> || ToNumber<Call, P> || ToPoint<Call, P>;

/// Calls the function at one point.
template <class Call, class P>
KOKKOS_FUNCTION PointStatus evaluate(const Call& call, const P& problem, const double* x, double* y) {
  if constexpr (FromNumber<Call, P>) {
    y[0] = call(problem, x[0]);
  } else if constexpr (ToNumber<Call, P>) {
    y[0] = call(problem, x);
  } else if constexpr (ToPointOrFailure<Call, P>) {
    return call(problem, x, y);
  } else {
    call(problem, x, y);
  }
  return PointStatus::valid;
}

/// Each thread takes the next point when it has finished one: for functions whose cost differs from point to point.
template <ExecutionSpace Space>
[[nodiscard]] auto uneven_points(const Space& space, std::int64_t n) {
  return Kokkos::RangePolicy<Space, Kokkos::IndexType<std::int64_t>, Kokkos::Schedule<Kokkos::Dynamic>>(
      space, 0, n, Kokkos::ChunkSize(1));
}

/// \param[in]  policy   range or uneven_points; enqueues only, never fences
/// \param[in]  x        (n, dimension)
/// \param[out] y        (n, outputs)
/// \param[out] statuses (n) written only where the truth can say that it failed, and does
template <ExecutionSpace Space, class Policy, class P>
void truth_of_points(const Policy& policy, const P& problem, const ConstMatrixView<Space>& x,
                     const MatrixView<Space>& y, const StatusView<Space>& statuses) {
  Kokkos::parallel_for(
      "ailoop::make_problem::truth", policy, KOKKOS_LAMBDA(const std::int64_t i) {
        if (evaluate(CallTruth{}, problem, &x(i, 0), &y(i, 0)) == PointStatus::failed) {
          statuses(i) = PointStatus::failed;
        }
      });
}

/// \param[out] y (n, outputs) one share of the approximation
template <ExecutionSpace Space, class P>
void approximation_of_points(const Space& space, std::int64_t share, const P& problem, const ConstMatrixView<Space>& x,
                             const MatrixView<Space>& y) {
  kernels::for_each_point(
      "ailoop::make_problem::approximation", space, kernels::length(x),
      KOKKOS_LAMBDA(const std::int64_t i) { evaluate(CallApproximation{share}, problem, &x(i, 0), &y(i, 0)); });
}

/// \param[in]     more (n, outputs)
/// \param[in,out] y    (n, outputs) to which it is added
template <ExecutionSpace Space>
void add_points(const Space& space, const MatrixView<Space>& more, const MatrixView<Space>& y) {
  kernels::for_each_point(
      "ailoop::make_problem::add", space, kernels::length(y), KOKKOS_LAMBDA(const std::int64_t i) {
        for (std::int64_t o = 0; o < kernels::length(y, 1); ++o) y(i, o) += more(i, o);
      });
}

/// \param[out] y (n, 1) all shares, added in ascending order
template <ExecutionSpace Space, class P>
void approximation_sum_of_points(const Space& space, std::int64_t shares, const P& problem,
                                 const ConstMatrixView<Space>& x, const MatrixView<Space>& y) {
  kernels::for_each_point(
      "ailoop::make_problem::approximation_sum", space, kernels::length(x), KOKKOS_LAMBDA(const std::int64_t i) {
        double sum = 0.0;
        evaluate(CallApproximation{0}, problem, &x(i, 0), &sum);
        for (std::int64_t share = 1; share < shares; ++share) {
          double more = 0.0;
          evaluate(CallApproximation{share}, problem, &x(i, 0), &more);
          sum += more;
        }
        y(i, 0) = sum;
      });
}

/// \param[out] e (n, outputs) the bound
template <ExecutionSpace Space, class P>
void approximation_error_of_points(const Space& space, const P& problem, const ConstMatrixView<Space>& x,
                                   const MatrixView<Space>& e) {
  kernels::for_each_point(
      "ailoop::make_problem::approximation_error", space, kernels::length(x),
      KOKKOS_LAMBDA(const std::int64_t i) { evaluate(CallApproximationError{}, problem, &x(i, 0), &e(i, 0)); });
}

}  // namespace ailoop::detail
