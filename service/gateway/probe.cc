#include "gateway/probe.h"

#include <curl/curl.h>
#include <fmt/format.h>
#include <grpc/health/v1/health.pb.h>
#include <grpc/support/log.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/impl/codegen/proto_utils.h>

#include <chrono>
#include <future>
#include <memory>
#include <string>

#include "base/host_port.h"

namespace modelgates::gateway {
namespace {

using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;

constexpr std::chrono::seconds kTimeout{2};

// The address to connect to for a server that listens on `listen` on this machine.
std::string ReachedAt(const std::string& listen) {
  const HostPort address = SplitHostPort(listen).value();
  if (address.host == "0.0.0.0") return fmt::format("127.0.0.1:{}", address.port);
  if (address.host == "[::]") return fmt::format("[::1]:{}", address.port);
  return listen;
}

absl::Status ProbeFailed(const std::string& listen, std::string_view query,
                         std::string_view answer) {
  return absl::UnavailableError(fmt::format("{} of {}: {}", query, listen, answer));
}

absl::Status ProbeHealth(const std::string& listen) {
  // The error is reported below in one line; gRPC would log several.
  gpr_set_log_verbosity(GPR_LOG_SEVERITY_ERROR);
  gpr_set_log_function([](gpr_log_func_args*) {});

  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  const auto channel =
      grpc::CreateCustomChannel(ReachedAt(listen), grpc::InsecureChannelCredentials(), arguments);
  grpc::TemplatedGenericStub<HealthCheckRequest, HealthCheckResponse> stub(channel);

  grpc::ClientContext context;
  const HealthCheckRequest request;  // of the server as a whole
  HealthCheckResponse response;
  std::promise<grpc::Status> ended;
  stub.UnaryCall(&context, "/grpc.health.v1.Health/Check", grpc::StubOptions(), &request, &response,
                 [&](grpc::Status status) { ended.set_value(std::move(status)); });
  std::future<grpc::Status> end = ended.get_future();
  if (end.wait_for(kTimeout) == std::future_status::timeout) context.TryCancel();
  const grpc::Status status = end.get();
  if (!status.ok()) return ProbeFailed(listen, "health", status.error_message());
  if (response.status() == HealthCheckResponse::SERVING) return absl::OkStatus();
  return ProbeFailed(listen, "health", HealthCheckResponse::ServingStatus_Name(response.status()));
}

absl::Status ProbeAdmin(const std::string& listen, const std::string& path) {
  const std::string url = "http://" + ReachedAt(listen) + path;
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(),
                                                                 &curl_easy_cleanup);
  if (!curl) return ProbeFailed(listen, path, "out of memory");
  const auto timeout = std::chrono::milliseconds(kTimeout).count();
  curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_NOBODY, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_PROXY, "");
  curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT_MS, static_cast<long>(timeout));
  if (const CURLcode code = curl_easy_perform(curl.get()); code != CURLE_OK) {
    return ProbeFailed(listen, path, curl_easy_strerror(code));
  }
  long status = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
  if (status == 200) return absl::OkStatus();
  return ProbeFailed(listen, path, fmt::format("HTTP {}", status));
}

}  // namespace

absl::Status RunProbe(const Config& config) {
  if (config.probe == ProbeKind::kHealth) return ProbeHealth(config.listen);
  return ProbeAdmin(config.admin_listen, config.probe == ProbeKind::kLive ? "/livez" : "/readyz");
}

}  // namespace modelgates::gateway
