// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/config/path_setting.hpp>

#include <ailoop/core/error.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

namespace ailoop {
namespace {

using ::testing::HasSubstr;

/// An environment variable during a test.
class Variable {
 public:
  Variable(const char* name, const char* value) : m_name(name) { setenv(name, value, 1); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;
  ~Variable() { unsetenv(m_name); }

 private:
  const char* m_name;
};

std::string expanded(const std::string& written) { return PathSetting(written).expanded().string(); }

/// The message with which `written` is refused.
std::string refusal(const std::string& written) {
  try {
    static_cast<void>(expanded(written));
  } catch (const ConfigurationError& error) {
    return error.what();
  }
  return "";
}

TEST(PathSetting, PutsVariablesInWherePathsAreUsed) {
  const PathSetting path("$AILOOP_TEST_A/run-${AILOOP_TEST_B}_1");
  EXPECT_EQ(path.missing_variable(), "AILOOP_TEST_A");
  const Variable a("AILOOP_TEST_A", "/scratch");
  const Variable b("AILOOP_TEST_B", "17");
  EXPECT_EQ(path.missing_variable(), std::nullopt);
  EXPECT_EQ(path.expanded(), "/scratch/run-17_1");
  EXPECT_EQ(path.written(), "$AILOOP_TEST_A/run-${AILOOP_TEST_B}_1");
}

TEST(PathSetting, PutsInNothingTwice) {
  const Variable a("AILOOP_TEST_A", "/$AILOOP_TEST_B/~");
  EXPECT_EQ(expanded("$AILOOP_TEST_A/x"), "/$AILOOP_TEST_B/~/x");
}

TEST(PathSetting, KnowsTheHomeFolder) {
  const Variable home("HOME", "/home/me");
  EXPECT_EQ(expanded("~"), "/home/me");
  EXPECT_EQ(expanded("~/runs/a"), "/home/me/runs/a");
  EXPECT_EQ(expanded("./~/runs"), "./~/runs");
  EXPECT_EQ(expanded("runs~"), "runs~");
}

TEST(PathSetting, TakesTwoDollarsForOne) {
  EXPECT_EQ(expanded("a$$b$$$$"), "a$b$$");
  EXPECT_EQ(PathSetting::plain("a$b/~").written(), "a$$b/~");
  EXPECT_EQ(PathSetting::plain("~a").expanded(), "./~a");
}

TEST(PathSetting, RefusesWhatStandsForNothing) {
  for (const char* const written : {"a$", "$/a", "$1", "${", "${}", "${A", "${A-b}", "${1}", "$(pwd)", "$\xc3\xa4"}) {
    EXPECT_THAT(refusal(written), HasSubstr("has a $ without a name; $NAME, ${NAME}, or $$ for a dollar is allowed"))
        << written;
  }
  EXPECT_THAT(refusal("~someone/a"), HasSubstr("~someone/a begins with ~ and a name"));
  EXPECT_THAT(refusal("$AILOOP_TEST_A/a"),
              HasSubstr("$AILOOP_TEST_A/a needs the environment variable AILOOP_TEST_A, which is not set"));
  const Variable empty("AILOOP_TEST_A", "");
  EXPECT_THAT(refusal("$AILOOP_TEST_A/a"), HasSubstr("AILOOP_TEST_A")) << "/a is not what was meant";
}

TEST(PathSetting, IsSeenFromAFolderUnlessItIsAbsolute) {
  const auto seen = [](const std::string& written) { return PathSetting(written).seen_from("/c$d").written(); };
  EXPECT_EQ(seen("../a/./b"), "/a/b");
  EXPECT_EQ(seen("a"), "/c$$d/a");
  EXPECT_EQ(seen("/a$$b"), "/a$$b");
  EXPECT_EQ(seen("~/a"), "~/a");
  EXPECT_EQ(seen("$AILOOP_TEST_A/a"), "$AILOOP_TEST_A/a") << "where it is set it may be absolute";
  const Variable relative("AILOOP_TEST_A", "data");
  EXPECT_EQ(seen("$AILOOP_TEST_A/a"), "/c$$d/$AILOOP_TEST_A/a");
  EXPECT_EQ(seen("x-$AILOOP_TEST_A"), "/c$$d/x-$AILOOP_TEST_A");
  const Variable absolute("AILOOP_TEST_B", "/data");
  EXPECT_EQ(seen("$AILOOP_TEST_B/$AILOOP_TEST_A"), "$AILOOP_TEST_B/$AILOOP_TEST_A");
}

}  // namespace
}  // namespace ailoop
