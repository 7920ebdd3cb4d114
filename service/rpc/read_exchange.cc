#include "rpc/read_exchange.h"

#include <utility>

#include "upstream/rest_mapping.h"

namespace modelgates::gateway {
namespace {

namespace v1 = modelgates::oauth::v1;

CodeFate FateOf(const FailedCall& failed) {
  // A refused key says nothing about the code: a repeat with another key must reach the upstream.
  if (failed.reason == v1::UNAUTHORIZED) return CodeFate::kUnsent;
  // The answer has arrived, so no key follows: when the cause is repaired, a repeat may be sent.
  if (failed.refused_in_front && failed.reason != v1::EXCHANGE_OUTCOME_UNKNOWN) {
    return CodeFate::kRejected;
  }
  switch (failed.auth_code_state) {
    case v1::UpstreamError::UNKNOWN:
      return CodeFate::kUnknown;
    case v1::UpstreamError::SPENT:
      return CodeFate::kSpent;
    case v1::UpstreamError::REJECTED:
      return CodeFate::kRejected;
    default:
      return CodeFate::kUnsent;
  }
}

// nullopt: the answer holds no key.
std::optional<ApiKey> ReadKey(Outcome& outcome, ExchangeObserver* observer) {
  auto* response = std::get_if<HttpResponse>(&outcome.last);
  if (response == nullptr || !IsSuccess(response->status)) return std::nullopt;
  v1::ExchangeAuthCodeResponse reply;
  const ReplyReading reading = FromHttpResponse(*response, reply);
  if (!reading.ok) return std::nullopt;
  ApiKey key;
  key.key = Secret(std::move(*reply.mutable_key()));
  Wipe(*reply.mutable_key());
  if (reply.has_user_id()) key.user_id = std::move(*reply.mutable_user_id());
  key.attempts = std::move(outcome.attempts);
  for (const std::string_view field : reading.violations) {
    if (observer != nullptr) observer->OnContractViolated(field);
  }
  return key;
}

}  // namespace

ExchangeResult ReadExchange(Outcome outcome, ExchangeObserver* observer) {
  if (std::optional<ApiKey> key = ReadKey(outcome, observer)) return *std::move(key);
  auto kept = std::make_shared<WipedOutcome>(std::move(outcome));
  const FailedCall failed = FailUpstream(Rpc::kExchangeAuthCode, *kept);
  return ExchangeFailure{.reason = failed.reason,
                         .auth_code_state = failed.auth_code_state,
                         .fate = FateOf(failed),
                         .outcome = std::move(kept)};
}

FailedCall FailExchange(const ExchangeFailure& failure) {
  if (failure.outcome != nullptr) return FailUpstream(Rpc::kExchangeAuthCode, *failure.outcome);
  FailedCall failed = FailLocally(Rpc::kExchangeAuthCode, failure.reason);
  failed.auth_code_state = failure.auth_code_state;
  if (failure.auth_code_state == v1::UpstreamError::IN_FLIGHT) failed.attempts = 1;
  return failed;
}

}  // namespace modelgates::gateway
