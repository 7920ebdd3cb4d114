#pragma once

#include <grpcpp/support/server_callback.h>
#include <grpcpp/support/status.h>

#include <utility>

namespace modelgates::gateway {

// Ends a stream at once with a status, then deletes itself.
template <class Reactor>
class RefusedStream final : public Reactor {
 public:
  explicit RefusedStream(grpc::Status status) { this->Finish(std::move(status)); }
  void OnDone() override { delete this; }
};

}  // namespace modelgates::gateway
