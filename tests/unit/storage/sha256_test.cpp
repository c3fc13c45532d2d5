// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/storage/sha256.hpp>

#include <gmock/gmock.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace ailoop {
namespace {

// NIST, "Examples with intermediate values" of FIPS 180-4 and the vectors that accompany it.
TEST(Sha256, AgreesWithNistVectors) {
  EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(sha256_hex("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
                       "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu"),
            "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1");
}

TEST(Sha256, AgreesWithTheNistVectorOfAMillionBytes) {
  EXPECT_EQ(sha256_hex(std::string(1000000, 'a')), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

// NIST CAVP, SHA256ShortMsg: bytes that are not text.
TEST(Sha256, TakesBytesOfAnyValue) {
  EXPECT_EQ(sha256_hex("\xd3"), "28969cdfa74a12c82f3bad960b0b000aca2ac329deea5c2328ebc6f2ba9802c1");
  EXPECT_EQ(sha256_hex(std::string_view("\0", 1)), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
}

// As Python's hashlib has it: every length of the last block, and of the one before its padding.
TEST(Sha256, PadsEveryLength) {
  std::string digests;
  for (std::size_t n = 0; n < 200; ++n) digests += sha256_hex(std::string(n, 'a'));
  EXPECT_EQ(sha256_hex(digests), "019f2b9f1af27a53a1f046da7e98af2c179f431e4b5bebb000e74040917a4123");
}

}  // namespace
}  // namespace ailoop
