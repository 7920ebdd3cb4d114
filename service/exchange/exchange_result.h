#pragma once

#include <modelgates/oauth/v1/oauth.pb.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "base/secret.h"
#include "resilience/retrier.h"

namespace modelgates::gateway {

class ExchangeObserver;

// A key that the upstream made for an authorization code.
struct ApiKey {
  Secret key;
  std::optional<std::string> user_id;  // the key's owner; absent when the upstream named none
  AttemptLog attempts;                 // the attempts it took
};

// The effect of a failed exchange on its code. It decides how long the failure is kept for repeats.
// Gateways exchange the numbers (exchange_record.proto), so they never change. 0 is a key.
enum class CodeFate : uint8_t {
  kSpent = 1,     // the code was used, and its key cannot be read
  kRejected = 2,  // refused, by the upstream or by something in front of it
  kUnknown = 3,   // sent; it is not known whether the code was used
  kUnsent = 4,    // the code was not used: nothing is remembered
};

// An outcome whose answer may repeat a code or a verifier. Its body is wiped when it is destroyed.
struct WipedOutcome : Outcome {
  explicit WipedOutcome(Outcome outcome) : Outcome(std::move(outcome)) {}
  WipedOutcome(const WipedOutcome&) = delete;
  WipedOutcome& operator=(const WipedOutcome&) = delete;
  ~WipedOutcome() {
    if (auto* response = std::get_if<HttpResponse>(&last)) Wipe(response->body);
  }
};

// Why an exchange brought no key.
struct ExchangeFailure {
  oauth::v1::ErrorReason reason = oauth::v1::ERROR_REASON_UNSPECIFIED;
  oauth::v1::UpstreamError::AuthCodeState auth_code_state =
      oauth::v1::UpstreamError::AUTH_CODE_STATE_UNSPECIFIED;
  CodeFate fate = CodeFate::kUnsent;
  // The attempts and the last answer, for the error reply. Null: the gateway itself ended the call.
  std::shared_ptr<const WipedOutcome> outcome;
};

// The failure of an exchange that the gateway itself ended, or of a call that ended before its
// exchange.
inline ExchangeFailure EndedByGateway(oauth::v1::ErrorReason reason,
                                      oauth::v1::UpstreamError::AuthCodeState state) {
  return {.reason = reason, .auth_code_state = state, .fate = CodeFate::kUnsent, .outcome = {}};
}

// What an exchange brings to each of its callers.
using ExchangeResult = std::variant<ExchangeFailure, ApiKey>;

// Reads the upstream's answer, once for all callers of an exchange. Reports missing fields other
// than the key to `observer`, which may be null.
using ExchangeReader = ExchangeResult (*)(Outcome outcome, ExchangeObserver* observer);

}  // namespace modelgates::gateway
