#include "modelgates/oauth/client.h"

#include <grpcpp/client_context.h>
#include <grpcpp/generic/generic_stub.h>
#include <modelgates/oauth/v1/oauth.grpc.pb.h>

#include <algorithm>
#include <future>
#include <mutex>
#include <utility>

#include "call_metadata.h"
#include "callback_scope.h"
#include "error_decoding.h"
#include "health_mapping.h"
#include "message_mapping.h"
#include "modelgates/oauth/grpc_channel.h"
#include "tls_files.h"

namespace modelgates::oauth {
namespace {

using google::protobuf::Empty;
using Trailers = std::multimap<grpc::string_ref, grpc::string_ref>;

struct Stubs {
  explicit Stubs(const std::shared_ptr<grpc::ChannelInterface>& channel)
      : oauth(channel), health(channel) {}

  v1::OAuthService::Stub oauth;
  grpc::TemplatedGenericStub<Empty, Empty> health;
};

// One operation: its messages and its function of the stub.
struct Create {
  using Request = CreateAuthCodeRequest;
  using Reply = AuthCode;
  using ProtoRequest = v1::CreateAuthCodeRequest;
  using ProtoReply = v1::CreateAuthCodeResponse;
  // The state of the code of a call that was not sent.
  static constexpr AuthCodeState kUnsent = AuthCodeState::kUnspecified;

  static grpc::Status Call(Stubs& stubs, grpc::ClientContext& context, const ProtoRequest& request,
                           ProtoReply& reply) {
    return stubs.oauth.CreateAuthCode(&context, request, &reply);
  }
  static void Start(Stubs& stubs, grpc::ClientContext& context, const ProtoRequest& request,
                    ProtoReply& reply, std::function<void(grpc::Status)> done) {
    stubs.oauth.async()->CreateAuthCode(&context, &request, &reply, std::move(done));
  }
  static void ReadTrailers(const Trailers&, AuthCode&) {}
};

struct Exchange {
  using Request = ExchangeAuthCodeRequest;
  using Reply = ApiKey;
  using ProtoRequest = v1::ExchangeAuthCodeRequest;
  using ProtoReply = v1::ExchangeAuthCodeResponse;
  static constexpr AuthCodeState kUnsent = AuthCodeState::kUnsent;

  static grpc::Status Call(Stubs& stubs, grpc::ClientContext& context, const ProtoRequest& request,
                           ProtoReply& reply) {
    return stubs.oauth.ExchangeAuthCode(&context, request, &reply);
  }
  static void Start(Stubs& stubs, grpc::ClientContext& context, const ProtoRequest& request,
                    ProtoReply& reply, std::function<void(grpc::Status)> done) {
    stubs.oauth.async()->ExchangeAuthCode(&context, &request, &reply, std::move(done));
  }
  static void ReadTrailers(const Trailers& trailers, ApiKey& key) {
    key.replayed = trailers.contains("x-modelgates-replayed");
  }
};

struct Health {
  using Request = HealthRequest;
  using Reply = HealthReply;
  using ProtoRequest = Empty;
  using ProtoReply = Empty;
  static constexpr AuthCodeState kUnsent = AuthCodeState::kUnspecified;

  static grpc::Status Call(Stubs& stubs, grpc::ClientContext& context, const Empty& request,
                           Empty& reply) {
    std::promise<grpc::Status> ended;
    stubs.health.UnaryCall(&context, "/grpc.health.v1.Health/Check", grpc::StubOptions(), &request,
                           &reply, [&](grpc::Status status) { ended.set_value(status); });
    return ended.get_future().get();
  }
  static void ReadTrailers(const Trailers&, HealthReply&) {}
};

std::chrono::system_clock::time_point ToDeadline(std::chrono::milliseconds timeout) {
  // Longer than any useful deadline, and within the range of the clock.
  constexpr std::chrono::hours kLongest{24 * 365};
  return std::chrono::system_clock::now() +
         std::clamp<std::chrono::milliseconds>(timeout, std::chrono::milliseconds(0), kLongest);
}

// One call from its request to its result.
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
    // Before the start: a cancelled context ends the call when it starts, and after the start the
    // call may end, and this object be destroyed, at any time.
    stop_.emplace(options.stop, Canceller{&context_});
  }
  PendingCall(const PendingCall&) = delete;
  PendingCall& operator=(const PendingCall&) = delete;
  ~PendingCall() {
    WipeSecrets(request_);
    WipeSecrets(reply_);
  }

  const std::optional<Error>& refusal() const { return refusal_; }

  Result<typename Rpc::Reply> Run(Stubs& stubs) {
    if (refusal_) return *refusal_;
    return Finish(Rpc::Call(stubs, context_, request_, reply_));
  }

