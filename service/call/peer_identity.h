#pragma once

#include <grpcpp/server_context.h>

#include <cstdint>

#include "caller/caller_identity.h"

namespace modelgates::gateway {

// What identifies a caller.
enum class CallerProof : uint8_t {
  kAddress,      // its IP address only
  kCertificate,  // mutual TLS
};

// The caller of a running call.
CallerIdentity IdentityOf(const grpc::ServerContextBase& context, CallerProof proof);

}  // namespace modelgates::gateway
