// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/training/normal_equations_solver.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/core/index_range.hpp>

// The only file that includes Kokkos Kernels.
#include <KokkosBatched_LU_Decl.hpp>
#include <KokkosBatched_LU_Serial_Impl.hpp>
#include <KokkosBatched_Trsm_Decl.hpp>
#include <Kokkos_Core.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace ailoop {

namespace {

/// Row-major; zeros at first.
struct Matrix {
  using View = Kokkos::View<double**, Kokkos::LayoutRight, Kokkos::HostSpace, Kokkos::MemoryTraits<Kokkos::Unmanaged>>;

  Matrix(std::int64_t n_rows, std::int64_t n_columns)
      : rows(n_rows), columns(n_columns), numbers(as_size(rows * columns)) {}

  double& operator()(std::int64_t i, std::int64_t j) { return numbers[as_size(i * columns + j)]; }
  double operator()(std::int64_t i, std::int64_t j) const { return numbers[as_size(i * columns + j)]; }
  /// What Kokkos Kernels works on.
  [[nodiscard]] View view() { return View(numbers.data(), as_size(rows), as_size(columns)); }

  std::int64_t rows;
  std::int64_t columns;
  std::vector<double> numbers;
};

/// The largest sum of a column's absolute values; NaN if a number is.
double norm_1(const Matrix& a) {
  double largest = 0.0;
  for (std::int64_t j = 0; j < a.columns; ++j) {
    double sum = 0.0;
    for (std::int64_t i = 0; i < a.rows; ++i) {
      sum += std::abs(a(i, j));
    }
    largest = sum <= largest ? largest : sum;
  }
  return largest;
}

/// Factors of a symmetric positive definite matrix, which needs no pivoting.
class Factors {
 public:
  /// \param[in] a its diagonal gets `more`
  Factors(const Matrix& a, double more) : m_lu(a) {
    for (std::int64_t j = 0; j < a.rows; ++j) {
      m_lu(j, j) += more;
    }
    m_norm = norm_1(m_lu);
    KokkosBatched::SerialLU<KokkosBatched::Algo::LU::Blocked>::invoke(m_lu.view());
  }

  /// b = inverse times b.
  void solve(Matrix& b) {
    using KokkosBatched::Diag;
    using KokkosBatched::SerialTrsm;
    using KokkosBatched::Side;
    using KokkosBatched::Trans;
    using KokkosBatched::Uplo;
    using Algorithm = KokkosBatched::Algo::Trsm::Blocked;
    SerialTrsm<Side::Left, Uplo::Lower, Trans::NoTranspose, Diag::Unit, Algorithm>::invoke(1.0, m_lu.view(), b.view());
    SerialTrsm<Side::Left, Uplo::Upper, Trans::NoTranspose, Diag::NonUnit, Algorithm>::invoke(1.0, m_lu.view(),
                                                                                              b.view());
  }

  /// In the 1-norm, of the explicit inverse; infinite where a pivot shows that the matrix is not positive definite.
  [[nodiscard]] double condition() {
    Matrix inverse(m_lu.rows, m_lu.rows);
    for (std::int64_t j = 0; j < m_lu.rows; ++j) {
      if (m_lu(j, j) <= 0.0) {
        return std::numeric_limits<double>::infinity();
      }
      inverse(j, j) = 1.0;
    }
    solve(inverse);
    return m_norm * norm_1(inverse);
  }

 private:
  Matrix m_lu;
  double m_norm = 0.0;
};

/// The equations with columns scaled to unit length.
class ScaledEquations {
 public:
  ScaledEquations(const kernels::NormalLayout& layout, std::span<const double> sums, double ridge,
                  std::optional<std::int64_t> unpenalised)
      : m_scale(layout.columns, 1), m_matrix(layout.columns, layout.columns), m_right(layout.columns, layout.outputs) {
    const auto number = [&](std::int64_t index) { return sums[as_size(index)]; };
    for (std::int64_t j = 0; j < layout.columns; ++j) {
      const double square = number(layout.gram(j, j));
      m_scale(j, 0) = square > 0.0 ? 1.0 / std::sqrt(square) : 0.0;  // a column of zeros does nothing
      for (std::int64_t k = 0; k < j; ++k) {
        m_matrix(j, k) = number(layout.gram(j, k)) * m_scale(j, 0) * m_scale(k, 0);
        m_matrix(k, j) = m_matrix(j, k);
      }
      m_matrix(j, j) = (std::isfinite(square) ? 1.0 : square) + (j == unpenalised ? 0.0 : ridge);
      for (std::int64_t o = 0; o < layout.outputs; ++o) {
        m_right(j, o) = number(layout.right_side(o, j)) * m_scale(j, 0);
      }
    }
  }

  [[nodiscard]] const Matrix& left() const { return m_matrix; }

  /// \return (outputs, columns) of the columns as they were
  [[nodiscard]] std::vector<double> solution(Factors& factors) const {
    const auto [columns, outputs] = std::pair(m_right.rows, m_right.columns);
    Matrix x = m_right;
    factors.solve(x);
    Matrix residual = m_right;
    for (std::int64_t j = 0; j < columns; ++j) {
      for (std::int64_t o = 0; o < outputs; ++o) {
        for (std::int64_t k = 0; k < columns; ++k) {
          residual(j, o) -= m_matrix(j, k) * x(k, o);
        }
      }
    }
    factors.solve(residual);
    Matrix coefficients(outputs, columns);
    for (std::int64_t o = 0; o < outputs; ++o) {
      for (std::int64_t j = 0; j < columns; ++j) {
        coefficients(o, j) = (x(j, o) + residual(j, o)) * m_scale(j, 0);
      }
    }
    return coefficients.numbers;
  }

 private:
  Matrix m_scale;  // of one column
  Matrix m_matrix;
  Matrix m_right;
};

}  // namespace

double singular_ridge(std::int64_t columns) {
  return 16.0 * static_cast<double>(columns) * std::numeric_limits<double>::epsilon();
}

NormalSolution solve_normal_equations(const kernels::NormalLayout& layout, std::span<const double> sums, double ridge,
                                      std::optional<std::int64_t> unpenalised) {
  AILOOP_REQUIRE(std::ssize(sums) == layout.length(), "solve_normal_equations: sums must be those of the layout");
  AILOOP_REQUIRE(ridge >= 0.0, "solve_normal_equations: the ridge must not be negative");
  const ScaledEquations equations(layout, sums, ridge, unpenalised);
  Factors factors(equations.left(), 0.0);
  NormalSolution solution;
  solution.condition = factors.condition();
  if (solution.condition < 1.0 / singular_ridge(layout.columns)) {
    solution.coefficients = equations.solution(factors);
    return solution;
  }
  Factors safe(equations.left(), singular_ridge(layout.columns));
  solution.is_singular = true;
  solution.coefficients = equations.solution(safe);
  return solution;
}

}  // namespace ailoop
