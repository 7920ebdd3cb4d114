#pragma once

#include <grpcpp/impl/service_type.h>

#include <memory>

#include "call/admission.h"
#include "frontend/caller_access.h"
#include "frontend/refusals.h"
#include "rpc/oauth_rpcs.h"

namespace modelgates::gateway {

// Serves OAuthService: receives each call with its headers, reads the request, and passes admitted
// calls to the loop.
class OAuthServiceImpl final : public grpc::Service, public Call::Taker {
 public:
  // All must outlive the gRPC server.
  struct Parts {
    EventLoop& loop;
    OAuthRpcs& rpcs;
    CallerAccess& access;
    Admission& admission;
    Refusals& refusals;
    IncompleteRequests& incomplete;
  };
  explicit OAuthServiceImpl(const Parts& parts);

  void Take(std::shared_ptr<Call> call) override;

 private:
  template <class RpcCall>
  void Serve(Rpc rpc);
  // `auth_code`: of the request; may be empty.
  template <auto kServe, class RpcCall>
  void Start(std::shared_ptr<RpcCall> call, std::string_view auth_code);
  void Refuse(Call& call, std::string_view auth_code, ErrorReason reason);

  const Parts parts_;
  const Call::Parts call_parts_;
  int methods_ = 0;
};

}  // namespace modelgates::gateway
