#include "exchange/exchange_identity.h"

#include <gtest/gtest.h>

#include <set>

namespace modelgates::gateway {
namespace {

ExchangeIdentity Example() {
  return {.auth_code = "code",
          .code_verifier = "verifier",
          .code_challenge_method = 1,
          .credential = "Bearer a",
          .caller = "spiffe://a",
          .base_url = "https://a.example"};
}

TEST(ExchangeIdentity, TheSameCallOfTheSamePartyHasTheSameKey) {
  Hmac hmac;
  EXPECT_EQ(ToKey(hmac, Example()), ToKey(hmac, Example()));
}

TEST(ExchangeIdentity, EveryPartTellsExchangesApart) {
  Hmac hmac;
  std::set<ExchangeKey> keys = {ToKey(hmac, Example())};
  const auto add = [&](auto change) {
    ExchangeIdentity identity = Example();
    change(identity);
    keys.insert(ToKey(hmac, identity));
  };
  add([](ExchangeIdentity& identity) { identity.auth_code = "other"; });
  add([](ExchangeIdentity& identity) { identity.code_verifier = "other"; });
  add([](ExchangeIdentity& identity) { identity.code_challenge_method = 2; });
  add([](ExchangeIdentity& identity) { identity.code_challenge_method = -1; });
  add([](ExchangeIdentity& identity) { identity.code_challenge_method = 257; });
  add([](ExchangeIdentity& identity) { identity.credential = "Bearer b"; });
  add([](ExchangeIdentity& identity) { identity.caller = ""; });
  add([](ExchangeIdentity& identity) { identity.base_url = "https://b.example"; });
  EXPECT_EQ(keys.size(), 9u);
}

}  // namespace
}  // namespace modelgates::gateway
