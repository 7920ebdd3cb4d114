#pragma once

#include <coroutine>
#include <functional>
#include <optional>
#include <utility>

#include "modelgates/oauth/client.h"

namespace modelgates::oauth {

// What `co_await` waits at, in coroutines of any kind. The coroutine goes on on a thread of gRPC,
// as callbacks do: hop to your own executor before doing anything long. It must not be destroyed
// while it waits: cancel it by CallOptions::stop, and it goes on at once.
template <class T>
class [[nodiscard]] CallAwaiter {
 public:
  using Start = std::function<void(Callback<T>)>;

  explicit CallAwaiter(Start start) : start_(std::move(start)) {}

  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> waiting) {
    // The answer may come, and this awaiter go, before the start has returned.
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
