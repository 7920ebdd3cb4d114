#pragma once

#include <grpcpp/impl/service_type.h>

#include "frontend/caller_access.h"

namespace modelgates::gateway {

// gRPC's channelz over what its core tells, as the service in gRPC's library, which cannot be asked
// by some callers only (docs/adr/0031-standard-services.md). Nothing here blocks.
class ChannelzService final : public grpc::Service {
 public:
  // `access` must outlive this.
  explicit ChannelzService(const CallerAccess& access);
};

}  // namespace modelgates::gateway
