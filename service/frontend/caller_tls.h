#pragma once

#include <absl/status/status.h>
#include <grpcpp/security/server_credentials.h>

#include <memory>
#include <optional>

#include "base/event_loop.h"
#include "base/reloaded_file.h"
#include "config/config.h"
#include "frontend/tls_credentials.h"
#include "telemetry/metrics.h"

namespace modelgates::gateway {

// What the callers' port is served with: TLS whose files are read again when they change, or plain
// text where the settings name no files. Loop thread only, but for the constructor, when the loop
// does not run yet, and what is const.
class CallerTls {
 public:
  // Reads the files. All must outlive this; `reloads` may be null.
  CallerTls(const Config& config, EventLoop& loop, Metrics& metrics, ReloadObserver* reloads);

  // Why the files could not be used at the start: UNAVAILABLE, names the setting and the rule.
  const absl::Status& status() const { return status_; }
  // Must outlive the server that uses them. Only if the files could be used.
  std::shared_ptr<grpc::ServerCredentials> credentials() const;

 private:
  bool Use(TlsIdentity identity);
  void ShowExpiry(const TlsIdentity& identity);

  Metrics& metrics_;
  absl::Status status_;
  std::shared_ptr<TlsCredentials> credentials_;     // null: plain text
  std::optional<ReloadedFile<TlsIdentity>> files_;  // absent: they never change
};

}  // namespace modelgates::gateway
