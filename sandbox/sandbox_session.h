#pragma once

#include <chrono>
#include <memory>
#include <optional>

#include "sandbox/fault_plan.h"
#include "sandbox/route_table.h"
#include "sandbox/sandbox_crypto.h"
#include "sandbox/sandbox_log.h"
#include "sandbox/sandbox_stats.h"
#include "sandbox/wire.h"

namespace modelgates::sandbox {

// The parts that all sessions of a sandbox share. They must outlive the sessions.
struct SandboxParts {
  RouteTable routes{};
  FaultPlan faults{};
  SandboxStats stats{};
  SandboxLog log;
  Fingerprinter fingerprints{};
  CodeBook::Clock clock;
  std::chrono::milliseconds latency{0};
};

// One connection: its requests one after the other, each with its answer or fault.
//
// The steps of one request: read, find a fault, (delay,) work, (delay,) latency, answer. In
// parentheses: the delay of the fault, before or after the work, by its rule.
class SandboxSession {
 public:
  SandboxSession(boost::asio::ip::tcp::socket socket, SandboxParts& parts);

  // Runs until the caller closes the connection, a fault ends it, or Abort().
  boost::asio::awaitable<void> Run();

  void Abort();

 private:
  enum class Next { kReadAgain, kClose };

  boost::asio::awaitable<Next> Serve(Arrival arrival);

  // The answer to send; nullopt: the fault sends none.
  boost::asio::awaitable<std::optional<HttpResponse>> Work(const HttpRequest& request,
                                                           const Route* route,
                                                           const std::optional<FaultRule>& fault,
                                                           RequestLine& line);

  boost::asio::awaitable<Next> Send(const HttpRequest& request, HttpResponse response, Share share,
                                    RequestLine& line);
  boost::asio::awaitable<Next> Strike(FaultAction action);

  Answer Respond(const HttpRequest& request, const Route* route) const;
  RequestLine Describe(const HttpRequest& request) const;

  SandboxParts& parts_;
  const std::shared_ptr<Wire> wire_;
};

}  // namespace modelgates::sandbox
