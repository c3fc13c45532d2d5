#include <ailoop/storage/foreign_format.hpp>

#include <algorithm>
#include <array>

namespace ailoop::detail {
namespace {

constexpr std::string_view pytorch = "write its state_dict with safetensors.torch.save_file, see docs/pytorch.md";
constexpr std::string_view numpy = "write its arrays with safetensors.numpy.save_file, see docs/pytorch.md";

std::string advice(std::string_view format, std::string_view remedy) {
  return std::string(format) + "; " + std::string(remedy);
}

/// Name in the first local header of a zip archive. Source: PKWARE's APPNOTE.TXT, section 4.3.7.
std::string_view first_member(std::string_view start) {
  constexpr std::size_t length_at = 26;
  constexpr std::size_t name_at = 30;
  if (start.size() < name_at) return {};
  const auto low = static_cast<unsigned char>(start[length_at]);
  const auto high = static_cast<unsigned char>(start[length_at + 1]);
  return start.substr(name_at, low + std::size_t{256} * high);
}

std::string zip_archive(std::string_view member) {
  const auto has = [&](std::string_view part) { return member.find(part) != std::string_view::npos; };
  if (member.ends_with(".npy")) return advice("a NumPy archive (numpy.savez)", numpy);
  if (has("archive_format") || has("archive_version") || has("serialized_exported_program")) {
    return advice("an exported PyTorch program (torch.export.save, .pt2)", pytorch);
  }
  if (has("data.pkl") || has("/data/") || has("/code/") || has("/version") || has("/byteorder")) {
    return advice("a PyTorch archive (torch.save)", pytorch);
  }
  return advice("a zip archive", "a safetensors file is needed, see docs/pytorch.md");
}

}  // namespace

std::string foreign_format(std::string_view start) {
  constexpr std::size_t header_at = 8;  // behind the length of a safetensors header
  if (start.size() > header_at && start[header_at] == '{') return {};
  if (start.starts_with("PK\x03\x04")) return zip_archive(first_member(start));
  if (start.starts_with("\x89HDF\r\n\x1a\n")) {
    return advice("an HDF5 file", "read its arrays with h5py and write them with safetensors.numpy.save_file");
  }
  if (start.starts_with("\x93NUMPY")) return advice("a NumPy array (numpy.save)", numpy);
  constexpr std::array<char, 4> pickle_protocols = {2, 3, 4, 5};
  if (start.size() >= 2 && start[0] == '\x80' && std::ranges::count(pickle_protocols, start[1]) > 0) {
    return advice("a Python pickle (PyTorch before 1.6 wrote such)", pytorch);
  }
  return {};
}

}  // namespace ailoop::detail
