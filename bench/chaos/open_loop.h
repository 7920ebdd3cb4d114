#pragma once

#include <modelgates/oauth/v1/oauth.grpc.pb.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace modelgates::bench {

using Seconds = std::chrono::duration<double>;

// How a call ended. Times are since the load began.
struct Ended {
  Seconds sent;
  Seconds took;
  Seconds deadline;  // from `sent`
  grpc::StatusCode code;
  std::string reason;  // ErrorInfo.reason; empty: not an error of the gateway

  bool ok() const { return code == grpc::StatusCode::OK; }
};

struct Load {
  double calls_per_second;
  Seconds duration;
  // Deadlines are spread evenly from the first to the second.
  Seconds shortest_deadline{5};
  Seconds longest_deadline{5};
  // Which share of the calls are ExchangeAuthCode, each of a code of its own; the others are
  // CreateAuthCode.
  double exchanges = 0;
};

// An event during the load.
struct Happening {
  Seconds at;
  std::function<void()> act;
};

// Callers that do not wait for each other: calls at an even rate, whether they succeed or not. They
// retry nothing.
class OpenLoop {
 public:
  explicit OpenLoop(const std::string& address);

  // Returns when every call has ended; in the order they ended. `happenings` in order of time.
  std::vector<Ended> Offer(const Load& load, const std::vector<Happening>& happenings = {});

 private:
  std::vector<std::unique_ptr<oauth::v1::OAuthService::Stub>> stubs_;
  size_t exchanges_ = 0;
};

// The value that `share` of them do not exceed; 0 of none.
double Percentile(std::vector<double> values, double share);

}  // namespace modelgates::bench
