#pragma once

#include <absl/status/status.h>
#include <grpcpp/server.h>

#include <memory>
#include <string>
#include <vector>

#include "base/connection_limits.h"
#include "base/event_loop.h"
#include "base/listener.h"
#include "base/log.h"
#include "base/reloaded_file.h"
#include "call/admission.h"
#include "call/incomplete_requests.h"
#include "config/config.h"
#include "frontend/caller_access.h"
#include "frontend/caller_tls.h"
#include "frontend/channelz_service.h"
#include "frontend/grpc_shutdown.h"
#include "frontend/health_service.h"
#include "frontend/oauth_service.h"
#include "frontend/reflection_service.h"
#include "frontend/refusals.h"
#include "frontend/unknown_methods.h"
#include "request/caller_keys.h"
#include "rpc/oauth_rpcs.h"
#include "telemetry/metrics.h"
#include "telemetry/port_log.h"

namespace modelgates::gateway {

// The port of callers: a gRPC server with its listener and its services. Admitted calls of
// OAuthService are passed to the RPCs on the loop; all other calls are answered here. Any thread,
// except Listen and the destructor.
class GrpcFrontend {
 public:
  // All must outlive this. The loop must not run yet, must run from Listen on, and must have
  // stopped before this is destroyed.
  struct Parts {
    const Config& config;
    EventLoop& loop;
    Log& log;
    Metrics& metrics;
    PortLog& port_log;
    ReloadObserver& reloads;
    CallTracer* tracer;  // null: there are no traces
    RecentFailures& recent_failures;
    CallerKeys& caller_keys;
    OAuthRpcs& rpcs;
  };

  explicit GrpcFrontend(const Parts& parts);
  GrpcFrontend(const GrpcFrontend&) = delete;
  GrpcFrontend& operator=(const GrpcFrontend&) = delete;
  ~GrpcFrontend();

  // Binds `config.listen` and serves, with TLS if the settings name its files; health is
  // NOT_SERVING until SetServing. Error: UNAVAILABLE, with the setting and the reason.
  absl::Status Listen();
  // host:port with the actual port. Requires Listen.
  const std::string& address() const { return address_; }

  // Sets the health of the server as a whole and of OAuthService.
  void SetServing(bool serving) { health_.SetServing(serving); }
  // Admitted calls whose status is not known yet.
  int calls() const { return admission_.calls(); }
  // Takes up to some milliseconds, so not on the loop.
  void UpdateMetrics();

  // CallerAccess::Busiest.
  std::vector<CallerLimits::Use> BusiestCallers(size_t max) const {
    return access_.Busiest(max, clock_.Now());
  }

  // Takes live settings into use.
  void SetConfig(const Config& config);

  // The steps of a drain (gateway/drain.h).
  void CloseListener() { listener_->Close(); }
  void RefuseCalls() { admission_.StartDraining(); }
  void SendGoaway() { shutdown_->Begin(); }
  bool EndConnections(Duration grace) { return shutdown_->End(grace); }

  // Refuses connections and cancels all calls. Does nothing before Listen.
  void Cancel();
  // After SendGoaway: waits until the shutdown is complete, which requires a running loop.
  void WaitForShutdown() { shutdown_.reset(); }

 private:
  void SetMaxCalls(const Config& config);
  void Accept(int listener, int connection);

  const Config& config_;
  const EventLoop& clock_;
  Metrics& metrics_;
  PortLog& port_log_;
  CallerTls tls_;
  ConnectionLimits connections_;
  CallerAccess access_;
  Admission admission_;
  Refusals refusals_;
  IncompleteRequests incomplete_requests_;
  OAuthServiceImpl service_;
  HealthService health_;
  ChannelzService channelz_{access_};
  UnknownMethods unknown_methods_;
  ReflectionStreams reflection_streams_;
  ReflectionService reflection_{ReflectionService::Version::kV1, reflection_streams_, access_};
  ReflectionService old_reflection_{ReflectionService::Version::kV1Alpha, reflection_streams_,
                                    access_};
  std::unique_ptr<Listener> listener_;
  std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> acceptor_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<GrpcShutdown> shutdown_;
  std::string address_;
};

}  // namespace modelgates::gateway
