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

namespace ailoop {

namespace {

/// Row-major.
class Matrix {
 public:
  using View = Kokkos::View<double**, Kokkos::LayoutRight, Kokkos::HostSpace, Kokkos::MemoryTraits<Kokkos::Unmanaged>>;

  Matrix(std::int64_t rows, std::int64_t columns)
      : m_rows(as_size(rows)), m_columns(as_size(columns)), m_numbers(m_rows * m_columns) {}

  [[nodiscard]] std::int64_t rows() const { return static_cast<std::int64_t>(m_rows); }
  [[nodiscard]] std::int64_t columns() const { return static_cast<std::int64_t>(m_columns); }
  double& operator()(std::int64_t i, std::int64_t j) { return m_numbers[index(i, j)]; }
  double operator()(std::int64_t i, std::int64_t j) const { return m_numbers[index(i, j)]; }
  /// What Kokkos Kernels works on.
  [[nodiscard]] View view() { return View(m_numbers.data(), m_rows, m_columns); }

 private:
  [[nodiscard]] std::size_t index(std::int64_t i, std::int64_t j) const { return as_size(i) * m_columns + as_size(j); }

  std::size_t m_rows;
  std::size_t m_columns;
  std::vector<double> m_numbers;
};

/// The largest sum of a column's absolute values; NaN if a number is.
double norm_1(const Matrix& a) {
  double largest = 0.0;
  for (std::int64_t j = 0; j < a.columns(); ++j) {
    double sum = 0.0;
    for (std::int64_t i = 0; i < a.rows(); ++i) {
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
    for (std::int64_t j = 0; j < a.rows(); ++j) {
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
    Matrix inverse(m_lu.rows(), m_lu.rows());
    for (std::int64_t j = 0; j < m_lu.rows(); ++j) {
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
      : m_columns(layout.columns),
        m_outputs(layout.outputs),
        m_scale(as_size(layout.columns)),
        m_matrix(layout.columns, layout.columns),
        m_right(layout.columns, layout.outputs) {
    const auto number = [&](std::int64_t index) { return sums[as_size(index)]; };
    for (std::int64_t j = 0; j < m_columns; ++j) {
      const double square = number(layout.gram(j, j));
      scale(j) = square > 0.0 ? 1.0 / std::sqrt(square) : 0.0;  // a column of zeros does nothing
      for (std::int64_t k = 0; k < j; ++k) {
        m_matrix(j, k) = number(layout.gram(j, k)) * scale(j) * scale(k);
        m_matrix(k, j) = m_matrix(j, k);
      }
      m_matrix(j, j) = (std::isfinite(square) ? 1.0 : square) + (j == unpenalised ? 0.0 : ridge);
      for (std::int64_t o = 0; o < m_outputs; ++o) {
        m_right(j, o) = number(layout.right_side(o, j)) * scale(j);
      }
    }
  }

  [[nodiscard]] const Matrix& left() const { return m_matrix; }

  /// \return (outputs, columns) of the columns as they were
  [[nodiscard]] std::vector<double> solution(Factors& factors) const {
    Matrix x = m_right;
    Matrix residual(m_columns, m_outputs);
    factors.solve(x);
    for (std::int64_t j = 0; j < m_columns; ++j) {
      for (std::int64_t o = 0; o < m_outputs; ++o) {
        double rest = m_right(j, o);
        for (std::int64_t k = 0; k < m_columns; ++k) {
          rest -= m_matrix(j, k) * x(k, o);
        }
        residual(j, o) = rest;
      }
    }
    factors.solve(residual);
    std::vector<double> coefficients(as_size(m_outputs * m_columns));
    for (std::int64_t o = 0; o < m_outputs; ++o) {
      for (std::int64_t j = 0; j < m_columns; ++j) {
        coefficients[as_size(o * m_columns + j)] = (x(j, o) + residual(j, o)) * scale(j);
      }
    }
    return coefficients;
  }

 private:
  [[nodiscard]] double& scale(std::int64_t j) { return m_scale[as_size(j)]; }
  [[nodiscard]] double scale(std::int64_t j) const { return m_scale[as_size(j)]; }

  std::int64_t m_columns;
  std::int64_t m_outputs;
  std::vector<double> m_scale;
  Matrix m_matrix;
  Matrix m_right;
};

}  // namespace

double singular_ridge(std::int64_t columns) {
  return 16.0 * static_cast<double>(columns) * std::numeric_limits<double>::epsilon();
}

NormalSolution solve_normal_equations(const kernels::NormalLayout& layout, std::span<const double> sums, double ridge,
                                      std::optional<std::int64_t> unpenalised) {
  AILOOP_REQUIRE(static_cast<std::int64_t>(sums.size()) == layout.length(),
                 "solve_normal_equations: sums must be those of the layout");
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
