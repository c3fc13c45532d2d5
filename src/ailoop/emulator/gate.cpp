#include <ailoop/emulator/gate.hpp>

namespace ailoop {

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::accepted:
      return "accepted";
    case Verdict::rejected:
      return "rejected";
    case Verdict::inconclusive:
      return "inconclusive";
  }
  return "";
}

Judgement Gate::judge(std::span<const double> surrogate, std::span<const double> approximation,
                      std::span<const double> bound) const {
  const auto row = [](std::span<const double> numbers) {
    return ConstArray{numbers.data(), 1, static_cast<std::int64_t>(numbers.size())};
  };
  Judgement judgement;
  judge({row(surrogate), row(approximation), row(bound)},
        {std::span(&judgement.verdict, 1), std::span(&judgement.error, 1), std::span(&judgement.allowed, 1)});
  return judgement;
}

}  // namespace ailoop
