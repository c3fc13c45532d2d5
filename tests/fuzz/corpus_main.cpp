// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Runs a fuzz target over every file of the folders that it is given: what fuzzers found stays checked with any
// compiler.
#include <ailoop/test/temporary_folder.hpp>

#include "fuzz_target.hpp"

#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <vector>

namespace {

std::vector<std::filesystem::path> files_in(int n_folders, char** folders) {
  std::vector<std::filesystem::path> files;
  for (int i = 0; i < n_folders; ++i) {
    for (const auto& entry : std::filesystem::directory_iterator(folders[i])) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

}  // namespace

int main(int argc, char** argv) {
  std::filesystem::path file;
  try {
    const auto files = files_in(argc - 1, argv + 1);
    for (const auto& next : files) {
      file = next;
      std::fprintf(stderr, "%s\n", file.c_str());  // now: a crash has no later
      ailoop::test::run_target(ailoop::test::read_bytes(file));
    }
    std::printf("%zu inputs\n", files.size());
    return files.empty() ? 1 : 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s: %s\n", file.c_str(), error.what());
    return 1;
  }
}
