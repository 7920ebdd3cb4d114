#pragma once

#include <grpcpp/impl/service_type.h>

#include "frontend/caller_access.h"

namespace modelgates::gateway {

// gRPC's channelz service. Unlike the one in gRPC's library, it can be restricted to some callers
// (docs/adr/0031-standard-services.md). Both read the data of gRPC's core. It never blocks.
class ChannelzService final : public grpc::Service {
 public:
  // `access` must outlive this.
  explicit ChannelzService(const CallerAccess& access);
};

}  // namespace modelgates::gateway
