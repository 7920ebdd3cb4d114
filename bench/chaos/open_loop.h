#pragma once

#include <grpcpp/channel.h>
#include <modelgates/oauth/v1/oauth.grpc.pb.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace modelgates::bench {

using Seconds = std::chrono::duration<double>;

// The end of a call. Times count from the start of the load.
struct Ended {
  Seconds sent;
  Seconds took;
  Seconds deadline;  // after `sent`
  grpc::StatusCode code;
  std::string reason;  // ErrorInfo.reason; empty: not an error of the gateway

  bool ok() const { return code == grpc::StatusCode::OK; }
};

struct Load {
  double calls_per_second;
  Seconds duration;
  // Deadlines are distributed evenly between these two.
  Seconds shortest_deadline{5};
  Seconds longest_deadline{5};
  // The share of ExchangeAuthCode among the calls, each with a different code; the others are
  // CreateAuthCode.
  double exchanges = 0;
};

// An event during the load.
struct Happening {
  Seconds at;
  std::function<void()> act;
};

// Independent callers: calls at a constant rate, whether they succeed or not, and without retries.
class OpenLoop {
 public:
  explicit OpenLoop(const std::string& address);
  // By these connections in turn.
  explicit OpenLoop(const std::vector<std::shared_ptr<grpc::Channel>>& channels);

  // Returns when every call has ended, in the order of their ends. `happenings` in order of time.
  std::vector<Ended> Offer(const Load& load, const std::vector<Happening>& happenings = {});

 private:
  std::vector<std::unique_ptr<oauth::v1::OAuthService::Stub>> stubs_;
  size_t exchanges_ = 0;
};

// The value that `share` of `values` do not exceed; 0 if there are none.
double Percentile(std::vector<double> values, double share);

}  // namespace modelgates::bench
