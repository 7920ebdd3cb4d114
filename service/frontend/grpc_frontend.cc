#include "frontend/grpc_frontend.h"

#include <fmt/format.h>
#include <grpcpp/server_builder.h>
#include <modelgates/oauth/v1/oauth.grpc.pb.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "base/host_port.h"
#include "base/peer_address.h"
#include "base/reported_again.h"
#include "base/unix_socket.h"
#include "call/open_calls.h"
#include "frontend/server_limits.h"
#include "telemetry/port_metrics.h"

namespace modelgates::gateway {
namespace {

std::vector<std::string> ServicesOf(const Config& config) {
  std::vector<std::string> services = {
      oauth::v1::OAuthService::service_full_name(), "grpc.health.v1.Health",
      "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection"};
  if (config.channelz) services.emplace_back("grpc.channelz.v1.Channelz");
  return services;
}

ReflectionOptions ToReflectionOptions(const Config& config, Metrics& metrics) {
  ReflectionOptions options;
  options.services = ServicesOf(config);
  options.on_refused = [&metrics] { metrics.ReflectionRefused(); };
  return options;
}

ConnectionLimits::Options ToConnectionOptions(const Config& config) {
  ConnectionLimits::Options options;
  options.max_connections = config.max_connections;
  options.max_per_peer = config.max_connections_per_address;
  options.max_per_second = config.max_handshakes_per_second;
  return options;
}

// As callers have to write it.
std::string AddressOf(const Listener& listener, const std::string& listen) {
  if (UnixSocketPath(listen)) return listen;
  return fmt::format("{}:{}", SplitHostPort(listen).value().host, listener.port());
}

IncompleteRequests::Options ToIncompleteOptions(Metrics& metrics) {
  IncompleteRequests::Options options;
  options.on_given_up = [&metrics] { metrics.IncompleteRequestGivenUp(); };
  return options;
}

}  // namespace

GrpcFrontend::GrpcFrontend(const Parts& parts)
    : config_(parts.config),
      clock_(parts.loop),
      metrics_(parts.metrics),
      port_log_(parts.port_log),
      tls_(config_, parts.loop, metrics_, &parts.reloads),
      connections_(ToConnectionOptions(config_)),
      access_({config_, parts.loop, parts.log, metrics_, parts.reloads, parts.caller_keys}),
      admission_(config_.max_concurrent_calls),
      refusals_({.log = parts.log,
                 .metrics = metrics_,
                 .tracer = parts.tracer,
                 .recent_failures = &parts.recent_failures},
                parts.rpcs.fingerprints()),
      incomplete_requests_(parts.loop, ReceivedByGrpc(), ToIncompleteOptions(metrics_)),
      service_({parts.loop, parts.rpcs, access_, admission_, refusals_, incomplete_requests_}),
      health_({oauth::v1::OAuthService::service_full_name()}, access_),
      unknown_methods_(parts.log, [this] { metrics_.UnknownMethodCalled(); }),
      reflection_streams_(ToReflectionOptions(config_, metrics_)) {
  SetMaxCalls(config_);
}

GrpcFrontend::~GrpcFrontend() = default;

absl::Status GrpcFrontend::Listen() {
  if (!tls_.status().ok()) return tls_.status();
  auto bound = Listener::Bind(config_.listen);
  if (!bound.ok()) {
    return absl::UnavailableError(
        fmt::format("--listen: {}", std::string(bound.status().message())));
  }
  listener_ = *std::move(bound);
  if (UnixSocketPath(config_.listen)) ReportNothingAgain();

  grpc::ServerBuilder builder;
  acceptor_ = builder.experimental().AddExternalConnectionAcceptor(
      grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD, tls_.credentials());
  ApplyLimits(ToServerLimits(config_), builder);
  builder.RegisterService(&service_);
  builder.RegisterService(&health_);
  builder.RegisterCallbackGenericService(&unknown_methods_);
  if (config_.reflection) {
    builder.RegisterService(&reflection_);
    builder.RegisterService(&old_reflection_);
  }
  if (config_.channelz) builder.RegisterService(&channelz_);
  server_ = builder.BuildAndStart();
  if (server_ == nullptr) return absl::UnavailableError("--listen: gRPC does not start");
  shutdown_ = std::make_unique<GrpcShutdown>(*server_);
  address_ = AddressOf(*listener_, config_.listen);
  SetHandshakeObserver(&port_log_);
  listener_->Start([this](int listener, int connection) { Accept(listener, connection); },
                   [this](int error) { port_log_.OnAcceptFailed(error); });
  return absl::OkStatus();
}

// Called on the listener's thread only: gRPC 1.51 reads the certificate for a new handshake without
// a lock.
void GrpcFrontend::Accept(int listener, int connection) {
  const std::optional<PeerAddress> peer = PeerAddress::Of(connection);
  if (!peer) {
    close(connection);  // the peer has closed it
    return;
  }
  if (const auto bound = connections_.Admit(connection, *peer, clock_.Now())) {
    port_log_.OnConnectionRefused(*bound, *peer);
    close(connection);
    return;
  }
  const HandshakePeer handshake(*peer);
  grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters parameters;
  parameters.listener_fd = listener;
  parameters.fd = connection;
  acceptor_->HandleNewConnection(&parameters);
}

void GrpcFrontend::SetConfig(const Config& config) {
  SetMaxCalls(config);
  connections_.SetOptions(ToConnectionOptions(config));
}

void GrpcFrontend::SetMaxCalls(const Config& config) {
  // Calls that are refused, and replies that are not read yet.
  constexpr int kOnTheirWay = 256;
  constexpr int kMinIncomplete = 1024;
  admission_.SetMaxCalls(config.max_concurrent_calls);
  CallsOfGrpc().SetMaxCalls(config.max_concurrent_calls + kOnTheirWay);
  incomplete_requests_.SetMaxRequests(
      static_cast<size_t>(std::max(config.max_concurrent_calls, kMinIncomplete)));
}

void GrpcFrontend::UpdateMetrics() {
  access_.UpdateMetrics();
  metrics_.SetIncompleteRequests(incomplete_requests_.size());
  metrics_.SetReflectionStreams(reflection_streams_.open());
  metrics_.port().SetConnections(connections_.CountOpen());
}

void GrpcFrontend::Cancel() {
  if (listener_ != nullptr) listener_->Close();
  SetHandshakeObserver(nullptr);  // here, because handshakes may fail during the shutdown
  constexpr std::chrono::system_clock::time_point kPast{};
  if (server_ != nullptr) server_->Shutdown(kPast);
}

}  // namespace modelgates::gateway
