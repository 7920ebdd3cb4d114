#include "unit/http/transport_runner.h"

#include <gtest/gtest.h>

#include <utility>

#include "base/wait_point.h"
#include "support/send_recorder.h"

namespace modelgates::gateway {
namespace {

constexpr std::chrono::seconds kPatience{60};

TransportOptions WithBaseUrl(const std::string& base_url) {
  TransportOptions options;
  options.base_url = base_url;
  return options;
}

// On a busy machine a hundred TLS handshakes take longer than the default allows; tests that are
// not about the connect timeout must not meet it.
TransportOptions WithPatience(TransportOptions options) {
  if (options.connect_timeout == TransportOptions().connect_timeout) {
    options.connect_timeout = kPatience;
  }
  return options;
}

}  // namespace

const HttpResponse& Sent::response() const {
  static const HttpResponse kNone;
  const auto* response = std::get_if<HttpResponse>(&result);
  if (response != nullptr) return *response;
  ADD_FAILURE() << "no answer but " << ToString(std::get<TransportError>(result).failure);
  return kNone;
}

TransportError Sent::error() const {
  const auto* error = std::get_if<TransportError>(&result);
  if (error != nullptr) return *error;
  ADD_FAILURE() << "no error but answer " << std::get<HttpResponse>(result).status;
  return {TransportFailure::kRefusedStream, Delivery::kNever};
}

TransportRunner::TransportRunner(const std::string& base_url)
    : TransportRunner(WithBaseUrl(base_url)) {}

TransportRunner::TransportRunner(TransportOptions options)
    : transport_(std::make_unique<CurlTransport>(loop_, WithPatience(std::move(options)))),
      thread_([this] { loop_.Run(); }) {}

TransportRunner::~TransportRunner() {
  DestroyTransport();
  loop_.Stop();
  thread_.join();
}

void TransportRunner::DestroyTransport() {
  OnLoop([this] { transport_.reset(); });
}

std::future<Sent> TransportRunner::Start(std::string body, Limits limits) {
  HttpRequest request("/auth/keys");
  request.set_body(std::move(body));
  return StartRequest(std::move(request), std::move(limits));
}

std::future<Sent> TransportRunner::StartRequest(HttpRequest request, Limits limits) {
  std::promise<Sent> promise;
  std::future<Sent> future = promise.get_future();
  loop_.Post([this, request = std::move(request), limits = std::move(limits),
              promise = std::move(promise)]() mutable {
    Spawn(Run(std::move(request), std::move(limits), std::move(promise)));
  });
  return future;
}

Task<void> TransportRunner::Run(HttpRequest request, Limits limits, std::promise<Sent> promise) {
  SendRecorder progress;
  SendOptions options;
  options.deadline = loop_.Now() + limits.deadline.value_or(kPatience);
  options.stop = limits.stop;
  options.observer = &progress;
  options.fresh_connection = limits.fresh_connection;
  HttpResult result = co_await transport_->Send(request, options);
  Sent sent;
  sent.result = std::move(result);
  sent.offered = progress.offered();
  promise.set_value(std::move(sent));
}

void TransportRunner::OnLoop(const std::function<void()>& task) {
  std::promise<void> done;
  loop_.Post([&] {
    task();
    done.set_value();
  });
  done.get_future().wait();
}

TransportStats TransportRunner::stats() {
  TransportStats stats;
  OnLoop([&] { stats = transport_->stats(); });
  return stats;
}

bool TransportRunner::WaitForStats(const std::function<bool(const TransportStats&)>& done) {
  const TimePoint end = loop_.Now() + kPatience;
  while (!done(stats())) {
    if (loop_.Now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

void ExpectOk(const Sent& sent, std::string_view body) {
  const HttpResponse& response = sent.response();
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body_state, BodyState::kComplete);
  EXPECT_EQ(response.body, body);
}

void ExpectError(const Sent& sent, TransportFailure failure, Delivery delivery, int http_status) {
  const TransportError error = sent.error();
  EXPECT_EQ(ToString(error.failure), ToString(failure));
  EXPECT_EQ(error.delivery, delivery);
  EXPECT_EQ(error.http_status, http_status);
}

}  // namespace modelgates::gateway
