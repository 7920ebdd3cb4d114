#pragma once

#include <modelgates/oauth/v1/oauth.pb.h>

#include "call/call.h"

namespace modelgates::gateway {

// A call with the messages of its RPC.
template <class Request, class Reply>
class TypedCall : public Call {
 public:
  TypedCall(Rpc rpc, const Call::Handed& handed, const Call::Parts& parts)
      : Call(rpc, handed, parts) {}

  const Request& request() const { return request_; }
  Reply& reply() { return reply_; }

 private:
  bool Parse(std::string_view bytes) override {
    if (request_.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return true;
    request_.Clear();
    return false;
  }
  const google::protobuf::MessageLite& ReplyMessage() const override { return reply_; }
  void ForgetMessages() override {
    Request().Swap(&request_);
    Reply().Swap(&reply_);
  }

  Request request_;
  Reply reply_;
};

using CreateAuthCodeCall =
    TypedCall<oauth::v1::CreateAuthCodeRequest, oauth::v1::CreateAuthCodeResponse>;
using ExchangeAuthCodeCall =
    TypedCall<oauth::v1::ExchangeAuthCodeRequest, oauth::v1::ExchangeAuthCodeResponse>;

}  // namespace modelgates::gateway
