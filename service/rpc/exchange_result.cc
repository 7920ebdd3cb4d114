#include "rpc/exchange_result.h"

#include "rpc/failed_call.h"
#include "upstream/rest_mapping.h"

namespace modelgates::gateway {

namespace v1 = modelgates::oauth::v1;

ExchangeResult ToExchangeResult(const Outcome& outcome) {
  const auto* response = std::get_if<HttpResponse>(&outcome.last);
  if (response != nullptr && response->status == 200) {
    HttpResponse copy = *response;
    v1::ExchangeAuthCodeResponse reply;
    const bool readable = FromHttpResponse(copy, reply).ok;
    Wipe(*reply.mutable_key());
    // Spent but unreadable: the key is lost, and a repeat can only be told so.
    return readable ? ExchangeResult::kSuccess : ExchangeResult::kSpent;
  }
  switch (FailUpstream(Rpc::kExchangeAuthCode, outcome).auth_code_state) {
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
