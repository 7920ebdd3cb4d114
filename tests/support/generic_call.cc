#include "support/generic_call.h"

#include <grpcpp/generic/generic_stub.h>

#include <chrono>
#include <future>

namespace modelgates::gateway {
namespace {

class Reactor final : public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  Reactor(const std::shared_ptr<grpc::Channel>& channel, const std::string& path,
          const std::string& request)
      : stub_(channel), bytes_(request), request_(&bytes_, 1) {
    context_.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
    stub_.PrepareBidiStreamingCall(&context_, path, grpc::StubOptions(), this);
    StartWriteLast(&request_, grpc::WriteOptions());
    StartRead(&reply_);
    StartCall();
  }

  GenericReply Wait() {
    GenericReply end;
    end.status = done_.get_future().get();
    if (has_reply_) end.status = grpc::Status::OK;
    for (const auto& [name, value] : context_.GetServerTrailingMetadata()) {
      end.trailers.emplace(std::string(name.data(), name.size()),
                           std::string(value.data(), value.size()));
    }
    grpc::Slice whole;
    if (has_reply_ && reply_.DumpToSingleSlice(&whole).ok()) {
      end.bytes.assign(reinterpret_cast<const char*>(whole.begin()), whole.size());
    }
    return end;
  }

  void OnReadDone(bool ok) override {
    has_reply_ = ok;
    if (ok) context_.TryCancel();
  }
  void OnDone(const grpc::Status& status) override { done_.set_value(status); }

 private:
  grpc::GenericStub stub_;
  grpc::ClientContext context_;
  const grpc::Slice bytes_;
  const grpc::ByteBuffer request_;
  grpc::ByteBuffer reply_;
  bool has_reply_ = false;
  std::promise<grpc::Status> done_;
};

}  // namespace

GenericReply CallMethod(const std::shared_ptr<grpc::Channel>& channel, const std::string& path,
                        const std::string& request) {
  Reactor reactor(channel, path, request);
  return reactor.Wait();
}

}  // namespace modelgates::gateway
