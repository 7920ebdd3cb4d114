#include "rpc/fixed_details.h"

namespace modelgates::gateway {
namespace {

namespace v1 = modelgates::oauth::v1;

constexpr char kDocumentation[] = "https://modelgates.ai/docs";

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
  google::rpc::Help help;
  auto& link = *help.add_links();
  link.set_url(kDocumentation);
  switch (reason) {
    case v1::CALLBACK_URL_NOT_ALLOWED:
      link.set_description("callback URLs of the OAuth PKCE flow");
      break;
    case v1::CREDENTIAL_MISSING:
    case v1::UNAUTHORIZED:
      link.set_description("API keys and authentication");
      break;
    default:
      link.set_description("base URL and operations of the API");
  }
  return help;
}

google::rpc::LocalizedMessage RefusedSignIn() {
  google::rpc::LocalizedMessage message;
  message.set_locale("en-US");
  message.set_message("This sign-in has expired or was already used. Please sign in again.");
  return message;
}

}  // namespace modelgates::gateway
