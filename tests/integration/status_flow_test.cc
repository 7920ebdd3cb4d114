#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <thread>
#include <vector>

#include "integration/gateway_fixture.h"
#include "support/http_get.h"

namespace modelgates::gateway {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

using Samples = std::map<std::string, double>;

Samples SamplesOf(const std::string& metrics) {
  Samples samples;
  std::istringstream lines(metrics);
  for (std::string line; std::getline(lines, line);) {
    const size_t space = line.rfind(' ');
    if (line[0] != '#') samples[line.substr(0, space)] = std::stod(line.substr(space + 1));
  }
  return samples;
}

// The figures of /metrics that the page shows, by their sample.
Samples FiguresOf(const std::string& page) {
  static const std::regex figure(
      R"re(<data value="([^"]*)" title="[^"]*" data-sample="([^"]*)">)re");
  Samples figures;
  for (auto found = std::sregex_iterator(page.begin(), page.end(), figure);
       found != std::sregex_iterator(); ++found) {
    const std::string sample = std::regex_replace((*found)[2].str(), std::regex("&quot;"), "\"");
    figures[sample] = std::stod((*found)[1].str());
  }
  return figures;
}

class StatusFlow : public GatewayTest {
 protected:
  StatusFlow() { config_.admin_listen = "127.0.0.1:0"; }

  HttpGetResult Get(const std::string& path, const std::string& bearer = "") {
    return HttpGet(server().admin_address(), path, bearer);
  }
};

TEST_F(StatusFlow, FiguresAreThoseOfTheMetrics) {
  upstream_.Enqueue(kCreatePath, Answer::Json(503, ErrorBody(503, "later")));
  ASSERT_THAT(Create(), Succeeds());
  ASSERT_THAT(Exchange("code-1"), Succeeds());
  ASSERT_THAT(Exchange("code-1"), Succeeds());
  upstream_.Enqueue(kCreatePath, Answer::Json(403, ErrorBody(403, "no")));
  EXPECT_FALSE(Create().ok());

  const Samples before = SamplesOf(Get("/metrics").body);
  const Samples figures = FiguresOf(Get("/statusz").body);
  const Samples after = SamplesOf(Get("/metrics").body);
  EXPECT_GT(figures.size(), 20u);
  size_t compared = 0;
  for (const auto& [sample, value] : figures) {
    ASSERT_TRUE(after.contains(sample)) << sample;
    if (before.at(sample) != after.at(sample)) continue;
    EXPECT_EQ(value, after.at(sample)) << sample;
    ++compared;
  }
  // Memory and the retry budget alone change while nothing is called.
  EXPECT_GE(compared, figures.size() - 2);
  const std::string errors =
      "oauth_gateway_errors_total{reason=\"FORBIDDEN\",rpc=\"CreateAuthCode\"}";
  ASSERT_TRUE(figures.contains(errors));
  EXPECT_EQ(figures.at(errors), 1);
}

// What callers and the upstream send, and the gateway's key: nothing of a secret is on the page.
// As a control, the ids by which a failure is found are.
TEST_F(StatusFlow, ShowsFailuresWithoutSecrets) {
  config_.api_key = Secret(std::string("sk-canary-own"));
  config_.http_referer = "https://visible.example/";
  upstream_.SetDefault(kExchangePath,
                       Answer::Json(403, ErrorBody(403, "canary sk-canary-own canary-auth-code"),
                                    {{"x-request-id", "visible-upstream"}}));
  const CallSettings settings{.metadata = {{"authorization", "Bearer sk-canary-caller"},
                                           {"x-request-id", "visible-<b>request"},
                                           {"user-agent", "canary"}}};
  oauth::v1::ExchangeAuthCodeRequest exchange;
  exchange.set_code("canary-auth-code");
  exchange.set_code_verifier("canary" + std::string(37, 'v'));
  EXPECT_FALSE(client().Exchange(exchange, settings).ok());

  const std::string page = Get("/statusz").body;
  EXPECT_THAT(page, Not(HasSubstr("canary")));
  EXPECT_THAT(page, AllOf(HasSubstr("<td>FORBIDDEN</td><td>HTTP status 403</td><td>1</td>"),
                          HasSubstr("visible-&lt;b&gt;request"), HasSubstr("visible-upstream"),
                          HasSubstr("https://visible.example/")));
}

TEST_F(StatusFlow, NamesTheCauseOfALostConnection) {
  config_.upstream = "http://127.0.0.1:1";
  config_.max_attempts = 1;
  EXPECT_FALSE(Create().ok());
  EXPECT_THAT(Get("/statusz").body, HasSubstr("127.0.0.1:1"));
}

// A call that is refused before the loop takes it is a failure like any other.
TEST_F(StatusFlow, ShowsCallsThatWereNotAdmitted) {
  config_.max_concurrent_calls = 1;
  upstream_.Enqueue(kCreatePath, Answer::Hang());
  const auto first = client().StartCreate(MinimalCreate());
  ASSERT_TRUE(upstream_.WaitForRequests(1));
  const CallSettings settings{.metadata = {{"x-request-id", "refused-1"}}};
  EXPECT_FALSE(client().Create(MinimalCreate(), settings).ok());
  EXPECT_THAT(Get("/statusz").body,
              AllOf(HasSubstr("<td>GATEWAY_OVERLOADED</td>"), HasSubstr("refused-1")));
}

// Given a bearer file, then index and status need its token as the other pages do.
TEST_F(StatusFlow, IsShownToTheBearerOfTheFile) {
  const std::string file = testing::TempDir() + "status_bearer." + std::to_string(getpid());
  std::ofstream(file) << "token-1\n";
  config_.admin_bearer_file = file;
  for (const char* path : {"/", "/statusz"}) {
    EXPECT_EQ(Get(path).status, 401);
    EXPECT_EQ(Get(path, "token-2").status, 401);
    EXPECT_EQ(Get(path, "token-1").status, 200);
  }
  EXPECT_THAT(Get("/statusz", "token-1").body,
              AllOf(HasSubstr("<td>admin_bearer_file</td>"), Not(HasSubstr("token-1"))));
  std::filesystem::remove(file);
}

TEST_F(StatusFlow, TheIndexLeadsToEveryPage) {
  const std::string index = Get("/").body;
  static const std::regex link("<a href=\"([^\"]*)\"");
  int links = 0;
  for (auto found = std::sregex_iterator(index.begin(), index.end(), link);
       found != std::sregex_iterator(); ++found, ++links) {
    EXPECT_EQ(Get((*found)[1].str()).status, 200) << (*found)[1];
  }
  EXPECT_EQ(links, 5);
}

// Given a hundred open pages, when each asks while calls are made, then all are answered.
TEST_F(StatusFlow, AHundredOpenPagesAndTheirCallsAreServed) {
  constexpr int kPages = 100;
  constexpr int kCalls = 200;
  const std::string address = server().admin_address();
  std::atomic<int> shown{0};
  std::vector<std::thread> pages;
  for (int i = 0; i < kPages; ++i) {
    pages.emplace_back([&] { shown += HttpGet(address, "/statusz").status == 200 ? 1 : 0; });
  }
  int succeeded = 0;
  for (int i = 0; i < kCalls; ++i) succeeded += Create().ok() ? 1 : 0;
  for (std::thread& page : pages) page.join();
  EXPECT_EQ(shown, kPages);
  EXPECT_EQ(succeeded, kCalls);
}

}  // namespace
}  // namespace modelgates::gateway
