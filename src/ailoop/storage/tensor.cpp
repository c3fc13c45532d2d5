#include <ailoop/storage/tensor.hpp>

#include <ailoop/core/error.hpp>

#include <cstring>
#include <utility>

namespace ailoop {

std::string_view dtype_name(DType dtype) {
  switch (dtype) {
    case DType::f32:
      return "F32";
    case DType::f64:
      return "F64";
    case DType::i64:
      return "I64";
    case DType::u8:
      return "U8";
    case DType::other:
      break;
  }
  throw UsageError("a tensor of another type than F32, F64, I64 or U8 has no name and size that ailoop knows");
}

std::size_t element_size(DType dtype) {
  const std::string_view name = dtype_name(dtype);
  return name == "U8" ? 1 : name == "F32" ? 4 : 8;
}

std::string shape_text(std::span<const std::int64_t> shape) {
  constexpr std::size_t n_told = 8;
  std::string text = "[";
  for (std::size_t i = 0; i < shape.size() && i < n_told; ++i) {
    if (i > 0) text += ", ";
    text += std::to_string(shape[i]);
  }
  return text + (shape.size() > n_told ? ", ...]" : "]");
}

template <TensorElement T>
Tensor make_tensor(std::string name, std::vector<std::int64_t> shape, std::span<const T> values) {
  std::uint64_t n_elements = 1;
  for (const std::int64_t extent : shape) {
    AILOOP_REQUIRE(extent >= 0, "make_tensor: " + name + ": the shape " + shape_text(shape) + " has a negative extent");
    const bool fits = !__builtin_mul_overflow(n_elements, static_cast<std::uint64_t>(extent), &n_elements);
    AILOOP_REQUIRE(fits, "make_tensor: " + name + ": the shape " + shape_text(shape) + " is too large");
  }
  AILOOP_REQUIRE(n_elements == values.size(), "make_tensor: " + name + ": " + std::to_string(values.size()) +
                                                  " values do not fill the shape " + shape_text(shape));
  Tensor tensor{std::move(name), dtype_of<T>, std::string(dtype_name(dtype_of<T>)), std::move(shape), {}};
  tensor.bytes.resize(values.size_bytes());
  if (!values.empty()) std::memcpy(tensor.bytes.data(), values.data(), values.size_bytes());
  return tensor;
}

template Tensor make_tensor<float>(std::string, std::vector<std::int64_t>, std::span<const float>);
template Tensor make_tensor<double>(std::string, std::vector<std::int64_t>, std::span<const double>);
template Tensor make_tensor<std::int64_t>(std::string, std::vector<std::int64_t>, std::span<const std::int64_t>);

}  // namespace ailoop
