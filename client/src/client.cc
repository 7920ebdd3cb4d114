#include "modelgates/oauth/client.h"

#include <grpcpp/client_context.h>
#include <modelgates/oauth/v1/oauth.grpc.pb.h>

#include <algorithm>
#include <utility>

#include "call_metadata.h"
#include "error_decoding.h"
#include "message_mapping.h"
#include "modelgates/oauth/grpc_channel.h"

namespace modelgates::oauth {
namespace {

using Stub = v1::OAuthService::Stub;

// One operation: its messages, and where the stub has it.
struct Create {
  using Request = CreateAuthCodeRequest;
  using Reply = AuthCode;
  using ProtoRequest = v1::CreateAuthCodeRequest;
  using ProtoReply = v1::CreateAuthCodeResponse;
  // Of a call that was not sent.
  static constexpr AuthCodeState kUnsent = AuthCodeState::kUnspecified;

  static grpc::Status Call(Stub& stub, grpc::ClientContext& context, const ProtoRequest& request,
                           ProtoReply& reply) {
    return stub.CreateAuthCode(&context, request, &reply);
  }
  static void Start(Stub& stub, grpc::ClientContext& context, const ProtoRequest& request,
                    ProtoReply& reply, std::function<void(grpc::Status)> done) {
    stub.async()->CreateAuthCode(&context, &request, &reply, std::move(done));
  }
  static void ReadTrailers(const std::multimap<grpc::string_ref, grpc::string_ref>&, AuthCode&) {}
};

struct Exchange {
  using Request = ExchangeAuthCodeRequest;
  using Reply = ApiKey;
  using ProtoRequest = v1::ExchangeAuthCodeRequest;
  using ProtoReply = v1::ExchangeAuthCodeResponse;
  static constexpr AuthCodeState kUnsent = AuthCodeState::kUnsent;

  static grpc::Status Call(Stub& stub, grpc::ClientContext& context, const ProtoRequest& request,
                           ProtoReply& reply) {
    return stub.ExchangeAuthCode(&context, request, &reply);
  }
  static void Start(Stub& stub, grpc::ClientContext& context, const ProtoRequest& request,
                    ProtoReply& reply, std::function<void(grpc::Status)> done) {
    stub.async()->ExchangeAuthCode(&context, &request, &reply, std::move(done));
  }
  static void ReadTrailers(const std::multimap<grpc::string_ref, grpc::string_ref>& trailers,
                           ApiKey& key) {
    key.replayed = trailers.contains("x-modelgates-replayed");
  }
};

std::chrono::system_clock::time_point ToDeadline(std::chrono::milliseconds timeout) {
  // Far beyond any deadline that makes sense, and within what the clock can hold.
  constexpr std::chrono::hours kLongest{24 * 365};
  return std::chrono::system_clock::now() +
         std::clamp<std::chrono::milliseconds>(timeout, std::chrono::milliseconds(0), kLongest);
}

// One call, from its request to its result.
template <class Rpc>
class PendingCall {
 public:
  PendingCall(const typename Rpc::Request& request, const ClientOptions& client,
              const CallOptions& options)
      : request_(ToProto(request, {client.http_referer, client.x_open_router_title,
                                   client.x_open_router_categories})) {
    context_.set_deadline(ToDeadline(options.timeout.value_or(client.default_timeout)));
    context_.set_wait_for_ready(client.wait_for_ready);
    Result<Metadata> metadata = ToMetadata(client, options);
    if (!metadata.ok()) {
      refusal_ = std::move(metadata).error();
      refusal_->auth_code_state = Rpc::kUnsent;
      return;
    }
    for (const auto& [name, value] : *metadata) {
      context_.AddMetadata(name, std::string(value.Reveal()));
    }
    // Before the start: a context that is cancelled by then ends the call as soon as it starts, and
    // once started the call may be over, and this object gone, at any time.
    stop_.emplace(options.stop, Canceller{&context_});
  }
  PendingCall(const PendingCall&) = delete;
  PendingCall& operator=(const PendingCall&) = delete;
  ~PendingCall() {
    WipeSecrets(request_);
    WipeSecrets(reply_);
  }

  const std::optional<Error>& refusal() const { return refusal_; }

