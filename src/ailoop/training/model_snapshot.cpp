#include <ailoop/training/model_snapshot.hpp>

#include <ailoop/core/error.hpp>

#include <algorithm>

namespace ailoop {

namespace {

/// Calls `visit` with the bytes of every array that is shown.
template <class Visit>
class ByteVisitor final : public Archive {
 public:
  explicit ByteVisitor(const Visit& visit) : m_visit(visit) {}

  void tensor(std::string_view /*name*/, std::span<const std::int64_t> /*shape*/,
              const ArchiveValues& values) override {
    std::visit([&](auto numbers) { m_visit(std::as_writable_bytes(numbers)); }, values);
  }

 private:
  const Visit& m_visit;
};

template <class Visit>
void visit_arrays(Surrogate& surrogate, Trainer& trainer, const Visit& visit) {
  ByteVisitor archive(visit);
  show_parameters(surrogate, archive);
  trainer.state(archive);
}

}  // namespace

void ModelSnapshot::take(Surrogate& surrogate, Trainer& trainer) {
  m_bytes.clear();
  visit_arrays(surrogate, trainer,
               [&](std::span<std::byte> array) { m_bytes.insert(m_bytes.end(), array.begin(), array.end()); });
}

void ModelSnapshot::restore(Surrogate& surrogate, Trainer& trainer) const {
  std::span<const std::byte> rest(m_bytes);
  visit_arrays(surrogate, trainer, [&](std::span<std::byte> array) {
    AILOOP_REQUIRE(array.size() <= rest.size(), "ModelSnapshot: taken of another model");
    std::ranges::copy(rest.first(array.size()), array.begin());
    rest = rest.subspan(array.size());
  });
}

}  // namespace ailoop
