#include "error_decoding.h"

#include <google/protobuf/util/json_util.h>
#include <google/rpc/error_details.pb.h>
#include <google/rpc/status.pb.h>
#include <modelgates/oauth/v1/oauth.pb.h>

#include <algorithm>
#include <charconv>
#include <limits>

namespace modelgates::oauth {
namespace {

using google::protobuf::Any;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr char kDomain[] = "modelgates.ai";

ErrorReason ToReason(const std::string& name) {
  v1::ErrorReason number;
  if (!v1::ErrorReason_Parse(name, &number)) return ErrorReason::kUnrecognized;
  return static_cast<ErrorReason>(number);
}

ErrorOrigin ToOrigin(std::string_view name) {
  if (name == "gateway") return ErrorOrigin::kGateway;
  if (name == "upstream") return ErrorOrigin::kUpstream;
  if (name == "transport") return ErrorOrigin::kTransport;
  if (name == "caller") return ErrorOrigin::kCaller;
  return ErrorOrigin::kUnknown;
}

AuthCodeState ToAuthCodeState(const std::string& name) {
  v1::UpstreamError::AuthCodeState number;
  if (!v1::UpstreamError::AuthCodeState_Parse(name, &number)) return AuthCodeState::kUnspecified;
  return static_cast<AuthCodeState>(number);
}

std::optional<int> ToNumber(const std::string& text) {
  int number = 0;
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  if (parsed.ec != std::errc{} || parsed.ptr != end) return std::nullopt;
  return number;
}

std::optional<int> UnlessZero(int number) {
  return number == 0 ? std::nullopt : std::optional<int>(number);
}

// Limited to 292 years, the range of nanoseconds.
nanoseconds ToNanoseconds(const google::protobuf::Duration& duration) {
  constexpr int64_t kMost = 9'000'000'000;
  return seconds(std::clamp<int64_t>(duration.seconds(), -kMost, kMost)) +
         nanoseconds(duration.nanos());
}

// Rounded up, because a shorter wait would be refused again.
milliseconds ToWait(const google::protobuf::Duration& duration) {
  return std::max(milliseconds(0), std::chrono::ceil<milliseconds>(ToNanoseconds(duration)));
}

std::string ToJson(const google::protobuf::Struct& fields) {
  std::string json;
  if (!google::protobuf::util::MessageToJsonString(fields, &json).ok()) json.clear();
  return json;
}

void Read(const google::rpc::ErrorInfo& info, Error& error) {
  // Other domains may use the same reasons.
  if (info.domain() != kDomain) return;
  error.reason_name = info.reason();
  error.reason = ToReason(info.reason());
  error.metadata = {info.metadata().begin(), info.metadata().end()};
  const auto value = [&](const char* name) {
    const auto found = error.metadata.find(name);
    return found == error.metadata.end() ? std::string() : found->second;
  };
  error.origin = ToOrigin(value("origin"));
  error.retryable = value("retryable") == "true";
  error.attempts = ToNumber(value("attempts")).value_or(0);
  error.http_status = ToNumber(value("httpStatus"));
  error.auth_code_state = ToAuthCodeState(value("authCodeState"));
  error.stop_reason = value("stopReason");
  error.sdk_error = value("sdkError");
  error.upstream_request_id = value("upstreamRequestId");
  if (error.request_id.empty()) error.request_id = value("requestId");
  if (const std::string last = value("lastFailure"); !last.empty()) {
    error.last_failure = ToReason(last);
  }
}

void Read(const google::rpc::BadRequest& bad_request, Error& error) {
  for (const auto& violation : bad_request.field_violations()) {
    error.field_violations.push_back({violation.field(), violation.description()});
  }
}

void Read(const google::rpc::PreconditionFailure& failure, Error& error) {
  for (const auto& violation : failure.violations()) {
    error.failed_preconditions.push_back(
        {violation.type(), violation.subject(), violation.description()});
  }
}

void Read(const google::rpc::QuotaFailure& failure, Error& error) {
  for (const auto& violation : failure.violations()) {
    error.exceeded_quotas.push_back({"", violation.subject(), violation.description()});
  }
}

void Read(const google::rpc::RetryInfo& retry_info, Error& error) {
  if (retry_info.has_retry_delay()) error.retry_delay = ToWait(retry_info.retry_delay());
}

void Read(const google::rpc::RequestInfo& request_info, Error& error) {
  if (!request_info.request_id().empty()) error.request_id = request_info.request_id();
}

void Read(const google::rpc::Help& help, Error& error) {
  for (const auto& link : help.links()) error.help.push_back({link.description(), link.url()});
}

void Read(const google::rpc::LocalizedMessage& message, Error& error) {
  error.user_message = message.message();
  error.user_message_locale = message.locale();
}

void Read(const v1::UpstreamError& said, Error& error) {
  UpstreamAnswer answer;
  answer.http_status = UnlessZero(said.http_status());
  if (said.has_code()) answer.code = said.code();
  answer.message = said.message();
  if (said.has_metadata()) answer.metadata_json = ToJson(said.metadata());
  if (said.has_user_id()) answer.user_id = said.user_id();
  answer.content_type = said.content_type();
  answer.body = said.body();
  answer.request_id = said.upstream_request_id();
  answer.truncated = said.truncated();
  for (const v1::Attempt& attempt : said.attempt_log()) {
    answer.attempts.push_back({UnlessZero(attempt.http_status()), attempt.failure(),
                               ToNanoseconds(attempt.started()), ToNanoseconds(attempt.elapsed())});
  }
  error.upstream_message = said.message();
  error.upstream = std::move(answer);
}

template <class Detail>
bool ReadAs(const Any& any, Error& error) {
  Detail detail;
  if (!any.Is<Detail>() || !any.UnpackTo(&detail)) return false;
  Read(detail, error);
  return true;
}

template <class... Details>
void ReadAsOneOf(const Any& any, Error& error) {
  (ReadAs<Details>(any, error) || ...);
}

}  // namespace

Error DecodeError(const CallFailure& failure) {
  Error error;
  error.grpc_code = failure.grpc_code > 0 && failure.grpc_code <= 16
                        ? static_cast<GrpcCode>(failure.grpc_code)
                        : GrpcCode::kUnknown;
  error.message = failure.message;
  error.request_id = failure.trailer_request_id;
  google::rpc::Status status;
  if (!status.ParseFromString(failure.details)) return error;
  for (const Any& any : status.details()) {
    ReadAsOneOf<google::rpc::ErrorInfo, google::rpc::BadRequest, google::rpc::PreconditionFailure,
                google::rpc::QuotaFailure, google::rpc::RetryInfo, google::rpc::RequestInfo,
                google::rpc::Help, google::rpc::LocalizedMessage, v1::UpstreamError>(any, error);
  }
  return error;
}

}  // namespace modelgates::oauth
