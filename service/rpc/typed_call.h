#pragma once

#include <modelgates/oauth/v1/oauth.pb.h>

#include "frontend/received.h"
#include "rpc/call.h"

namespace modelgates::gateway {

// A call with the messages of its RPC. gRPC owns them; they live as long as the call.
template <class Request, class Reply>
class TypedCall final : public Call {
 public:
  TypedCall(Rpc rpc, grpc::CallbackServerContext& context, EventLoop& loop,
            const Received<Request>& received, Reply& reply)
      : Call(rpc, context, loop), received_(received), reply_(reply) {}

  // The request was no message; nothing in it is set.
  bool malformed() const { return received_.malformed; }
  const Request& request() const { return received_.message; }
  Reply& reply() { return reply_; }

 private:
  const Received<Request>& received_;
  Reply& reply_;
};

using CreateAuthCodeCall =
    TypedCall<oauth::v1::CreateAuthCodeRequest, oauth::v1::CreateAuthCodeResponse>;
using ExchangeAuthCodeCall =
    TypedCall<oauth::v1::ExchangeAuthCodeRequest, oauth::v1::ExchangeAuthCodeResponse>;

}  // namespace modelgates::gateway
