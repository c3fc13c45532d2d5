// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/test/temporary_folder.hpp>

#include <ailoop/core/error.hpp>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <system_error>

namespace ailoop::test {

TemporaryFolder::TemporaryFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "ailoop-test-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) {
    throw InputOutputError("cannot make a temporary folder like " + pattern);
  }
  m_path = pattern;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;  // a destructor has nobody to tell, and the folder is temporary anyway
  std::filesystem::permissions(m_path, std::filesystem::perms::owner_all, std::filesystem::perm_options::add, ignored);
  std::filesystem::remove_all(m_path, ignored);
}

std::string read_bytes(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    throw InputOutputError("cannot read " + file.string());
  }
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

void write_bytes(const std::filesystem::path& file, const std::string& bytes) {
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out.close();
  if (!out) {
    throw InputOutputError("cannot write " + file.string());
  }
}

}  // namespace ailoop::test
