// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/core/binomial_interval.hpp>

#include <cmath>

namespace ailoop {

namespace {

/// Probability of at most k successes in n trials, each with probability p > k / n: from the term of k on down, the
/// terms fall.
double at_most(std::int64_t count, double n, double p) {
  const auto most = static_cast<double>(count);
  const double ways = std::lgamma(n + 1) - std::lgamma(most + 1) - std::lgamma(n - most + 1);
  double term = std::exp(ways + most * std::log(p) + (n - most) * std::log1p(-p));
  double sum = 0.0;
  for (std::int64_t successes = count; term > 1e-17 * sum; --successes) {
    const auto k = static_cast<double>(successes);
    sum += term;
    term *= k / (n - k + 1) * (1 - p) / p;
  }
  return sum;
}

/// The probability at which so few successes happen in 2.5 % of all cases.
double upper_end(std::int64_t count, std::int64_t trials) {
  if (count >= trials) {
    return 1.0;
  }
  const auto n = static_cast<double>(trials);
  double lower = static_cast<double>(count) / n;
  double upper = 1.0;
  while (upper - lower > 1e-12 * upper) {
    const double middle = (lower + upper) / 2;
    (at_most(count, n, middle) > 0.025 ? lower : upper) = middle;
  }
  return upper;
}

}  // namespace

ProbabilityInterval binomial_interval(std::int64_t count, std::int64_t trials) {
  return trials == 0 ? ProbabilityInterval{}
                     : ProbabilityInterval{1.0 - upper_end(trials - count, trials), upper_end(count, trials)};
}

}  // namespace ailoop
