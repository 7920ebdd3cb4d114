#pragma once

#include <absl/status/statusor.h>

#include <memory>
#include <string>

#include "base/log.h"
#include "config/config.h"

namespace modelgates::gateway {

// The gateway as a whole: builds every part once, listens, serves until drained.
class Server {
 public:
  // Listens and serves. `log` must outlive the server. UNAVAILABLE names an address that cannot be
  // bound; nothing is left running then.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const Config& config, Log& log);

  // Ends at once: calls under way are cancelled. Drain first to lose none.
  virtual ~Server() = default;

  // host:port with the real ports; the second is empty when the admin port is off.
  virtual std::string grpc_address() const = 0;
  virtual std::string admin_address() const = 0;

  // Health says NOT_SERVING, calls are served for `drain_delay` while load balancers notice; then
  // nobody can connect any more, and connections get the time to age out (`max_connection_age`, a
  // minute at most); then new calls are refused, and running calls and exchanges get
  // `drain_timeout` to finish. Returns when all is done; false when one of them had to be cut off.
  virtual bool Drain() = 0;
};

}  // namespace modelgates::gateway
