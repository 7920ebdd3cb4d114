#include "failure/verdict.h"

#include <algorithm>
#include <cstdlib>
#include <iterator>

#include "resilience/backoff.h"
#include "upstream/error_body.h"
#include "upstream/media_type.h"

namespace modelgates::gateway {
namespace {

namespace v1 = modelgates::oauth::v1;
using Failure = TransportFailure;
using UE = v1::UpstreamError;

struct AnswerVerdict {
  const ErrorRow* row;
  bool refused_in_front = false;
};

// Other answers mean the same from the API and from something in front of it.
bool DependsOnAuthor(const ErrorRow& row) {
  return row.trigger == Trigger::kStatusNotApi || row.auth_code_state == UE::REJECTED;
}

bool IsOfTheApi(const HttpResponse& response) {
  if (response.body_state != BodyState::kComplete) {
    // The body was dropped, so the Content-Type decides.
    return response.content_type.empty() || IsJsonMediaType(response.content_type);
  }
  const std::optional<ErrorBody> body = ParseErrorBody(response);
  return body && body->from_api;
}

AnswerVerdict JudgeStatus(int status, const HttpResponse& response, std::optional<bool> from_api) {
  for (const ErrorRow& row : ErrorCatalogue()) {
    if (!row.statuses.Contains(status)) continue;
    if (row.trigger == Trigger::kStatusRetryAfter && !ParseRetryAfter(response)) continue;
    if (!DependsOnAuthor(row)) return {&row};
    if (!from_api) from_api = IsOfTheApi(response);
    if (row.trigger == Trigger::kStatusNotApi && *from_api) continue;
    return {&row, !*from_api};
  }
  std::abort();  // error_catalogue.cc: the last row has every status
}

// A success by its status without a usable reply. An error in its body decides.
AnswerVerdict JudgeSuccess(const HttpResponse& response) {
  if (response.status == 200 && response.body_state == BodyState::kTooLarge) {
    return {&RowOf(v1::UPSTREAM_RESPONSE_TOO_LARGE)};
  }
  const std::optional<ErrorBody> body = ParseErrorBody(response);
  if (!body || !body->from_api) return JudgeStatus(response.status, response, false);
  const bool has_status = body->code && *body->code >= 400 && *body->code <= 599;
  return JudgeStatus(has_status ? *body->code : response.status, response, true);
}

AnswerVerdict JudgeAnswer(const HttpResponse& response) {
  return IsSuccess(response.status) ? JudgeSuccess(response)
                                    : JudgeStatus(response.status, response, std::nullopt);
}

// Failures of a request that was not sent, and cancellation.
bool IsBeforeAnythingIsSent(Failure failure) {
  constexpr Failure kBefore[] = {
      Failure::kDns,          Failure::kConnect,   Failure::kConnectTimeout, Failure::kTls,
      Failure::kTlsUntrusted, Failure::kCancelled, Failure::kProxyRefused};
  return std::find(std::begin(kBefore), std::end(kBefore), failure) != std::end(kBefore);
}

const ErrorRow& JudgeFailure(Rpc rpc, const TransportError& error) {
  Failure failure = error.failure;
  // An exchange of which bytes were sent is lost, after any failure.
  if (rpc == Rpc::kExchangeAuthCode && error.delivery != Delivery::kNever &&
      IsBeforeAnythingIsSent(failure)) {
    failure = Failure::kReset;
  }
  if (failure == Failure::kReset && error.http_status != 0) failure = Failure::kTruncated;
  if (failure == Failure::kCancelled) return RowOf(v1::CALLER_CANCELLED);
  for (const ErrorRow& row : ErrorCatalogue()) {
    if (row.failure != failure) continue;
    if (row.trigger == Trigger::kTransportAfter200 && IsSuccess(error.http_status)) return row;
    if (row.trigger == Trigger::kTransport) return row;
  }
  std::abort();  // error_catalogue.cc: every failure has a row
}

// A cancelled exchange has the row of a lost one, but is not a failure of the upstream.
bool IsCancelled(const HttpResult& result) {
  const auto* error = std::get_if<TransportError>(&result);
  return error != nullptr && error->failure == Failure::kCancelled;
}

Classification Classify(Rpc rpc, const HttpResult& result) {
  const auto* response = std::get_if<HttpResponse>(&result);
  // The body is not read yet; even if it is unusable, a second request would not help.
  if (response != nullptr && IsSuccess(response->status)) {
    return {RetryClass::kNever, Health::kWorks, v1::UPSTREAM_RESPONSE_MALFORMED};
  }
  const Verdict verdict = Judge(rpc, result);
  const Health health = IsCancelled(result) ? Health::kUnknown : verdict.row->health;
  return {verdict.retry, health, verdict.row->reason};
}

}  // namespace

Verdict Judge(Rpc rpc, const HttpResult& result) {
  const auto* error = std::get_if<TransportError>(&result);
  const AnswerVerdict found = error != nullptr ? AnswerVerdict{&JudgeFailure(rpc, *error)}
                                               : JudgeAnswer(std::get<HttpResponse>(result));
  const ErrorRow& row = *found.row;
  Verdict verdict{&row,
                  row.reason,
                  row.code,
                  row.create,
                  UE::AUTH_CODE_STATE_UNSPECIFIED,
                  found.refused_in_front};
  if (rpc == Rpc::kCreateAuthCode) return verdict;
  // Without a sent byte of the body the code cannot have been used.
  if (error != nullptr && error->delivery == Delivery::kNever) {
    verdict.retry = row.create == RetryClass::kAlways ? RetryClass::kIfUnsent : RetryClass::kNever;
    verdict.auth_code_state = UE::UNSENT;
    return verdict;
  }
  if (row.loses_exchange) {
    const ErrorRow& unknown = RowOf(v1::EXCHANGE_OUTCOME_UNKNOWN);
    verdict.reason = unknown.reason;
    verdict.code = unknown.code;
  }
  verdict.retry = row.exchange;
  verdict.auth_code_state = found.refused_in_front ? UE::UNKNOWN : row.auth_code_state;
  return verdict;
}

Classification ClassifyCreate(const HttpResult& result) {
  return Classify(Rpc::kCreateAuthCode, result);
}

Classification ClassifyExchange(const HttpResult& result) {
  return Classify(Rpc::kExchangeAuthCode, result);
}

}  // namespace modelgates::gateway
