#pragma once

#include <chrono>
#include <cstddef>

#include "base/time.h"
#include "exchange/shared/exchange_lease.h"

namespace modelgates::gateway {

struct ExchangeOptions {
  // Once sent, nothing ends an exchange but its answer or this. Counted from the start of the
  // attempt that was sent; a recovery has what that one left of it.
  Duration cap = std::chrono::seconds(30);
  // How long a finished exchange is given again to the identical call. Of a success that is over
  // before `unknown_ttl`, it stays known that the code is spent; the key is wiped.
  Duration success_ttl = std::chrono::seconds(30);
  Duration unknown_ttl = std::chrono::seconds(120);  // of spent ones too
  Duration rejected_ttl = std::chrono::seconds(5);
  int max_replays = 5;  // of a success, after its first delivery
  // Exchanges under way, waited for or not: each may have a connection and a request. One more is
  // refused before its code is sent.
  size_t max_running = 2000;
  // Bounds on what is known of exchanges, under way or over. Where there is no room an exchange
  // still works, but only without join and memory. Rejections make room, oldest first: to forget
  // one costs a request that is rejected again. After them, successes whose key is wiped. Nothing
  // else does.
  size_t max_known = 10'000;
  size_t max_bytes = 16 * 1024 * 1024;  // of those that are over
  // Calls that wait for one exchange. One more is refused.
  size_t max_waiters = 256;
  // Of the shared store, where there is one: what an outage of it means, and how often an exchange
  // that another gateway is at is asked for.
  ExchangeLease::Outage outage = ExchangeLease::Outage::kGoOn;
  Duration poll_interval = std::chrono::milliseconds(100);
};

}  // namespace modelgates::gateway
