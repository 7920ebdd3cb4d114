#pragma once

#include <absl/status/status.h>

#include <cstdint>
#include <memory>
#include <string>

#include "sandbox/fault_plan.h"
#include "sandbox/sandbox_options.h"
#include "sandbox/sandbox_stats.h"

namespace modelgates::sandbox {

// A simulation of ModelGates for development: the two operations of the API over HTTP/1.1 with
// their documented rules, and faults on demand.
//
//   Sandbox sandbox(SandboxOptions{});
//   ASSERT_TRUE(sandbox.Start().ok());
//   Gateway gateway(sandbox.base_url());
//   sandbox.faults().Add({{.path = "/auth/keys", .action = FaultAction::kReset}});
//
// One thread serves all connections. Start() and Stop() must be called on the thread that owns the
// sandbox; all other functions may be called on any thread.
class Sandbox {
 public:
  explicit Sandbox(SandboxOptions options);
  ~Sandbox();
  Sandbox(const Sandbox&) = delete;
  Sandbox& operator=(const Sandbox&) = delete;

  // Binds the address and starts to serve. Once per object. Errors: kInvalidArgument for a wrong
  // option, kUnavailable if the address cannot be bound; the message is one line for people.
  absl::Status Start();

  // Closes all connections; returns when the last line is logged. Idempotent.
  void Stop();

  // The port and address; requires Start().
  std::uint16_t port() const;
  std::string address() const;   // "127.0.0.1:40123"
  std::string base_url() const;  // "http://127.0.0.1:40123/api/v1"

  FaultPlan& faults();
  SandboxCounts Counts() const;

 private:
  class Server;
  const std::unique_ptr<Server> server_;
};

}  // namespace modelgates::sandbox
