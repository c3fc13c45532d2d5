#pragma once

#include <ailoop/app/run_settings.hpp>
#include <ailoop/loop/query_kinds.hpp>
#include <ailoop/parallel/communicator.hpp>
#include <ailoop/problem/problem.hpp>

#include <memory>

namespace ailoop {

/// What a run asks, and when it ends.
struct RunQueries {
  std::unique_ptr<QuerySource> source;
  Limits limits;            ///< as asked for, with the number of queries and the answers wanted filled in
  std::int64_t listed = 0;  ///< queries that each rank holds in memory
};

/// Collective: rank 0 reads for all.
/// \throws AgreedError on all ranks if the queries cannot be read or do not fit the problem
[[nodiscard]] RunQueries load_queries(const Communicator& comm, const RunSettings& settings, const Facts& facts);

}  // namespace ailoop
