// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <gmock/gmock.h>

#include <cmath>
#include <cstddef>
#include <iterator>
#include <ostream>
#include <ranges>
#include <utility>
#include <vector>

namespace ailoop::test {

/// Matches a range of numbers as long as `expected` in which every element a and its expected value e satisfy
/// |a - e| <= rtol |e| + atol. NaN matches nothing; an infinity matches itself.
template <class Expected>
class NearMatcher {
 public:
  using is_gtest_matcher = void;

  NearMatcher(std::vector<Expected> expected, double rtol, double atol)
      : m_expected(std::move(expected)), m_rtol(rtol), m_atol(atol) {}

  template <class Range>
  bool MatchAndExplain(const Range& range, std::ostream* os) const {  // NOLINT(readability-identifier-naming)
    std::size_t i = 0;
    for (const auto& actual : range) {
      if (i < m_expected.size() && !is_near(static_cast<double>(actual), static_cast<double>(m_expected[i]))) {
        explain(os, i, static_cast<double>(actual));
        return false;
      }
      ++i;
    }
    if (i != m_expected.size() && os != nullptr) {
      *os << "which has " << i << " elements";
    }
    return i == m_expected.size();
  }

  void DescribeTo(std::ostream* os) const {  // NOLINT(readability-identifier-naming)
    *os << "is within " << m_rtol << " |expected| + " << m_atol << " of " << ::testing::PrintToString(m_expected);
  }

  void DescribeNegationTo(std::ostream* os) const {  // NOLINT(readability-identifier-naming)
    *os << "is not within " << m_rtol << " |expected| + " << m_atol << " of " << ::testing::PrintToString(m_expected);
  }

 private:
  [[nodiscard]] bool is_near(double actual, double expected) const {
    return actual == expected || std::abs(actual - expected) <= m_rtol * std::abs(expected) + m_atol;
  }

  void explain(std::ostream* os, std::size_t i, double actual) const {
    if (os == nullptr) {
      return;
    }
    const auto expected = static_cast<double>(m_expected[i]);
    const auto precision = os->precision(17);
    *os << "whose element " << i << " is " << actual << " where " << expected << " is expected, off by ";
    os->precision(precision);
    *os << std::abs(actual - expected);
  }

  std::vector<Expected> m_expected;
  double m_rtol;
  double m_atol;
};

/// \param expected  the numbers to compare with
/// \param rtol      allowed difference relative to each expected number [1]
/// \param atol      allowed difference in the unit of the numbers
template <std::ranges::input_range Range>
[[nodiscard]] auto near(const Range& expected, double rtol, double atol = 0.0) {
  using Value = std::ranges::range_value_t<Range>;
  return NearMatcher<Value>(std::vector<Value>(std::ranges::begin(expected), std::ranges::end(expected)), rtol, atol);
}

}  // namespace ailoop::test
