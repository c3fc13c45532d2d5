// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/kernels/clenshaw.hpp>

#include <ailoop/kernels/counter_random.hpp>
#include <ailoop/kernels/polynomial.hpp>
#include <ailoop/test/execution_spaces.hpp>

#include "views.hpp"
#include <gmock/gmock.h>

#include <array>
#include <cmath>
#include <limits>
#include <vector>

namespace ailoop::kernels {
namespace {

using test::Matrix;
using test::vector_on;

constexpr std::array all_bases{Basis::monomial, Basis::chebyshev, Basis::legendre, Basis::hermite};

/// Numbers in [lower, upper), the same for the same stream.
template <class Real>
std::vector<Real> random_numbers(std::uint64_t stream, int n, double lower, double upper) {
  std::vector<Real> numbers;
  for (int i = 0; i < n; ++i) {
    auto random = generator<Kokkos::DefaultHostExecutionSpace>(stream, Purpose::sample, static_cast<std::uint64_t>(i));
    numbers.push_back(static_cast<Real>(uniform<double>(random, lower, upper)));
  }
  return numbers;
}

/// phi_0(x) ... phi_degree(x), each by the textbook's recurrence.
std::vector<long double> naive_features(Basis basis, int degree, long double x) {
  std::vector<long double> phi{1.0L};
  for (int k = 0; k < degree; ++k) {
    const auto order = static_cast<long double>(k);
    const long double value = phi.back();
    const long double before = k == 0 ? 0.0L : phi[phi.size() - 2];
    switch (basis) {
      case Basis::monomial:
        phi.push_back(x * value);
        break;
      case Basis::chebyshev:
        phi.push_back(k == 0 ? x : 2 * x * value - before);
        break;
      case Basis::legendre:
        phi.push_back(((2 * order + 1) * x * value - order * before) / (order + 1));
        break;
      case Basis::hermite:
        phi.push_back(2 * x * value - 2 * order * before);
        break;
    }
  }
  return phi;
}

struct Reference {
  long double value = 0.0L;
  long double bound = 0.0L;
};

/// Sum of the weighted features and the bias, with the bound of clenshaw.hpp for what `Real` makes of it.
template <class Real>
Reference reference(Basis basis, const std::vector<Real>& weights, Real bias, Real x) {
  const int degree = static_cast<int>(weights.size()) - 1;
  const auto t = static_cast<long double>(x);
  const auto phi = naive_features(basis, degree, t);
  const long double unit = std::numeric_limits<Real>::epsilon() / 2;
  Reference result;
  long double size = 0.0L;
  long double next = 0.0L;        // b_(k+1)
  long double after_next = 0.0L;  // b_(k+2)
  for (int k = degree; k >= 0; --k) {
    const auto i = static_cast<std::size_t>(k);
    const auto order = static_cast<long double>(k);
    long double slope = 1.0L;
    long double back = 0.0L;
    if (basis == Basis::chebyshev) {
      slope = k == 0 ? 1.0L : 2.0L;
      back = 1.0L;
    } else if (basis == Basis::legendre) {
      slope = (2 * order + 1) / (order + 1);
      back = (order + 1) / (order + 2);
    } else if (basis == Basis::hermite) {
      slope = 2.0L;
      back = 2 * (order + 1);
    }
    const auto weight = static_cast<long double>(weights[i]);
    const long double value = weight + slope * t * next - back * after_next;
    size += std::abs(phi[i]) * (std::abs(weight) + std::abs(slope * t * next) + std::abs(back * after_next));
    result.value += weight * phi[i];
    after_next = next;
    next = value;
  }
  const auto shift = static_cast<long double>(bias);
  result.value += shift;
  // gamma_5, twice: the bound is one for the computed b_k, and these are the exact ones
  result.bound =
      10 * unit * size + 2 * unit * (std::abs(result.value) + std::abs(shift)) + std::numeric_limits<Real>::min();
  return result;
}

template <class Space>
class Clenshaw : public ::testing::Test {};
TYPED_TEST_SUITE(Clenshaw, test::ExecutionSpaces, test::SpaceNames);

template <class Space, class Real>
std::vector<Real> predict(Basis basis, const std::vector<Real>& weights, Real bias, const std::vector<Real>& x) {
  const Matrix<Space, Real> y("y", x.size(), 1);
  polynomial(Space(), basis, PolynomialInputs{.count = 1}, static_cast<int>(weights.size()) - 1,
             test::matrix_on<Space>(weights, weights.size()), vector_on<Space>(std::vector<Real>{bias}),
             test::matrix_on<Space>(x, 1), y);
  return test::numbers_of(y);
}

template <class Space, class Real>
void test_error_bound(int degree, double largest) {
  auto x = random_numbers<Real>(5, 300, -largest, largest);
  x.insert(x.end(), {Real(0), Real(1), Real(-1), static_cast<Real>(largest), Real(1e-20)});
  for (const Basis basis : all_bases) {
    const auto weights = random_numbers<Real>(static_cast<std::uint64_t>(degree), degree + 1, -2.0, 2.0);
    const auto y = predict<Space>(basis, weights, Real(0.3), x);
    for (std::size_t i = 0; i < x.size(); ++i) {
      const Reference exact = reference(basis, weights, Real(0.3), x[i]);
      const long double error = std::abs(static_cast<long double>(y[i]) - exact.value);
      ASSERT_LE(error, exact.bound) << "basis " << static_cast<int>(basis) << ", degree " << degree << ", x " << x[i];
    }
  }
}

TYPED_TEST(Clenshaw, ErrorStaysBelowItsBoundForFewDegrees) {
  for (int degree = 0; degree <= 20; ++degree) {
    test_error_bound<TypeParam, float>(degree, 3.2);
    test_error_bound<TypeParam, double>(degree, 3.2);
  }
}

TYPED_TEST(Clenshaw, ErrorStaysBelowItsBoundForAHighDegree) {
  test_error_bound<TypeParam, double>(100, 1.0);
  test_error_bound<TypeParam, float>(30, 1.0);
}

/// The bound above grows with the |b_k|; for Chebyshev and Legendre polynomials on [-1, 1] and |weights| <= 2 the error
/// itself is small.
TYPED_TEST(Clenshaw, StaysAccurateAtHighDegreeOnTheInterval) {
  const auto weights = random_numbers<double>(9, 301, -2.0, 2.0);
  auto x = random_numbers<double>(6, 500, -1.0, 1.0);
  x.insert(x.end(), {1.0, -1.0, 1.0 - 0x1p-53, 0.999999});
  for (const Basis basis : {Basis::chebyshev, Basis::legendre}) {
    const auto y = predict<TypeParam>(basis, weights, 0.0, x);
    for (std::size_t i = 0; i < x.size(); ++i) {
      EXPECT_NEAR(y[i], static_cast<double>(reference(basis, weights, 0.0, x[i]).value), 1e-12 * 600) << x[i];
    }
  }
}

template <class Space, class Real>
void test_independence_of_the_batch(int degree) {
  const auto all = random_numbers<Real>(7, 30'001, -1.5, 1.5);
  const auto weights = random_numbers<Real>(8, degree + 1, -1.0, 1.0);
  const auto at = [&](int k) { return weights[static_cast<std::size_t>(k)]; };
  const auto bias = Real(0.7);
  for (const Basis basis : all_bases) {
    std::vector<Real> expected;
    detail::with_basis(basis, [&]<Basis kind>() {
      for (const Real x : all) expected.push_back(clenshaw<kind>(degree, at, x) + bias);
    });
    for (const std::ptrdiff_t n : {1, 2, 15, 127, 129, 1000, 29'999, 30'000, 30'001}) {
      for (const std::ptrdiff_t first : {std::ptrdiff_t{0}, 30'001 - n}) {
        const std::vector<Real> x(all.begin() + first, all.begin() + first + n);
        const std::vector<Real> y = predict<Space>(basis, weights, bias, x);
        ASSERT_TRUE(std::equal(y.begin(), y.end(), expected.begin() + first))
            << "basis " << static_cast<int>(basis) << ", degree " << degree << ", " << n << " points from " << first;
      }
    }
  }
}

TYPED_TEST(Clenshaw, HasTheBitsOfOnePointInEveryBatchAndPlace) {
  for (const int degree : {0, 1, 5, 8, 9, 17}) {
    test_independence_of_the_batch<TypeParam, float>(degree);
    test_independence_of_the_batch<TypeParam, double>(degree);
  }
}

TYPED_TEST(Clenshaw, GivesTheSameBitsToStridedScaledAndSeveralOutputs) {
  using Space = TypeParam;
  constexpr std::size_t points = 700;
  const auto table = random_numbers<double>(11, 3 * points, -3.0, 3.0);
  PolynomialInputs scaled{.count = 1};
  scaled.maps[0] = {0.25, 0.4};
  const auto weights = random_numbers<float>(12, 3 * 7, -1.0, 1.0);
  const std::vector<float> bias{0.1F, -0.2F, 0.3F};
  const Matrix<Space, double> in = test::matrix_on<Space>(table, 3);
  const Matrix<Space, double> out("out", points, 3);
  const auto column = Kokkos::subview(in, Kokkos::ALL(), std::make_pair(std::size_t{1}, std::size_t{2}));
  for (const PolynomialInputs& inputs : {PolynomialInputs{.count = 1}, scaled}) {
    for (const Basis basis : all_bases) {
      polynomial(Space(), basis, inputs, 6, test::matrix_on<Space>(weights, 7), vector_on<Space>(bias), column, out);
      const auto found = test::numbers_of(out);
      for (std::size_t o = 0; o < 3; ++o) {
        const auto row = [&](int k) { return weights[7 * o + static_cast<std::size_t>(k)]; };
        for (std::size_t i = 0; i < points; ++i) {
          const float t = inputs.maps[0](static_cast<float>(table[3 * i + 1]));
          float expected = 0.0F;
          detail::with_basis(basis, [&]<Basis kind>() { expected = clenshaw<kind>(6, row, t) + bias[o]; });
          ASSERT_EQ(found[3 * i + o], static_cast<double>(expected)) << "point " << i << ", output " << o;
        }
      }
    }
  }
}

TYPED_TEST(Clenshaw, LeavesTheRangeOfFloatAsInfinityOrNan) {
  const std::vector<float> weights(40, 1.0F);
  for (const Basis basis : all_bases) {
    for (const float y : predict<TypeParam>(basis, weights, 0.0F, std::vector<float>{1e30F, -1e30F})) {
      EXPECT_FALSE(std::isfinite(y)) << static_cast<int>(basis);
    }
  }
}

TYPED_TEST(Clenshaw, IsFiniteWhereOnlyAFeatureWithoutWeightOverflows) {
  const std::vector<float> weights{1.0F, 2.0F, 0.0F, 0.0F};
  EXPECT_THAT(predict<TypeParam>(Basis::monomial, weights, 0.0F, std::vector<float>{1e20F}),
              ::testing::ElementsAre(2e20F));
}

}  // namespace
}  // namespace ailoop::kernels
