#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <modelgates/oauth/v1/oauth.grpc.pb.h>
#include <pthread.h>
#include <signal.h>

#include <cstdio>
#include <map>
#include <string>

#include "examples/error_text.h"

// A gateway that does nothing but fail. What a client asks for is the name of an ErrorReason, "/",
// and "usual" or "largest": CreateAuthCode with it as callback_url fails so, and ExchangeAuthCode
// with it as code answers, as the key, what is to be found in that error (error_text.h).

namespace modelgates::gateway {
namespace {

namespace v1 = modelgates::oauth::v1;

struct Case {
  CatalogueError error;
  std::string text;
};

std::map<std::string, Case> AllCases() {
  std::map<std::string, Case> cases;
  const auto& reasons = *v1::ErrorReason_descriptor();
  for (int i = 1; i < reasons.value_count(); ++i) {
    const auto reason = static_cast<ErrorReason>(reasons.value(i)->number());
    for (const ErrorSize size : {ErrorSize::kUsual, ErrorSize::kLargest}) {
      CatalogueError error = CatalogueErrorOf(reason, size);
      std::string text = ErrorText(reason, error);
      const char* suffix = size == ErrorSize::kUsual ? "/usual" : "/largest";
      cases.emplace(reasons.value(i)->name() + suffix, Case{std::move(error), std::move(text)});
    }
  }
  return cases;
}

class ErrorService final : public v1::OAuthService::Service {
 public:
  grpc::Status CreateAuthCode(grpc::ServerContext* context,
                              const v1::CreateAuthCodeRequest* request,
                              v1::CreateAuthCodeResponse*) override {
    const auto found = cases_.find(request->callback_url());
    if (found == cases_.end()) return NoSuchCase();
    const CatalogueError& error = found->second.error;
    // As the gateway does: these share the client's limit with the details.
    context->AddTrailingMetadata("x-request-id", error.request_id);
    if (!error.reply.retry_pushback.empty()) {
      context->AddTrailingMetadata("grpc-retry-pushback-ms", error.reply.retry_pushback);
    }
    return ToStatus(error.reply);
  }

  grpc::Status ExchangeAuthCode(grpc::ServerContext*, const v1::ExchangeAuthCodeRequest* request,
                                v1::ExchangeAuthCodeResponse* reply) override {
    const auto found = cases_.find(request->code());
    if (found == cases_.end()) return NoSuchCase();
    reply->set_key(found->second.text);
    return grpc::Status::OK;
  }

 private:
  static grpc::Status NoSuchCase() { return {grpc::StatusCode::OUT_OF_RANGE, "no such case"}; }

  const std::map<std::string, Case> cases_ = AllCases();
};

int Serve() {
  // Before any thread starts, so that none of them takes the signal.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  ErrorService service;
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) return 1;
  std::printf(R"({"event":"listening","address":"127.0.0.1:%d"})"
              "\n",
              port);
  std::fflush(stdout);
  int received = 0;
  while (sigwait(&signals, &received) != 0) {
  }
  server->Shutdown();
  return 0;
}

}  // namespace
}  // namespace modelgates::gateway

int main() { return modelgates::gateway::Serve(); }