  // `owner` keeps `stubs`.
  static void Start(std::unique_ptr<PendingCall> call, std::shared_ptr<const void> owner,
                    Stubs& stubs, Callback<typename Rpc::Reply> callback) {
    PendingCall& started = *call;
    started.owner_ = std::move(owner);
    Rpc::Start(stubs, started.context_, started.request_, started.reply_,
               // std::function must be copyable, so the call is shared instead of owned.
               [call = std::shared_ptr<PendingCall>(std::move(call)),
                callback = std::move(callback)](const grpc::Status& status) mutable {
                 const CallbackScope scope;
                 Result<typename Rpc::Reply> result = call->Finish(status);
                 // Frees the call before the callback, which may take long.
                 call.reset();
                 // The captured objects are also destroyed within the scope.
                 const Callback<typename Rpc::Reply> last = std::move(callback);
                 last(std::move(result));
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

  // First, so that it is destroyed last, because the context also refers to the channel.
  std::shared_ptr<const void> owner_;
  grpc::ClientContext context_;
  typename Rpc::ProtoRequest request_;
  typename Rpc::ProtoReply reply_;
  std::optional<Error> refusal_;
  std::optional<std::stop_callback<Canceller>> stop_;
};

}  // namespace

class OAuthClient::Impl {
 public:
  Impl(const std::shared_ptr<grpc::ChannelInterface>& channel, ClientOptions options)
      : options_(std::move(options)), stubs_(MakeStubs(channel)) {}
  explicit Impl(ClientOptions options) : options_(std::move(options)) {
    if (options_.tls_files) {
      files_.emplace(*options_.tls_files);
    } else {
      stubs_ = MakeStubs(MakeChannel(options_));
    }
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  template <class Rpc>
  Result<typename Rpc::Reply> Run(const typename Rpc::Request& request,
                                  const CallOptions& options) {
    PendingCall<Rpc> call(request, options_, options);
    Result<StubsPtr> stubs = TakeStubs<Rpc>();
    if (!stubs.ok()) return std::move(stubs).error();
    return call.Run(**stubs);
  }

  template <class Rpc>
  void Start(const typename Rpc::Request& request, const CallOptions& options,
             Callback<typename Rpc::Reply> callback) {
    auto call = std::make_unique<PendingCall<Rpc>>(request, options_, options);
    if (call->refusal()) {
      callback(*call->refusal());
      return;
    }
    Result<StubsPtr> stubs = TakeStubs<Rpc>();
    if (!stubs.ok()) {
      callback(std::move(stubs).error());
      return;
    }
    PendingCall<Rpc>::Start(std::move(call), *stubs, **stubs, std::move(callback));
  }

 private:
  using StubsPtr = std::shared_ptr<Stubs>;

  static StubsPtr MakeStubs(const std::shared_ptr<grpc::ChannelInterface>& channel) {
    return {new Stubs(channel),
            [](Stubs* stubs) { LetGoOutsideOfCallbacks(std::shared_ptr<Stubs>(stubs)); }};
  }

  // A channel keeps its certificates, so new certificates need a new channel. Running calls keep
  // theirs.
  template <class Rpc>
  Result<StubsPtr> TakeStubs() {
    if (!files_) return stubs_;
    const std::scoped_lock lock(mutex_);
    if (std::optional<TlsOptions> tls = files_->Poll(std::chrono::steady_clock::now())) {
      ClientOptions options = options_;
      options.tls = *std::move(tls);
      stubs_ = MakeStubs(MakeChannel(options));
    }
    if (stubs_) return stubs_;
    Error error = *files_->error();
    error.auth_code_state = Rpc::kUnsent;
    return error;
  }

  const ClientOptions options_;
  std::mutex mutex_;  // guards what follows, if there are files
  std::optional<TlsFileWatch> files_;
  StubsPtr stubs_;
};

OAuthClient::OAuthClient(ClientOptions options)
    : impl_(std::make_shared<Impl>(std::move(options))) {}

OAuthClient::OAuthClient(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}

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

Result<ServingStatus> OAuthClient::CheckHealth(const CallOptions& options) const {
  Result<HealthReply> reply = impl_->Run<Health>(HealthRequest(), options);
  if (!reply.ok()) return std::move(reply).error();
  return reply->status;
}

struct ChannelAccess {
  static OAuthClient Make(const std::shared_ptr<grpc::ChannelInterface>& channel,
                          ClientOptions options) {
    return OAuthClient(std::make_shared<OAuthClient::Impl>(channel, std::move(options)));
  }
};

OAuthClient MakeClient(std::shared_ptr<grpc::ChannelInterface> channel, ClientOptions options) {
  return ChannelAccess::Make(channel, std::move(options));
}

}  // namespace modelgates::oauth
