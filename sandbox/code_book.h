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
  ChallengeMethod method = ChallengeMethod::kPlain;  // what RFC 7636, 4.3 says when none is given
};

// What a caller shows to get a key. `verifier`, when present, is well formed (request_rules.h).
struct ExchangeRequest {
  std::string auth_code;
  std::optional<std::string> verifier;
  std::optional<ChallengeMethod> method;
};

// What became of one exchange. Callers must not learn which refusal it was, only tests and
// counters.
enum class Verdict { kIssued, kUnknown, kUsedAgain, kExpired, kWrongMethod, kWrongVerifier };

struct ExchangeResult {
  Verdict verdict = Verdict::kUnknown;
  std::string key;           // with kIssued only
  bool revoked_key = false;  // with kUsedAgain: the key of the first use ended by this call
};

// The codes that were given out and what may be done with them: no sockets, no JSON.
//
// A code issues one key, once, before it expires, to who proves the challenge it was created with
// (RFC 7636, 4.6). A refusal leaves the code as it was. Showing a spent code again revokes the key
// it issued (RFC 6749, 4.1.2), also when the code has expired since. A verifier for a code that has
// no challenge is refused (RFC 9700, 2.1.1: else an attacker could strip PKCE), and so is a method.
//
// Not for more than one thread.
class CodeBook {
 public:
  using Clock = std::function<std::chrono::system_clock::time_point()>;

  struct Created {
    std::string auth_code;
    UtcTime created_at;
  };

  // Beyond `max_codes` the oldest is forgotten, spent or not, so that a load test that runs for
  // hours does not fill the memory.
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
