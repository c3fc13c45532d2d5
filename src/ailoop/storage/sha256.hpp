#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace ailoop {

/// SHA-256 of bytes that come in pieces. Source: NIST FIPS 180-4.
class Sha256 {
 public:
  /// Appends to the message.
  void update(std::span<const std::byte> bytes);

  /// The same for text.
  void update(std::string_view text);

  /// Digest of all bytes so far, 64 lower-case hexadecimal digits; more may be appended afterwards.
  [[nodiscard]] std::string hex() const;

 private:
  static constexpr std::size_t block_size = 64;
  using Block = std::array<std::uint8_t, block_size>;

  void compress(const std::uint8_t* block);

  std::array<std::uint32_t, 8> m_state = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                          0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  Block m_block{};              ///< the begun block
  std::uint64_t m_n_bytes = 0;  ///< length of the message so far
};

/// SHA-256 of `bytes`, 64 lower-case hexadecimal digits.
[[nodiscard]] std::string sha256_hex(std::span<const std::byte> bytes);

/// The same for text.
[[nodiscard]] std::string sha256_hex(std::string_view text);

}  // namespace ailoop
