#pragma once

#include <absl/status/statusor.h>

#include <memory>
#include <string>

#include "base/log.h"
#include "config/config.h"
#include "config/live_settings.h"
#include "gateway/drain.h"

namespace modelgates::gateway {

// The gateway as a whole: builds every part once, listens, serves until drained.
class Server {
 public:
  // Listens and serves. `sources`: where the settings came from, for /configz. `log` must outlive
  // the server. UNAVAILABLE names an address that cannot be bound; nothing is left running then.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const Config& config, Log& log,
                                                       const SettingSources& sources = {});

  // Ends at once: calls under way are cancelled. Drain first to lose none.
  virtual ~Server() = default;

  // host:port with the real ports; the second is empty when the admin port is off.
  virtual std::string grpc_address() const = 0;
  virtual std::string admin_address() const = 0;

  // Takes into use what changed when the settings were read again, unless an error came up; logs
  // and counts either.
  virtual void TakeSettings(const SettingsChange& change) = 0;

  // Ends the service as `gateway/drain.h` says, with the times of `config`. After kHung this must
  // not be destroyed, which would wait for the loop: only the end of the process is left.
  virtual DrainEnd Drain() = 0;
};

}  // namespace modelgates::gateway
