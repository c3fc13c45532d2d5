#include <ailoop/training/shared_object.hpp>

#include <dlfcn.h>
#include <elf.h>
#include <link.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <sstream>
#include <system_error>

namespace ailoop {

namespace {

using Header = ElfW(Ehdr);
using Segment = ElfW(Phdr);
using DynamicEntry = ElfW(Dyn);

constexpr std::uintmax_t largest_file = std::uintmax_t{1} << 28;

/// The T that stands at `offset`; nothing where the file ends before.
template <class T>
std::optional<T> object_at(std::string_view bytes, std::uint64_t offset) {
  if (offset > bytes.size() || bytes.size() - offset < sizeof(T)) {
    return std::nullopt;
  }
  T object{};
  std::memcpy(&object, bytes.data() + offset, sizeof(T));
  return object;
}

/// The text at `offset`, up to its zero byte; empty where the file ends before.
std::string text_at(std::string_view bytes, std::uint64_t offset) {
  const std::string_view rest = bytes.substr(std::min<std::uint64_t>(offset, bytes.size()));
  const std::size_t end = rest.find('\0');
  return end == std::string_view::npos ? std::string() : std::string(rest.substr(0, end));
}

/// The beginning of a file.
std::string first_bytes(const char* path, std::size_t n) {
  std::ifstream file(path, std::ios::binary);
  std::string bytes(n, '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(n));
  bytes.resize(static_cast<std::size_t>(file.gcount()));
  return bytes;
}

/// All of a file; nothing of one that cannot be read or is larger than any library with the code of ailoop.
std::string content_of(const std::filesystem::path& path) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  return error || size > largest_file ? std::string() : first_bytes(path.c_str(), static_cast<std::size_t>(size));
}

/// Whether a process like this one can load a shared object with that header.
bool is_loadable(const Header& header) {
  const auto self = object_at<Header>(first_bytes("/proc/self/exe", sizeof(Header)), 0);
  return std::memcmp(header.e_ident, ELFMAG, SELFMAG) == 0 && header.e_type == ET_DYN &&
         (!self || (header.e_ident[EI_CLASS] == self->e_ident[EI_CLASS] && header.e_machine == self->e_machine));
}

/// The segments of a file; empty unless all of them lie within it.
std::vector<Segment> segments_of(std::string_view bytes, const Header& header) {
  std::vector<Segment> segments;
  for (std::uint64_t i = 0; i < header.e_phnum; ++i) {
    const auto segment = object_at<Segment>(bytes, header.e_phoff + i * sizeof(Segment));
    if (!segment || segment->p_filesz > bytes.size() || segment->p_offset > bytes.size() - segment->p_filesz) {
      return {};
    }
    segments.push_back(*segment);
  }
  return segments;
}

/// Where in the file that stands which is loaded to `address`.
std::uint64_t offset_of(const std::vector<Segment>& segments, std::uint64_t address) {
  for (const Segment& segment : segments) {
    if (segment.p_type == PT_LOAD && address >= segment.p_vaddr && address - segment.p_vaddr < segment.p_filesz) {
      return segment.p_offset + (address - segment.p_vaddr);
    }
  }
  return std::uint64_t{0} - 1;
}

std::vector<DynamicEntry> dynamic_entries(std::string_view bytes, const std::vector<Segment>& segments) {
  std::vector<DynamicEntry> entries;
  for (const Segment& segment : segments) {
    if (segment.p_type != PT_DYNAMIC) {
      continue;
    }
    for (std::uint64_t offset = 0; offset < segment.p_filesz; offset += sizeof(DynamicEntry)) {
      const auto entry = object_at<DynamicEntry>(bytes, segment.p_offset + offset);
      if (!entry || entry->d_tag == DT_NULL) {
        break;
      }
      entries.push_back(*entry);
    }
  }
  return entries;
}

/// The folders of a list like `$ORIGIN/../lib:/opt/lib`.
std::vector<std::filesystem::path> folders_of(const std::string& list, const std::filesystem::path& origin) {
  std::vector<std::filesystem::path> folders;
  std::istringstream names(list);
  for (std::string name; std::getline(names, name, ':');) {
    for (const std::string_view variable : {"${ORIGIN}", "$ORIGIN"}) {
      if (const std::size_t at = name.find(variable); at != std::string::npos) {
        name.replace(at, variable.size(), origin.string());
      }
    }
    if (!name.empty()) {
      folders.emplace_back(name);
    }
  }
  return folders;
}

}  // namespace

std::optional<SharedObject> SharedObject::read(const std::filesystem::path& path) {
  std::error_code error;
  SharedObject object;
  object.m_bytes = content_of(path);
  const auto header = object_at<Header>(object.m_bytes, 0);
  if (!header || !is_loadable(*header)) {
    return std::nullopt;
  }
  const std::vector<Segment> segments = segments_of(object.m_bytes, *header);
  const std::vector<DynamicEntry> entries = dynamic_entries(object.m_bytes, segments);
  std::optional<std::uint64_t> names;
  for (const DynamicEntry& entry : entries) {
    if (entry.d_tag == DT_STRTAB) {
      names = offset_of(segments, entry.d_un.d_ptr);
    }
  }
  if (!names || *names > object.m_bytes.size()) {
    return std::nullopt;
  }
  for (const DynamicEntry& entry : entries) {
    const std::string name = text_at(object.m_bytes, *names + entry.d_un.d_val);
    if (entry.d_tag == DT_NEEDED) {
      object.m_needed.push_back(name);
    } else if (entry.d_tag == DT_RUNPATH || entry.d_tag == DT_RPATH) {
      object.m_run_path = folders_of(name, std::filesystem::absolute(path, error).parent_path());
    }
  }
  return object;
}

bool SharedObject::is_cut_short(const std::filesystem::path& path) {
  const std::string bytes = content_of(path);
  const auto header = object_at<Header>(bytes, 0);
  return header && is_loadable(*header) && segments_of(bytes, *header).empty();
}

std::vector<std::filesystem::path> library_folders(const void* address) {
  Dl_info place{};
  link_map* object = nullptr;
  Dl_serinfo size{};
  if (dladdr1(address, &place, reinterpret_cast<void**>(&object), RTLD_DL_LINKMAP) == 0 || object == nullptr ||
      dlinfo(object, RTLD_DI_SERINFOSIZE, &size) != 0) {
    return {};
  }
  std::vector<std::max_align_t> memory(size.dls_size / sizeof(std::max_align_t) + 1);
  auto* const found = reinterpret_cast<Dl_serinfo*>(memory.data());
  std::memcpy(found, &size, sizeof(size.dls_size) + sizeof(size.dls_cnt));
  if (dlinfo(object, RTLD_DI_SERINFO, found) != 0) {
    return {};
  }
  std::vector<std::filesystem::path> folders;
  const Dl_serpath* const first = found->dls_serpath;
  for (unsigned i = 0; i < found->dls_cnt; ++i) {
    folders.emplace_back(first[i].dls_name);
  }
  return folders;
}

}  // namespace ailoop
