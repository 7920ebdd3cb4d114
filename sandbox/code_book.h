#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "sandbox/utc_time.h"

namespace modelgates::sandbox {

enum class ChallengeMethod { kS256, kPlain };

struct Challenge {
  std::string value;
  ChallengeMethod method = ChallengeMethod::kPlain;  // the default of RFC 7636, 4.3
};

// The fields of an exchange. `verifier`, if present, is well-formed (request_rules.h).
struct ExchangeRequest {
  std::string auth_code;
  std::optional<std::string> verifier;
  std::optional<ChallengeMethod> method;
};

// The result of one exchange. Only tests and counters see the different refusals; callers do not.
enum class Verdict { kIssued, kUnknown, kUsedAgain, kExpired, kWrongMethod, kWrongVerifier };

struct ExchangeResult {
  Verdict verdict = Verdict::kUnknown;
  std::string key;           // with kIssued only
  bool revoked_key = false;  // with kUsedAgain: the key of the first use ended by this call
};

// The issued codes and the rules of their exchange. Knows neither sockets nor JSON.
//
// A code issues one key, once, before it expires, to a caller with the verifier of its challenge
// (RFC 7636, 4.6). A refusal does not change the code. A second use of a spent code revokes its key
// (RFC 6749, 4.1.2), even if the code has expired. A verifier or a method for a code without a
// challenge is refused, because an attacker could otherwise remove PKCE (RFC 9700, 2.1.1).
//
// Not thread-safe.
class CodeBook {
 public:
  using Clock = std::function<std::chrono::system_clock::time_point()>;

  struct Created {
    std::string auth_code;
    UtcTime created_at;
  };

  // Above `max_codes` the oldest code is removed, spent or not, so that long load tests do not fill
  // the memory.
  CodeBook(Clock clock, std::chrono::milliseconds code_ttl, std::size_t max_codes = 1'000'000);

  Created Create(std::optional<Challenge> challenge);
  ExchangeResult Exchange(const ExchangeRequest& request);

 private:
  enum class State { kFresh, kSpent, kRevoked };

  struct Entry {
    std::optional<Challenge> challenge;
    UtcTime expires_at;
    State state = State::kFresh;
  };

  UtcTime Now() const;

  const Clock clock_;
  const std::chrono::milliseconds code_ttl_;
  const std::size_t max_codes_;
  std::unordered_map<std::string, Entry> entries_;
  std::deque<const std::string*> oldest_first_;  // the keys of entries_, which never move
};

}  // namespace modelgates::sandbox
