#pragma once

#include <google/rpc/error_details.pb.h>
#include <google/rpc/status.pb.h>
#include <modelgates/oauth/v1/oauth.pb.h>

#include <optional>

namespace modelgates::gateway {

// The serialized google.rpc.Status may have no more bytes: above about 5,800 a Java client, above
// 8,000 a C++ client loses the whole error and sees another code (measured, see errors.md).
inline constexpr size_t kMaxStatusBytes = 4096;
inline constexpr size_t kMaxMessageBytes = 512;

// The details of one error, each in its place.
struct ErrorDetails {
  google::rpc::ErrorInfo error_info;
  std::optional<google::rpc::BadRequest> bad_request;
  std::optional<google::rpc::PreconditionFailure> precondition_failure;
  std::optional<google::rpc::QuotaFailure> quota_failure;
  std::optional<google::rpc::RetryInfo> retry_info;
  google::rpc::RequestInfo request_info;
  std::optional<google::rpc::Help> help;
  std::optional<google::rpc::LocalizedMessage> localized_message;
  std::optional<oauth::v1::UpstreamError> upstream_error;
};

// Puts `details` into `status`, which has code and message already, in the order above. Cuts until
// it fits into kMaxStatusBytes: body, metadata and long message of UpstreamError, LocalizedMessage,
// Help, attempt log, violations after the 8th, UpstreamError. ErrorInfo, RetryInfo and RequestInfo
// are never cut. True when something was cut; UpstreamError.truncated says so then.
bool PackDetails(ErrorDetails details, google::rpc::Status& status);

}  // namespace modelgates::gateway
