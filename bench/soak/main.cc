// Lets the gateway live through rotations, faults and outages for as long as one likes, and prints
// whether it grew. Callers, files and upstream are those of the rotation of bench/chaos.
//
// usage: soak MINUTES
// Exit status 1: a promise was broken.
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <exception>
#include <future>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "integration/rotated_gateway.h"
#include "promise.h"
#include "samples.h"
#include "support/http_get.h"

namespace modelgates::bench {
namespace {

using std::chrono::seconds;
using Clock = std::chrono::steady_clock;

constexpr double kCallsPerSecond = 100;
// A second of each minute at which something begins or ends.
constexpr int kReplacements[] = {0, 15, 30, 45};
// Shortly before the next one: a key that is broken for 10 s closes its caller out.
constexpr int kBreaks = 10;
constexpr int kErrorsBegin = 20;
constexpr int kErrorsEnd = 28;
constexpr int kResetsBegin = 36;
constexpr int kResetsEnd = 42;
constexpr int kStoreEnds = 50;
constexpr int kStoreBegins = 55;
constexpr int kMinute = 60;

enum class Weather { kFair, kErrors, kResets };

Weather WeatherAt(int second) {
  if (second >= kErrorsBegin && second < kErrorsEnd) return Weather::kErrors;
  if (second >= kResetsBegin && second < kResetsEnd) return Weather::kResets;
  return Weather::kFair;
}

// A fifth of the requests has a fault while the weather is bad.
gateway::FakeUpstream::Rule FaultsFrom(const std::atomic<Weather>& weather) {
  return [&weather,
          number = 0](const gateway::ReceivedRequest&) mutable -> std::optional<gateway::Answer> {
    constexpr int kOneOf = 5;
    const Weather now = weather;
    if (now == Weather::kFair || ++number % kOneOf != 0) return std::nullopt;
    if (now == Weather::kResets) return gateway::Answer().ThenReset();
    return gateway::Answer::Json(503, gateway::ErrorBody(503, "soak"));
  };
}

// Reads the pages that people and Prometheus read, once a second. The result: pages that were not
// served, by name.
std::map<std::string, int> ReadPages(const std::string& address, const std::stop_token& stop) {
  std::map<std::string, int> missing;
  while (!stop.stop_requested()) {
    for (const char* page : {"/metrics", "/statusz", "/configz", "/readyz", "/livez"}) {
      if (gateway::HttpGet(address, page).status != 200) ++missing[page];
    }
    std::this_thread::sleep_for(seconds(1));
  }
  return missing;
}

// Does what the second of the run asks for.
void Happen(gateway::RotatedGateway& gateway, int second, std::atomic<Weather>& weather) {
  const int of_minute = second % kMinute;
  weather = WeatherAt(of_minute);
  if (std::count(std::begin(kReplacements), std::end(kReplacements), of_minute) > 0) {
    gateway.ReplaceAll();
  }
  if (of_minute == kBreaks) gateway.BreakAll();
  if (of_minute == kStoreEnds) gateway.store().Kill();
  if (of_minute == kStoreBegins) gateway.store().StartAgain();
}

// The first third is warm-up.
std::vector<Promise> Judge(const std::vector<Sample>& samples) {
  constexpr double kMostMib = 1;
  constexpr double kMostDescriptors = 4;
  const auto third = static_cast<std::ptrdiff_t>(samples.size() / 3);
  const std::vector<Sample> warm(samples.begin() + third, samples.end());
  const std::vector<Sample> early(warm.begin(), warm.begin() + third);
  const std::vector<Sample> late(warm.end() - third, warm.end());
  // In a short run a page more or less would be many an hour.
  const double hours = std::min(1.0, (warm.back().hours - warm.front().hours).count());
  const double growth = GrowthAnHour(warm, &Sample::memory_mib) * hours;
  const auto change = [&](double Sample::*what) {
    return Median(late, what) - Median(early, what);
  };
  const double descriptors = change(&Sample::descriptors);
  const double threads = change(&Sample::threads);
  return {{fmt::format("memory ({:.1f} MiB) after warm-up grows, in {:.0f} minutes",
                       Median(late, &Sample::memory_mib), hours * kMinute),
           fmt::format("{:+.2f} MiB", growth), "at most 1 MiB", growth <= kMostMib},
          {fmt::format("descriptors ({:.0f})", Median(late, &Sample::descriptors)),
           fmt::format("{:+.0f}", descriptors), "at most +4", descriptors <= kMostDescriptors},
          {fmt::format("threads ({:.0f})", Median(late, &Sample::threads)),
           fmt::format("{:+.0f}", threads), "none more", threads <= 0}};
}

// The calls that fail have to have failed by the upstream's faults.
Promise JudgeCalls(const gateway::RotatedGateway::Calls& calls) {
  size_t failed = 0;
  size_t strange = 0;
  for (const auto& [what, count] : calls.failed) {
    failed += count;
    std::fprintf(stderr, "soak: %zu calls: %s\n", count, what.c_str());
    const std::string_view reason = std::string_view(what).substr(what.find(' ') + 1);
    if (!reason.starts_with("UPSTREAM_") && !reason.starts_with("EXCHANGE_OUTCOME_UNKNOWN")) {
      strange += count;
    }
  }
  return {fmt::format("calls that fail of {} ({} by the upstream's faults): for another reason",
                      calls.made, failed - strange),
          std::to_string(strange), "0", strange == 0};
}

bool Soak(int minutes) {
  constexpr int kSampleEvery = 5;
  std::atomic<Weather> weather{Weather::kFair};
  gateway::RotatedGateway rotated({"--log_create_success_percent=1"});
  if (!rotated.WaitUntilListening()) {
    throw std::runtime_error("the gateway does not start: " + rotated.gateway().err());
  }
  rotated.SetFault(FaultsFrom(weather));
  std::stop_source stop;
  auto offered = std::async(std::launch::async,
                            [&] { return rotated.Offer(kCallsPerSecond, stop.get_token()); });
  auto read = std::async(std::launch::async, [&] {
    return ReadPages(rotated.gateway().admin_address(), stop.get_token());
  });
  const auto start = Clock::now();
  std::vector<Sample> samples;
  for (int second = 1; second <= minutes * kMinute; ++second) {
    std::this_thread::sleep_until(start + seconds(second));
    Happen(rotated, second, weather);
    if (second % kSampleEvery == 0) samples.push_back(Take(rotated.gateway(), start));
  }
  weather = Weather::kFair;
  stop.request_stop();
  std::vector<Promise> promises = Judge(samples);
  promises.push_back(JudgeCalls(offered.get()));
  for (const auto& [page, count] : read.get()) {
    promises.push_back({"page " + page + ": not served", std::to_string(count), "0", false});
  }
  const std::optional<int> status = rotated.gateway().Terminate();
  promises.push_back(
      {"exit status at the end", status ? std::to_string(*status) : "none", "0", status == 0});
  PrintPromiseHead();
  return PrintPromises(promises);
}

}  // namespace
}  // namespace modelgates::bench

int main(int argc, char** argv) {
  int minutes = 0;
  if (argc == 2) std::from_chars(argv[1], argv[1] + std::strlen(argv[1]), minutes);
  if (minutes < 1) {
    std::fputs("usage: soak MINUTES\n", stderr);
    return 2;
  }
  try {
    return modelgates::bench::Soak(minutes) ? 0 : 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "soak: %s\n", error.what());
    return 1;
  }
}
