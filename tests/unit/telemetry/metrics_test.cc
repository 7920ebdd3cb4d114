#include "telemetry/metrics.h"

#include <gmock/gmock.h>

#include <ctime>
#include <map>
#include <set>
#include <sstream>
#include <thread>
#include <vector>

#include "support/server_series.h"
#include "telemetry/port_metrics.h"
#include "telemetry/process_metrics.h"
#include "telemetry/upstream_metrics.h"

namespace modelgates::gateway {
namespace {

using ::testing::HasSubstr;

using std::chrono::milliseconds;

// A metric: its type, and the names of the labels that each of its series has.
struct Shape {
  std::string type;
  std::set<std::string> labels;
  friend bool operator==(const Shape&, const Shape&) = default;
  friend void PrintTo(const Shape& shape, std::ostream* out) {
    *out << shape.type;
    for (const std::string& label : shape.labels) *out << " " << label;
  }
};

// The names that operators rely on (operations.md), as far as they are in use.
const std::map<std::string, Shape> kPromised = {
    {"grpc_server_started_total", {"counter", {"grpc_method", "grpc_service", "grpc_type"}}},
    {"grpc_server_handled_total",
     {"counter", {"grpc_method", "grpc_service", "grpc_type", "grpc_code"}}},
    {"grpc_server_handling_seconds", {"histogram", {"grpc_method", "grpc_service", "grpc_type"}}},
    {"oauth_gateway_upstream_attempts_total", {"counter", {"rpc", "outcome"}}},
    {"oauth_gateway_upstream_attempt_seconds", {"histogram", {"rpc"}}},
    {"oauth_gateway_retries_total", {"counter", {"rpc", "decision"}}},
    {"oauth_gateway_errors_total", {"counter", {"rpc", "reason"}}},
    {"oauth_gateway_exchanges", {"gauge", {"state"}}},
    {"oauth_gateway_exchange_joins_total", {"counter", {}}},
    {"oauth_gateway_exchange_replays_total", {"counter", {}}},
    {"oauth_gateway_exchange_outcome_unknown_total", {"counter", {}}},
    {"oauth_gateway_exchange_memory_full_total", {"counter", {}}},
    {"oauth_gateway_exchange_store_connected", {"gauge", {}}},
    {"oauth_gateway_exchange_store_disconnected_seconds_total", {"counter", {}}},
    {"oauth_gateway_exchange_store_moves_total", {"counter", {}}},
    {"oauth_gateway_exchange_store_unavailable_total", {"counter", {}}},
    {"oauth_gateway_exchange_store_unreplicated_total", {"counter", {}}},
    {"oauth_gateway_exchange_memory_bytes", {"gauge", {}}},
    {"oauth_gateway_reloads_total", {"counter", {"file", "result"}}},
    {"oauth_gateway_resend_prevented_total", {"counter", {}}},
    {"oauth_gateway_upstream_contract_violations_total", {"counter", {"field"}}},
    {"oauth_gateway_error_details_truncated_total", {"counter", {}}},
    {"oauth_gateway_log_lines_dropped_total", {"counter", {}}},
    {"oauth_gateway_own_key_refused_total", {"counter", {}}},
    {"oauth_gateway_accept_failures_total", {"counter", {}}},
    {"oauth_gateway_calls_in_flight", {"gauge", {}}},
    {"oauth_gateway_exchanges_in_flight", {"gauge", {}}},
    {"oauth_gateway_retry_budget_tokens", {"gauge", {}}},
    {"oauth_gateway_breaker_state", {"gauge", {}}},
    {"oauth_gateway_upstream_connections", {"gauge", {}}},
    {"oauth_gateway_caller_limited_total", {"counter", {"limit"}}},
    {"oauth_gateway_callers_counted", {"gauge", {}}},
    {"oauth_gateway_incomplete_requests", {"gauge", {}}},
    {"oauth_gateway_incomplete_requests_given_up_total", {"counter", {}}},
    {"oauth_gateway_reflection_streams", {"gauge", {}}},
    {"oauth_gateway_reflection_refused_total", {"counter", {}}},
    {"oauth_gateway_unknown_method_calls_total", {"counter", {}}},
    {"oauth_gateway_connections", {"gauge", {}}},
    {"oauth_gateway_connections_refused_total", {"counter", {"cause"}}},
    {"oauth_gateway_tls_handshake_failures_total", {"counter", {"cause"}}},
    {"oauth_gateway_tls_certificate_expiry_timestamp_seconds", {"gauge", {"file"}}},
    {"oauth_gateway_last_reload_timestamp_seconds", {"gauge", {"file"}}},
    {"oauth_gateway_build_info", {"gauge", {"commit", "version"}}},
    {"process_cpu_seconds_total", {"counter", {}}},
    {"process_start_time_seconds", {"gauge", {}}},
    {"process_virtual_memory_bytes", {"gauge", {}}},
    {"process_resident_memory_bytes", {"gauge", {}}},
    {"process_threads", {"gauge", {}}},
    {"process_open_fds", {"gauge", {}}},
    {"process_max_fds", {"gauge", {}}},
    {"oauth_gateway_spans_exported_total", {"counter", {}}},
    {"oauth_gateway_upstream_failures_total", {"counter", {"cause"}}},
    {"oauth_gateway_spans_dropped_total", {"counter", {"cause"}}},
};

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// Names of the labels in `name{a="1",b="2"} 3`; no value of ours has a quote or a comma in it.
std::set<std::string> LabelNames(const std::string& line) {
  std::set<std::string> names;
  const size_t open = line.find('{');
  if (open == std::string::npos) return names;
  std::istringstream labels(line.substr(open + 1, line.find('}') - open - 1));
  for (std::string label; std::getline(labels, label, ',');) {
    const std::string name = label.substr(0, label.find('='));
    if (name != "le") names.insert(name);
  }
  return names;
}

std::string WithoutSuffix(std::string name, const std::map<std::string, Shape>& known) {
  for (const std::string suffix : {"_bucket", "_sum", "_count"}) {
    if (!known.contains(name) && name.ends_with(suffix)) name.resize(name.size() - suffix.size());
  }
  return name;
}

// Series without labels are one name, others the text in braces: the value of each.
std::map<std::string, std::string> Values(const Metrics& metrics) {
  std::map<std::string, std::string> values;
  for (const std::string& line : Lines(metrics.Render())) {
    if (!line.starts_with('#')) {
      const size_t space = line.rfind(' ');
      values[line.substr(0, space)] = line.substr(space + 1);
    }
  }
  return values;
}

const Decision kRetry = {true, {}, {}, {}};
const Decision kStop = {false, {}, StopReason::kDeadline, {}};

void RecordEverything(Metrics& metrics) {
  for (const Rpc rpc : {Rpc::kCreateAuthCode, Rpc::kExchangeAuthCode}) {
    metrics.CallStarted(rpc);
    metrics.CallFinished(rpc, 14, milliseconds(7));
    metrics.AttemptAnswered(rpc, 200, milliseconds(5));
    metrics.AttemptFailed(rpc, TransportFailure::kReset, milliseconds(5));
    metrics.RetryDecided(rpc, kRetry);
    metrics.ErrorReturned(rpc, 17);
  }
  metrics.ErrorDetailsTruncated();
  metrics.ContractViolated("app_id");
  metrics.SetExchanges(ExchangeState::kSending, 4);
  metrics.ExchangeJoined();
  metrics.ExchangeReplayed();
  metrics.ExchangeOutcomeUnknown();
  metrics.ExchangeMemoryFull();
  metrics.ExchangeStoreUnavailable();
  metrics.SetExchangesInFlight(6);
  metrics.OwnKeyRefused();
  metrics.SetExchangeMemoryBytes(1000);
  metrics.ResendPrevented();
  metrics.SetRetryBudgetTokens(7.5);
  metrics.SetBreakerState(1);
  metrics.SetUpstreamConnections(3);
  metrics.SetIncompleteRequests(3);
  metrics.IncompleteRequestGivenUp();
  metrics.SetReflectionStreams(2);
  metrics.ReflectionRefused();
  metrics.UnknownMethodCalled();
  metrics.SetLogLinesDropped(2);
}

TEST(Metrics, AreExactlyThePromisedOnesEachWithConstantLabels) {
  Metrics metrics;
  const std::string before = metrics.Render();
  RecordEverything(metrics);
  const std::string after = metrics.Render();
  for (const std::string& text : {before, after}) {
    std::map<std::string, Shape> found;
    for (const std::string& line : Lines(text)) {
      std::istringstream words(line);
      std::string hash, keyword, name, type;
      words >> hash >> keyword >> name >> type;
      if (hash == "#" && keyword == "TYPE") found[name].type = type;
    }
    for (const std::string& line : Lines(text)) {
      if (line.starts_with('#')) continue;
      const std::string name = WithoutSuffix(line.substr(0, line.find_first_of("{ ")), found);
      if (found[name].labels.empty()) found[name].labels = LabelNames(line);
      EXPECT_EQ(found[name].labels, LabelNames(line)) << line;
    }
    EXPECT_EQ(found, kPromised);
  }
}

TEST(Metrics, RecordingMakesNoNewSeries) {
  Metrics metrics;
  const size_t before = Values(metrics).size();
  RecordEverything(metrics);
  EXPECT_EQ(Values(metrics).size(), before);
}

TEST(Metrics, CountWhatHappened) {
  Metrics metrics;
  metrics.CallStarted(Rpc::kCreateAuthCode);
  metrics.CallStarted(Rpc::kCreateAuthCode);
  metrics.CallFinished(Rpc::kCreateAuthCode, 0, milliseconds(7));
  metrics.AttemptAnswered(Rpc::kExchangeAuthCode, 403, milliseconds(2));
  metrics.AttemptFailed(Rpc::kExchangeAuthCode, TransportFailure::kConnectTimeout, milliseconds(2));
  metrics.RetryDecided(Rpc::kCreateAuthCode, kRetry);
  metrics.RetryDecided(Rpc::kCreateAuthCode, kStop);
  metrics.ErrorReturned(Rpc::kExchangeAuthCode, 20);
  metrics.SetExchanges(ExchangeState::kUnknown, 7);
  metrics.SetExchanges(ExchangeState::kUnknown, 2);
  metrics.RetryDecided(Rpc::kExchangeAuthCode, {false, {}, StopReason::kBudgetExhausted, {}});
  metrics.RetryDecided(Rpc::kExchangeAuthCode, {false, {}, StopReason::kBreakerOpen, {}});
  metrics.SetRetryBudgetTokens(2.25);
  metrics.SetBreakerState(2);
  metrics.SetUpstreamConnections(5);
  metrics.SetExchangesInFlight(9);
  metrics.SetLogLinesDropped(2);
  metrics.SetLogLinesDropped(7);
  metrics.port().AcceptFailed();
  metrics.port().ConnectionRefused(ConnectionLimits::Bound::kPeer);
  auto values = Values(metrics);
  EXPECT_EQ(values[ServerSeries("grpc_server_started_total", "CreateAuthCode")], "2");
  EXPECT_EQ(values[ServerSeries("grpc_server_handled_total", "CreateAuthCode", "OK")], "1");
  EXPECT_EQ(values[ServerSeries("grpc_server_handling_seconds_count", "CreateAuthCode")], "1");
  EXPECT_EQ(
      values[ServerSeries("grpc_server_handling_seconds_bucket", "CreateAuthCode", "", "0.005")],
      "0");
  EXPECT_EQ(
      values[ServerSeries("grpc_server_handling_seconds_bucket", "CreateAuthCode", "", "0.01")],
      "1");
  EXPECT_EQ(values["oauth_gateway_calls_in_flight"], "1");
  EXPECT_EQ(
      values[R"(oauth_gateway_upstream_attempts_total{outcome="4xx",rpc="ExchangeAuthCode"})"],
      "1");
  EXPECT_EQ(
      values
          [R"(oauth_gateway_upstream_attempts_total{outcome="connect_timeout",rpc="ExchangeAuthCode"})"],
      "1");
  EXPECT_EQ(values[R"(oauth_gateway_retries_total{decision="retry",rpc="CreateAuthCode"})"], "1");
  EXPECT_EQ(values[R"(oauth_gateway_retries_total{decision="deadline",rpc="CreateAuthCode"})"],
            "1");
  EXPECT_EQ(
      values
          [R"(oauth_gateway_errors_total{reason="EXCHANGE_OUTCOME_UNKNOWN",rpc="ExchangeAuthCode"})"],
      "1");
  EXPECT_EQ(values[R"(oauth_gateway_exchanges{state="unknown"})"], "2");
  for (const std::string decision : {"budget_exhausted", "breaker_open"}) {
    EXPECT_EQ(values["oauth_gateway_retries_total{decision=\"" + decision +
                     "\",rpc=\"ExchangeAuthCode\"}"],
              "1");
  }
  EXPECT_EQ(values["oauth_gateway_retry_budget_tokens"], "2.25");
  EXPECT_EQ(values["oauth_gateway_breaker_state"], "2");
  EXPECT_EQ(values["oauth_gateway_upstream_connections"], "5");
  EXPECT_EQ(values["oauth_gateway_exchanges_in_flight"], "9");
  EXPECT_EQ(values["oauth_gateway_log_lines_dropped_total"], "7");
  EXPECT_EQ(values["oauth_gateway_accept_failures_total"], "1");
  EXPECT_EQ(
      values[R"(oauth_gateway_connections_refused_total{cause="max_connections_per_address"})"],
      "1");
}

TEST(Metrics, WhatIsUnknownCountsAsOther) {
  Metrics metrics;
  for (const int number : {-1, 17, 1'000'000}) {
    metrics.CallFinished(Rpc::kCreateAuthCode, number, milliseconds(1));
  }
  for (const int status : {-1, 0, 99, 600, 1'000'000}) {
    metrics.AttemptAnswered(Rpc::kCreateAuthCode, status, milliseconds(1));
  }
  for (const int reason : {-1, 0, 63, 64, 1'000'000}) {
    metrics.ErrorReturned(Rpc::kCreateAuthCode, reason);
  }
  metrics.ContractViolated("a name that\n\"nobody\" knows");
  auto values = Values(metrics);
  EXPECT_EQ(values[ServerSeries("grpc_server_handled_total", "CreateAuthCode", "other")], "3");
  EXPECT_EQ(
      values[R"(oauth_gateway_upstream_attempts_total{outcome="other",rpc="CreateAuthCode"})"],
      "5");
  EXPECT_EQ(values[R"(oauth_gateway_errors_total{reason="other",rpc="CreateAuthCode"})"], "5");
  EXPECT_EQ(values[R"(oauth_gateway_upstream_contract_violations_total{field="other"})"], "1");
}

TEST(Metrics, MayBeRecordedAndReadOnAnyThread) {
  Metrics metrics;
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 3; ++thread) {
      threads.emplace_back([&metrics] {
        for (int i = 0; i < 500; ++i) RecordEverything(metrics);
      });
    }
    for (int i = 0; i < 5; ++i) EXPECT_THAT(metrics.Render(), HasSubstr("grpc_server"));
  }
  EXPECT_EQ(Values(metrics)["oauth_gateway_exchange_joins_total"], "1500");
}

