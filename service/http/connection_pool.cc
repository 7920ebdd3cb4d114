#include "http/connection_pool.h"

#include <algorithm>
#include <utility>

namespace modelgates::gateway {
namespace {

// The time of a request to the upstream, so that both sides do not close at the same moment.
constexpr std::chrono::seconds kMargin{1};

}  // namespace

ConnectionPool::ConnectionPool(EpollLoop& loop, const TransportOptions& options)
    : loop_(loop), options_(options) {}

ConnectionPool::~ConnectionPool() = default;

std::unique_ptr<Connection> ConnectionPool::Take() {
  const TimePoint now = loop_.Now();
  while (!idle_.empty()) {
    std::unique_ptr<Connection> connection = std::move(idle_.back());
    idle_.pop_back();
    connection->SetListener(nullptr);
    // The timer may be late, and `idle_` is sorted by idle_until only if all hints are equal.
    if (now < connection->idle_until()) return connection;
  }
  return nullptr;
}

void ConnectionPool::Put(std::unique_ptr<Connection> connection,
                         std::optional<std::chrono::seconds> hint) {
  Duration keep = options_.idle_timeout;
  if (hint) keep = std::min<Duration>(keep, *hint - kMargin);
  const TimePoint now = loop_.Now();
  const TimePoint until =
      std::min(now + keep, connection->created() + options_.max_connection_life);
  if (until <= now || idle_.size() >= options_.max_idle_connections) return;  // closes it

  connection->set_idle_until(until);
  connection->SetListener(this);
  idle_.push_back(std::move(connection));
  if (until < next_sweep_) {
    next_sweep_ = until;
    loop_.Start(*this, until);
  }
}

void ConnectionPool::DropOldest() {
  if (!idle_.empty()) idle_.erase(idle_.begin());
}

void ConnectionPool::OnConnectionEvents(Connection& connection) {
  if (!connection.IsLost()) return;
  ++stale_;
  std::erase_if(idle_, [&](const auto& idle) { return idle.get() == &connection; });
}

void ConnectionPool::OnTimer() {
  const TimePoint now = loop_.Now();
  std::erase_if(idle_, [&](const auto& idle) { return idle->idle_until() <= now; });
  next_sweep_ = TimePoint::max();
  for (const auto& idle : idle_) next_sweep_ = std::min(next_sweep_, idle->idle_until());
  if (!idle_.empty()) loop_.Start(*this, next_sweep_);
}

}  // namespace modelgates::gateway
