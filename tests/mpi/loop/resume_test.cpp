// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/test/loop_case.hpp>

#include <gmock/gmock.h>

#include <functional>

namespace ailoop {
namespace {

using test::LoopCase;

/// How a loop is set up, the same each time.
struct Setting {
  std::string name;
  Limits limits;
  OnFailure on_failure = OnFailure::stop;
  std::function<void(LoopCase&)> prepare;
  bool everywhere = false;
};

void use_certified(LoopCase& loop) {
  loop.certified = true;
  loop.problem.set_bound([](double x) { return x > 0.6 ? 0.06 : 0.001; });  // inconclusive where x is large
}

void use_certified_and_be_off(LoopCase& loop) {
  use_certified(loop);
  loop.surrogate.slope = 1.2;
}

std::vector<Setting> settings_of_roles() {
  const auto off_by = [](double slope) { return [slope](LoopCase& loop) { loop.surrogate.slope = slope; }; };
  return {
      {"one at a time", {.accepted = 3}, OnFailure::stop, off_by(1.2)},
      {"in batches", {.accepted = 9, .batch = 4}, OnFailure::stop, off_by(1.2)},
      {"certified", {.accepted = 9, .batch = 4}, OnFailure::stop, use_certified_and_be_off},
      {"failing truths are skipped",
       {.accepted = 8, .batch = 3},
       OnFailure::skip,
       [](LoopCase& loop) {
         use_certified_and_be_off(loop);
         loop.problem.fails_at = [](double x) { return x > 0.8 && x < 0.9; };
       }},
      {"the truth answers",
       {.accepted = 4, .batch = 2, .retrainings_per_query = 1, .on_exhausted = OnExhausted::truth},
       OnFailure::stop,
       off_by(3.0)},
      {"retrainings are vain",
       {.accepted = 7, .batch = 2, .on_stagnation = OnStagnation::set_aside},
       OnFailure::stop,
       [](LoopCase& loop) {
         loop.surrogate.slope = 1.1;
         loop.trainer.reach_everywhere = 0.0105;  // the first queries are off by more
       }},
      {"gives up", {.accepted = 4, .batch = 2, .retrainings_per_query = 1}, OnFailure::stop, off_by(3.0)},
  };
}

/// Each in both layouts.
std::vector<Setting> settings() {
  std::vector<Setting> all = settings_of_roles();
  for (Setting setting : settings_of_roles()) {
    setting.name += ", everywhere";
    setting.everywhere = true;
    all.push_back(setting);
  }
  return all;
}

/// What a run did.
struct Done {
  Outcome outcome;
  bool has_failed = false;
  std::vector<std::string> events;
  double slope = 0.0;
};

/// One part of a run: stops before action number `actions`, and what it saved then.
struct Part {
  Done done;
  SavedState saved;
};

/// \param[in] break_it makes something fail
Part run_part(
    const Setting& setting, std::int64_t actions, const SavedState* saved,
    const std::function<void(LoopCase&)>& break_it = [](LoopCase&) {}) {
  LoopCase loop(MPI_COMM_WORLD, setting.on_failure);
  setting.prepare(loop);
  loop.everywhere = setting.everywhere;
  break_it(loop);
  Part part;
  Checkpointing checkpointing;
  checkpointing.is_wanted_to_stop = [&] { return actions-- <= 0; };
  checkpointing.save = [&](const SavedState& state) { part.saved = state; };
  if (saved != nullptr) {
    loop.surrogate.slope = -7.0;  // everything comes from the saved state
  }
  try {
    part.done.outcome = loop.run(setting.limits, checkpointing, saved, saved != nullptr);
  } catch (const AgreedError&) {
    part.done.has_failed = true;
  }
  part.done.events = loop.witness.events;
  part.done.slope = loop.surrogate.slope;
  return part;
}

constexpr std::int64_t to_the_end = 1'000'000;

TEST(Resume, AfterAnyActionGivesTheUninterruptedRun) {
  for (const Setting& setting : settings()) {
    SCOPED_TRACE(setting.name);
    const Done whole = run_part(setting, to_the_end, nullptr).done;
    ASSERT_NE(whole.outcome.end, End::interrupted);
    std::int64_t actions = 0;
    for (;; ++actions) {
      const Part first = run_part(setting, actions, nullptr);
      if (first.done.outcome.end != End::interrupted) {
        break;
      }
      const Done second = run_part(setting, to_the_end, &first.saved).done;
      EXPECT_EQ(second.outcome.end, whole.outcome.end);
      if (LoopCase().leads()) {
        SCOPED_TRACE("interrupted before action " + std::to_string(actions));
        EXPECT_EQ(second.outcome.tally, whole.outcome.tally);
        EXPECT_EQ(second.outcome.unanswered, whole.outcome.unanswered);
        EXPECT_EQ(second.outcome.limit, whole.outcome.limit);
        EXPECT_EQ(second.slope, whole.slope);
        std::vector<std::string> events = first.done.events;
        ASSERT_EQ(events.back(), "interrupted");
        events.pop_back();
        events.insert(events.end(), second.events.begin(), second.events.end());
        EXPECT_EQ(events, whole.events);
      }
    }
    EXPECT_GE(actions, 3);
  }
}

TEST(Resume, RunsAreTheSameInBothLayouts) {
  for (Setting setting : settings_of_roles()) {
    SCOPED_TRACE(setting.name);
    const Done roles = run_part(setting, to_the_end, nullptr).done;
    const Part interrupted = run_part(setting, 1, nullptr);
    setting.everywhere = true;
    const Done everywhere = run_part(setting, to_the_end, nullptr).done;
    const Done resumed = run_part(setting, to_the_end, &interrupted.saved).done;
    EXPECT_EQ(everywhere.outcome.end, roles.outcome.end);
    if (LoopCase().leads()) {
      EXPECT_EQ(everywhere.events, roles.events);
      EXPECT_EQ(everywhere.outcome.tally, roles.outcome.tally);
      EXPECT_EQ(everywhere.outcome.unanswered, roles.outcome.unanswered);
      EXPECT_EQ(everywhere.slope, roles.slope);
      EXPECT_EQ(resumed.outcome.tally, roles.outcome.tally) << "from a checkpoint of the other layout";
    }
  }
}

/// Events that stay: what a failed run says of its end, and of a retraining that it did not finish, is cut off.
std::vector<std::string> kept_events(std::vector<std::string> events) {
  EXPECT_EQ(events.back(), "failed");
  events.pop_back();
  if (!events.empty() && events.back().starts_with("retraining")) {
    events.pop_back();
  }
  return events;
}

TEST(Resume, AfterAFailureTheActionThatFailedIsDoneAgain) {
  using Hook = std::function<void(LoopCase&, std::int64_t count)>;
  // the `count`-th time that each part is at work it fails, on a rank that has to do with it
  const std::vector<std::pair<std::string, Hook>> faults = {
      {"prediction",
       [](LoopCase& loop, std::int64_t count) {
         loop.surrogate.before_predicting = [left = count]() mutable {
           if (left-- == 0) throw NumericalError("no prediction");
         };
       }},
      {"training",
       [](LoopCase& loop, std::int64_t count) {
         loop.trainer.before_fitting = [&loop, left = count](const SampleSet&) mutable {
           if (left-- == 0) {
             loop.surrogate.slope = 99.0;
             throw DependencyError("no training");
           }
         };
       }},
  };
  for (const Setting& setting : settings()) {
    SCOPED_TRACE(setting.name);
    const Done whole = run_part(setting, to_the_end, nullptr).done;
    for (const auto& [name, hook] : faults) {
      for (std::int64_t count = 0;; ++count) {
        SCOPED_TRACE(name + " number " + std::to_string(count));
        const Part first = run_part(setting, to_the_end, nullptr, [&](LoopCase& loop) { hook(loop, count); });
        if (!first.done.has_failed) {
          break;
        }
        const Done second = run_part(setting, to_the_end, &first.saved).done;
        EXPECT_EQ(second.outcome.end, whole.outcome.end);
        if (LoopCase().leads()) {
          EXPECT_EQ(second.outcome.tally, whole.outcome.tally);
          EXPECT_EQ(second.slope, whole.slope);
          std::vector<std::string> events = kept_events(first.done.events);
          events.insert(events.end(), second.events.begin(), second.events.end());
          EXPECT_EQ(events, whole.events);
        }
      }
    }
  }
}

TEST(Resume, MoreAnswersThanWereWantedGiveTheRunThatWantedThemFromTheStart) {
  for (const std::int64_t batch : {1, 4}) {
    for (const std::int64_t accepted : {1, 5, 8}) {
      SCOPED_TRACE("batch " + std::to_string(batch) + ", " + std::to_string(accepted) + " answers");
      Setting setting{"", {.accepted = 10, .batch = batch}, OnFailure::stop, use_certified_and_be_off};
      const Done whole = run_part(setting, to_the_end, nullptr).done;
      setting.limits.accepted = accepted;
      std::int64_t actions = 0;
      for (bool is_over = false; !is_over; ++actions) {
        const Part first = run_part(setting, actions, nullptr);
        is_over = first.done.outcome.end == End::converged;
        Setting more = setting;
        more.limits.accepted = 10;
        const Done second = run_part(more, to_the_end, &first.saved).done;
        if (LoopCase().leads()) {
          EXPECT_EQ(second.outcome.tally, whole.outcome.tally);
          EXPECT_EQ(second.slope, whole.slope);
          // the events of the end; those before are what a file keeps up to the saved length
          ASSERT_LE(second.events.size(), whole.events.size());
          EXPECT_TRUE(std::equal(second.events.rbegin(), second.events.rend(), whole.events.rbegin()));
        }
      }
      EXPECT_GE(actions, 3);
    }
  }
}

TEST(Resume, ARunStopsWhenItsTimeIsUp) {
  LoopCase loop(MPI_COMM_WORLD);
  loop.surrogate.slope = 1.2;
  const Outcome outcome = loop.run({.accepted = 3, .wall_seconds = 1e-9});
  EXPECT_EQ(outcome.end, End::interrupted);
  if (loop.leads()) {
    EXPECT_EQ(outcome.limit, LimitReached::wall_seconds);
    EXPECT_EQ(outcome.tally.checks, 1) << "something is done, however short the time is";
  }
}

TEST(Resume, ASavedStateOfAnotherRunIsRefusedOnAllRanks) {
  Part part = run_part(settings().front(), 3, nullptr);
  std::erase_if(part.saved.now.tensors, [](const Tensor& tensor) { return tensor.name == "tally.checks"; });
  EXPECT_TRUE(run_part(settings().front(), to_the_end, &part.saved).done.has_failed);
}

}  // namespace
}  // namespace ailoop
