// The lower bound of gRPC in C++: the callback API answers CreateAuthCode at once, without
// upstream.
//
// usage: grpc_echo ADDRESS
#include <absl/synchronization/mutex.h>
#include <grpcpp/grpcpp.h>

#include <cstdio>

#include "modelgates/oauth/v1/oauth.grpc.pb.h"

namespace modelgates::bench {
namespace {

namespace v1 = oauth::v1;

class EchoService final : public v1::OAuthService::CallbackService {
 public:
  grpc::ServerUnaryReactor* CreateAuthCode(grpc::CallbackServerContext* context,
                                           const v1::CreateAuthCodeRequest* request,
                                           v1::CreateAuthCodeResponse* reply) override {
    v1::AuthCode& data = *reply->mutable_data();
    data.set_id(request->code_challenge());
    data.set_app_id(1);
    *data.mutable_created_at() = request->expires_at();
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
};

int Serve(const std::string& address) {
  // As in the gateway, so that the comparison is fair.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  EchoService service;
  grpc::ServerBuilder builder;
  builder.AddListeningPort(address, grpc::InsecureServerCredentials());
  builder.RegisterService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (!server) return 1;
  server->Wait();
  return 0;
}

}  // namespace
}  // namespace modelgates::bench

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: grpc_echo ADDRESS\n", stderr);
    return 2;
  }
  return modelgates::bench::Serve(argv[1]);
}