TEST(Metrics, NameTheBuildAndTheProcess) {
  Metrics metrics("0123456789ab");
  EXPECT_EQ(Values(metrics)["process_open_fds"], "0");
  metrics.process().Update();
  auto values = Values(metrics);
  EXPECT_GT(std::stod(values["process_open_fds"]), 2);
  EXPECT_GT(std::stod(values["process_resident_memory_bytes"]), 1e6);
  const double start = std::stod(values["process_start_time_seconds"]);
  metrics.process().Update();
  EXPECT_EQ(std::stod(Values(metrics)["process_start_time_seconds"]), start);
  const std::string text = metrics.Render();
  EXPECT_NE(text.find("oauth_gateway_build_info{commit=\"0123456789ab\",version=\""),
            std::string::npos);
}

TEST(Metrics, CountWhatFailedUpstream) {
  Metrics metrics;
  metrics.upstream().Failed(TransportFailure::kTlsUntrusted, FailureDetail::kCertificateName);
  metrics.upstream().Failed(TransportFailure::kTimeout, FailureDetail::kNone);
  auto values = Values(metrics);
  EXPECT_EQ(values[R"(oauth_gateway_upstream_failures_total{cause="certificate_name"})"], "1");
  EXPECT_EQ(values[R"(oauth_gateway_upstream_failures_total{cause="tls_untrusted"})"], "0");
  EXPECT_EQ(values[R"(oauth_gateway_upstream_failures_total{cause="timeout"})"], "1");
}

TEST(Metrics, KnowWhenAFileWasReadAgain) {
  constexpr char kSeries[] = "oauth_gateway_last_reload_timestamp_seconds{file=\"callers_file\"}";
  Metrics metrics;
  metrics.FileReloaded("callers_file", Metrics::Reload::kFailed);
  EXPECT_EQ(Values(metrics)[kSeries], "0");
  metrics.FileReloaded("callers_file", Metrics::Reload::kOk);
  EXPECT_NEAR(std::stod(Values(metrics)[kSeries]), static_cast<double>(time(nullptr)), 5);
}

}  // namespace
}  // namespace modelgates::gateway
