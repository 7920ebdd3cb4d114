#include <fmt/format.h>

#include <atomic>
#include <future>
#include <memory>

#include "integration/call_messages.h"
#include "scenarios.h"
#include "support/compressed.h"
#include "support/raw_http2.h"

namespace modelgates::bench {
namespace {

using gateway::RawHttp2;

constexpr char kCreate[] = "CreateAuthCode";
constexpr char kExchange[] = "ExchangeAuthCode";
constexpr size_t kMegabyte = 1 << 20;
constexpr Seconds kPeriod{10};

// What one peer does until it is told to stop.
struct Attack {
  std::string name;
  std::function<void(const std::string& address, const std::atomic<bool>& stop)> run;
};

std::string Repeated(int count, const std::function<std::string()>& frame) {
  std::string frames;
  for (int i = 0; i < count; ++i) frames += frame();
  return frames;
}

void WaitFor(const std::atomic<bool>& stop) { stop.wait(false); }

void SendBombs(const std::string& address, const std::atomic<bool>& stop) {
  const std::string bomb = gateway::Gzip(std::string(256 * kMegabyte, ' '));
  while (!stop) {
    RawHttp2 peer(address);
    peer.Send(peer.OpenPath("/modelgates.oauth.v1.OAuthService/CreateAuthCode",
                            {{"grpc-encoding", "gzip"}}));
    // What HTTP/2 lets a peer send unasked.
    peer.Send(peer.Data(RawHttp2::MessageHead(bomb.size(), true) + bomb.substr(0, 60'000)));
    peer.WaitForEnd(peer.stream());
  }
}

// HTTP/2's settings of the gateway are known, and ignored.
void OpenStreams(const std::string& address, const std::atomic<bool>& stop) {
  while (!stop) {
    RawHttp2 peer(address);
    peer.Send(peer.Call(kCreate, ""));
    peer.WaitForEnd(peer.stream());
    const auto batch = [&] { return Repeated(500, [&] { return peer.OpenCall(kCreate); }); };
    for (int i = 0; i < 40 && peer.Send(batch()); ++i) {
    }
  }
}

// They are never acknowledged.
void OpenStreamsAtOnce(const std::string& address, const std::atomic<bool>& stop) {
  while (!stop) {
    RawHttp2 peer(address);
    peer.Send(Repeated(20'000, [&] { return peer.OpenKnownCall(kCreate); }));
    std::this_thread::sleep_for(std::chrono::seconds(1));
  }
}

void CallWithoutPause(const std::string& address, const std::atomic<bool>& stop) {
  constexpr int kPeers = 40;
  constexpr int kStreams = 100;
  constexpr double kRate = 30'000;
  std::vector<std::unique_ptr<RawHttp2>> peers;
  for (int i = 0; i < kPeers; ++i) peers.push_back(std::make_unique<RawHttp2>(address));
  auto next = std::chrono::steady_clock::now();
  while (!stop) {
    std::this_thread::sleep_until(next);
    next +=
        std::chrono::duration_cast<std::chrono::nanoseconds>(Seconds(kPeers * kStreams / kRate));
    for (const auto& peer : peers) {
      int calls = 0;
      peer->Send(Repeated(kStreams,
                          [&] { return peer->Call(++calls % 2 == 0 ? kCreate : kExchange, ""); }));
    }
    for (const auto& peer : peers) peer->WaitForEnds(kStreams);
  }
}

void PourRequests(const std::string& address, const std::atomic<bool>& stop) {
  constexpr size_t kLength = 4 * kMegabyte;
  const std::string most = RawHttp2::MessageHead(kLength) + std::string(kLength - 1, ' ');
  while (!stop) {
    RawHttp2 peer(address);
    std::vector<uint32_t> streams;
    for (int i = 0; i < 99; ++i) {
      peer.Send(peer.OpenCall(kExchange));
      streams.push_back(peer.stream());
    }
    peer.Pour(streams, most);
  }
}

void HoldReflection(const std::string& address, const std::atomic<bool>& stop) {
  std::vector<std::unique_ptr<RawHttp2>> peers;
  for (int i = 0; i < 20; ++i) {
    RawHttp2& peer = *peers.emplace_back(std::make_unique<RawHttp2>(address));
    peer.Send(Repeated(100, [&] {
      return peer.OpenPath("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo");
    }));
  }
  WaitFor(stop);
}

void ReadNoReply(const std::string& address, const std::atomic<bool>& stop) {
  RawHttp2::Options closed_window;
  closed_window.initial_window_bytes = 0;
  const std::string message = gateway::MinimalCreate().SerializeAsString();
  std::vector<std::unique_ptr<RawHttp2>> peers;
  for (int i = 0; i < 60 && !stop; ++i) {
    RawHttp2& peer = *peers.emplace_back(std::make_unique<RawHttp2>(address, closed_window));
    peer.Send(Repeated(100, [&] { return peer.Call(kCreate, message); }));
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  WaitFor(stop);
}

const Attack kAttacks[] = {
    {"compressed messages of 256 MiB, one after the other", SendBombs},
    {"20,000 streams without a message, above what HTTP/2 allows it", OpenStreams},
    {"20,000 streams of 15 bytes at once, settings never acknowledged", OpenStreamsAtOnce},
    {"30,000 invalid calls a second on 40 connections", CallWithoutPause},
    {"99 messages of 4 MiB whose last byte never comes, again and again", PourRequests},
    {"2,000 streams of reflection, held", HoldReflection},
    {"6,000 calls whose replies it does not read", ReadNoReply}};

}  // namespace

std::vector<Promise> Hostile() {
  std::vector<Promise> promises;
  for (const Attack& attack : kAttacks) {
    Stage stage({});
    const Load load{.calls_per_second = 200, .duration = kPeriod};
    stage.Offer({.calls_per_second = 200, .duration = Seconds(1)});
    std::atomic<bool> stop = false;
    auto peer =
        std::async(std::launch::async, [&] { attack.run(stage.gateway().grpc_address(), stop); });
    const auto calls = stage.Offer(load);
    stop = true;
    stop.notify_all();
    peer.get();
    const auto ok = [](const Ended& call) { return call.ok(); };
    const double succeeded = ShareOf(calls, ok);
    const double p99 = Percentile(MillisecondsOf(calls, ok), 0.99);
    const double grown = stage.GrownMegabytes();
    promises.push_back({"one peer: " + attack.name + ": memory above idle, at most",
                        fmt::format("{:.0f} MiB", grown), "at most 32 MiB", grown <= 32});
    promises.push_back({"the same: p99 of another caller", fmt::format("{:.1f} ms", p99),
                        "at most 50 ms", p99 <= 50});
    promises.push_back({"the same: its calls that succeed", Percent(succeeded), "at least 99%",
                        succeeded >= 0.99});
  }
  return promises;
}

}  // namespace modelgates::bench
