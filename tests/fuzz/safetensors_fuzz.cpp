// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A model file.
#include <ailoop/core/error.hpp>
#include <ailoop/storage/safetensors.hpp>

#include "fuzz_target.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace ailoop::test {
namespace {

void require_known_elements(const SafetensorsFile& file, const Tensor& tensor) {
  std::size_t n_elements = 0;
  if (tensor.dtype == "F32") n_elements = file.values<float>(tensor.name, tensor.shape).size();
  if (tensor.dtype == "F64") n_elements = file.values<double>(tensor.name, tensor.shape).size();
  if (tensor.dtype == "I64") n_elements = file.values<std::int64_t>(tensor.name, tensor.shape).size();
  require(n_elements * element_size(tensor.dtype).value() == tensor.bytes.size(),
          "the values of a tensor are all of its bytes");
}

}  // namespace

void run_target(std::string_view input) {
  SafetensorsFile file;
  try {
    file = parse_safetensors(input, "FILE");
  } catch (const InputOutputError& error) {
    require_good_message(error.what(), "FILE: ");
    return;
  }
  const bool is_known = std::ranges::all_of(file.tensors, is_known_dtype, &Tensor::dtype);
  for (const Tensor& tensor : file.tensors) {
    if (is_known_dtype(tensor.dtype)) require_known_elements(file, tensor);
  }
  if (!is_known) return;
  const auto bytes = serialize_safetensors(file);
  const SafetensorsFile again = parse_safetensors(bytes, "AGAIN");
  require(again.metadata == file.metadata, "metadata are written as they were read");
  require(again.tensors.size() == file.tensors.size(), "every tensor is written");
  for (const Tensor& tensor : file.tensors) {
    const Tensor& same = again.tensor(tensor.name);
    require(same.dtype == tensor.dtype && same.shape == tensor.shape && same.bytes == tensor.bytes,
            "a tensor is written as it was read");
  }
  require(serialize_safetensors(again) == bytes, "the same content gives the same bytes");
}

}  // namespace ailoop::test
