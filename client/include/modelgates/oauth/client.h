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

// PEM texts. A wrong text makes every call fail with GrpcCode::kUnavailable.
struct TlsOptions {
  std::string root_certificates{};    // trusted CAs; empty: the system's
  std::string client_certificates{};  // the client's own chain, for mutual TLS; empty: none
  SecretText client_key{};            // of client_certificates
};

// PEM files, which are read again when they change, so that certificates can be renewed while the
// client lives. A call checks them when the last check is a second old. Files that cannot be used
// (no PEM, a key of another certificate) leave those before in use; as long as there were none,
// each call fails with GrpcCode::kUnavailable, and its message names the file. Calls that run, and
// the connection they use, are not touched.
struct TlsFiles {
  std::string root_certificates{};    // trusted CAs; empty: the system's
  std::string client_certificates{};  // the client's own chain, for mutual TLS; empty: none
  std::string client_key{};           // of client_certificates
};

struct ClientOptions {
  // Address of the gateway, as a gRPC target: "host:port", "dns:///host:port", "unix:/path".
  std::string target{};
  // Absent: plaintext, so bearers, codes and keys are sent unencrypted. For loopback and for
  // networks that encrypt traffic themselves.
  std::optional<TlsOptions> tls{};
  // TLS with certificates in files. Replaces `tls`.
  std::optional<TlsFiles> tls_files{};

  // The caller's own API key, for gateways with credential mode passthrough. Sent as
  // `authorization: Bearer ...`. A text that starts with "bearer ", in any case, is sent unchanged.
  SecretText bearer{};

  // Default values of the request fields with the same names.
  std::optional<std::string> http_referer{};
  std::optional<std::string> x_open_router_title{};
  std::optional<std::string> x_open_router_categories{};

  // Timeout of calls whose CallOptions have none. The gateway shortens a longer one than its
  // --max_deadline, 120 s unless configured.
  std::chrono::milliseconds default_timeout = std::chrono::seconds(30);

  // What a call does when no gateway can be reached. true: it waits for one until its deadline;
  // false: it fails at once with kUnavailable.
  bool wait_for_ready = false;

  // Send calls only to gateways whose health service says SERVING (grpc.health.v1.Health for
  // modelgates.oauth.v1.OAuthService). The client then stops using a gateway that drains before
  // that gateway refuses calls.
  bool health_checking = true;

  // Time without received data after which a ping is sent, to detect dead connections. Less than 10
  // s, which is the gateway's minimum, counts as 10 s.
  std::chrono::milliseconds keepalive_time = std::chrono::seconds(30);
  // Time to wait for the answer to a ping before the connection is closed.
  std::chrono::milliseconds keepalive_timeout = std::chrono::seconds(10);
};

// Options of one call.
struct CallOptions {
  std::optional<std::chrono::milliseconds> timeout{};  // absent: ClientOptions::default_timeout
  // A stop request cancels the call, which then ends at once with GrpcCode::kCancelled. An exchange
  // that was sent continues at the gateway, and the identical call receives its result.
  std::stop_token stop{};
  // The id of the call in the gateway's log: 1 to 128 characters of visible ASCII without spaces.
  // Empty: the gateway makes one.
  std::string request_id{};
  std::string traceparent{};           // W3C trace context; empty: none
  std::optional<SecretText> bearer{};  // instead of ClientOptions::bearer; empty: none
  // For ExchangeAuthCode: do not join an identical running exchange, and do not receive the result
  // of an earlier one. A lost answer is not recovered.
  bool once_only = false;
};

// The answer of the gateway's health service (grpc.health.v1.HealthCheckResponse).
enum class ServingStatus : uint8_t {
  kUnknown = 0,
  kServing = 1,
  kNotServing = 2,  // the gateway drains, or its event loop does not turn
  kServiceUnknown = 3,
};

// Called once: on a thread of gRPC, or, if nothing could be sent, before the function that took it
// returns. It must not throw and should be short.
template <class T>
using Callback = std::function<void(Result<T>)>;

// A client of the gateway.
//
//   OAuthClient client({.target = "gateway.internal:50051"});
//   const Pkce pkce = Pkce::Generate();
//   CreateAuthCodeRequest request;
//   request.callback_url = "https://app.example/callback";
//   request.code_challenge = pkce.challenge;
//   request.code_challenge_method = CodeChallengeMethod::kS256;
//   Result<AuthCode> code = client.CreateAuthCode(request);
//   if (!code.ok()) return Show(code.error());
//
// Copies share one channel. It connects at the first call and distributes calls over all addresses
// of the target. The client does not retry: the gateway does, because it knows when a retry is
// safe. All functions may be called from any thread. Running calls outlive the client.
//
// In addition to the errors of oauth.proto, which have a reason, a call can end with
// ErrorReason::kUnspecified when gRPC itself failed: kUnavailable (no gateway reached, or the
// connection broke), kDeadlineExceeded, kCancelled. It ends with kFieldInvalid, and nothing is
// sent, when bearer, request id or traceparent cannot be sent.
class OAuthClient {
 public:
  explicit OAuthClient(ClientOptions options);

  // Creates an authorization code. Safe to repeat.
  Result<AuthCode> CreateAuthCode(const CreateAuthCodeRequest& request,
                                  const CallOptions& options = {}) const;
  void CreateAuthCode(const CreateAuthCodeRequest& request, const CallOptions& options,
                      Callback<AuthCode> callback) const;

  // Exchanges an authorization code for an API key. Repeat the identical call after an error
  // without a reason (kUnavailable, kDeadlineExceeded, kCancelled, kResourceExhausted) and after
  // kExchangeInProgress: the gateway sends the code once, and the repeat receives the result.
  // Error::auth_code_state is the state of the code.
  Result<ApiKey> ExchangeAuthCode(const ExchangeAuthCodeRequest& request,
                                  const CallOptions& options = {}) const;
  void ExchangeAuthCode(const ExchangeAuthCodeRequest& request, const CallOptions& options,
                        Callback<ApiKey> callback) const;

  // Asks the gateway's health service about modelgates.oauth.v1.OAuthService. With
  // ClientOptions::health_checking the channel itself excludes gateways that do not serve, so the
  // result is then kUnavailable instead of kNotServing.
  Result<ServingStatus> CheckHealth(const CallOptions& options = {}) const;

 private:
  friend struct ChannelAccess;  // grpc_channel.h
  class Impl;
  explicit OAuthClient(std::shared_ptr<Impl> impl);

  std::shared_ptr<Impl> impl_;
};

}  // namespace modelgates::oauth
