#include "status/status_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "status/html.h"
#include "telemetry/metrics.h"
#include "telemetry/port_metrics.h"

namespace modelgates::gateway {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

constexpr char kHostile[] = "</td></script><script>alert(1)</script><img src=x onerror='a' \"";

// Given a page over metrics of its own, at a time that the test moves.
class StatusPageTest : public testing::Test {
 protected:
  StatusPageTest() { facts_.now = absl::FromUnixSeconds(1'800'000'000); }

  void Call(int grpc_code, Duration elapsed) {
    metrics_.CallStarted(Rpc::kCreateAuthCode);
    metrics_.CallFinished(Rpc::kCreateAuthCode, grpc_code, elapsed);
  }
  void Pass(Duration time) {
    now_ += time;
    facts_.now += absl::FromChrono(time);
  }

  Metrics metrics_{"abc123"};
  StatusFacts facts_;
  TimePoint now_{1000h};
  StatusPage page_{{.metrics = [this] { return metrics_.Collect(); },
                    .facts = [this] { return facts_; },
                    .now = [this] { return now_; }}};
};

// What is between `open` and `close`.
std::string Between(const std::string& page, const std::string& open, const std::string& close) {
  const size_t begin = page.find(open) + open.size();
  return page.substr(begin, page.find(close, begin) - begin);
}

TEST_F(StatusPageTest, AllowsItsOwnStyleAndScriptAlone) {
  const std::string page = page_.Render();
  const std::string style = Between(page, "<style>", "</style>");
  const std::string script = Between(page, "<script>", "</script>");
  EXPECT_GT(style.size(), 100u);
  EXPECT_GT(script.size(), 100u);
  EXPECT_EQ(page_.policy(), "default-src 'none'; style-src " + Sha256Source(style) +
                                "; script-src " + Sha256Source(script) +
                                "; connect-src 'self'; base-uri 'none'; form-action 'none'; "
                                "frame-ancestors 'none'");
  // What the policy would refuse, and what would leave the machine.
  EXPECT_THAT(page, Not(ContainsRegex(" style=| on[a-z]+=\"|src=|https?://")));
}

TEST_F(StatusPageTest, ShowsHostileTextAsText) {
  facts_.failures.push_back({.at = facts_.now,
                             .reason = "UPSTREAM_TLS_UNTRUSTED",
                             .cause = kHostile,
                             .request_id = kHostile,
                             .upstream_request_id = kHostile});
  facts_.changed.push_back({kHostile, kHostile, kHostile});
  facts_.callers.push_back({.caller = kHostile, .calls = 1, .share = {}, .used = 1});
  const std::string page = page_.Render();
  EXPECT_THAT(page, Not(HasSubstr("alert(1)</script>")));
  EXPECT_THAT(page, Not(HasSubstr("<img")));
  const std::string escaped = Text(kHostile).markup;
  size_t shown = 0;
  for (size_t at = page.find(escaped); at != std::string::npos; at = page.find(escaped, at + 1)) {
    ++shown;
  }
  EXPECT_EQ(shown, 7u);
}

TEST_F(StatusPageTest, SaysWhichBuildItIsAndWhetherItServes) {
  facts_.serving = true;
  EXPECT_THAT(page_.Render(), AllOf(HasSubstr("commit abc123"), HasSubstr(">serving<")));
  facts_.serving = false;
  EXPECT_THAT(page_.Render(), HasSubstr(">not serving<"));
}

// Given calls before the ten minutes and within, then the table has those within.
TEST_F(StatusPageTest, ShowsTenMinutes) {
  Call(0, 20ms);
  for (size_t i = 0; i < StatusHistory::kSamples; ++i) {
    Pass(StatusHistory::kInterval);
    page_.Sample();
  }
  Call(0, 4s);
  Call(14, 4s);
  const std::string calls = Between(page_.Render(), "<div id=\"calls\"", "</table>");
  EXPECT_THAT(calls, HasSubstr(">3</data></td>"));  // started
  EXPECT_THAT(calls, HasSubstr("<td>2</td><td>1</td><td>50 %</td><td>3.75 s</td>"));
}

TEST_F(StatusPageTest, DrawsRatesAndLeavesAGapWithoutCalls) {
  page_.Sample();
  for (const int calls : {10, 0, 5}) {
    for (int i = 0; i < calls; ++i) Call(0, 20ms);
    Pass(5s);
    page_.Sample();
  }
  const std::string charts = Between(page_.Render(), "id=\"charts\"", "</div>");
  EXPECT_THAT(charts, HasSubstr("ended <b>1/s</b>"));
  EXPECT_THAT(charts, HasSubstr("highest 2/s"));
  // A rate is zero without calls; a duration does not exist.
  const std::string durations = charts.substr(charts.find("Duration of calls"));
  EXPECT_THAT(Between(durations, "<path class=\"a\" d=\"", "\""),
              ContainsRegex("^M[0-9. ]+h0M[0-9. ]+h0$"));
}

TEST_F(StatusPageTest, NamesFilesWithAgeAndExpiry) {
  facts_.files = {"tls_cert_file", "api_key_file"};
  metrics_.port().SetCertificateExpiry(PortMetrics::TlsFile::kCertificate,
                                       WallTime(absl::ToChronoTime(facts_.now) + 50h));
  const std::string files = Between(page_.Render(), "<div id=\"files\"", "</table>");
  EXPECT_THAT(files, AllOf(HasSubstr("tls_cert_file"), HasSubstr("in 2 d 2 h"),
                           HasSubstr("<strong class=\"bad\">"), HasSubstr("api_key_file")));
}

TEST_F(StatusPageTest, NamesCallersWithTheirShare) {
  facts_.callers = {{.caller = "spiffe://prod.example/web",
                     .calls = 3,
                     .share = {.rate = 1000, .concurrent = 4},
                     .used = 0.75}};
  EXPECT_THAT(Between(page_.Render(), "<div id=\"callers\"", "</table>"),
              HasSubstr("<td>spiffe://prod.example/web</td><td>75 %</td><td>3</td><td>4</td>"
                        "<td>1,000</td>"));
}

TEST_F(StatusPageTest, IsSmallWithEverythingThatIsBounded) {
  for (size_t i = 0; i < RecentFailures::kMax; ++i) {
    facts_.failures.push_back({.at = facts_.now,
                               .reason = "UPSTREAM_UNAVAILABLE",
                               .cause = std::string(100'000, '<'),
                               .request_id = std::string(100'000, '<')});
  }
  for (size_t i = 0; i < StatusHistory::kSamples; ++i) page_.Sample();
  EXPECT_LT(page_.Render().size(), 500'000u);
}

}  // namespace
}  // namespace modelgates::gateway
