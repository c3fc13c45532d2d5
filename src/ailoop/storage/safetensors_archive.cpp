// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/storage/safetensors_archive.hpp>

#include <ailoop/core/error.hpp>

#include <algorithm>
#include <string>

namespace ailoop {

void SafetensorsWriter::tensor(std::string_view name, std::span<const std::int64_t> shape,
                               const ArchiveValues& values) {
  std::visit(
      [&]<class T>(std::span<T> of_type) {
        m_file.tensors.push_back(make_tensor<T>(std::string(name), {shape.begin(), shape.end()}, of_type));
      },
      values);
}

void SafetensorsWriter::list(std::string_view name, const ArchiveList& values) {
  std::visit(
      [&]<class T>(std::vector<T>* of_type) {
        m_file.tensors.push_back(make_tensor<T>(std::string(name), {std::ssize(*of_type)}, *of_type));
      },
      values);
}

void SafetensorsReader::tensor(std::string_view name, std::span<const std::int64_t> shape,
                               const ArchiveValues& values) {
  std::visit([&]<class T>(std::span<T> of_type) { std::ranges::copy(m_file.values<T>(name, shape), of_type.begin()); },
             values);
}

void SafetensorsReader::list(std::string_view name, const ArchiveList& values) {
  const Tensor& tensor = m_file.tensor(name);
  if (tensor.shape.size() != 1) {
    throw InputOutputError(m_file.source + ": the tensor " + std::string(name) + " has the shape " +
                           shape_text(tensor.shape) + "; a list is allowed");
  }
  std::visit([&]<class T>(std::vector<T>* of_type) { *of_type = m_file.values<T>(name); }, values);
}

}  // namespace ailoop
