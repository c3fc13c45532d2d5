#include <ailoop/app/run_queries.hpp>

#include <ailoop/app/model_parts.hpp>
#include <ailoop/parallel/agreement.hpp>
#include <ailoop/parallel/roles.hpp>

#include <utility>

namespace ailoop {

RunQueries load_queries(const Communicator& comm, const RunSettings& settings, const Facts& facts) {
  QueryContext context{facts, settings.surrogate.kind->precision(), settings.seed, {}};
  agreed(comm, "start", [&] {
    if (comm.rank() == RoleLayout::model_rank) {
      context.loaded = listed_queries(settings, facts);
    }
  });
  broadcast(comm, context.loaded, RoleLayout::model_rank);
  RunQueries queries{nullptr, settings.limits_of_run(),
                     static_cast<std::int64_t>(context.loaded.size()) / facts.dimension};
  agreed(comm, "start", [&] {
    at_setting(settings, "queries.source", [&] { queries.source = settings.queries.kind->make(std::move(context)); });
    queries.limits.queries = queries.source->count();
    queries.limits.accepted = settings.answers_wanted(queries.limits.queries);
  });
  return queries;
}

}  // namespace ailoop
