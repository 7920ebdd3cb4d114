#pragma once

#include <grpcpp/server.h>

#include <future>
#include <thread>

#include "base/time.h"

namespace modelgates::gateway {

// Ends a gRPC server in steps with bounded waits. Server::Shutdown itself
// waits for every stream and connection, and for as long as a handler takes.
class GrpcShutdown {
 public:
  explicit GrpcShutdown(grpc::Server& server) : server_(server) {}
  GrpcShutdown(const GrpcShutdown&) = delete;
  GrpcShutdown& operator=(const GrpcShutdown&) = delete;
  // Waits for handlers.
  ~GrpcShutdown();

  // Sends GOAWAY to every connection. Once.
  void Begin();

  // After Begin: waits `grace` for every call and connection to end, then cancels what is left.
  // False: handlers did not end even then.
  bool End(Duration grace);

 private:
  grpc::Server& server_;
  std::promise<void> done_;
  std::future<void> ended_;
  std::thread thread_;
};

}  // namespace modelgates::gateway
