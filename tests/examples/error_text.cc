#include "examples/error_text.h"

#include <google/rpc/error_details.pb.h>

#include <map>

namespace modelgates::gateway {
namespace {

namespace v1 = modelgates::oauth::v1;

std::string TextOf(const google::rpc::BadRequest& bad_request) {
  std::string text;
  for (const auto& violation : bad_request.field_violations()) {
    text += "violation " + violation.field() + ": " + violation.description() + '\n';
  }
  return text;
}

std::string TextOf(const google::rpc::RetryInfo& retry_info) {
  const auto& delay = retry_info.retry_delay();
  const int64_t milliseconds = delay.seconds() * 1'000 + delay.nanos() / 1'000'000;
  return "retry_delay " + std::to_string(milliseconds) + " ms\n";
}

std::string TextOf(const google::rpc::RequestInfo& request_info) {
  return "request_id " + request_info.request_id() + '\n';
}

std::string TextOf(const v1::UpstreamError& upstream) {
  return "upstream " + std::to_string(upstream.http_status()) + " auth_code_state " +
         v1::UpstreamError::AuthCodeState_Name(upstream.auth_code_state()) + " attempts " +
         std::to_string(upstream.attempts()) + " logged " +
         std::to_string(upstream.attempt_log_size()) + " message " + upstream.message() + '\n';
}

template <class Detail>
std::string TextIfIs(const google::protobuf::Any& any) {
  Detail detail;
  return any.UnpackTo(&detail) ? TextOf(detail) : "";
}

}  // namespace

std::string ErrorText(ErrorReason reason, const CatalogueError& error) {
  std::string types;
  std::string texts;
  std::map<std::string, std::string> metadata;
  for (const google::protobuf::Any& any : error.reply.status.details()) {
    types += any.type_url().substr(any.type_url().rfind('.')).replace(0, 1, " ");
    google::rpc::ErrorInfo info;
    if (any.UnpackTo(&info)) metadata.insert(info.metadata().begin(), info.metadata().end());
    texts += TextIfIs<google::rpc::BadRequest>(any) + TextIfIs<google::rpc::RetryInfo>(any) +
             TextIfIs<google::rpc::RequestInfo>(any) + TextIfIs<v1::UpstreamError>(any);
  }
  std::string text = "code " + std::to_string(static_cast<int>(error.code)) + "\nmessage " +
                     error.reply.status.message() + "\ndetails" + types + "\nreason " +
                     v1::ErrorReason_Name(reason) + " of modelgates.ai\n";
  for (const auto& [name, value] : metadata) text += "metadata " + name + '=' + value + '\n';
  return text + texts;
}

}  // namespace modelgates::gateway
