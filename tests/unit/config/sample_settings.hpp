// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/config/settings_reader.hpp>
#include <ailoop/config/visitor.hpp>
#include <ailoop/config/yaml_loader.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ailoop::test {

/// A program's settings with every type of setting, a kind with settings of its own, and an exclusive pair.

class SampleKind : public Kind {
 public:
  [[nodiscard]] virtual double amplitude() const = 0;
};

class Sine final : public SampleKind {
 public:
  void describe(Visitor& v) override {
    v.field("terms", m_terms, between(1, 64), Affects::result, "terms of the series [1]");
  }
  [[nodiscard]] double amplitude() const override { return 1.0; }
  [[nodiscard]] std::int64_t terms() const { return m_terms; }

 private:
  std::int64_t m_terms = 4;
};

struct Scaling {
  double amplitude = 2.0;
};

inline void describe(Visitor& v, Scaling& s) {
  v.field("amplitude", s.amplitude, between(0.0, 10.0), Affects::result, "height of the wave [m]");
}

class Wave final : public SampleKind {
 public:
  void describe(Visitor& v) override {
    v.fields_of(m_scaling);
    v.section("medium", "what it travels through",
              [&] { v.field("name", m_medium, text(), Affects::result, "name of the medium"); });
  }
  [[nodiscard]] double amplitude() const override { return m_scaling.amplitude; }

 private:
  Scaling m_scaling;
  std::string m_medium = "water";
};

inline const Registry<SampleKind>& sample_registry() {
  static const Registry<SampleKind> registry = [] {
    Registry<SampleKind> out;
    out.add({"sine", "the sine of one angle", [] { return std::make_unique<Sine>(); }});
    out.add({"wave", "a wave in a medium", [] { return std::make_unique<Wave>(); }});
    return out;
  }();
  return registry;
}

enum class Gate { difference, certified };

inline Choices<Gate> gate_choices() {
  return choices<Gate>(
      {{Gate::difference, "difference", "compares the two"}, {Gate::certified, "certified", "uses the bound as well"}});
}

struct Training {
  double learning_rate = 0.01;
  std::int64_t epochs = 1;
  bool shuffle = true;
  std::optional<double> weight_decay;
};

inline void describe(Visitor& v, Training& s) {
  v.field("learning_rate", s.learning_rate, greater_than(0.0), Affects::result, "step size of Adam [1]");
  v.field("epochs", s.epochs, between(1, 1'000'000), Affects::result, "passes over the samples in a retraining [1]");
  v.field("shuffle", s.shuffle, any(), Affects::result, "whether batches are drawn in random order");
  v.field("weight_decay", s.weight_decay, at_least(0.0), Affects::result, "weight decay [1]");
}

struct Lists {
  std::vector<double> tolerance = {0.05};
  std::vector<std::int64_t> layers = {8, 4};
  std::optional<std::vector<std::string>> columns;
  std::optional<std::vector<PathSetting>> files;
};

inline void describe(Visitor& v, Lists& s) {
  v.field("tolerance", s.tolerance, one_or_list(greater_than(0.0)), Affects::result, "of each component [1]");
  v.field("layers", s.layers, list_of(between(1, 64), between(1, 3)), Affects::result, "widths of the layers [1]");
  v.field("columns", s.columns, list_of(any()), Affects::result, "names of columns");
  v.field("files", s.files, list_of(text()), Affects::result, "files to read");
}

struct SampleSettings {
  std::int64_t schema = 1;
  std::uint64_t seed = 42;
  KindChoice<SampleKind> problem;
  Gate gate = Gate::difference;
  std::optional<std::int64_t> per_rank = 32;
  std::optional<std::int64_t> total;
  Training training;
  std::optional<PathSetting> initial;
  KindChoice<SampleKind> second{"sine", nullptr};
  std::optional<std::string> directory;
  std::string label = "run";
  std::int64_t threads = 0;
  Lists lists;
};

inline void describe(Visitor& v, SampleSettings& s) {
  v.field("schema", s.schema, between(1, 1), Affects::result, "version of these keys", Presence::required);
  v.field("seed", s.seed, any(), Affects::result, "seed of every random number");
  v.section("problem", "what is simulated",
            [&] { v.kind("name", s.problem, sample_registry(), Affects::result, "which problem"); });
  v.section("loop", "when an answer is good enough",
            [&] { v.field("gate", s.gate, gate_choices(), Affects::result, "how answers are judged"); });
  v.section("sampling", "what is drawn for a retraining", [&] {
    v.field("per_rank", s.per_rank, between(1, 1'000'000'000), Affects::result, "samples a rank [1]");
    v.field("total", s.total, between(1, 1'000'000'000), Affects::result, "samples in all [1]");
    v.exclusive("per_rank", "total");
  });
  v.section("training", "how the surrogate learns", [&] { describe(v, s.training); });
  v.section("surrogate", "what is trained", [&] {
    v.field("initial", s.initial, text(), Affects::result, "model to start from");
    v.section("second", "another problem",
              [&] { v.kind("kind", s.second, sample_registry(), Affects::result, "which one"); });
  });
  v.section("output", "what a run leaves behind", [&] {
    v.field("directory", s.directory, text(), Affects::output, "folder of the run");
    v.field("label", s.label, any(), Affects::output, "free text");
  });
  v.section("ranks", "who does what",
            [&] { v.field("threads", s.threads, between(0, 4096), Affects::execution, "threads a rank, 0: all [1]"); });
  v.section("lists", "more than one of each", [&] { describe(v, s.lists); });
}

/// The smallest configuration that is complete, two lines, with further lines behind it.
inline std::string with_start(const std::string& yaml = "") { return "schema: 1\nproblem: {name: sine}\n" + yaml; }

/// Settings that start from their defaults.
template <class S>
[[nodiscard]] S read_settings(const Node& root) {
  S settings{};
  ailoop::read_settings(root, settings);
  return settings;
}

inline SampleSettings read_sample(const std::string& yaml, const std::string& source = "config/sample.yaml") {
  return read_settings<SampleSettings>(load_yaml(yaml, source));
}

/// Message of the ConfigurationError that `action` throws; a text that says so where it throws none.
template <class Action>
std::string message_of(const Action& action) {
  try {
    action();
  } catch (const ConfigurationError& error) {
    return error.what();
  }
  return "nothing was refused";
}

}  // namespace ailoop::test
