#include "rpc/exchange_reader.h"

#include "failure/failed_call.h"
#include "upstream/rest_mapping.h"

namespace modelgates::gateway {

namespace v1 = modelgates::oauth::v1;

ExchangeResult ReadExchange(Outcome& outcome, ExchangeObserver* observer) {
  auto* response = std::get_if<HttpResponse>(&outcome.last);
  if (response != nullptr && IsSuccess(response->status)) {
    v1::ExchangeAuthCodeResponse reply;
    const ReplyReading reading = FromHttpResponse(*response, reply);
    if (reading.ok) {
      reply.SerializeToString(&response->body);
      Wipe(*reply.mutable_key());
      for (const std::string_view field : reading.violations) {
        if (observer != nullptr) observer->OnContractViolated(field);
      }
      return ExchangeResult::kSuccess;
    }
  }
  const FailedCall failed = FailUpstream(Rpc::kExchangeAuthCode, outcome);
  // Its answer has come, so no key is on its way: once it is mended, a repeat may try again.
  if (failed.refused_in_front && failed.reason != v1::EXCHANGE_OUTCOME_UNKNOWN) {
    return ExchangeResult::kRejected;
  }
  switch (failed.auth_code_state) {
    case v1::UpstreamError::UNKNOWN:
      return ExchangeResult::kUnknown;
    case v1::UpstreamError::SPENT:
      return ExchangeResult::kSpent;
    case v1::UpstreamError::REJECTED:
      return ExchangeResult::kRejected;
    default:
      return ExchangeResult::kUnsent;
  }
}

}  // namespace modelgates::gateway
