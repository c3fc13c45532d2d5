// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <ailoop/problem/sine_problem.hpp>
#include <ailoop/sampling/sample_set.hpp>
#include <ailoop/storage/archive.hpp>
#include <ailoop/surrogate/polynomial_surrogate.hpp>
#include <ailoop/training/gradient_trainer.hpp>

#include <cmath>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

namespace ailoop::test {

/// `count` samples of the sine on [-2, 2], deterministic, in the precision T.
template <class T>
[[nodiscard]] SampleSet sine_samples(std::int64_t count) {
  SampleSet samples(precision_of<T>, count, 1, 1);
  const auto& rows = std::get<ArrayOf<T>>(samples.rows());
  for (std::int64_t i = 0; i < count; ++i) {
    const T x = static_cast<T>(-2 + 4 * std::fmod(0.6180339887 * static_cast<double>(i + 1), 1.0));
    rows(i, 0) = x;
    rows(i, 1) = static_cast<T>(std::sin(static_cast<double>(x)));
  }
  return samples;
}

/// A polynomial with its trainer.
struct TrainingCase {
  TrainingCase(const PolynomialSettings& polynomial, const OptimizerSettings& optimizer,
               const TrainingSettings& settings, std::uint64_t seed = 42,
               const Facts& facts = SineProblem({.terms = 4}).facts())
      : surrogate(make_polynomial(polynomial, facts)),
        trainer(std::make_unique<GradientTrainer>(optimizer, settings, TrainerContext{Execution::host_threads, seed},
                                                  *surrogate)) {}

  std::unique_ptr<LinearSurrogate> surrogate;
  std::unique_ptr<GradientTrainer> trainer;
};

/// Reads, or changes, everything that an object shows to an archive, as doubles.
class ArchiveOfNumbers final : public Archive {
 public:
  void tensor(std::string_view name, std::span<const std::int64_t> /*shape*/, const ArchiveValues& values) override {
    std::visit([&](auto of_type) { exchange(name, of_type); }, values);
  }

  std::map<std::string, std::vector<double>> numbers;  ///< filled by showing; with `restore`, what is given back
  bool restore = false;

 private:
  template <class T>
  void exchange(std::string_view name, std::span<T> values) {
    std::vector<double>& mine = numbers[std::string(name)];
    if (!restore) {
      mine.assign(values.begin(), values.end());
      return;
    }
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] = static_cast<T>(mine.at(i));
    }
  }
};

/// Parameters and optimizer state.
[[nodiscard]] inline std::map<std::string, std::vector<double>> everything_of(TrainingCase& training) {
  ArchiveOfNumbers archive;
  show_parameters(*training.surrogate, archive);
  training.trainer->state(archive);
  return archive.numbers;
}

inline void restore(TrainingCase& training, const std::map<std::string, std::vector<double>>& numbers) {
  ArchiveOfNumbers archive;
  archive.numbers = numbers;
  archive.restore = true;
  show_parameters(*training.surrogate, archive);
  training.trainer->state(archive);
}

}  // namespace ailoop::test
