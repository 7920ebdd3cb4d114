#include "modelgates/oauth/error.h"

#include <google/rpc/code.pb.h>
#include <modelgates/oauth/v1/oauth.pb.h>

#include <cstdlib>
#include <iostream>

#include "modelgates/oauth/result.h"

// The enums have the numbers of the enums in the protos, whose names are used.

namespace modelgates::oauth {
namespace {

// Protobuf's name is empty for a number that the proto does not have.
std::string_view NameOr(const std::string& name, std::string_view otherwise) {
  return name.empty() ? otherwise : std::string_view(name);
}

}  // namespace

std::string_view ToString(GrpcCode code) {
  return NameOr(google::rpc::Code_Name(static_cast<int>(code)), "UNKNOWN");
}

std::string_view ToString(ErrorReason reason) {
  return NameOr(v1::ErrorReason_Name(static_cast<int>(reason)), "UNRECOGNIZED");
}

std::string_view ToString(AuthCodeState state) {
  constexpr std::string_view kUnspecified = "UNSPECIFIED";
  if (state == AuthCodeState::kUnspecified) return kUnspecified;
  return NameOr(v1::UpstreamError::AuthCodeState_Name(static_cast<int>(state)), kUnspecified);
}

std::ostream& operator<<(std::ostream& out, const Error& error) {
  out << ToString(error.grpc_code);
  if (!error.reason_name.empty()) out << ' ' << error.reason_name;
  out << ": " << error.message;
  if (!error.request_id.empty()) out << " (request id " << error.request_id << ')';
  return out;
}

void AbortOnError(const Error& error) {
  std::cerr << "modelgates::oauth::Result: " << error << std::endl;
  std::abort();
}

}  // namespace modelgates::oauth
