// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/parallel/block_sum.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/core/index_range.hpp>
#include <ailoop/parallel/agreement.hpp>
#include <ailoop/parallel/mpi_call.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>

namespace ailoop {

namespace {

constexpr int word_bits = 62;  // a sum keeps a sign and one more
/// Scales that their factors leave normal numbers.
constexpr int least_scale = -900;
constexpr int largest_scale = 1024;
/// A number is large from so far below its scale on; where none is, the scale gets finer.
constexpr int room_bits = 8;
constexpr int finer_bits = 6;

/// Numbers whose scales get finer together: how many ranks had a large one among them stands in the message.
constexpr std::int64_t group = 16;

/// What stands behind them.
enum Count : std::size_t { clipped, not_finite, failed, n_counts };

std::int64_t groups_of(std::int64_t numbers) { return (numbers + group - 1) / group; }

std::int64_t message_length(std::int64_t numbers, int words) {
  return numbers * words + groups_of(numbers) + std::int64_t{n_counts};
}

/// 2^exponent, of a normal number.
double power_of_two(int exponent) {
  constexpr int bias = 1023;
  constexpr int fraction_bits = 52;
  return std::bit_cast<double>(static_cast<std::int64_t>(exponent + bias) << fraction_bits);
}

/// The exponent of the least power of two above a magnitude; the largest one for what is not finite.
int scale_above(double magnitude) {
  if (!std::isfinite(magnitude)) {
    return largest_scale;
  }
  int exponent = 0;
  std::frexp(magnitude, &exponent);
  return magnitude == 0.0 ? least_scale : std::clamp(exponent, least_scale, largest_scale);
}

}  // namespace

void find_largest(const Communicator& comm, std::span<double> numbers) {
  for (double& number : numbers) {
    number = std::isnan(number) ? std::numeric_limits<double>::infinity() : number;
  }
  AILOOP_MPI(
      MPI_Allreduce(MPI_IN_PLACE, numbers.data(), static_cast<int>(numbers.size()), MPI_DOUBLE, MPI_MAX, comm.get()));
}

double BlockSum::bytes(std::int64_t numbers, int words) {
  return static_cast<double>(numbers) * sizeof(std::int16_t) +
         static_cast<double>(message_length(numbers, words)) * sizeof(std::int64_t);
}

BlockSum::BlockSum(const Communicator& comm, std::int64_t numbers, int words)
    : m_comm(comm),
      m_size(numbers),
      m_words(words),
      m_scales(as_size(numbers)),
      m_message(as_size(message_length(numbers, words))) {
  AILOOP_REQUIRE(std::ssize(m_message) <= std::numeric_limits<int>::max(), "BlockSum: MPI counts numbers in an int");
}

void BlockSum::scale_to(std::span<const double> largest) {
  std::ranges::transform(largest, m_scales.begin(), scale_above);
  m_has_scales = true;
}

std::span<std::int64_t> BlockSum::counts() { return std::span(m_message).last(n_counts); }

void BlockSum::find_scales(FunctionRef<void(const Add&)> partial) {
  std::vector<double> largest(as_size(m_size));
  agreed(m_comm, "training", [&] {
    partial([&](std::span<const double> numbers) {
      for (std::size_t k = 0; k < numbers.size(); ++k) {
        const double magnitude = std::abs(numbers[k]);
        largest[k] = magnitude <= largest[k] ? largest[k] : magnitude;  // NaN is the largest, and stays
      }
    });
  });
  find_largest(m_comm, largest);
  scale_to(largest);
}

void BlockSum::add_up(std::int64_t blocks, FunctionRef<void(const Add&)> partial, std::span<double> sums) {
  const auto numbers = std::span(m_message).first(as_size(m_size));
  for (;;) {
    std::ranges::fill(m_message, 0);
    if (blocks > 1 && !m_has_scales) {
      find_scales(partial);
    }
    m_bits = word_bits - static_cast<int>(std::bit_width(as_size(std::max<std::int64_t>(blocks, 1) - 1)));
    const auto failure = failure_of("training", [&] {
      partial([&](std::span<const double> of_block) {
        if (blocks == 1) {
          std::ranges::transform(of_block, numbers.begin(), [](double x) { return std::bit_cast<std::int64_t>(x); });
        } else {
          m_words == 1 ? add<1>(of_block) : add<2>(of_block);
        }
      });
    });
    send(failure.has_value());
    if (counts()[failed] > 0) {
      agree_or_throw(m_comm, failure);
    }
    if (counts()[not_finite] > 0) {
      std::ranges::fill(sums, std::numeric_limits<double>::quiet_NaN());
      return;
    }
    if (blocks <= 1) {
      std::ranges::transform(numbers, sums.begin(), [](std::int64_t bits) { return std::bit_cast<double>(bits); });
      return;
    }
    if (counts()[clipped] == 0) {
      take(sums);
      return;
    }
    m_has_scales = false;
  }
}

template <int words>
void BlockSum::add(std::span<const double> numbers) {
  const double limit = power_of_two(m_bits);
  const std::int64_t size = m_size;
  const double* const from = numbers.data();
  const std::int16_t* const scales = m_scales.data();
  std::int64_t* const whole_words = m_message.data();
  std::int64_t* const rest_words = whole_words + size;
  std::int64_t* const large = whole_words + size * words;
  bool all_fit = true;
  for (std::int64_t first = 0; first < size; first += group) {
    std::int64_t seen = 0;  // bits that are set in a magnitude
    for (std::int64_t k = first; k < std::min(first + group, size); ++k) {
      const double scaled = from[k] * power_of_two(m_bits - scales[k]);
      const bool fits = std::abs(scaled) < limit;
      all_fit = all_fit && fits;
      const auto whole = static_cast<std::int64_t>(fits ? scaled : 0.0);
      whole_words[k] += whole;
      seen |= whole ^ (whole >> 63);
      if constexpr (words == 2) {
        rest_words[k] += fits ? static_cast<std::int64_t>((scaled - static_cast<double>(whole)) * limit) : 0;  // exact
      }
    }
    large[first / group] |= seen >> (m_bits - room_bits) != 0 ? 1 : 0;
  }
  if (!all_fit) {
    const bool are_finite = std::ranges::all_of(numbers, [](double number) { return std::isfinite(number); });
    ++counts()[are_finite ? clipped : not_finite];
  }
}

void BlockSum::send(bool has_failed) {
  counts()[failed] = has_failed ? 1 : 0;
  if (m_comm.size() > 1) {
    AILOOP_MPI(MPI_Allreduce(MPI_IN_PLACE, m_message.data(), static_cast<int>(m_message.size()), MPI_INT64_T, MPI_SUM,
                             m_comm.get()));
  }
}

void BlockSum::take(std::span<double> sums) {
  const double fraction = power_of_two(-m_bits);
  const std::int64_t* const large = m_message.data() + m_size * m_words;
  const std::int64_t* const rest_words = m_message.data() + m_size;
  for (std::int64_t k = 0; k < m_size; ++k) {
    const std::int64_t whole = m_message[as_size(k)];
    auto sum = static_cast<double>(whole);
    if (m_words == 2) {
      const auto rounded_off = static_cast<double>(whole - static_cast<std::int64_t>(sum));
      sum += rounded_off + static_cast<double>(rest_words[k]) * fraction;
    }
    sums[as_size(k)] = sum * power_of_two(m_scales[as_size(k)] - m_bits);
  }
  for (std::int64_t g = 0; g < groups_of(m_size); ++g) {
    for (std::int64_t k = g * group; large[g] == 0 && k < std::min((g + 1) * group, m_size); ++k) {
      m_scales[as_size(k)] = static_cast<std::int16_t>(std::max(m_scales[as_size(k)] - finer_bits, least_scale));
    }
  }
}

}  // namespace ailoop
