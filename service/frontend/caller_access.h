#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/status.h>

#include <memory>
#include <optional>
#include <string_view>

#include "base/event_loop.h"
#include "base/log.h"
#include "base/reloaded_file.h"
#include "call/call.h"
#include "call/peer_identity.h"
#include "caller/callers.h"
#include "config/config.h"
#include "failure/error_catalogue.h"
#include "frontend/limited_callers.h"
#include "telemetry/metrics.h"

namespace modelgates::gateway {

// Lets callers in by the callers file, which is read again when it changes: asked for each call
// before anything is done for it. Without the file everybody may call everything. Any thread.
class CallerAccess {
 public:
  // All must outlive this.
  struct Parts {
    const Config& config;
    EventLoop& loop;
    Log& log;
    Metrics& metrics;
    ReloadObserver& reloads;
  };

  // Before the loop runs. While the file cannot be read, nobody may call anything.
  explicit CallerAccess(const Parts& parts);
  CallerAccess(const CallerAccess&) = delete;
  CallerAccess& operator=(const CallerAccess&) = delete;

  // Of a call of OAuthService: who calls becomes known to it, and it takes a place in that caller's
  // share. The reason to refuse it; nullopt: it is let in. `path`: /package.Service/Method.
  std::optional<ErrorReason> Enter(Call& call, std::string_view path) {
    if (!tells_apart_) return std::nullopt;
    return EnterIdentified(call, path);
  }

  // Of a call of a standard service, which takes nothing of a share: OK, or CALLER_NOT_ALLOWED with
  // its trailers in `context`.
  grpc::Status Check(grpc::CallbackServerContext& context, std::string_view path) const {
    if (callers_ == nullptr) return grpc::Status::OK;
    return CheckIdentified(context, path);
  }

  void UpdateMetrics();

 private:
  std::optional<ErrorReason> EnterIdentified(Call& call, std::string_view path);
  grpc::Status CheckIdentified(grpc::CallbackServerContext& context, std::string_view path) const;
  ErrorReason Refused(CallerRefusal why, const CallerIdentity& caller);

  Log& log_;
  Metrics& metrics_;
  const CallerProof proof_;
  const std::unique_ptr<Callers> callers_;  // null: everybody may call everything
  const bool tells_apart_;
  LimitedCallers limited_;
  std::optional<ReloadedFile<CallerRules>> file_;
};

}  // namespace modelgates::gateway
