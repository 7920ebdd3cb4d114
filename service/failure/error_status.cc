#include "failure/error_status.h"

#include "base/text.h"
#include "failure/bad_request.h"
#include "failure/error_details.h"
#include "failure/error_message.h"
#include "failure/fixed_details.h"
#include "failure/upstream_error.h"
#include "http/url.h"
#include "redaction/key_like_word.h"
#include "redaction/split_secret.h"

namespace modelgates::gateway {
namespace {

namespace v1 = modelgates::oauth::v1;

constexpr char kDomain[] = "modelgates.ai";

struct Answer {
  const HttpResponse* response = nullptr;
  std::optional<ErrorBody> body;
};

Answer AnswerOf(const FailedCall& failed) {
  if (failed.outcome == nullptr) return {};
  const auto* response = std::get_if<HttpResponse>(&failed.outcome->last);
  if (response == nullptr) return {};
  Answer answer{response, ParseErrorBody(*response)};
  if (IsSuccess(response->status)) {
    // It may hold a key: nothing of it is shown but code and words of an error, and no words that
    // could be one.
    if (!answer.body || !answer.body->from_api) return {response, std::nullopt};
    if (HasKeyLikeWord(answer.body->message)) {
      answer.body->message.clear();
      answer.body->metadata_dropped = true;
    }
    answer.body->metadata.reset();
    answer.body->user_id.reset();
    return answer;
  }
  if (answer.body && HasSplitSecret(*answer.body, *failed.redaction)) {
    answer.body->metadata.reset();
    answer.body->metadata_dropped = true;
    answer.body->user_id.reset();
  }
  return answer;
}

std::string LocationHost(const HttpResponse& response, const Redaction& redaction) {
  constexpr size_t kMaxHostBytes = 255;
  const std::optional<Url> url = ParseUrl(response.location);
  if (!url || redaction.RepeatsSecret(url->host)) return "";
  return CleanText(url->host, kMaxHostBytes);
}

google::rpc::ErrorInfo ErrorInfoOf(const FailedCall& failed, const Answer& answer) {
  google::rpc::ErrorInfo info;
  info.set_domain(kDomain);
  info.set_reason(v1::ErrorReason_Name(failed.reason));
  auto& metadata = *info.mutable_metadata();
  metadata["origin"] = ToString(failed.row->origin);
  metadata["rpc"] = ToString(failed.rpc);
  metadata["requestId"] = failed.request_id;
  metadata["attempts"] = std::to_string(failed.attempts);
  metadata["retryable"] = failed.retryable ? "true" : "false";
  metadata["stopReason"] = ToString(failed.stop);
  if (failed.rpc == Rpc::kExchangeAuthCode) {
    metadata["authCodeState"] = v1::UpstreamError::AuthCodeState_Name(failed.auth_code_state);
  }
  if (failed.breaker_failure != v1::ERROR_REASON_UNSPECIFIED) {
    metadata["lastFailure"] = v1::ErrorReason_Name(failed.breaker_failure);
  }
  if (answer.response == nullptr) return info;

  const int status = answer.response->status;
  metadata["httpStatus"] = std::to_string(status);
  metadata["sdkError"] = SdkErrorName(failed.rpc, status, answer.body && answer.body->typed);
  constexpr size_t kMaxIdBytes = 128;
  std::string id = CleanText(failed.redaction->Apply(answer.response->request_id), kMaxIdBytes);
  if (!id.empty()) metadata["upstreamRequestId"] = std::move(id);
  if (failed.reason == v1::UPSTREAM_REDIRECT) {
    std::string host = LocationHost(*answer.response, *failed.redaction);
    if (!host.empty()) metadata["locationHost"] = std::move(host);
  }
  return info;
}

std::optional<google::rpc::RetryInfo> RetryInfoOf(const FailedCall& failed) {
  if (!failed.retry_delay) return std::nullopt;
  google::rpc::RetryInfo retry_info;
  const auto milliseconds = failed.retry_delay->count();
  retry_info.mutable_retry_delay()->set_seconds(milliseconds / 1000);
  retry_info.mutable_retry_delay()->set_nanos(static_cast<int32_t>(milliseconds % 1000) *
                                              1'000'000);
  return retry_info;
}

std::optional<google::rpc::LocalizedMessage> UserMessage(const FailedCall& failed) {
  UserText text = failed.row->words.create_user;
  if (failed.rpc == Rpc::kExchangeAuthCode) text = failed.row->words.exchange_user;
  // Nobody has looked at the code.
  if (failed.refused_in_front) text = UserText::kFaultOfService;
  if (failed.reason == v1::EXCHANGE_OUTCOME_UNKNOWN) text = UserText::kInterrupted;
  const auto wait = failed.retryable ? failed.retry_delay : std::nullopt;
  std::string sentence = UserWords(text, wait);
  if (sentence.empty()) return std::nullopt;
  google::rpc::LocalizedMessage message;
  message.set_locale("en-US");
  message.set_message(std::move(sentence));
  return message;
}

bool HasHelp(const FailedCall& failed, const Answer& answer) {
  if ((failed.row->details & kHelp) == 0) return false;
  // A 404 of the API itself says that the base URL is right.
  return failed.reason != v1::NOT_FOUND || !answer.body || !answer.body->from_api;
}

ErrorDetails DetailsOf(const FailedCall& failed, const Answer& answer) {
  ErrorDetails details;
  details.error_info = ErrorInfoOf(failed, answer);
  details.retry_info = RetryInfoOf(failed);
  details.request_info.set_request_id(std::string(failed.request_id));
  if (failed.attempts > 0) details.upstream_error = ToUpstreamError(failed, answer.body);
  details.localized_message = UserMessage(failed);
  // The row's own details explain its own reason only.
  if (failed.reason != failed.row->reason) return details;

  const uint8_t wanted = failed.row->details;
  if ((wanted & kBadRequest) != 0) details.bad_request = BadRequestOf(failed, answer.body);
  if ((wanted & kPreconditionFailure) != 0) details.precondition_failure = PaymentFailure();
  if ((wanted & kQuotaFailure) != 0) details.quota_failure = RateFailure();
  if (HasHelp(failed, answer)) details.help = HelpFor(failed.reason);
  return details;
}

}  // namespace

ErrorStatus ToErrorStatus(const FailedCall& failed) {
  const Answer answer = AnswerOf(failed);
  ErrorStatus result;
  result.status.set_code(static_cast<int>(failed.code));
  result.status.set_message(ErrorMessage(failed, answer.body));
  result.details_truncated = PackDetails(DetailsOf(failed, answer), result.status);
  if (!failed.retryable) {
    result.retry_pushback = "-1";
  } else if (failed.retry_delay) {
    result.retry_pushback = std::to_string(failed.retry_delay->count());
  }
  return result;
}

}  // namespace modelgates::gateway
