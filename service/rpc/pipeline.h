#pragma once

#include <absl/random/random.h>

#include <memory>
#include <string>

#include "base/fingerprint.h"
#include "base/hmac.h"
#include "exchange/flights/exchange_registry.h"
#include "request/credentials.h"
#include "rpc/call.h"
#include "telemetry/call_scope.h"

namespace modelgates::gateway {

// The path that all calls share, in the order of ARCHITECTURE.md, so that a new RPC cannot forget
// validation, deadline, log line or metrics. Loop thread only.
class Pipeline {
 public:
  // All must outlive the pipeline and every call.
  struct Parts {
    const Config& config;
    EventLoop& loop;
    Log& log;
    Metrics& metrics;
    Retrier& retrier;
    ExchangeRegistry& exchanges;
    Credentials& credentials;
    UnreadReplies& unread_replies;
  };

  explicit Pipeline(const Parts& parts);

  // Serves one call, which was admitted, to its end. Resumes on the loop thread only.
  Task<void> Serve(std::shared_ptr<Call> call);

  // What names authorization codes in the log.
  const Fingerprints& fingerprints() const { return fingerprints_; }

 private:
  // What sending brought.
  struct Sent {
    std::optional<Outcome> create;
    ExchangeRegistry::Reply exchange;

    const ApiKey* key() const { return std::get_if<ApiKey>(&exchange.result); }
    const ExchangeFailure* failure() const {
      return create ? nullptr : std::get_if<ExchangeFailure>(&exchange.result);
    }
    // Null: a key was brought, or the gateway itself ended the call.
    const Outcome* outcome() const {
      if (create) return &*create;
      return failure() != nullptr ? failure()->outcome.get() : nullptr;
    }
  };

  Task<void> Forward(Call& call, std::shared_ptr<CallScope> scope);
  Task<Sent> Send(Call& call, std::shared_ptr<CallScope> scope, Secret bearer, CallOptions options);
  Task<Sent> SendCreate(Call& call, std::shared_ptr<CallScope> scope, Secret bearer,
                        CallOptions options);
  Task<Sent> SendExchange(Call& call, std::shared_ptr<CallScope> scope, Secret bearer,
                          CallOptions options);
  void Conclude(Call& call, CallScope& scope, const Credential& credential, Sent sent,
                int attempts_before);
  // False: it holds no authorization code.
  bool ReadCreate(Call& call, CallScope& scope, Outcome& outcome);
  void Succeed(Call& call, CallScope& scope, const AttemptLog& attempts, CallScope::End end);
  void Fail(Call& call, CallScope& scope, FailedCall failed, const Redaction& redaction,
            CallScope::End end);
  void Fail(Call& call, CallScope& scope, FailedCall failed);

  const Parts parts_;
  const UpstreamDefaults defaults_;
  Hmac identities_;
  Fingerprints fingerprints_;
  absl::BitGen random_;
};

}  // namespace modelgates::gateway
