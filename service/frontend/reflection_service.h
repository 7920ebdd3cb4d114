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
  // Full names of the services that are served, these included.
  std::vector<std::string> services;
  // Streams at once, in all and from one address; one more is refused.
  int max_streams = 100;
  int max_streams_per_address = 20;
  // How long a stream lives: tools open one for a command, or another when theirs ends.
  std::chrono::seconds max_age{60};
  // Called when a stream is refused. Any thread.
  std::function<void()> on_refused = [] {};
};

// Counts the streams of both names of reflection. Any thread. Outlives every stream.
class ReflectionStreams {
 public:
  explicit ReflectionStreams(ReflectionOptions options) : options_(std::move(options)) {}

  const ReflectionOptions& options() const { return options_; }
  // False: there are too many. `peer` as gRPC writes it.
  bool Open(const std::string& peer);
  void Close(const std::string& peer);
  int open() const;

 private:
  const ReflectionOptions options_;
  mutable std::mutex mutex_;
  int open_ = 0;
  std::map<std::string, int, std::less<>> by_address_;
};

// gRPC's server reflection, without a thread of its own: the one in gRPC's library holds a thread
// for as long as a stream is open, and has no bound on streams.
class ReflectionService final : public grpc::Service {
 public:
  enum class Version { kV1, kV1Alpha };  // the same on the wire

  // Both must outlive this.
  ReflectionService(Version version, ReflectionStreams& streams, const CallerAccess& access);
};

}  // namespace modelgates::gateway
