// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <filesystem>
#include <string_view>

namespace ailoop {

/// Replaces the content of `path`, or creates it, so that a reader, or a restart after a crash, finds either the old or
/// the new content, never a part: temporary file in the same folder, fsync, rename, fsync of the folder.
/// A symbolic link is replaced, not followed. The permissions are those of a new file (0666 less the umask).
/// \throws InputOutputError naming the path and the reason; the old content is then untouched and the temporary is gone
///         (except if only the last step, the folder's fsync, failed: the new content is then in place)
void write_file_atomically(const std::filesystem::path& path, std::string_view content);

/// Sees to it that the names in a folder are on the disk. \throws InputOutputError with path and reason
void synchronise_folder(const std::filesystem::path& folder);

/// Gives a file that is on the disk its name in the same folder, where something may have it. \throws InputOutputError
void rename_durably(const std::filesystem::path& from, const std::filesystem::path& to);

/// Removes the temporary files that killed processes left in a folder. Only for whom the folder is kept.
void remove_leftovers(const std::filesystem::path& folder);

}  // namespace ailoop
