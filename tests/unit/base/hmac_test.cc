#include <absl/strings/escaping.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "base/keyed_mac.h"

namespace modelgates::gateway {
namespace {

TEST(Hmac, EqualPartsGiveEqualDigestsAgainAndAgain) {
  Hmac hmac;
  const Hmac::Digest first = hmac.Of({"code", "verifier"});
  hmac.Of({"something else"});
  EXPECT_EQ(hmac.Of({"code", "verifier"}), first);
}

TEST(Hmac, NoTwoDivisionsOfTheSameBytesAreEqual) {
  Hmac hmac;
  const std::set<Hmac::Digest> digests = {
      hmac.Of({"ab", "c"}), hmac.Of({"a", "bc"}), hmac.Of({"abc"}), hmac.Of({"abc", ""}),
      hmac.Of({"", "abc"}), hmac.Of({"", ""}),    hmac.Of({""}),    hmac.Of({})};
  EXPECT_EQ(digests.size(), 8u);
}

TEST(Hmac, APartMayHoldAnyBytesAndAnyLength) {
  Hmac hmac;
  const std::string zeros(3, '\0');
  const std::string more_zeros(4, '\0');
  const std::string large(1 << 20, 'x');
  EXPECT_NE(hmac.Of({zeros}), hmac.Of({more_zeros}));
  EXPECT_EQ(hmac.Of({large}), hmac.Of({large}));
}

// A digest that leaks says nothing about a secret to anybody outside of the process.
TEST(Hmac, EachHasItsOwnKey) {
  Hmac one;
  Hmac other;
  EXPECT_NE(one.Of({"code"}), other.Of({"code"}));
}

TEST(Hmac, WithAKeyThatIsGivenMeansTheSameEverywhere) {
  Hmac one("key");
  Hmac same("key");
  Hmac other("Key");
  EXPECT_EQ(one.Of({"code", "verifier"}), same.Of({"code", "verifier"}));
  EXPECT_NE(one.Of({"code"}), other.Of({"code"}));
}

// As another implementation says it. A change of this would part gateways of two versions that
// share a store.
TEST(Hmac, IsOverTheLengthInEightBytesAndThePart) {
  Hmac hmac(std::string(20, '\x0b'));
  const Hmac::Digest digest = hmac.Of({"Hi There"});
  EXPECT_EQ(absl::BytesToHexString({reinterpret_cast<const char*>(digest.data()), digest.size()}),
            "7f576cd063ed3e3615e6bf957fc801d0f4d8cf70bc1a604ab2ba1d06c8732e2e");
}

}  // namespace
}  // namespace modelgates::gateway
