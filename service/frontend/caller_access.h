#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/status.h>

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/event_loop.h"
#include "base/log.h"
#include "base/reloaded_file.h"
#include "call/call.h"
#include "caller/callers.h"
#include "config/config.h"
#include "failure/error_catalogue.h"
#include "frontend/limited_callers.h"
#include "request/caller_keys.h"
#include "telemetry/metrics.h"

namespace modelgates::gateway {

// Access control by the callers file, which is read again when it changes. Checked first for each
// call. Without the file every caller may call everything. Any thread.
class CallerAccess {
 public:
  // All must outlive this.
  struct Parts {
    const Config& config;
    EventLoop& loop;
    Log& log;
    Metrics& metrics;
    ReloadObserver& reloads;
    CallerKeys& keys;
  };

  // Must be called before the loop runs. While the file cannot be read, no call is allowed.
  explicit CallerAccess(const Parts& parts);
  CallerAccess(const CallerAccess&) = delete;
  CallerAccess& operator=(const CallerAccess&) = delete;

  // For a call of OAuthService: sets the caller of the call, and takes a place in the share of that
  // caller. The reason to refuse it; nullopt: allowed. `path`: /package.Service/Method.
  std::optional<ErrorReason> Enter(Call& call, std::string_view path) {
    if (!tells_apart_) return std::nullopt;
    return EnterIdentified(call, path);
  }

  // For a call of a standard service, which uses no share: OK, or CALLER_NOT_ALLOWED with its
  // trailers in `context`.
  grpc::Status Check(grpc::CallbackServerContext& context, std::string_view path) const {
    if (callers_ == nullptr) return grpc::Status::OK;
    return CheckIdentified(context, path);
  }

  void UpdateMetrics();
  // Callers::Busiest; empty without a callers file.
  std::vector<CallerLimits::Use> Busiest(size_t max, TimePoint now) const;

 private:
  // Rules and their keys are read together, so that no call is refused because a key is read later.
  struct Reading {
    CallerRules rules;
    std::vector<KeyReading> keys;
  };
  static absl::StatusOr<Reading> Read(const std::string& file, const std::string& key_folder);
  bool Use(Reading reading);

  std::optional<ErrorReason> EnterIdentified(Call& call, std::string_view path);
  grpc::Status CheckIdentified(grpc::CallbackServerContext& context, std::string_view path) const;
  ErrorReason Refused(CallerRefusal why, const CallerIdentity& caller);

  const Config& config_;  // of the start
  Log& log_;
  Metrics& metrics_;
  CallerKeys& keys_;
  const std::unique_ptr<Callers> callers_;  // null: every caller may call everything
  const bool tells_apart_;
  LimitedCallers limited_;
  std::optional<ReloadedFile<Reading>> file_;
};

}  // namespace modelgates::gateway
