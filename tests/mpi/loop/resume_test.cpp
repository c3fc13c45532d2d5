#include <ailoop/storage/safetensors_archive.hpp>
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
};

void use_certified(LoopCase& loop) {
  loop.gate = GateMode::certified;
  loop.problem.set_bound([](double x) { return x > 0.6 ? 0.06 : 0.001; });  // inconclusive where x is large
}

std::vector<Setting> settings() {
  const auto off_by = [](double slope) { return [slope](LoopCase& loop) { loop.surrogate.slope = slope; }; };
  return {
      {"one at a time", {.accepted = 3}, OnFailure::stop, off_by(1.2)},
      {"in batches", {.accepted = 9, .batch = 4}, OnFailure::stop, off_by(1.2)},
      {"certified",
       {.accepted = 9, .batch = 4},
       OnFailure::stop,
       [](LoopCase& loop) {
         use_certified(loop);
         loop.surrogate.slope = 1.2;
       }},
      {"failing truths are skipped",
       {.accepted = 8, .batch = 3},
       OnFailure::skip,
       [](LoopCase& loop) {
         use_certified(loop);
         loop.surrogate.slope = 1.2;
         loop.problem.fails_at = [](double x) { return x > 0.8 && x < 0.9; };
       }},
      {"the truth answers",
       {.accepted = 4, .batch = 2, .retrainings_per_query = 1, .on_exhausted = OnExhausted::truth},
       OnFailure::stop,
       off_by(3.0)},
      {"gives up", {.accepted = 4, .batch = 2, .retrainings_per_query = 1}, OnFailure::stop, off_by(3.0)},
  };
}

/// What a run did.
struct Done {
  Outcome outcome;
  std::vector<std::string> events;
  double slope = 0.0;
};

/// One part of a run: stops before action number `actions`, and what it saved then.
struct Part {
  Done done;
  SafetensorsFile saved;
};

Part run_part(const Setting& setting, std::int64_t actions, const SafetensorsFile* saved) {
  LoopCase loop(MPI_COMM_WORLD, setting.on_failure);
  setting.prepare(loop);
  Part part;
  Checkpointing checkpointing;
  checkpointing.is_wanted_to_stop = [&] { return actions-- <= 0; };
  checkpointing.save = [&](const auto& show) {
    part.saved = {};
    SafetensorsWriter writer(part.saved);
    show(writer);
  };
  std::optional<SafetensorsReader> reader;
  if (saved != nullptr) {
    loop.surrogate.slope = -7.0;  // everything comes from the saved state
    reader.emplace(*saved);
  }
  part.done.outcome = loop.run(setting.limits, checkpointing, reader ? &*reader : nullptr, saved != nullptr);
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
  std::erase_if(part.saved.tensors, [](const Tensor& tensor) { return tensor.name == "tally.checks"; });
  EXPECT_THROW(run_part(settings().front(), to_the_end, &part.saved), AgreedError);
}

}  // namespace
}  // namespace ailoop
