#include "frontend/unknown_methods.h"

#include <absl/strings/ascii.h>
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <string_view>

namespace modelgates::gateway {
namespace {

constexpr char kServed[] =
    "this gateway has no such method: it serves CreateAuthCode and ExchangeAuthCode of "
    "modelgates.oauth.v1.OAuthService, and grpc.health.v1.Health; check package, service and "
    "method, or ask its reflection";

// The part that can be the path of a method. The rest may be anything, for example the query of a
// redirect with a code.
std::string_view PathIn(std::string_view method) {
  constexpr size_t kMost = 128;
  const auto end = std::find_if_not(method.begin(), method.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '_' || c == '/';
  });
  return method.substr(0, std::min(kMost, static_cast<size_t>(end - method.begin())));
}

class Answer final : public grpc::ServerGenericBidiReactor {
 public:
  Answer() { Finish({grpc::StatusCode::UNIMPLEMENTED, kServed}); }
  void OnDone() override { delete this; }
};

}  // namespace

grpc::ServerGenericBidiReactor* UnknownMethods::CreateReactor(
    grpc::GenericCallbackServerContext* context) {
  on_call_();
  if (log_.Enabled(Severity::kInfo)) {
    LogLine line = log_.Line(Severity::kInfo, "unknown_method",
                             "a caller asked for a method that the gateway does not serve");
    log_.Write(line.Add("method", PathIn(context->method()))
                   .Add("grpc_code", "UNIMPLEMENTED")
                   .Add("peer", context->peer()));
  }
  context->AddTrailingMetadata("grpc-retry-pushback-ms", "-1");
  return new Answer();
}

}  // namespace modelgates::gateway
