#pragma once

#include <absl/container/inlined_vector.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <atomic>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/event_loop.h"
#include "frontend/admission.h"
#include "frontend/unread_replies.h"
#include "upstream/rpc.h"

namespace modelgates::gateway {

// One gRPC call: its context, and its end.
//
// It begins on a thread of gRPC, lives on the loop, and ends when both gRPC and the RPC are done
// with it. Nothing of gRPC may be touched after Finish.
class Call : public grpc::ServerUnaryReactor,
             public SentReply,
             public std::enable_shared_from_this<Call> {
 public:
  // Reads what is needed from `context`, which must outlive Finish.
  Call(Rpc rpc, grpc::CallbackServerContext& context, EventLoop& loop);

  // Keeps the call alive until gRPC is done with it. Once, before anything can end it.
  // `admitted_by`: what it leaves at the end; null when it was refused.
  void Begin(Admission* admitted_by) {
    admitted_by_ = admitted_by;
    self_ = shared_from_this();
  }

  // Sends trailers and status; the reply too when `status` is OK. Once.
  void FinishWith(const grpc::Status& status);
  bool IsRead() const override { return done_.load(); }
  void GiveUp() override;
  void AddTrailer(const std::string& name, const std::string& value);

  Rpc rpc() const { return rpc_; }
  TimePoint started() const { return started_; }
  // Steady clock; TimePoint::max() when the caller set none.
  TimePoint caller_deadline() const { return caller_deadline_; }
  // Requested once the caller has cancelled, or its connection is gone.
  std::stop_token stop() const { return stop_.get_token(); }
  // First value of a metadata key; empty when there is none. Valid until Finish.
  std::string_view Metadata(std::string_view key) const;
  // All of them, in the order in which they came.
  absl::InlinedVector<std::string_view, 1> MetadataValues(std::string_view key) const;
  std::string Peer() const { return context_.peer(); }

 private:
  void OnCancel() override;
  void OnDone() override;
  // OnDone never blocks: without this it costs two hops to gRPC's own executor, a lock and a wakeup
  // each. The name is gRPC's inside; if a later version drops it, this no longer compiles.
  bool InternalInlineable() override { return true; }

  const Rpc rpc_;
  grpc::CallbackServerContext& context_;
  EventLoop& loop_;
  const TimePoint started_;
  const TimePoint caller_deadline_;
  std::stop_source stop_;
  Admission* admitted_by_ = nullptr;
  // Whoever takes it from here owns it: OnDone, or GiveUp on the loop.
  std::atomic<grpc_call*> replied_{nullptr};
  std::atomic<bool> done_{false};
  std::shared_ptr<Call> self_;
};

}  // namespace modelgates::gateway
