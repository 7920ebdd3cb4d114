#include "caller/callers.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "caller/callers_file.h"

namespace modelgates::gateway {
namespace {

using Entered = Callers::Entered;

constexpr char kCreate[] = "/modelgates.oauth.v1.OAuthService/CreateAuthCode";
constexpr char kExchange[] = "/modelgates.oauth.v1.OAuthService/ExchangeAuthCode";

CallerRules OneRule(const std::string& members) {
  return ParseCallers(R"({"callers": [{"id": "dns:a", )" + members + "}]}").value();
}

class CallersTest : public testing::Test {
 protected:
  std::variant<Entered, CallerRefusal> Enter(const char* path) {
    return callers_.Enter(caller_, path, TimePoint());
  }
  CallerRefusal Refused(const char* path) { return std::get<CallerRefusal>(Enter(path)); }

  const CallerIdentity caller_ = CallerIdentity::OfCertificate("", "a");
  Callers callers_{OneRule(R"("methods": ["CreateAuthCode"], "concurrent": 1)"), 100};
};

TEST_F(CallersTest, RefuseAMethodThatIsNotAllowed) {
  EXPECT_TRUE(callers_.Allow(caller_, kCreate));
  EXPECT_FALSE(callers_.Allow(caller_, kExchange));
  EXPECT_EQ(Refused(kExchange), CallerRefusal::kNotAllowed);
  EXPECT_TRUE(std::holds_alternative<Entered>(Enter(kCreate)));
}

TEST_F(CallersTest, RefuseWhoHasNoRule) {
  for (const auto& stranger : {CallerIdentity(), CallerIdentity::OfCertificate("", "b")}) {
    EXPECT_FALSE(callers_.Allow(stranger, kCreate));
    EXPECT_EQ(std::get<CallerRefusal>(callers_.Enter(stranger, kCreate, TimePoint())),
              CallerRefusal::kNotAllowed);
  }
}

// Given a call under way, when the rules change, then it counts by the new ones.
TEST_F(CallersTest, FollowRulesThatChange) {
  auto before = Enter(kCreate);
  EXPECT_EQ(Refused(kCreate), CallerRefusal::kConcurrent);
  callers_.Use(OneRule(R"("methods": ["*"], "concurrent": 2)"));
  auto second = Enter(kExchange);
  EXPECT_TRUE(std::holds_alternative<Entered>(second));
  EXPECT_EQ(Refused(kExchange), CallerRefusal::kConcurrent);
  std::get<Entered>(before).place.GiveBack();
  EXPECT_TRUE(std::holds_alternative<Entered>(Enter(kCreate)));
}

// Given a call whose rule names a key file, when the rules change, then the call keeps that file.
TEST_F(CallersTest, GiveACallTheKeyFileOfItsRule) {
  EXPECT_EQ(std::get<Entered>(Enter(kCreate)).key_file, nullptr);
  callers_.Use(OneRule(R"("methods": ["*"], "key_file": "old")"));
  const auto before = Enter(kCreate);
  callers_.Use(OneRule(R"("methods": ["*"], "key_file": "new")"));
  EXPECT_EQ(*std::get<Entered>(before).key_file, "old");
  EXPECT_EQ(*std::get<Entered>(Enter(kCreate)).key_file, "new");
}

TEST_F(CallersTest, ChangeWhileTheyAreAsked) {
  std::atomic<bool> stop{false};
  std::thread changer([&] {
    while (!stop) callers_.Use(OneRule(R"("methods": ["*"], "concurrent": 2)"));
  });
  for (int i = 0; i < 2'000; ++i) EXPECT_TRUE(std::holds_alternative<Entered>(Enter(kCreate)));
  stop = true;
  changer.join();
}

}  // namespace
}  // namespace modelgates::gateway
