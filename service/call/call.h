#pragma once

#include <absl/container/inlined_vector.h>

#include <atomic>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/event_loop.h"
#include "call/admission.h"
#include "call/incomplete_requests.h"
#include "call/server_call.h"
#include "call/unread_replies.h"
#include "caller/caller_identity.h"
#include "caller/caller_limits.h"
#include "upstream/rpc.h"

namespace modelgates::gateway {

// One gRPC call: its context, and its end.
//
// It begins on a thread of gRPC with its headers, is taken when its request is complete, lives on
// the loop, and ends when both gRPC and the RPC are done with it. Nothing of gRPC may be
// touched after FinishWith.
class Call : public ServerCall,
             public IncompleteRequest,
             public SentReply,
             public std::enable_shared_from_this<Call> {
 public:
  // Takes calls whose request is complete, on a thread of gRPC.
  class Taker {
   public:
    virtual void Take(std::shared_ptr<Call> call) = 0;

   protected:
    ~Taker() = default;
  };
  // All must outlive every call.
  struct Parts {
    EventLoop& loop;
    IncompleteRequests& incomplete;
    Taker& taker;
  };

  Call(Rpc rpc, const Handed& handed, const Parts& parts);

  // Reads the request. The call lives until gRPC is done with it. Once.
  void Begin();
  // Before Admit, where callers are told apart: who calls, and the place of the call in that
  // caller's share, which is given back when its status is settled.
  void Identify(std::unique_ptr<const CallerIdentity> caller) { caller_ = std::move(caller); }
  void Hold(CallerLimits::Place place) { place_ = std::move(place); }
  // The loop will serve it, and is told when the caller goes. Once.
  void Admit(Admission& admission);

  // Sends trailers and status; the reply too when `status` is OK. Once; ends request and reply.
  void FinishWith(const grpc::Status& status);
  bool IsRead() const override { return done_.load(); }
  void GiveUp() override;

  Rpc rpc() const { return rpc_; }
  // Null: callers are not told apart.
  const CallerIdentity* caller() const { return caller_.get(); }
  TimePoint started() const { return started_; }
  // Steady clock; TimePoint::max() when the caller set none.
  TimePoint caller_deadline() const { return caller_deadline_; }
  // Requested once the caller has cancelled, or its connection is gone.
  std::stop_token stop() const { return stop_.get_token(); }
  // First value of a metadata key; empty when there is none. Valid until Finish.
  std::string_view Metadata(std::string_view key) const;
  // All values of a key, in their order.
  absl::InlinedVector<std::string_view, 1> MetadataValues(std::string_view key) const;
  std::string Peer() const { return context().peer(); }

  // The request was not a valid message; nothing in it is set.
  bool malformed() const { return malformed_; }

 protected:
  void OnRequest(std::optional<std::string_view> bytes) override;
  void OnDone() override;

 private:
  // Who comes second tells the loop.
  enum Event : uint8_t { kAdmitted = 1, kCancelled = 2 };

  // False: `bytes` are not a message of its type.
  virtual bool Parse(std::string_view bytes) = 0;
  virtual const google::protobuf::MessageLite& ReplyMessage() const = 0;
  // Releases the memory of request and reply.
  virtual void ForgetMessages() = 0;

  std::shared_ptr<IncompleteRequest> Share() override { return shared_from_this(); }
  void GiveUpRequest() override;
  void OnNoRequest() override;
  void OnCancel() override;
  void Happened(Event event);

  const Rpc rpc_;
  const Parts& parts_;
  TimePoint started_;
  TimePoint caller_deadline_;
  bool malformed_ = false;
  std::stop_source stop_;
  std::unique_ptr<const CallerIdentity> caller_;
  CallerLimits::Place place_;
  Admission* admitted_by_ = nullptr;  // null: it was refused
  std::atomic<uint8_t> events_{0};
  std::atomic<bool> done_{false};
  std::shared_ptr<Call> self_;
};

}  // namespace modelgates::gateway
