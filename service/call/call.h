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
#include "caller/callers.h"
#include "upstream/rpc.h"

namespace modelgates::gateway {

// One gRPC call: its metadata, caller and deadline, and the sending of its status.
//
// It begins on a thread of gRPC when its headers arrive, is passed to a Taker when its request is
// complete, and then belongs to the loop. It is destroyed when both gRPC and the RPC have released
// it. FinishWith ends the use of gRPC's objects.
class Call : public ServerCall,
             public IncompleteRequest,
             public SentReply,
             public std::enable_shared_from_this<Call> {
 public:
  // Receives calls whose request is complete, on a thread of gRPC.
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

  // Reads the request. The call then exists until gRPC has released it. Called once.
  void Begin();
  // Called before Admit, if callers are identified: the caller, and what its rule gives the call.
  // The place in the share of that caller is released when the status is known.
  void Identify(std::unique_ptr<const CallerIdentity> caller) { caller_ = std::move(caller); }
  void Hold(Callers::Entered entered) { entered_ = std::move(entered); }
  // The loop will serve the call, and is notified when the caller cancels it. Called once.
  void Admit(Admission& admission);

  // Sends trailers, status, and the reply if the status is OK; releases request and reply. Once.
  void FinishWith(const grpc::Status& status);
  bool IsRead() const override { return done_.load(); }
  void GiveUp() override;

  Rpc rpc() const { return rpc_; }
  // Null: callers are not identified.
  const CallerIdentity* caller() const { return caller_.get(); }
  // Null: the rule of the caller has no key file.
  const std::string* key_file() const { return entered_.key_file.get(); }
  TimePoint started() const { return started_; }
  // Steady clock; TimePoint::max() when the caller set none.
  TimePoint caller_deadline() const { return caller_deadline_; }
  // A stop is requested when the caller cancels or its connection is closed.
  std::stop_token stop() const { return stop_.get_token(); }
  // First value of a metadata key; empty when there is none. Valid until FinishWith.
  std::string_view Metadata(std::string_view key) const;
  // The value of a key that has one; empty when it has none or several.
  std::string_view OnlyMetadata(std::string_view key) const;
  // All values of a key, in their order.
  absl::InlinedVector<std::string_view, 1> MetadataValues(std::string_view key) const;
  std::string Peer() const { return context().peer(); }

  // The request could not be parsed as its message; all fields are unset.
  bool malformed() const { return malformed_; }

 protected:
  void OnRequest(std::optional<std::string_view> bytes) override;
  void OnDone() override;

 private:
  // The second of the two events notifies the loop.
  enum Event : uint8_t { kAdmitted = 1, kCancelled = 2 };

  // False: `bytes` cannot be parsed as the request's message.
  virtual bool Parse(std::string_view bytes) = 0;
  virtual const google::protobuf::MessageLite& ReplyMessage() const = 0;
  // Releases the memory of request and reply.
  virtual void ForgetMessages() = 0;

  std::shared_ptr<IncompleteRequest> Share() override { return shared_from_this(); }
  void GiveUpRequest(const char* why) override;
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
  Callers::Entered entered_;
  Admission* admitted_by_ = nullptr;  // null: not admitted
  std::atomic<uint8_t> events_{0};
  std::atomic<bool> done_{false};
  std::shared_ptr<Call> self_;
};

}  // namespace modelgates::gateway
