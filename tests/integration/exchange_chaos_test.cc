#include <iostream>
#include <map>
#include <random>

#include "integration/gateway_fixture.h"
#include "support/from_environment.h"

namespace modelgates::gateway {
namespace {

using std::chrono::milliseconds;
namespace v1 = modelgates::oauth::v1;

// Random faults over real sockets. EXCHANGE_CHAOS is how many exchanges, at most a million;
// EXCHANGE_SEED draws others.
class ExchangeChaos : public GatewayTest, public testing::WithParamInterface<ExchangeRecovery> {
 protected:
  using Random = std::minstd_rand;

  static std::string KeyOf(const std::string& auth_code) { return "sk-" + auth_code; }

  // What the upstream does to a request. `delivered`: the key arrives; `is_final`: a 200 was seen.
  static Answer Draw(Random& random, const std::string& auth_code, bool& delivered,
                     bool& is_final) {
    const std::string body = R"({"key":")" + KeyOf(auth_code) + R"(","user_id":null})";
    const Answer whole = Answer::Json(200, body);
    delivered = is_final = false;
    switch (random() % 10) {
      case 0:
        return Answer().ThenReset();
      case 1:
        return Answer().ThenClose();
      case 2:
        return Answer::Json(500, ErrorBody(500, "broken"));
      case 3:
        return Answer::Json(502, ErrorBody(502, "broken"));
      case 4:
        is_final = true;
        return Answer::Bytes("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{").ThenClose();
      case 5:
        return Answer::Bytes("HTTP/1.1 500 No\r\nContent-Length: 500\r\n\r\n{").ThenReset();
      case 6:
        delivered = is_final = true;
        return whole.Delayed(milliseconds(random() % 20));
      default:
        delivered = is_final = true;
        return whole;
    }
  }
};

// Nobody waits for these in turn, so that exchanges and their faults cross.
TEST_P(ExchangeChaos, KeepsEveryPromise) {
  constexpr unsigned kAtOnce = 50;
  config_.exchange_recovery = GetParam();
  config_.retry_budget = false;
  config_.breaker = false;
  const unsigned count = FromEnvironment("EXCHANGE_CHAOS", 1000, 1'000'000);
  const unsigned seed = FromEnvironment("EXCHANGE_SEED", 1, 2'000'000'000);
  const bool recovers = GetParam() == ExchangeRecovery::kOnce;
  SCOPED_TRACE(seed);
  Random random(seed);
  size_t keys = 0;
  size_t checked = 0;
  for (unsigned done = 0; done < count; done += kAtOnce) {
    // The upstream knows no codes: what it does to the first so many requests, and to those after.
    bool first_delivers = false;
    bool first_is_final = false;
    bool second_delivers = false;
    bool second_is_final = false;
    const std::string shared = "batch-" + std::to_string(done);
    const Answer first = Draw(random, shared, first_delivers, first_is_final);
    const Answer second = Draw(random, shared, second_delivers, second_is_final);
    std::vector<v1::ExchangeAuthCodeRequest> requests;
    std::vector<std::unique_ptr<GatewayClient::PendingExchange>> calls;
    for (unsigned i = 0; i < kAtOnce; ++i) upstream_.Enqueue(kExchangePath, first);
    upstream_.SetDefault(kExchangePath, second);
    for (unsigned i = 0; i < kAtOnce; ++i) {
      requests.push_back(MinimalExchange(shared + "-" + std::to_string(i)));
      // Some leave early, some come twice.
      const CallSettings hurry{.deadline = milliseconds(150)};
      calls.push_back(i % 5 == 0 ? client().StartExchange(requests.back(), hurry)
                                 : client().StartExchange(requests.back()));
      if (i % 7 == 0) calls.push_back(client().StartExchange(requests.back()));
    }
    for (const auto& call : calls) call->Wait();
    for (const auto& request : requests) {
      const auto again = client().Exchange(request);
      if (again.ok()) {
        EXPECT_EQ(again.reply.key(), KeyOf(shared));
        ++keys;
      } else {
        EXPECT_NE(ErrorOf(again).Metadata("authCodeState"), "UNSENT");
      }
      if (first_delivers && second_delivers) {
        EXPECT_TRUE(again.ok());
      }
    }
    std::map<std::string, size_t> sent;
    const std::vector<ReceivedRequest> received = upstream_.Requests();
    for (; checked < received.size(); ++checked) ++sent[received[checked].body];
    for (const auto& [body, times] : sent) {
      const size_t most = recovers && !(first_is_final && second_is_final) ? 2 : 1;
      EXPECT_LE(times, most) << body;
    }
    ASSERT_FALSE(HasFailure()) << "in the batch from " << done;
  }
  std::cout << count << " exchanges from seed " << seed << ": " << keys << " keys\n";
  EXPECT_GT(keys, count / 4);
}

INSTANTIATE_TEST_SUITE_P(, ExchangeChaos,
                         testing::Values(ExchangeRecovery::kOnce, ExchangeRecovery::kNever),
                         [](const auto& row) {
                           return row.param == ExchangeRecovery::kOnce ? "Once" : "Never";
                         });

}  // namespace
}  // namespace modelgates::gateway
