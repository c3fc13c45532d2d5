// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/storage/safetensors.hpp>
#include <ailoop/test/safetensors_files.hpp>
#include <ailoop/test/temporary_folder.hpp>

#include <gmock/gmock.h>

#include <cstdint>
#include <string>
#include <vector>

namespace ailoop {
namespace {

constexpr const char* pretrained = AILOOP_MODELS_FOLDER "/sine_pretrained.safetensors";

/// The pretrained state of the original workflow; nine digits determine a float32.
SafetensorsFile state() {
  SafetensorsFile file;
  const auto add = [&](const std::string& prefix, const std::vector<float>& weight, float bias) {
    file.tensors.push_back(make_tensor<float>(prefix + "fc.weight", {1, 6}, weight));
    file.tensors.push_back(make_tensor<float>(prefix + "fc.bias", {1}, std::vector<float>{bias}));
  };
  add("", {0.0282811858F, 0.870920002F, 0.0287943408F, -0.109739639F, -0.00328145619F, 0.00178895902F}, -0.0707711428F);
  add("adam.exp_avg.", {-0.00354754436F, -0.0109891938F, 0.0192940161F, 0.0214455482F, 0.00287683937F, -0.0288538039F},
      -0.00354754436F);
  add("adam.exp_avg_sq.", {0.00206538057F, 0.0664287135F, 0.0419412926F, 1.15108383F, 2.08960676F, 57.6312447F},
      0.0020653808F);
  file.tensors.push_back(make_scalar<std::int64_t>("adam.step", 239));
  file.metadata = {{"format", "ailoop-model"},
                   {"format_version", "1"},
                   {"problem", "sine"},
                   {"type", "polynomial"},
                   {"basis", "monomial"},
                   {"degree", "5"},
                   {"box", "[-3.141592653589793,3.141592653589793]"}};
  return file;
}

TEST(SinePretrained, HoldsTheStateOfTheOriginalWorkflow) {
  const SafetensorsFile file = read_safetensors(pretrained);
  const SafetensorsFile expected = state();
  EXPECT_EQ(file.metadata, expected.metadata);
  EXPECT_EQ(file.tensors.size(), expected.tensors.size());
  for (const Tensor& tensor : expected.tensors) {
    EXPECT_EQ(file.tensor(tensor.name).dtype, tensor.dtype) << tensor.name;
    EXPECT_EQ(file.tensor(tensor.name).shape, tensor.shape) << tensor.name;
    EXPECT_EQ(file.tensor(tensor.name).bytes, tensor.bytes) << tensor.name;
  }
}

TEST(SinePretrained, IsWhatTheWriterWrites) {
  const test::TemporaryFolder folder;
  write_safetensors(folder.path() / "written", state());
  EXPECT_EQ(test::read_bytes(folder.path() / "written"), test::read_bytes(pretrained));
}

}  // namespace
}  // namespace ailoop
