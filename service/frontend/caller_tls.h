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

// The server credentials of the callers' port: TLS with files that are read again when they change,
// or plaintext if the settings name no files. Loop thread only, except the constructor, which runs
// before the loop, and const functions.
class CallerTls {
 public:
  // Reads the files. All must outlive this; `reloads` may be null.
  CallerTls(const Config& config, EventLoop& loop, Metrics& metrics, ReloadObserver* reloads);

  // UNAVAILABLE, with setting and rule, if the files could not be used at the start.
  const absl::Status& status() const { return status_; }
  // Requires status().ok(). They must outlive the server that uses them.
  std::shared_ptr<grpc::ServerCredentials> credentials() const;

 private:
  bool Use(TlsIdentity identity);
  void ShowExpiry(const TlsIdentity& identity);

  Metrics& metrics_;
  absl::Status status_;
  std::shared_ptr<TlsCredentials> credentials_;     // null: plaintext
  std::optional<ReloadedFile<TlsIdentity>> files_;  // absent: they never change
};

}  // namespace modelgates::gateway
