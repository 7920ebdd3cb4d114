#pragma once

#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "open_loop.h"
#include "promise.h"
#include "sandbox/sandbox.h"
#include "support/gateway_process.h"

namespace modelgates::bench {

// The real gateway between callers and a sandbox, with counters of its connections.
class Stage {
 public:
  explicit Stage(std::vector<std::string> flags, std::chrono::milliseconds latency = {},
                 std::vector<std::string> environment = {});
  ~Stage();

  sandbox::FaultPlan& faults() { return sandbox_.faults(); }
  gateway::GatewayProcess& gateway() { return gateway_; }
  std::vector<Ended> Offer(const Load& load, const std::vector<Happening>& happenings = {});

  // Requests that reached the sandbox within [from, to) of the last load.
  double Requests(Seconds from, Seconds to) const;
  // The largest number of them within any `window` in [from, to).
  double MostRequests(Seconds from, Seconds to, Seconds window) const;

  // The largest number of the gateway's connections to the sandbox during the last load, by its
  // metric.
  double MostConnections() const { return most_connections_; }

  // The peak of the gateway's resident memory, minus that before the first call.
  double GrownMegabytes() const;

 private:
  void SampleConnections();
  double TotalRequests() const;
  double RequestsUntil(Seconds time) const;
  double Kilobytes(const char* name) const;

  sandbox::Sandbox sandbox_;
  gateway::GatewayProcess gateway_;
  OpenLoop callers_;
  double idle_kilobytes_;
  double most_connections_ = 0;
  std::vector<std::pair<Seconds, double>> seen_;
};

// Faults of one kind for every request, or for `percent` of them, until cleared.
std::vector<sandbox::FaultRule> Always(sandbox::FaultAction action, unsigned percent = 100);

double ShareOf(const std::vector<Ended>& calls, const std::function<bool(const Ended&)>& which);
// The duration of these calls in milliseconds.
std::vector<double> MillisecondsOf(const std::vector<Ended>& calls,
                                   const std::function<bool(const Ended&)>& which);

// "99.53%"
std::string Percent(double share);

// The largest GrownMegabytes of all finished stages.
double MostGrownMegabytes();

}  // namespace modelgates::bench
