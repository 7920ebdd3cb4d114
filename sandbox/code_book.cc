#include "sandbox/code_book.h"

#include <utility>

#include "sandbox/sandbox_crypto.h"

namespace modelgates::sandbox {
namespace {

bool Proves(const Challenge& challenge, std::string_view verifier) {
  switch (challenge.method) {
    case ChallengeMethod::kS256:
      return SameSecret(S256Challenge(verifier), challenge.value);
    case ChallengeMethod::kPlain:
      return SameSecret(verifier, challenge.value);
  }
  return false;
}

std::optional<ChallengeMethod> MethodOf(const std::optional<Challenge>& challenge) {
  if (!challenge) return {};
  return challenge->method;
}

bool ProvesOrNeedsNoProof(const std::optional<Challenge>& challenge,
                          const std::optional<std::string>& verifier) {
  if (!challenge || !verifier) return !challenge && !verifier;
  return Proves(*challenge, *verifier);
}

}  // namespace

CodeBook::CodeBook(Clock clock, std::chrono::milliseconds code_ttl, std::size_t max_codes)
    : clock_(std::move(clock)), code_ttl_(code_ttl), max_codes_(max_codes) {}

UtcTime CodeBook::Now() const { return std::chrono::floor<std::chrono::microseconds>(clock_()); }

CodeBook::Created CodeBook::Create(std::optional<Challenge> challenge) {
  const UtcTime now = Now();
  const auto [entry, fresh] = entries_.try_emplace(
      RandomName("auth_code_", 24), Entry{std::move(challenge), now + code_ttl_, State::kFresh});
  oldest_first_.push_back(&entry->first);
  Created created{entry->first, now};
  if (oldest_first_.size() > max_codes_) {
    entries_.erase(entries_.find(*oldest_first_.front()));
    oldest_first_.pop_front();
  }
  return created;
}

ExchangeResult CodeBook::Exchange(const ExchangeRequest& request) {
  const auto found = entries_.find(request.auth_code);
  if (found == entries_.end()) return {Verdict::kUnknown, {}, false};
  Entry& entry = found->second;

  if (entry.state != State::kFresh) {
    const bool first_time = entry.state == State::kSpent;
    entry.state = State::kRevoked;
    return {Verdict::kUsedAgain, {}, first_time};
  }
  if (Now() >= entry.expires_at) return {Verdict::kExpired, {}, false};
  if (request.method && request.method != MethodOf(entry.challenge)) {
    return {Verdict::kWrongMethod, {}, false};
  }
  if (!ProvesOrNeedsNoProof(entry.challenge, request.verifier)) {
    return {Verdict::kWrongVerifier, {}, false};
  }
  entry.state = State::kSpent;
  return {Verdict::kIssued, RandomName("sk-mg-v1-", 32), false};
}

}  // namespace modelgates::sandbox
