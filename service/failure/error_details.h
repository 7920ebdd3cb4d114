#pragma once

#include <google/rpc/error_details.pb.h>
#include <google/rpc/status.pb.h>
#include <modelgates/oauth/v1/oauth.pb.h>

#include <optional>

namespace modelgates::gateway {

// Bound on the serialized google.rpc.Status. Above about 5,800 bytes a Java client, above 8,000 a
// C++ client loses the whole error and sees another code (measured, see errors.md).
inline constexpr size_t kMaxStatusBytes = 4096;
inline constexpr size_t kMaxMessageBytes = 512;

// The details of one error.
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

// Adds `details` in the order above to `status`, which already has code and message. Cuts them
// until they fit into kMaxStatusBytes: body, metadata and long message of UpstreamError,
// LocalizedMessage, Help, attempt log, violations after the 8th, UpstreamError. ErrorInfo,
// RetryInfo and RequestInfo are never cut. True when something was cut; UpstreamError.truncated is
// then set.
bool PackDetails(ErrorDetails details, google::rpc::Status& status);

}  // namespace modelgates::gateway
