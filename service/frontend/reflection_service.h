#pragma once

#include <grpcpp/impl/service_type.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "frontend/caller_access.h"

namespace modelgates::gateway {

struct ReflectionOptions {
  // Full names of the served services, including reflection.
  std::vector<std::string> services;
  // Bounds on open streams, in total and per address; further ones are refused.
  int max_streams = 100;
  int max_streams_per_address = 20;
  // Longest life of a stream. Tools open one per command, or open another after the end.
  std::chrono::seconds max_age{60};
  // Called when a stream is refused. Any thread.
  std::function<void()> on_refused = [] {};
};

// Counts the streams of both versions of reflection. Must outlive every stream. Any thread.
class ReflectionStreams {
 public:
  explicit ReflectionStreams(ReflectionOptions options) : options_(std::move(options)) {}

  const ReflectionOptions& options() const { return options_; }
  // False: refused. `peer` in gRPC's format.
  bool Open(const std::string& peer);
  void Close(const std::string& peer);
  int open() const;

 private:
  const ReflectionOptions options_;
  mutable std::mutex mutex_;
  int open_ = 0;
  std::map<std::string, int, std::less<>> by_address_;
};

// gRPC's server reflection. The service in gRPC's library blocks a thread for each open stream, and
// does not bound the number of streams; this one needs no threads.
class ReflectionService final : public grpc::Service {
 public:
  enum class Version { kV1, kV1Alpha };  // the same on the wire

  // Both must outlive this.
  ReflectionService(Version version, ReflectionStreams& streams, const CallerAccess& access);
};

}  // namespace modelgates::gateway
