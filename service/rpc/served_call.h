#pragma once

#include <absl/random/bit_gen_ref.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/keyed_mac.h"
#include "base/task.h"
#include "call/unread_replies.h"
#include "failure/failed_call.h"
#include "redaction/redaction.h"
#include "request/credentials.h"
#include "rpc/typed_call.h"
#include "telemetry/call_scope.h"

namespace modelgates::gateway {

// One call from its request to its reply: the phases that all RPCs share. Each phase requires the
// result of the previous one, so none can be omitted. A phase without a result has ended the call;
// otherwise Succeed or Fail ends it. Loop thread only.
class ServedCall {
 public:
  // All must outlive every call.
  struct Parts {
    const Config& config;
    EventLoop& loop;
    CallObservers observers;
    Credentials& credentials;
    UnreadReplies& unread_replies;
    Fingerprints& fingerprints;
    absl::BitGenRef random;  // for request ids
  };

  // Gives the call its request id, and begins its log line and metrics.
  ServedCall(const Parts& parts, std::shared_ptr<Call> call);

  // The authorization code that the call is about, for the log. Must outlive the call.
  void set_auth_code(std::string_view auth_code) { auth_code_ = auth_code; }

  // Proof that the request was checked.
  class Checked {
    friend class ServedCall;
    explicit Checked(const oauth::v1::RetryConfig* retries) : retries_(retries) {}
    const oauth::v1::RetryConfig* retries_;
  };

  // `violations` is ignored when the request was malformed.
  template <class Request, class Reply>
  std::optional<Checked> Check(const TypedCall<Request, Reply>& call,
                               std::vector<Violation> violations) {
    const auto* retries = call.request().has_retries() ? &call.request().retries() : nullptr;
    if (!MayBeSent(call.malformed(), std::move(violations))) return std::nullopt;
    return Checked(retries);
  }

  // Key, deadline and retries of a checked request.
  struct Authorized {
    Credential credential;
    RetryOptions options;
  };
  std::optional<Authorized> Authorize(const Checked& checked);

  // Whether the upstream refused the key and did nothing else. Always false for the second key of a
  // call. `outcome` may be null.
  bool WasKeyRefused(const Outcome* outcome) const;
  // The call whose key was refused: this one, or the one that started the exchange, perhaps with an
  // older key.
  enum class Refused : uint8_t { kOwn, kOfAnother };
  // After WasKeyRefused. True: `authorized` has another key than the refused one. Send again: the
  // refused request had no effect. Both must outlive the task.
  Task<bool> AuthorizeAgain(Authorized& authorized, const Outcome& refused,
                            Refused whose = Refused::kOwn);

  // Observes the attempts. Lives as long as the exchange, which may outlive the call.
  const std::shared_ptr<CallScope>& scope() const { return scope_; }

  // The reply is complete. `end` is for the log; the attempts are added here.
  void Succeed(const Authorized& authorized, const AttemptLog& attempts, CallScope::End end);
  // `secrets`: those of the request; the key is added here.
  void Fail(const Authorized& authorized, FailedCall failed, Redaction secrets, CallScope::End end);

 private:
  bool MayBeSent(bool malformed, std::vector<Violation> violations);
  void FailUnsent(const FailedCall& failed);
  void Fail(const FailedCall& failed, const Redaction& secrets, CallScope::End& end);
  void Finish(CallScope::End& end, const grpc::Status& status);

  const Parts& parts_;
  const std::shared_ptr<Call> call_;
  std::shared_ptr<CallScope> scope_;
  std::string_view auth_code_;
  int attempts_before_ = 0;  // with a key that was refused
};

}  // namespace modelgates::gateway
