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

/// Whether numbers were large is counted rank by rank, four sums in an integer.
constexpr std::int64_t flags_of_word = 4;
constexpr int flag_bits = 16;
constexpr int most_ranks = (1 << (flag_bits - 1)) - 1;  // and none reaches the next flag, or the sign

/// What stands behind them.
enum Count : std::size_t { clipped, not_finite, failed, n_counts };

std::int64_t flag_words(std::int64_t numbers) { return (numbers + flags_of_word - 1) / flags_of_word; }

std::int64_t message_length(std::int64_t numbers, int words) {
  return numbers * words + flag_words(numbers) + std::int64_t{n_counts};
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

void find_largest(const Communicator* comm, std::span<double> numbers) {
  for (double& number : numbers) {
    number = std::isnan(number) ? std::numeric_limits<double>::infinity() : number;
  }
  if (comm != nullptr) {
    AILOOP_MPI(MPI_Allreduce(MPI_IN_PLACE, numbers.data(), static_cast<int>(numbers.size()), MPI_DOUBLE, MPI_MAX,
                             comm->get()));
  }
}

double BlockSum::bytes(std::int64_t numbers, int words) {
  return static_cast<double>(numbers) * (sizeof(std::int16_t) + sizeof(double)) +
         static_cast<double>(message_length(numbers, words)) * sizeof(std::int64_t);
}

BlockSum::BlockSum(const Communicator* comm, std::int64_t numbers, int words)
    : m_comm(comm),
      m_size(numbers),
      m_words(words),
      m_scales(as_size(numbers)),
      m_factors(as_size(numbers)),
      m_message(as_size(message_length(numbers, words))) {
  AILOOP_REQUIRE(comm == nullptr || comm->size() <= most_ranks, "BlockSum: at most 32767 ranks");
  AILOOP_REQUIRE(std::ssize(m_message) <= std::numeric_limits<int>::max(), "BlockSum: MPI counts numbers in an int");
}

void BlockSum::scale_to(std::span<const double> largest) {
  std::ranges::transform(largest, m_scales.begin(), scale_above);
  m_has_scales = true;
}

void BlockSum::find_scales(FunctionRef<void(const Add&)> partial) {
  std::vector<double> largest(as_size(m_size));
  const auto failure = failure_of("training", [&] {
    partial([&](std::span<const double> numbers) {
      for (std::size_t k = 0; k < numbers.size(); ++k) {
        const double magnitude = std::abs(numbers[k]);
        largest[k] = magnitude <= largest[k] ? largest[k] : magnitude;  // NaN is the largest, and stays
      }
    });
  });
  if (m_comm != nullptr) {
    agree_or_throw(*m_comm, failure);
  }
  find_largest(m_comm, largest);
  scale_to(largest);
}

void BlockSum::add_up(std::int64_t blocks, FunctionRef<void(const Add&)> partial, std::span<double> sums) {
  const auto numbers = std::span(m_message).first(as_size(m_size));
  for (;;) {
    std::ranges::fill(m_message, 0);
    std::int64_t* const counts = m_message.data() + std::ssize(m_message) - std::int64_t{n_counts};
    if (blocks > 1 && !m_has_scales) {
      find_scales(partial);
    }
    m_bits = word_bits - static_cast<int>(std::bit_width(as_size(std::max<std::int64_t>(blocks, 1) - 1)));
    for (std::size_t k = 0; k < numbers.size(); ++k) {
      m_factors[k] = std::ldexp(1.0, m_bits - m_scales[k]);
    }
    const auto failure = failure_of("training", [&] {
      partial([&](std::span<const double> of_block) {
        if (blocks == 1) {
          std::ranges::transform(of_block, numbers.begin(), [](double x) { return std::bit_cast<std::int64_t>(x); });
        } else {
          add(of_block);
        }
      });
    });
    counts[failed] = failure ? 1 : 0;
    send();
    if (counts[failed] > 0) {
      if (m_comm != nullptr) {
        agree_or_throw(*m_comm, failure);
      }
      throw AgreedError(failure->kind, failure->message);
    }
    if (counts[not_finite] > 0) {
      std::ranges::fill(sums, std::numeric_limits<double>::quiet_NaN());
      return;
    }
    if (blocks <= 1) {
      std::ranges::transform(numbers, sums.begin(), [](std::int64_t bits) { return std::bit_cast<double>(bits); });
      return;
    }
    if (counts[clipped] == 0) {
      take(sums);
      return;
    }
    forget_scales();
  }
}

void BlockSum::add(std::span<const double> numbers) {
  const double limit = std::ldexp(1.0, m_bits);
  const double large = std::ldexp(1.0, m_bits - room_bits);
  std::int64_t* const flags = m_message.data() + m_size * m_words;
  std::int64_t* const counts = m_message.data() + std::ssize(m_message) - std::int64_t{n_counts};
  for (std::int64_t k = 0; k < m_size; ++k) {
    const double scaled = numbers[as_size(k)] * m_factors[as_size(k)];
    const double magnitude = std::abs(scaled);
    if (!(magnitude < limit)) {
      ++counts[std::isfinite(numbers[as_size(k)]) ? clipped : not_finite];
      continue;
    }
    const auto whole = static_cast<std::int64_t>(scaled);
    m_message[as_size(k)] += whole;
    if (m_words == 2) {  // the difference is exact
      m_message[as_size(m_size + k)] += static_cast<std::int64_t>((scaled - static_cast<double>(whole)) * limit);
    }
    if (magnitude >= large) {
      flags[k / flags_of_word] |= std::int64_t{1} << (flag_bits * (k % flags_of_word));
    }
  }
}

void BlockSum::send() {
  if (m_comm != nullptr && m_comm->size() > 1) {
    AILOOP_MPI(MPI_Allreduce(MPI_IN_PLACE, m_message.data(), static_cast<int>(m_message.size()), MPI_INT64_T, MPI_SUM,
                             m_comm->get()));
  }
}

void BlockSum::take(std::span<double> sums) {
  const double fraction = std::ldexp(1.0, -m_bits);
  const std::int64_t* const flags = m_message.data() + m_size * m_words;
  constexpr std::int64_t flag = (1 << flag_bits) - 1;
  for (std::int64_t k = 0; k < m_size; ++k) {
    const std::int64_t whole = m_message[as_size(k)];
    const auto rounded = static_cast<double>(whole);
    double rest = static_cast<double>(whole - static_cast<std::int64_t>(rounded));
    if (m_words == 2) {
      rest += static_cast<double>(m_message[as_size(m_size + k)]) * fraction;
    }
    sums[as_size(k)] = (rounded + rest) / m_factors[as_size(k)];
    if ((flags[k / flags_of_word] >> (flag_bits * (k % flags_of_word)) & flag) == 0) {
      m_scales[as_size(k)] = static_cast<std::int16_t>(std::max(m_scales[as_size(k)] - finer_bits, least_scale));
    }
  }
}

}  // namespace ailoop
