#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "modelgates/oauth/messages.h"
#include "modelgates/oauth/result.h"

namespace modelgates::oauth {

// PEM texts. Wrong ones show as GrpcCode::kUnavailable of every call.
struct TlsOptions {
  std::string root_certificates{};    // empty: the system's
  std::string client_certificates{};  // chain of the client's own, for mTLS; empty: none
  SecretText client_key{};
};

struct ClientOptions {
  // Of the gateway, as gRPC names targets: "host:port", "dns:///host:port", "unix:/path".
  std::string target{};
  // Absent: plaintext. Then bearers, codes and keys travel in clear: for loopback and for networks
  // that encrypt by themselves.
  std::optional<TlsOptions> tls{};

  // The caller's own API key, for gateways whose credential mode is passthrough or either. Goes out
  // as `authorization: Bearer ...`; a text that starts with "bearer " in any case, as it is.
  SecretText bearer{};

  // Of the app, for requests that do not set them.
  std::optional<std::string> http_referer{};
  std::optional<std::string> x_open_router_title{};
  std::optional<std::string> x_open_router_categories{};

  // The deadline of calls that have none of their own. The gateway's longest is 120 s unless it is
  // configured otherwise.
  std::chrono::milliseconds default_timeout = std::chrono::seconds(30);

  // A call that finds no gateway to talk to waits for one until its deadline; false: it fails at
  // once with kUnavailable.
  bool wait_for_ready = false;

  // Calls go to those gateways only whose health service says that they serve
  // (grpc.health.v1.Health of modelgates.oauth.v1.OAuthService), so that one that drains is left
  // before it refuses.
  bool health_checking = true;

  // A ping after this time without a sign of life, which finds dead connections; less than the 10 s
  // that the gateway permits counts as 10 s.
  std::chrono::milliseconds keepalive_time = std::chrono::seconds(30);
  // How long a ping may take.
  std::chrono::milliseconds keepalive_timeout = std::chrono::seconds(10);
};

// Of one call.
struct CallOptions {
  std::optional<std::chrono::milliseconds> timeout{};  // absent: ClientOptions::default_timeout
  // A request to stop cancels the call: it ends at once with GrpcCode::kCancelled. An exchange that
  // was sent goes on at the gateway, and the identical call receives its result.
  std::stop_token stop{};
  // The call's id in the gateway's log: 1 to 128 of visible ASCII without spaces; empty: the
  // gateway makes one.
  std::string request_id{};
  std::string traceparent{};           // W3C trace context; empty: none
  std::optional<SecretText> bearer{};  // in place of ClientOptions::bearer; empty: none
  // This exchange neither joins another nor is answered from the gateway's memory.
  bool once_only = false;
};

// What a gateway says of itself (grpc.health.v1.HealthCheckResponse).
enum class ServingStatus : uint8_t {
  kUnknown = 0,
  kServing = 1,
  kNotServing = 2,  // it drains
  kServiceUnknown = 3,
};

// Runs once: on a thread of gRPC, or before the function that took it returns when nothing could be
// sent. It must not throw, and should not take long.
template <class T>
using Callback = std::function<void(Result<T>)>;

// A caller of the gateway.
//
//   OAuthClient client({.target = "gateway.internal:50051"});
//   const Pkce pkce = Pkce::Generate();
//   Result<AuthCode> code = client.CreateAuthCode({.callback_url = "https://app.example/callback",
//                                                  .code_challenge = pkce.challenge,
//                                                  .code_challenge_method =
//                                                  CodeChallengeMethod::kS256});
//   if (!code.ok()) return Show(code.error());
//
// Copies share one channel, which connects at the first call and spreads calls over all addresses
// of the target. Nothing is tried again here: the gateway does that, and knows when it is safe. All
// functions may be called from any thread. Calls under way outlive the client.
//
// Beside the errors of oauth.proto, which come with their reason, calls end with
// ErrorReason::kUnspecified when gRPC itself failed: kUnavailable (no gateway to be reached, the
// connection broke), kDeadlineExceeded, kCancelled; and with kFieldInvalid when a bearer, a request
// id or a traceparent cannot be sent, in which case nothing was.
class OAuthClient {
 public:
  explicit OAuthClient(ClientOptions options);

  // Creates an authorization code. Safe to repeat.
  Result<AuthCode> CreateAuthCode(const CreateAuthCodeRequest& request,
                                  const CallOptions& options = {}) const;
  void CreateAuthCode(const CreateAuthCodeRequest& request, const CallOptions& options,
                      Callback<AuthCode> callback) const;

  // Exchanges an authorization code for an API key. The identical call may be repeated after
  // kUnavailable, kDeadlineExceeded and kResourceExhausted without a reason, and after
  // kExchangeInProgress: the gateway sends the code once, and the repeat receives the result.
  // Error::auth_code_state says what became of the code.
  Result<ApiKey> ExchangeAuthCode(const ExchangeAuthCodeRequest& request,
                                  const CallOptions& options = {}) const;
  void ExchangeAuthCode(const ExchangeAuthCodeRequest& request, const CallOptions& options,
                        Callback<ApiKey> callback) const;

  // Asks the gateway's health service about modelgates.oauth.v1.OAuthService. With
  // ClientOptions::health_checking the channel has asked by itself already, and one that drains
  // shows as kUnavailable.
  Result<ServingStatus> CheckHealth(const CallOptions& options = {}) const;

 private:
  friend struct ChannelAccess;  // grpc_channel.h
  class Impl;
  explicit OAuthClient(std::shared_ptr<const Impl> impl);

  std::shared_ptr<const Impl> impl_;
};

}  // namespace modelgates::oauth
