#pragma once

#include <absl/container/inlined_vector.h>
#include <google/protobuf/message_lite.h>
#include <grpc/grpc.h>
#include <grpcpp/impl/rpc_service_method.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/status.h>

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace modelgates::gateway {

// One call of a unary method as gRPC hands it over with its headers, before its request.
//
// gRPC's own handlers of unary methods are called when the request is complete; number and size of
// incomplete requests have no bound there (docs/adr/0027-calls-come-with-headers.md).
//
// Reactions run on a thread of gRPC and must not block. OnDone is the last one; the object must
// live until then.
class ServerCall {
 public:
  // What gRPC gives to the handler of a method that is registered as CLIENT_STREAMING.
  using Handed = grpc::internal::MethodHandler::HandlerParameter;

  explicit ServerCall(const Handed& handed);
  ServerCall(const ServerCall&) = delete;
  ServerCall& operator=(const ServerCall&) = delete;

  // Valid until OnDone.
  const grpc::ServerContextBase& context() const { return context_; }

  // Sent with the status. `name` must be a literal.
  void AddTrailer(std::string_view name, std::string value);

 protected:
  // A part of the call that gRPC ends by calling back.
  struct Part : grpc_completion_queue_functor {
    ServerCall* call;
  };

  virtual ~ServerCall() = default;

  // Equal for all calls of one connection, and for no other while this call lives. Null: there is
  // no connection.
  const void* Connection() const;
  // Once. OnRequest or OnNoRequest follows, and OnCancel if the caller goes.
  void StartReading();
  // Once, when OnRequest was called: sends trailers and status, and `reply` when it is OK.
  void Send(grpc::Status status, const google::protobuf::MessageLite& reply);
  // Instead of Send.
  void SendNothing() { EndPart(); }
  // Ends the call now, with its reply or without. A caller that still listens receives `code` and
  // `text`. Any thread, at any time: nothing happens when gRPC is done with the call.
  void Cancel(grpc_status_code code, const char* text);

 private:
  template <void (ServerCall::*OnEnd)(bool ok)>
  void Prepare(Part& part);

  // The bytes of the request; nullopt: the caller ended the stream without one.
  virtual void OnRequest(std::optional<std::string_view> bytes) = 0;
  // The call ended before its request was complete, or the request was too large.
  virtual void OnNoRequest() = 0;
  // The caller has cancelled, its deadline has passed, or its connection is gone.
  virtual void OnCancel() = 0;
  virtual void OnDone() = 0;

  // Replaced by tests without a server.
  virtual void StartBatch(const grpc_op* operations, size_t count, Part& part);

  void OnRead(bool ok);
  void OnSent(bool ok);
  void OnClosed(bool ok);
  void EndPart();

  grpc_call* const call_;
  grpc::ServerContextBase& context_;
  const std::function<void()> give_back_;
  // Whoever takes it from here owns it: the end of the last part, or Cancel.
  std::atomic<grpc_call*> handle_;
  std::atomic<int> parts_left_{3};  // closed, read, sent
  Part closed_;
  Part read_;
  Part sent_;
  int cancelled_ = 0;
  grpc_byte_buffer* request_ = nullptr;

  struct Trailer {
    std::string_view name;
    std::string value;
  };
  absl::InlinedVector<Trailer, 4> trailers_;
  grpc::Status status_;
};

}  // namespace modelgates::gateway
