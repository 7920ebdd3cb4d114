#pragma once

#include <gmock/gmock.h>
#include <google/rpc/error_details.pb.h>
#include <google/rpc/status.pb.h>
#include <modelgates/oauth/v1/oauth.pb.h>

#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "support/gateway_client.h"

namespace modelgates::gateway {

// The details of an error reply, unpacked. All empty when it had none.
struct TypedError {
  std::string serialized;
  google::rpc::Status status;
  std::vector<std::string> types;  // of the details, in their order, e.g. "ErrorInfo"
  google::rpc::ErrorInfo info;
  std::optional<google::rpc::BadRequest> bad_request;
  std::optional<google::rpc::PreconditionFailure> precondition_failure;
  std::optional<google::rpc::QuotaFailure> quota_failure;
  std::optional<google::rpc::RetryInfo> retry_info;
  std::optional<google::rpc::RequestInfo> request_info;
  std::optional<google::rpc::Help> help;
  std::optional<google::rpc::LocalizedMessage> localized_message;
  std::optional<oauth::v1::UpstreamError> upstream;

  // A value of ErrorInfo.metadata; empty when there is none.
  std::string Metadata(const std::string& name) const;
  // The fields that BadRequest names, in order.
  std::vector<std::string> Fields() const;
  int64_t RetryMilliseconds() const;
};

TypedError ErrorOf(const CallEnd& call);

// The rules of errors.md for every error: equal codes and messages, the budget of
// bytes, domain and metadata, order and number of the details, the pushback trailer.
void ExpectEnvelope(const CallEnd& call, const std::string& rpc);

void PrintTo(const CallEnd& call, std::ostream* out);

template <class Reply>
void PrintTo(const Called<Reply>& call, std::ostream* out) {
  PrintTo(static_cast<const CallEnd&>(call), out);
}

MATCHER(Succeeds, "succeeds") { return arg.status.ok(); }

// Of a CallEnd: the gRPC code and ErrorInfo.reason.
MATCHER_P2(FailsWith, code, reason, "fails with " + std::to_string(code) + " " + reason) {
  return arg.status.error_code() == code && ErrorOf(arg).info.reason() == reason;
}

}  // namespace modelgates::gateway
