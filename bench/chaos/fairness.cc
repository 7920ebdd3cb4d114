#include <fmt/format.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <future>
#include <stdexcept>

#include "scenarios.h"
#include "support/connect_from.h"

namespace modelgates::bench {
namespace {

constexpr int kGoodCallers = 10;
constexpr double kRate = 20;  // of each caller's share
// A good caller keeps below it.
constexpr double kGoodRate = 0.75 * kRate;
constexpr double kBadRate = 100 * kRate;
// Short ones in turn, so that a busy moment of the machine is in both.
constexpr Seconds kPeriod{3};
constexpr int kPeriods = 10;
// A share is whole again after a second without calls.
constexpr double kMostOfShare = kRate * (1 + 1 / kPeriod.count());

class CallersFile {
 public:
  CallersFile() {
    std::string path = std::filesystem::temp_directory_path() / "callers.XXXXXX";
    const int fd = mkstemp(path.data());
    if (fd < 0) throw std::runtime_error("no temporary file");
    close(fd);
    path_ = path;
    std::ofstream(path_) << fmt::format(
        R"({{"default": {{"rate": {}, "concurrent": 10}},
            "callers": [{{"id": "address:*", "methods": ["*"]}}]}})",
        kRate);
  }
  CallersFile(const CallersFile&) = delete;
  CallersFile& operator=(const CallersFile&) = delete;
  ~CallersFile() { std::filesystem::remove(path_); }

  std::string flag() const { return "--callers_file=" + path_; }

 private:
  std::string path_;
};

void Append(std::vector<Ended>& calls, std::vector<Ended> more) {
  calls.insert(calls.end(), more.begin(), more.end());
}

}  // namespace

std::vector<Promise> Fairness() {
  const CallersFile file;
  Stage stage({file.flag(), "--max_concurrent_calls=100"}, std::chrono::milliseconds(20));
  const std::string& address = stage.gateway().grpc_address();
  std::vector<std::shared_ptr<grpc::Channel>> channels;
  for (int i = 1; i <= kGoodCallers; ++i) {
    channels.push_back(gateway::ConnectFrom(fmt::format("127.0.1.{}", i), address));
  }
  OpenLoop good(channels);
  OpenLoop bad({gateway::ConnectFrom("127.0.9.9", address)});
  const Load good_load{.calls_per_second = kGoodCallers * kGoodRate, .duration = kPeriod};
  good.Offer({.calls_per_second = kGoodCallers * kGoodRate, .duration = Seconds(2)});

  std::vector<Ended> alone;
  std::vector<Ended> beside;
  std::vector<Ended> refused;
  for (int i = 0; i < kPeriods; ++i) {
    Append(alone, good.Offer(good_load));
    auto noise = std::async(std::launch::async, [&bad] {
      return bad.Offer({.calls_per_second = kBadRate, .duration = kPeriod});
    });
    Append(beside, good.Offer(good_load));
    Append(refused, noise.get());
  }

  const auto ok = [](const Ended& call) { return call.ok(); };
  const double succeeded = ShareOf(beside, ok);
  const double share = ShareOf(refused, ok) * kBadRate;
  const double typed = ShareOf(refused, [](const Ended& call) {
    return call.ok() || call.reason == "CALLER_LIMIT_EXCEEDED";
  });
  const double p99_alone = Percentile(MillisecondsOf(alone, ok), 0.99);
  const double p99_beside = Percentile(MillisecondsOf(beside, ok), 0.99);
  return {
      {"fairness, ten callers beside one that offers 100 times its share: their calls that succeed",
       Percent(succeeded), "100%", succeeded == 1},
      {"the same: their p99, of that without it",
       fmt::format("{:.2f} ({:.1f} ms of {:.1f} ms)", p99_beside / p99_alone, p99_beside,
                   p99_alone),
       "at most 1.3", p99_beside <= 1.3 * p99_alone},
      {"the same: calls a second that it has, of a share of 20 and each 3 s the burst of a second",
       fmt::format("{:.1f}", share), fmt::format("at most {:.1f}", 1.02 * kMostOfShare),
       share <= 1.02 * kMostOfShare},
      {"the same: its calls that succeed or are refused as CALLER_LIMIT_EXCEEDED", Percent(typed),
       "100%", typed == 1}};
}

}  // namespace modelgates::bench
