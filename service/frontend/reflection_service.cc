#include "frontend/reflection_service.h"

#include <grpc/reflection/v1/reflection.pb.h>
#include <grpcpp/alarm.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/impl/codegen/server_callback_handlers.h>

#include <memory>
#include <utility>

#include "frontend/reflection_answer.h"
#include "frontend/refused_stream.h"

namespace modelgates::gateway {
namespace {

namespace v1 = grpc::reflection::v1;
using Reactor = grpc::ServerBidiReactor<v1::ServerReflectionRequest, v1::ServerReflectionResponse>;

constexpr const char* kPaths[] = {
    "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
    "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
};

// The peer without its port.
std::string_view AddressOf(std::string_view peer) { return peer.substr(0, peer.rfind(':')); }

// Reads a request, writes its answer, then reads the next, so only one of each is in memory.
class Stream final : public Reactor, public std::enable_shared_from_this<Stream> {
 public:
  Stream(grpc::CallbackServerContext& context, ReflectionStreams& streams)
      : context_(&context), streams_(streams), peer_(context.peer()) {}

  void Begin() {
    self_ = shared_from_this();
    alarm_.Set(gpr_time_from_seconds(streams_.options().max_age.count(), GPR_TIMESPAN),
               [weak = weak_from_this()](bool expired) {
                 const std::shared_ptr<Stream> stream = weak.lock();
                 if (expired && stream != nullptr) stream->Expire();
               });
    StartRead(&request_);
  }

  void OnReadDone(bool ok) override {
    if (!ok) {
      Finish(grpc::Status::OK);
      return;
    }
    response_ = AnswerReflection(request_, streams_.options().services);
    StartWrite(&response_);
  }
  void OnWriteDone(bool ok) override {
    if (!ok) {
      Finish(grpc::Status::CANCELLED);
      return;
    }
    StartRead(&request_);
  }
  void OnDone() override {
    {
      const std::scoped_lock lock(mutex_);
      context_ = nullptr;
    }
    alarm_.Cancel();
    streams_.Close(peer_);
    self_.reset();
  }

 private:
  // Cancels instead of Finish, which would wait for an answer that the peer does not read.
  void Expire() {
    const std::scoped_lock lock(mutex_);
    if (context_ != nullptr) context_->TryCancel();
  }

  std::mutex mutex_;
  grpc::CallbackServerContext* context_;  // null: the stream has ended
  ReflectionStreams& streams_;
  const std::string peer_;
  v1::ServerReflectionRequest request_;
  v1::ServerReflectionResponse response_;
  std::shared_ptr<Stream> self_;
  grpc::Alarm alarm_;
};

Reactor* Start(grpc::CallbackServerContext& context, ReflectionStreams& streams,
               const CallerAccess& access, const char* path) {
  if (grpc::Status status = access.Check(context, path); !status.ok()) {
    return new RefusedStream<Reactor>(std::move(status));
  }
  if (!streams.Open(context.peer())) {
    streams.options().on_refused();
    return new RefusedStream<Reactor>(
        {grpc::StatusCode::RESOURCE_EXHAUSTED,
         "too many reflection streams are open: close some, or try again later"});
  }
  auto stream = std::make_shared<Stream>(context, streams);
  stream->Begin();
  return stream.get();
}

}  // namespace

bool ReflectionStreams::Open(const std::string& peer) {
  const std::scoped_lock lock(mutex_);
  if (open_ >= options_.max_streams) return false;
  auto found = by_address_.find(AddressOf(peer));
  if (found == by_address_.end()) found = by_address_.emplace(AddressOf(peer), 0).first;
  if (found->second >= options_.max_streams_per_address) return false;
  ++found->second;
  ++open_;
  return true;
}

void ReflectionStreams::Close(const std::string& peer) {
  const std::scoped_lock lock(mutex_);
  --open_;
  const auto found = by_address_.find(AddressOf(peer));
  if (--found->second == 0) by_address_.erase(found);
}

int ReflectionStreams::open() const {
  const std::scoped_lock lock(mutex_);
  return open_;
}

// As the generated code of a service does.
ReflectionService::ReflectionService(Version version, ReflectionStreams& streams,
                                     const CallerAccess& access) {
  const char* const path = kPaths[static_cast<size_t>(version)];
  AddMethod(new grpc::internal::RpcServiceMethod(path, grpc::internal::RpcMethod::BIDI_STREAMING,
                                                 nullptr));
  MarkMethodCallback(0, new grpc::internal::CallbackBidiHandler<v1::ServerReflectionRequest,
                                                                v1::ServerReflectionResponse>(
                            [&streams, &access, path](grpc::CallbackServerContext* context) {
                              return Start(*context, streams, access, path);
                            }));
}

}  // namespace modelgates::gateway
