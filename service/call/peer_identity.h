#pragma once

#include <grpcpp/server_context.h>

#include <cstdint>

#include "caller/caller_identity.h"

namespace modelgates::gateway {

// What tells callers apart.
enum class CallerProof : uint8_t {
  kAddress,      // nothing but where they call from
  kCertificate,  // mutual TLS
};

// Who made a call. `context` is that of a call under way.
CallerIdentity IdentityOf(const grpc::ServerContextBase& context, CallerProof proof);

}  // namespace modelgates::gateway
