#include <ailoop/app/world.hpp>

#include <ailoop/app/launcher.hpp>
#include <ailoop/parallel/mpi_call.hpp>

#include <mpi.h>
#include <sched.h>

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace ailoop {

namespace {

constexpr int tag = 21543;  // that no other program is likely to wait for
constexpr std::int64_t nobody = -1;

/// What goes up and down a binary tree of ranks. Messages from rank to rank, as a collective call could meet one of the
/// other program's.
struct Word {
  std::uint64_t command = 0;    ///< hash of the sender's
  std::int64_t other = nobody;  ///< a rank whose command is not that of the sender
};

/// The number of this program among those of the launcher is known to all but the first; Open MPI tells it, too.
bool may_be_one_of_several() {
  void* number = nullptr;
  int is_there = 0;
  AILOOP_MPI(MPI_Comm_get_attr(MPI_COMM_WORLD, MPI_APPNUM, static_cast<void*>(&number), &is_there));
  if (is_there != 0 && *static_cast<int*>(number) > 0) {
    return true;
  }
  const char* programs = own_environment("OMPI_NUM_APP_CTX");
  return programs != nullptr && std::string_view(programs) != "1";
}

std::uint64_t hash_of_command(int argc, const char* const* argv) {
  std::string text;
  for (int i = 0; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (!argument.starts_with("--kokkos-")) {
      text += i == 0 ? std::filesystem::path(argument).filename().string() : std::string(argument);
      text += '\0';
    }
  }
  return std::hash<std::string>()(text);
}

void send(const Word& word, int rank) {
  // short enough to leave at once
  AILOOP_MPI(MPI_Send(&word, sizeof(word), MPI_BYTE, rank, tag, MPI_COMM_WORLD));
}

std::optional<Word> receive(int rank, double end_s) {
  for (int has_come = 0; has_come == 0;) {
    AILOOP_MPI(MPI_Iprobe(rank, tag, MPI_COMM_WORLD, &has_come, MPI_STATUS_IGNORE));
    if (has_come == 0 && MPI_Wtime() > end_s) {
      return std::nullopt;
    }
    sched_yield();
  }
  Word word;
  AILOOP_MPI(MPI_Recv(&word, sizeof(word), MPI_BYTE, rank, tag, MPI_COMM_WORLD, MPI_STATUS_IGNORE));
  return word;
}

}  // namespace

World meet_world(int argc, const char* const* argv) {
  int rank = 0;
  int size = 1;
  AILOOP_MPI(MPI_Comm_rank(MPI_COMM_WORLD, &rank));
  AILOOP_MPI(MPI_Comm_size(MPI_COMM_WORLD, &size));
  const double end_s = MPI_Wtime() + (may_be_one_of_several() ? 10.0 : 30.0);
  const int parent = (rank - 1) / 2;
  const std::array<int, 2> children = {2 * rank + 1, 2 * rank + 2};

  Word word{hash_of_command(argc, argv)};
  for (const int child : children) {
    if (child < size) {
      const auto of_child = receive(child, end_s);
      if (!of_child) {
        return {};
      }
      if (word.other == nobody) {
        word.other = of_child->command == word.command ? of_child->other : child;
      }
    }
  }
  if (rank > 0) {
    send(word, parent);
    const auto of_all = receive(parent, end_s);
    if (!of_all) {
      return {};
    }
    word = *of_all;
  }
  for (const int child : children) {
    if (child < size) {
      send(word, child);
    }
  }
  return {true, word.other == nobody ? std::nullopt : std::optional(static_cast<int>(word.other))};
}

}  // namespace ailoop
