// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/config/settings_printer.hpp>
#include <ailoop/config/settings_reader.hpp>
#include <ailoop/config/yaml_loader.hpp>
#include <ailoop/problem/make_problem.hpp>

#include "point_problems.hpp"
#include <gmock/gmock.h>

#include <vector>

namespace ailoop {
namespace {

using ::testing::HasSubstr;

/// A configuration of a problem alone.
struct OnlyAProblem {
  ProblemRegistry registry;
  KindChoice<ProblemKind> problem;
};

void describe(Visitor& v, OnlyAProblem& settings) {
  v.kind("name", settings.problem, settings.registry, Affects::result, "the problem");
}

OnlyAProblem with_geometric_and_polar() {
  OnlyAProblem settings;
  settings.registry.add(problem_entry<test::Geometric>("geometric", "a series"));
  settings.registry.add(problem_entry<test::Polar>("polar", "nothing can be set"));
  return settings;
}

TEST(ProblemEntry, ReadsTheSettingsThatItsDescriptionNames) {
  OnlyAProblem settings = with_geometric_and_polar();
  const Node root = load_yaml("{name: geometric, terms: 7, upper: 0.25}", "test.yaml");
  read_settings(root, settings);
  const auto problem = settings.problem.kind->make();
  EXPECT_EQ(problem->facts().shares, 7);
  EXPECT_EQ(problem->facts().upper, std::vector<double>{0.25});
}

TEST(ProblemEntry, ShowsTheSettingsAndTheirDefaultsInTables) {
  const std::string table = to_string(settings_table(with_geometric_and_polar()));
  EXPECT_THAT(table, HasSubstr("terms of the series, each one share [1]"));
  EXPECT_THAT(table, HasSubstr("geometric"));
}

TEST(ProblemEntry, NeedsNoDescriptionWithoutSettings) {
  OnlyAProblem settings = with_geometric_and_polar();
  const Node root = load_yaml("{name: polar}", "test.yaml");
  read_settings(root, settings);
  EXPECT_EQ(settings.problem.kind->make()->facts().dimension, 2);
}

}  // namespace
}  // namespace ailoop
