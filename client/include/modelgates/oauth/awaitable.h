#pragma once

#include <coroutine>
#include <functional>
#include <optional>
#include <utility>

#include "modelgates/oauth/client.h"

namespace modelgates::oauth {

// The awaitable of a call, for coroutines of any type. The coroutine resumes on a thread of gRPC,
// as callbacks do: switch to your own executor before any long work. The coroutine must not be
// destroyed while it waits. CallOptions::stop cancels the call, and the coroutine resumes at once.
template <class T>
class [[nodiscard]] CallAwaiter {
 public:
  using Start = std::function<void(Callback<T>)>;

  explicit CallAwaiter(Start start) : start_(std::move(start)) {}

  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> waiting) {
    // The result may arrive, and this object be destroyed, before `start` returns.
    const Start start = std::move(start_);
    start([this, waiting](Result<T> result) {
      result_.emplace(std::move(result));
      waiting.resume();
    });
  }
  Result<T> await_resume() { return *std::move(result_); }

 private:
  Start start_;
  std::optional<Result<T>> result_;
};

//   Result<AuthCode> code = co_await AwaitCreateAuthCode(client, request);
inline CallAwaiter<AuthCode> AwaitCreateAuthCode(OAuthClient client, CreateAuthCodeRequest request,
                                                 CallOptions options = {}) {
  return CallAwaiter<AuthCode>([client = std::move(client), request = std::move(request),
                                options = std::move(options)](Callback<AuthCode> callback) {
    client.CreateAuthCode(request, options, std::move(callback));
  });
}

inline CallAwaiter<ApiKey> AwaitExchangeAuthCode(OAuthClient client,
                                                 ExchangeAuthCodeRequest request,
                                                 CallOptions options = {}) {
  return CallAwaiter<ApiKey>([client = std::move(client), request = std::move(request),
                              options = std::move(options)](Callback<ApiKey> callback) {
    client.ExchangeAuthCode(request, options, std::move(callback));
  });
}

}  // namespace modelgates::oauth
