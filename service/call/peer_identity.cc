#include "call/peer_identity.h"

#include <grpc/grpc_security_constants.h>
#include <grpcpp/security/auth_context.h>

#include <string>

namespace modelgates::gateway {
namespace {

std::string First(const grpc::AuthContext& auth, const char* property) {
  const auto values = auth.FindPropertyValues(property);
  return values.empty() ? std::string() : std::string(values.front().data(), values.front().size());
}

}  // namespace

// Reads the typed properties only. The list of alternative names mixes URIs and DNS names, so a DNS
// name could imitate an ID. gRPC sets the SPIFFE ID only if it is the only URI.
CallerIdentity IdentityOf(const grpc::ServerContextBase& context, CallerProof proof) {
  if (proof == CallerProof::kAddress) return CallerIdentity::OfPeer(context.peer());
  const auto auth = context.auth_context();
  return CallerIdentity::OfCertificate(First(*auth, GRPC_PEER_SPIFFE_ID_PROPERTY_NAME),
                                       First(*auth, GRPC_PEER_DNS_PROPERTY_NAME));
}

}  // namespace modelgates::gateway
