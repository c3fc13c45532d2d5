#include <ailoop/training/model_snapshot.hpp>

#include <ailoop/core/error.hpp>

#include <algorithm>

namespace ailoop {

namespace {

/// Appends the bytes of every array.
class Recorder final : public Archive {
 public:
  explicit Recorder(std::vector<std::byte>& bytes) : m_bytes(bytes) {}

  void tensor(std::string_view /*name*/, std::span<const std::int64_t> /*shape*/,
              const ArchiveValues& values) override {
    std::visit(
        [&](auto numbers) {
          const auto bytes = std::as_bytes(numbers);
          m_bytes.insert(m_bytes.end(), bytes.begin(), bytes.end());
        },
        values);
  }

 private:
  std::vector<std::byte>& m_bytes;
};

/// Fills every array from the bytes, in the same order.
class Player final : public Archive {
 public:
  explicit Player(std::span<const std::byte> bytes) : m_bytes(bytes) {}

  void tensor(std::string_view /*name*/, std::span<const std::int64_t> /*shape*/,
              const ArchiveValues& values) override {
    std::visit(
        [&](auto numbers) {
          const auto target = std::as_writable_bytes(numbers);
          AILOOP_REQUIRE(target.size() <= m_bytes.size(), "ModelSnapshot: taken of another model");
          std::ranges::copy(m_bytes.first(target.size()), target.begin());
          m_bytes = m_bytes.subspan(target.size());
        },
        values);
  }

 private:
  std::span<const std::byte> m_bytes;
};

}  // namespace

void ModelSnapshot::take(Surrogate& surrogate, Trainer& trainer) {
  m_bytes.clear();
  Recorder recorder(m_bytes);
  show_parameters(surrogate, recorder);
  trainer.state(recorder);
}

void ModelSnapshot::restore(Surrogate& surrogate, Trainer& trainer) const {
  Player player(m_bytes);
  show_parameters(surrogate, player);
  trainer.state(player);
}

}  // namespace ailoop
