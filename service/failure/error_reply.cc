#include "failure/error_reply.h"

#include <utility>

#include "base/text.h"
#include "failure/bad_request.h"
#include "failure/error_details.h"
#include "failure/error_words.h"
#include "failure/upstream_error.h"
#include "http/url.h"
#include "redaction/split_secret.h"

namespace modelgates::gateway {
namespace {

namespace v1 = modelgates::oauth::v1;

constexpr char kUpstreamRequestId[] = "upstreamRequestId";
constexpr char kEntries[] = "https://modelgates.ai/docs/oauth-gateway/errors#";

struct Answer {
  const HttpResponse* response = nullptr;
  std::optional<ErrorBody> body;
};

Answer AnswerOf(const FailedCall& failed, const Redaction& redaction) {
  if (failed.outcome == nullptr) return {};
  const auto* response = std::get_if<HttpResponse>(&failed.outcome->last);
  if (response == nullptr) return {};
  Answer answer{response, ParseErrorBody(*response)};
  if (IsSuccess(response->status)) {
    // The body may contain a key: only code and message of an error are shown, and only if the
    // message contains no possible key.
    if (!answer.body || !answer.body->from_api) return {response, std::nullopt};
    if (HasKeyLikeWord(answer.body->message)) {
      answer.body->message.clear();
      answer.body->metadata_dropped = true;
    }
    answer.body->metadata.reset();
    answer.body->user_id.reset();
    return answer;
  }
  if (answer.body && HasSplitSecret(*answer.body, redaction)) {
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

// The SDK's name for the answer.
std::string_view SdkErrorOf(const FailedCall& failed, const Answer& answer) {
  const int status = answer.response->status;
  if (status == 200) return "ResponseValidationError";
  const char* name = failed.rpc == Rpc::kCreateAuthCode ? failed.row->create_sdk_error
                                                        : failed.row->exchange_sdk_error;
  // The SDK makes typed errors only from the API's JSON.
  const bool typed = answer.body && answer.body->typed && failed.row->statuses.Contains(status);
  return typed && name != nullptr ? name : "ModelGatesDefaultError";
}

google::rpc::ErrorInfo ErrorInfoOf(const FailedCall& failed, const Answer& answer,
                                   std::string_view request_id, const Redaction& redaction) {
  google::rpc::ErrorInfo info;
  info.set_domain(kErrorDomain);
  info.set_reason(v1::ErrorReason_Name(failed.reason));
  auto& metadata = *info.mutable_metadata();
  metadata["origin"] = ToString(failed.row->origin);
  metadata["rpc"] = ToString(failed.rpc);
  metadata["requestId"] = request_id;
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

  metadata["httpStatus"] = std::to_string(answer.response->status);
  metadata["sdkError"] = SdkErrorOf(failed, answer);
  constexpr size_t kMaxIdBytes = 128;
  std::string id = CleanText(redaction.Apply(answer.response->request_id), kMaxIdBytes);
  if (!id.empty()) metadata[kUpstreamRequestId] = std::move(id);
  if ((failed.row->details & kLocationHost) != 0) {
    std::string host = LocationHost(*answer.response, redaction);
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
  std::string sentence = UserSentence(failed);
  if (sentence.empty()) return std::nullopt;
  google::rpc::LocalizedMessage message;
  message.set_locale("en-US");
  message.set_message(std::move(sentence));
  return message;
}

google::rpc::PreconditionFailure PaymentFailure() {
  google::rpc::PreconditionFailure failure;
  auto& violation = *failure.add_violations();
  violation.set_type("PAYMENT");
  violation.set_subject("account");
  violation.set_description("the account lacks credit");
  return failure;
}

google::rpc::QuotaFailure QuotaFailureOf(Origin origin) {
  google::rpc::QuotaFailure failure;
  auto& violation = *failure.add_violations();
  if (origin == Origin::kCaller) {
    violation.set_subject("caller");
    violation.set_description(
        "the caller's limit on calls per second or at the same time is reached");
    return failure;
  }
  violation.set_subject("upstream requests");
  violation.set_description("the upstream's limit on the rate of requests is reached");
  return failure;
}

bool HasHelp(HelpLink link, const Answer& answer) {
  const bool api_answered = answer.body && answer.body->from_api;
  return link == HelpLink::kYes || (link == HelpLink::kUnlessTheApiAnswered && !api_answered);
}

// A link to the reason's entry in docs/errors.md.
google::rpc::Help HelpFor(ErrorReason reason) {
  const std::string& name = v1::ErrorReason_Name(reason);
  google::rpc::Help help;
  auto& link = *help.add_links();
  link.set_url(kEntries + name);
  link.set_description("what " + name + " means and what to do");
  return help;
}

ErrorDetails DetailsOf(const FailedCall& failed, const Answer& answer, std::string_view request_id,
                       const Redaction& redaction) {
  ErrorDetails details;
  details.error_info = ErrorInfoOf(failed, answer, request_id, redaction);
  details.retry_info = RetryInfoOf(failed);
  details.request_info.set_request_id(std::string(request_id));
  if (failed.attempts > 0) {
    details.upstream_error = ToUpstreamError(failed, answer.body, redaction);
  }
  details.localized_message = UserMessage(failed);
  // The row's details belong to the row's reason only.
  if (failed.reason != failed.row->reason) return details;

  const uint8_t wanted = failed.row->details;
  if ((wanted & kBadRequest) != 0)
    details.bad_request = BadRequestOf(failed, answer.body, redaction);
  if ((wanted & kPreconditionFailure) != 0) details.precondition_failure = PaymentFailure();
  if ((wanted & kQuotaFailure) != 0) details.quota_failure = QuotaFailureOf(failed.row->origin);
  if (HasHelp(failed.row->help, answer)) details.help = HelpFor(failed.reason);
  return details;
}

}  // namespace

ErrorReply ToErrorReply(const FailedCall& failed, std::string_view request_id,
                        const Redaction& redaction) {
  const Answer answer = AnswerOf(failed, redaction);
  ErrorReply reply;
  reply.status.set_code(static_cast<int>(failed.code));
  reply.status.set_message(ErrorMessage(failed, answer.body, redaction));
  ErrorDetails details = DetailsOf(failed, answer, request_id, redaction);
  const auto& metadata = details.error_info.metadata();
  const auto id = metadata.find(kUpstreamRequestId);
  if (id != metadata.end()) reply.upstream_request_id = id->second;
  reply.details_truncated = PackDetails(std::move(details), reply.status);
  if (!failed.retryable) {
    reply.retry_pushback = "-1";
  } else if (failed.retry_delay) {
    reply.retry_pushback = std::to_string(failed.retry_delay->count());
  }
  return reply;
}

}  // namespace modelgates::gateway
