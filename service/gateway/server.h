#pragma once

#include <absl/status/statusor.h>

#include <memory>
#include <string>
#include <string_view>

#include "base/log.h"
#include "config/config.h"
#include "config/live_settings.h"
#include "gateway/drain.h"
#include "trace/trace_settings.h"

namespace modelgates::gateway {

// What belongs to a server in addition to its settings.
struct ServerContext {
  SettingSources sources{};  // of the settings, for /configz
  TraceSettings traces{};
  std::string_view commit = "unknown";
};

// The whole gateway: creates every part, listens, and serves until it is drained.
class Server {
 public:
  // Listens and serves. `log` must outlive the server. Error: UNAVAILABLE, with the address that
  // cannot be bound; nothing runs then.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const Config& config, Log& log,
                                                       const ServerContext& context = {});

  // Cancels all running calls. Call Drain first to complete them.
  virtual ~Server() = default;

  // host:port with the actual ports; admin_address is empty when the admin port is off.
  virtual std::string grpc_address() const = 0;
  virtual std::string admin_address() const = 0;

  // Applies a change of the settings, unless it has errors. Logs and counts the reload in either
  // case.
  virtual void TakeSettings(const SettingsChange& change) = 0;

  // Drains (gateway/drain.h) with the times of `config`. After kHung the process must exit without
  // destroying this object, because the destructor would wait for the loop.
  virtual DrainEnd Drain() = 0;
};

}  // namespace modelgates::gateway
