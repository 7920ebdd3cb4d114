#pragma once

#include <chrono>
#include <cstddef>

#include "base/time.h"
#include "exchange/shared/exchange_lease.h"

namespace modelgates::gateway {

struct ExchangeOptions {
  // Longest time of an exchange that was sent, counted from the start of the attempt that was sent
  // and including its recovery. Before that only its answer ends it.
  Duration cap = std::chrono::seconds(30);
  // How long the result of a finished exchange is kept for identical calls. A spent code is known
  // for `unknown_ttl`, longer than its key is kept.
  Duration success_ttl = std::chrono::seconds(30);
  Duration unknown_ttl = std::chrono::seconds(120);  // also of spent codes
  Duration rejected_ttl = std::chrono::seconds(5);
  int max_replays = 5;  // of a success, after its first delivery
  // Bound on exchanges that are running upstream, with or without callers: each may have a
  // connection and a request. Further ones are refused before their code is sent.
  size_t max_running = 2000;
  // Bounds on running and kept exchanges. Without room an exchange still works, but identical calls
  // do not join it and its result is not kept. Rejections make room, oldest first, because
  // forgetting one costs only a request that is rejected again; then successes whose key is wiped.
  // Nothing else is dropped.
  size_t max_known = 10'000;
  size_t max_bytes = 16 * 1024 * 1024;  // of those that have ended
  // Bound on calls that wait for one exchange. Further ones are refused.
  size_t max_waiters = 256;
  // For a shared store: what happens during its outage, and how often a gateway polls an exchange
  // that another gateway runs.
  ExchangeLease::Outage outage = ExchangeLease::Outage::kGoOn;
  Duration poll_interval = std::chrono::milliseconds(100);
};

}  // namespace modelgates::gateway
