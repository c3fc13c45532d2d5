// A model file.
#include <ailoop/core/error.hpp>
#include <ailoop/storage/safetensors.hpp>

#include "fuzz_target.hpp"

#include <algorithm>
#include <span>

namespace {

void require_known_elements(const ailoop::SafetensorsFile& file, const ailoop::Tensor& tensor) {
  using ailoop::DType;
  std::size_t n_elements = 0;
  if (tensor.dtype == DType::f32) n_elements = file.values<float>(tensor.name, tensor.shape).size();
  if (tensor.dtype == DType::f64) n_elements = file.values<double>(tensor.name, tensor.shape).size();
  if (tensor.dtype == DType::i64) n_elements = file.values<std::int64_t>(tensor.name, tensor.shape).size();
  ailoop::test::require(n_elements * ailoop::element_size(tensor.dtype) == tensor.bytes.size(),
                        "the values of a tensor are all of its bytes");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ailoop;
  SafetensorsFile file;
  try {
    file = parse_safetensors(std::as_bytes(std::span(data, size)), "FILE");
  } catch (const InputOutputError& error) {
    test::require_good_message(error.what(), "FILE: ");
    return 0;
  }
  const bool is_known = std::ranges::none_of(file.tensors, [](const Tensor& t) { return t.dtype == DType::other; });
  for (const Tensor& tensor : file.tensors) {
    if (tensor.dtype != DType::other) require_known_elements(file, tensor);
  }
  if (!is_known) return 0;
  const auto bytes = serialize_safetensors(file);
  const SafetensorsFile again = parse_safetensors(bytes, "AGAIN");
  test::require(again.metadata == file.metadata, "metadata are written as they were read");
  test::require(again.tensors.size() == file.tensors.size(), "every tensor is written");
  for (const Tensor& tensor : file.tensors) {
    const Tensor& same = again.tensor(tensor.name);
    test::require(same.dtype == tensor.dtype && same.shape == tensor.shape && same.bytes == tensor.bytes,
                  "a tensor is written as it was read");
  }
  test::require(serialize_safetensors(again) == bytes, "the same content gives the same bytes");
  return 0;
}
