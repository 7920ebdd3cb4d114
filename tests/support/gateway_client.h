#pragma once

#include <grpcpp/grpcpp.h>
#include <modelgates/oauth/v1/oauth.grpc.pb.h>

#include <chrono>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace modelgates::gateway {

// How a call ended, as its caller sees it.
struct CallEnd {
  grpc::Status status;
  std::multimap<std::string, std::string> trailers;

  bool ok() const { return status.ok(); }
  // First value of a trailer; empty when there is none.
  std::string Trailer(const std::string& name) const {
    const auto found = trailers.find(name);
    return found == trailers.end() ? "" : found->second;
  }
};

template <class Reply>
struct Called : CallEnd {
  Reply reply;
};

struct CallSettings {
  // Far beyond what any test waits for, so that it is the gateway that answers. Absent: none.
  std::optional<std::chrono::milliseconds> deadline = std::chrono::seconds(60);
  std::vector<std::pair<std::string, std::string>> metadata{};
};

// A call under way. Cancelled if it is left.
template <class Request, class Reply>
class PendingCall {
 public:
  PendingCall(Request request, const CallSettings& settings) : request_(std::move(request)) {
    if (settings.deadline) {
      context_.set_deadline(std::chrono::system_clock::now() + *settings.deadline);
    }
    for (const auto& [name, value] : settings.metadata) context_.AddMetadata(name, value);
  }
  PendingCall(const PendingCall&) = delete;
  PendingCall& operator=(const PendingCall&) = delete;
  ~PendingCall() {
    if (!future_.valid()) return;
    Cancel();
    future_.wait();
  }

  void Cancel() { context_.TryCancel(); }

  bool done() const {
    return future_.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
  }

  // Once.
  Called<Reply> Wait() {
    Called<Reply> called;
    called.status = future_.get();
    for (const auto& [name, value] : context_.GetServerTrailingMetadata()) {
      called.trailers.emplace(std::string(name.data(), name.size()),
                              std::string(value.data(), value.size()));
    }
    called.reply = std::move(reply_);
    return called;
  }

 private:
  friend class GatewayClient;

  grpc::ClientContext context_;
  const Request request_;
  Reply reply_;
  std::promise<grpc::Status> promise_;
  std::future<grpc::Status> future_ = promise_.get_future();
};

// A caller of the gateway on one connection of its own. It retries nothing.
class GatewayClient {
 public:
  using CreateRequest = oauth::v1::CreateAuthCodeRequest;
  using CreateReply = oauth::v1::CreateAuthCodeResponse;
  using ExchangeRequest = oauth::v1::ExchangeAuthCodeRequest;
  using ExchangeReply = oauth::v1::ExchangeAuthCodeResponse;
  using PendingCreate = PendingCall<CreateRequest, CreateReply>;
  using PendingExchange = PendingCall<ExchangeRequest, ExchangeReply>;

  // In plain text.
  explicit GatewayClient(const std::string& address);
  GatewayClient(const std::string& address,
                const std::shared_ptr<grpc::ChannelCredentials>& credentials);
  explicit GatewayClient(std::shared_ptr<grpc::Channel> channel);

  Called<CreateReply> Create(const CreateRequest& request, const CallSettings& settings = {});
  Called<ExchangeReply> Exchange(const ExchangeRequest& request, const CallSettings& settings = {});
  std::unique_ptr<PendingCreate> StartCreate(const CreateRequest& request,
                                             const CallSettings& settings = {});
  std::unique_ptr<PendingExchange> StartExchange(const ExchangeRequest& request,
                                                 const CallSettings& settings = {});

  // Sends these bytes as the request of "CreateAuthCode" or "ExchangeAuthCode".
  CallEnd SendRaw(const std::string& method, const std::string& bytes);

  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }

 private:
  const std::shared_ptr<grpc::Channel> channel_;
  const std::unique_ptr<oauth::v1::OAuthService::Stub> stub_;
};

}  // namespace modelgates::gateway
