#include "integration/upstream_fault.h"

#include <algorithm>

#include "support/metric_value.h"

namespace modelgates::gateway {

using std::chrono::milliseconds;

void PrintTo(const UpstreamFault& fault, std::ostream* out) { *out << fault.name; }

namespace {

template <class Wanted>
std::vector<UpstreamFault> Chosen(std::span<const UpstreamFault> faults, Wanted wanted) {
  std::vector<UpstreamFault> chosen;
  for (const UpstreamFault& fault : faults) {
    if (wanted(fault.name)) chosen.emplace_back(fault).http2 = true;
  }
  return chosen;
}

bool Contains(const std::vector<std::string_view>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

std::vector<UpstreamFault> OverHttp2(std::span<const UpstreamFault> faults,
                                     const std::vector<std::string_view>& but) {
  return Chosen(faults, [&](std::string_view name) { return !Contains(but, name); });
}

std::vector<UpstreamFault> OnlyOverHttp2(std::span<const UpstreamFault> faults,
                                         const std::vector<std::string_view>& names) {
  return Chosen(faults, [&](std::string_view name) { return Contains(names, name); });
}

UpstreamFaultTest::UpstreamFaultTest() : GatewayTest({.http2 = GetParam().http2}) {
  config_.max_attempts = 2;
  config_.admin_listen = "127.0.0.1:0";
}

void UpstreamFaultTest::WaitForTheEndOfTheConnection() {
  if (!GetParam().ends_connection) return;
  EXPECT_TRUE(WaitForMetric(server().admin_address(), "oauth_gateway_upstream_connections", 0));
}

void UpstreamFaultTest::Expect(const CallEnd& call, const UpstreamFault::Want& want,
                               const std::string& rpc) {
  SCOPED_TRACE(rpc + ": " + testing::PrintToString(call));
  if (want.code == grpc::OK) {
    EXPECT_THAT(call, Succeeds());
    return;
  }
  EXPECT_THAT(call, FailsWith(want.code, want.reason));
  ExpectEnvelope(call, rpc);
  if (rpc == "ExchangeAuthCode") {
    EXPECT_EQ(ErrorOf(call).Metadata("authCodeState"), GetParam().auth_code_state);
  }
}

void UpstreamFaultTest::ExpectTheRow() {
  if (GetParam().takes_time) {
    config_.attempt_timeout = milliseconds(200);
    config_.exchange_cap = milliseconds(600);
  }
  upstream_.SetDefault(kCreatePath, GetParam().answer);
  upstream_.SetDefault(kExchangePath, GetParam().answer);
  Expect(Create(), GetParam().create, "CreateAuthCode");
  EXPECT_EQ(upstream_.CountRequests(kCreatePath), GetParam().create.requests);
  WaitForTheEndOfTheConnection();
  Expect(Exchange("code-1"), GetParam().exchange, "ExchangeAuthCode");
  EXPECT_EQ(upstream_.CountRequests(kExchangePath), GetParam().exchange.requests);
  WaitForTheEndOfTheConnection();

  AnswerBoth(upstream_);
  EXPECT_THAT(Create(), Succeeds());
  EXPECT_THAT(Exchange("code-2"), Succeeds());
}

}  // namespace modelgates::gateway
