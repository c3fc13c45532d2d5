// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <ailoop/execution/kokkos_session.hpp>

#include <ailoop/core/error.hpp>
#include <ailoop/execution/thread_wishes.hpp>
#include <ailoop/kernels/execution.hpp>
#include <ailoop/kernels/kokkos_compat.hpp>

#include <Kokkos_Core.hpp>
#include <unistd.h>
#if defined(KOKKOS_ENABLE_OPENMP)
#include <omp.h>
#endif

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace ailoop {

namespace {

/// Most threads that this process may have.
int thread_limit() {
#if defined(KOKKOS_ENABLE_OPENMP)
  return std::min(most_threads, omp_get_thread_limit());  // beyond OMP_THREAD_LIMIT Kokkos would miss some
#else
  return most_threads;
#endif
}

/// Threads to start Kokkos with, 0: Kokkos decides.
int chosen_threads(const KokkosSettings& settings, const std::vector<ThreadWish>& wishes) {
  if (wishes.empty()) {
    return std::min(settings.threads, thread_limit());
  }
  const ThreadWish& wish = wishes.front();
  if (wish.threads > thread_limit()) {
    throw ConfigurationError(wish.where + "=" + std::to_string(wish.threads) + ": OMP_THREAD_LIMIT allows " +
                             std::to_string(thread_limit()) + " threads");
  }
  return wish.threads;
}

/// The arguments that Kokkos gets to see, as writable copies.
struct KokkosArguments {
  std::vector<std::string> texts;  ///< first the program's name
  int threads = 0;                 ///< that they ask for; 0: Kokkos decides
  bool prints_on_request = false;  ///< the user asked Kokkos to print something
};

KokkosArguments kokkos_arguments(const KokkosSettings& settings, int argc, char** argv) {
  const std::vector<ThreadWish> wishes = thread_wishes(argc, argv);
  KokkosArguments chosen;
  chosen.texts.emplace_back(argc > 0 ? argv[0] : "ailoop");
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (!argument.starts_with("--kokkos-")) {
      continue;
    }
    if (kokkos_threads_in(argument) > 0) {
      continue;
    }
    const bool prints = argument.ends_with("help") || argument.ends_with("print-configuration");
    if (prints && !settings.speaks) {
      continue;
    }
    chosen.prints_on_request = chosen.prints_on_request || prints;
    chosen.texts.emplace_back(argument);
  }
  chosen.threads = chosen_threads(settings, wishes);
  if (chosen.threads > 0) {
    chosen.texts.emplace_back(std::string(kokkos_threads_flag) + std::to_string(chosen.threads));
  }
  if (!settings.warnings) {
    chosen.texts.emplace_back("--kokkos-disable-warnings");
  }
  return chosen;
}

/// Takes the `--kokkos-*` arguments out of argv but those in `unknown`, which Kokkos did not take.
void remove_kokkos_arguments(std::span<char* const> unknown, int& argc, char** argv) {
  char** const end = std::remove_if(argv + std::min(argc, 1), argv + argc, [&](const char* text) {
    const std::string_view argument = text;
    return argument.starts_with("--kokkos-") && std::ranges::find(unknown, argument) == unknown.end();
  });
  if (end < argv + argc) {
    *end = nullptr;
  }
  argc = static_cast<int>(end - argv);
}

/// While it lives, what is written to standard output goes to standard error: Kokkos 3 prints its warnings with printf,
/// but standard output belongs to the results.
class StandardOutputToError {
 public:
  StandardOutputToError() : m_saved((std::fflush(stdout), dup(STDOUT_FILENO))) {
    if (m_saved >= 0) {
      dup2(STDERR_FILENO, STDOUT_FILENO);
    }
  }
  ~StandardOutputToError() {
    if (m_saved < 0) {
      return;
    }
    std::fflush(stdout);
    dup2(m_saved, STDOUT_FILENO);
    close(m_saved);
  }
  StandardOutputToError(const StandardOutputToError&) = delete;
  StandardOutputToError& operator=(const StandardOutputToError&) = delete;

 private:
  int m_saved;
};

}  // namespace

std::string kokkos_version() {
  const auto two_digits = [](int number) { return (number < 10 ? "0" : "") + std::to_string(number); };
  return std::to_string(kokkos_version_number / 10000) + "." + std::to_string(kokkos_version_number / 100 % 100) + "." +
         two_digits(kokkos_version_number % 100);
}

bool is_kokkos_initialized() { return Kokkos::is_initialized(); }

void kokkos_initialize(const KokkosSettings& settings, int& argc, char** argv) {
  AILOOP_REQUIRE(!Kokkos::is_initialized(), "kokkos_initialize: Kokkos is already initialized");
  AILOOP_REQUIRE(settings.threads >= 0, "kokkos_initialize: threads must not be negative");

  KokkosArguments chosen = kokkos_arguments(settings, argc, argv);
#if defined(KOKKOS_ENABLE_OPENMP)
  // Kokkos counts what OpenMP would start by itself before it asks for its own number. On a node full of ranks that is
  // a team of all cores in each, and its threads look for work for milliseconds.
  if (chosen.threads > 0) {
    omp_set_num_threads(chosen.threads);
  }
#endif
  // its number is among the arguments by now, and Kokkos 3 refuses one that differs from them or is empty
  unsetenv("KOKKOS_NUM_THREADS");  // NOLINT(concurrency-mt-unsafe): no thread of ours runs yet
  std::vector<char*> shown;
  shown.reserve(chosen.texts.size() + 1);
  for (std::string& text : chosen.texts) {
    shown.push_back(text.data());
  }
  int n_shown = static_cast<int>(shown.size());
  shown.push_back(nullptr);
  try {
    std::optional<StandardOutputToError> redirection;
    if (!chosen.prints_on_request) {
      redirection.emplace();
    }
    Kokkos::initialize(n_shown, shown.data());
  } catch (const std::exception& cause) {
    const std::string text = cause.what();  // behind a line there may be a place in Kokkos' sources
    throw ConfigurationError("command line or environment: Kokkos: " + text.substr(0, text.find('\n')) +
                             (has_device_space ? "; this build needs a device and its driver" : ""));
  }
  remove_kokkos_arguments(std::span(shown).subspan(1, static_cast<std::size_t>(n_shown - 1)), argc, argv);
}

KokkosSession::KokkosSession(int& argc, char** argv, const KokkosSettings& settings) {
  if (!Kokkos::is_initialized()) {
    kokkos_initialize(settings, argc, argv);
    m_started_here = true;
    for (int i = 1; i < argc; ++i) {
      if (std::string_view(argv[i]).starts_with("--kokkos-")) {
        Kokkos::finalize();
        throw ConfigurationError("command line: " + std::string(argv[i]) + ": unknown to Kokkos; see --kokkos-help");
      }
    }
  }
}

KokkosSession::~KokkosSession() {
  if (m_started_here) {
    Kokkos::finalize();
  }
}

}  // namespace ailoop
