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
  AttemptLog attempts;                 // what it took
};

// What a failed exchange did to its code: decides for how long the failure is given to repeats.
// Gateways tell one another the numbers, see exchange_record.proto: they stay. 0 is a key.
enum class CodeFate : uint8_t {
  kSpent = 1,     // the code was used, and its key cannot be read
  kRejected = 2,  // refused, by the upstream or by something in front of it
  kUnknown = 3,   // sent, and nobody knows whether it was used
  kUnsent = 4,    // the code was not used: nothing is remembered
};

// An outcome whose answer may repeat a code or a verifier: its body is wiped with it.
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
  // What was tried and what came back, for the error reply. Null: the gateway itself ended the
  // call.
  std::shared_ptr<const WipedOutcome> outcome;
};

// What an exchange brings to each of its callers.
using ExchangeResult = std::variant<ExchangeFailure, ApiKey>;

// Reads what the upstream answered, once for all callers of an exchange. Reports to `observer`,
// which may be null, what the answer lacks in addition to the key.
using ExchangeReader = ExchangeResult (*)(Outcome outcome, ExchangeObserver* observer);

}  // namespace modelgates::gateway
