#include <gtest/gtest.h>

#include <set>
#include <string>

#include "base/keyed_mac.h"

namespace modelgates::gateway {
namespace {

TEST(Fingerprints, AreTwelveHexDigits) {
  const std::string fingerprint = Fingerprints().Of("code");
  EXPECT_EQ(fingerprint.size(), 12u);
  EXPECT_EQ(fingerprint.find_first_not_of("0123456789abcdef"), std::string::npos);
}

TEST(Fingerprints, OfEqualSecretsAreEqualAgainAndAgain) {
  Fingerprints fingerprints;
  const std::string first = fingerprints.Of("code");
  fingerprints.Of("something else");
  EXPECT_EQ(fingerprints.Of("code"), first);
}

TEST(Fingerprints, OfDifferentSecretsDiffer) {
  Fingerprints fingerprints;
  const std::set<std::string> all = {
      fingerprints.Of(""),      fingerprints.Of(std::string(1, '\0')),
      fingerprints.Of("code"),  fingerprints.Of("Code"),
      fingerprints.Of("code "), fingerprints.Of(std::string(1 << 20, 'x'))};
  EXPECT_EQ(all.size(), 6u);
}

TEST(Fingerprints, OfACopyAreThoseOfTheOriginal) {
  Fingerprints original;
  original.Of("something else");
  Fingerprints copy(original);
  EXPECT_EQ(copy.Of("code"), original.Of("code"));
}

// One that leaks says nothing about a secret to anybody outside of the process.
TEST(Fingerprints, HaveAKeyOfTheirOwn) {
  EXPECT_NE(Fingerprints().Of("code"), Fingerprints().Of("code"));
}

}  // namespace
}  // namespace modelgates::gateway