  Result<typename Rpc::Reply> Run(Stub& stub) {
    if (refusal_) return *refusal_;
    return Finish(Rpc::Call(stub, context_, request_, reply_));
  }

  static void Start(std::unique_ptr<PendingCall> call, Stub& stub,
                    Callback<typename Rpc::Reply> callback) {
    PendingCall& started = *call;
    Rpc::Start(stub, started.context_, started.request_, started.reply_,
               // std::function wants a copy, so the call is shared where it could be owned.
               [call = std::shared_ptr<PendingCall>(std::move(call)),
                callback = std::move(callback)](const grpc::Status& status) mutable {
                 Result<typename Rpc::Reply> result = call->Finish(status);
                 // Its memory is not needed for as long as the callback takes.
                 call.reset();
                 callback(std::move(result));
               });
  }

 private:
  struct Canceller {
    grpc::ClientContext* context;
    void operator()() const { context->TryCancel(); }
  };

  Result<typename Rpc::Reply> Finish(const grpc::Status& status) {
    stop_.reset();
    const auto& trailers = context_.GetServerTrailingMetadata();
    const auto found = trailers.find("x-request-id");
    std::string request_id;
    if (found != trailers.end()) request_id.assign(found->second.data(), found->second.size());
    if (!status.ok()) {
      return DecodeError({status.error_code(), status.error_message(), status.error_details(),
                          std::move(request_id)});
    }
    typename Rpc::Reply reply = FromProto(reply_);
    reply.request_id = std::move(request_id);
    Rpc::ReadTrailers(trailers, reply);
    return reply;
  }

  grpc::ClientContext context_;
  typename Rpc::ProtoRequest request_;
  typename Rpc::ProtoReply reply_;
  std::optional<Error> refusal_;
  std::optional<std::stop_callback<Canceller>> stop_;
};

}  // namespace

class OAuthClient::Impl {
 public:
  Impl(std::shared_ptr<grpc::ChannelInterface> channel, ClientOptions options)
      : options_(std::move(options)), stub_(v1::OAuthService::NewStub(std::move(channel))) {}

  template <class Rpc>
  Result<typename Rpc::Reply> Run(const typename Rpc::Request& request,
                                  const CallOptions& options) const {
    return PendingCall<Rpc>(request, options_, options).Run(*stub_);
  }

  template <class Rpc>
  void Start(const typename Rpc::Request& request, const CallOptions& options,
             Callback<typename Rpc::Reply> callback) const {
    auto call = std::make_unique<PendingCall<Rpc>>(request, options_, options);
    if (call->refusal()) {
      callback(*call->refusal());
      return;
    }
    PendingCall<Rpc>::Start(std::move(call), *stub_, std::move(callback));
  }

 private:
  const ClientOptions options_;
  const std::unique_ptr<Stub> stub_;
};

OAuthClient::OAuthClient(ClientOptions options)
    : OAuthClient(MakeClient(MakeChannel(options), options)) {}

OAuthClient::OAuthClient(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}

Result<AuthCode> OAuthClient::CreateAuthCode(const CreateAuthCodeRequest& request,
                                             const CallOptions& options) const {
  return impl_->Run<Create>(request, options);
}

void OAuthClient::CreateAuthCode(const CreateAuthCodeRequest& request, const CallOptions& options,
                                 Callback<AuthCode> callback) const {
  impl_->Start<Create>(request, options, std::move(callback));
}

Result<ApiKey> OAuthClient::ExchangeAuthCode(const ExchangeAuthCodeRequest& request,
                                             const CallOptions& options) const {
  return impl_->Run<Exchange>(request, options);
}

void OAuthClient::ExchangeAuthCode(const ExchangeAuthCodeRequest& request,
                                   const CallOptions& options, Callback<ApiKey> callback) const {
  impl_->Start<Exchange>(request, options, std::move(callback));
}

struct ChannelAccess {
  static OAuthClient Make(std::shared_ptr<grpc::ChannelInterface> channel, ClientOptions options) {
    return OAuthClient(
        std::make_shared<const OAuthClient::Impl>(std::move(channel), std::move(options)));
  }
};

OAuthClient MakeClient(std::shared_ptr<grpc::ChannelInterface> channel, ClientOptions options) {
  return ChannelAccess::Make(std::move(channel), std::move(options));
}

}  // namespace modelgates::oauth
