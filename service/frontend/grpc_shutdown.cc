#include "frontend/grpc_shutdown.h"

#include <grpc/grpc.h>

namespace modelgates::gateway {
namespace {

// Time for handlers to end after the cancellation; only a loop that hangs takes all of it.
constexpr std::chrono::seconds kCancelTime{5};

}  // namespace

GrpcShutdown::~GrpcShutdown() {
  if (thread_.joinable()) thread_.join();
}

void GrpcShutdown::Begin() {
  ended_ = done_.get_future();
  thread_ = std::thread([this] {
    server_.Shutdown();
    done_.set_value();
  });
}

bool GrpcShutdown::End(Duration grace) {
  if (ended_.wait_for(grace) == std::future_status::ready) return true;
  // Shutdown does the same at its deadline, but takes the deadline at its start.
  grpc_server_cancel_all_calls(server_.c_server());
  return ended_.wait_for(kCancelTime) == std::future_status::ready;
}

}  // namespace modelgates::gateway
