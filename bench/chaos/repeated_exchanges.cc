#include "repeated_exchanges.h"

#include <fmt/format.h>

#include <cstdio>
#include <deque>
#include <fstream>
#include <stdexcept>
#include <thread>
#include <utility>

#include "integration/call_messages.h"
#include "support/typed_error.h"

namespace modelgates::bench {
namespace {

using Clock = EndedExchange::Clock;

// Longer than any failover.
const gateway::CallSettings kPatience{.deadline = std::chrono::seconds(20)};

Clock::duration ToTicks(double seconds) {
  return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
}

// Calls under way, in the order of their starts.
class Calls {
 public:
  explicit Calls(SharingGateways& gateways) : gateways_(gateways) {}

  void Start(const std::string& code, size_t gateway) {
    EndedExchange call{
        .code = code, .gateway = gateway, .began = Clock::now(), .ended = {}, .failure = {}};
    running_.push_back({std::move(call), StartExchange(gateways_.client(gateway), code)});
  }

  void TakeEnded() {
    for (auto call = running_.begin(); call != running_.end();) {
      call = call->pending->done() ? Take(call) : std::next(call);
    }
  }

  std::vector<EndedExchange> TakeAll() {
    while (!running_.empty()) Take(running_.begin());
    return std::move(ended_);
  }

 private:
  struct Running {
    EndedExchange call;
    std::unique_ptr<gateway::GatewayClient::PendingExchange> pending;
  };

  std::deque<Running>::iterator Take(std::deque<Running>::iterator running) {
    const auto called = running->pending->Wait();
    EndedExchange& call = running->call;
    call.ended = Clock::now();
    if (!called.ok()) {
      call.failure = fmt::format("{} {}", static_cast<int>(called.status.error_code()),
                                 gateway::ErrorOf(called).info.reason());
    } else if (called.reply.key() != SingleUseUpstream::KeyOf(call.code)) {
      call.failure = "another key";
    }
    ended_.push_back(std::move(call));
    return running_.erase(running);
  }

  SharingGateways& gateways_;
  std::deque<Running> running_;
  std::vector<EndedExchange> ended_;
};

}  // namespace

SharingGateways::SharingGateways(const SingleUseUpstream& upstream,
                                 const std::vector<std::string>& stores,
                                 const std::vector<std::string>& flags) {
  const std::string pepper = folder_ / "pepper";
  std::ofstream(pepper) << std::string(32, 'p') << '\n';
  for (const std::string& store : stores) {
    std::vector<std::string> all = {"--upstream=" + upstream.url(), "--exchange_store=" + store,
                                    "--exchange_pepper_file=" + pepper};
    all.insert(all.end(), flags.begin(), flags.end());
    gateways_.push_back(std::make_unique<gateway::GatewayProcess>(all));
  }
  for (const auto& gateway : gateways_) {
    if (!gateway->WaitUntilListening()) {
      throw std::runtime_error("the gateway does not start: " + gateway->err());
    }
    clients_.push_back(std::make_unique<gateway::GatewayClient>(gateway->grpc_address()));
  }
}

size_t SharingGateways::Degraded() const {
  size_t degraded = 0;
  for (const auto& gateway : gateways_) {
    for (const nlohmann::json& line : gateway->Lines("call")) degraded += line.contains("degraded");
  }
  return degraded;
}

std::unique_ptr<gateway::GatewayClient::PendingExchange> StartExchange(
    gateway::GatewayClient& client, const std::string& code) {
  auto request = gateway::MinimalExchange(code);
  request.set_http_referer(SingleUseUpstream::ToReferer(code));
  return client.StartExchange(request, kPatience);
}

std::vector<EndedExchange> RunRepeated(SharingGateways& gateways, const RepeatedLoad& load) {
  struct Repeat {
    std::string code;
    size_t gateway;
  };
  Calls calls(gateways);
  std::multimap<Clock::time_point, Repeat> repeats;
  const Clock::duration gap = ToTicks(1 / load.per_second);
  auto next = Clock::now();
  for (size_t number = 0; number < load.exchanges || !repeats.empty(); ++number, next += gap) {
    std::this_thread::sleep_until(next);
    if (number < load.exchanges) {
      const std::string code = fmt::format("code-{}", number);
      const size_t first = number % gateways.count();
      calls.Start(code, first);
      const double place = static_cast<double>(number) * 0.6180339887498949;
      const double part = place - static_cast<double>(static_cast<size_t>(place));
      const size_t other =
          (first + 1 + number / gateways.count() % (gateways.count() - 1)) % gateways.count();
      const auto after = std::chrono::duration<double>(load.latest_repeat) * part;
      repeats.emplace(next + ToTicks(after.count()), Repeat{code, other});
    }
    while (!repeats.empty() && repeats.begin()->first <= next) {
      const Repeat repeat = repeats.extract(repeats.begin()).mapped();
      calls.Start(repeat.code, repeat.gateway);
    }
    calls.TakeEnded();
  }
  return calls.TakeAll();
}

size_t CountFailures(const std::vector<EndedExchange>& calls) {
  std::map<std::string, size_t> failures;
  for (const EndedExchange& call : calls) {
    if (!call.failure.empty()) ++failures[call.failure];
  }
  size_t sum = 0;
  for (const auto& [failure, count] : failures) {
    std::fprintf(stderr, "chaos: %zu calls: %s\n", count, failure.c_str());
    sum += count;
  }
  return sum;
}

}  // namespace modelgates::bench
