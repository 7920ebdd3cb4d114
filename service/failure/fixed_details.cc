#include "failure/fixed_details.h"

namespace modelgates::gateway {
namespace {

namespace v1 = modelgates::oauth::v1;

constexpr char kEntries[] = "https://modelgates.ai/docs/oauth-gateway/errors#";

}  // namespace

google::rpc::PreconditionFailure PaymentFailure() {
  google::rpc::PreconditionFailure failure;
  auto& violation = *failure.add_violations();
  violation.set_type("PAYMENT");
  violation.set_subject("account");
  violation.set_description("the account lacks credit");
  return failure;
}

google::rpc::QuotaFailure RateFailure() {
  google::rpc::QuotaFailure failure;
  auto& violation = *failure.add_violations();
  violation.set_subject("upstream requests");
  violation.set_description("the upstream's limit on the rate of requests is reached");
  return failure;
}

google::rpc::Help HelpFor(v1::ErrorReason reason) {
  const std::string& name = v1::ErrorReason_Name(reason);
  google::rpc::Help help;
  auto& link = *help.add_links();
  link.set_url(kEntries + name);
  link.set_description("what " + name + " means and what to do");
  return help;
}

}  // namespace modelgates::gateway
