#include "modelgates/oauth/pkce.h"

#include <gtest/gtest.h>

#include <regex>
#include <set>

#include "base64url.h"

namespace modelgates::oauth {
namespace {

// RFC 7636, appendix B: from the 32 bytes to the verifier, and from that to the challenge.
constexpr unsigned char kBytes[] = {116, 24,  223, 180, 151, 153, 224, 37,  79,  250, 96,
                                    125, 216, 173, 187, 186, 22,  212, 37,  77,  105, 214,
                                    191, 240, 91,  88,  5,   88,  83,  132, 141, 121};
constexpr char kVerifier[] = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
constexpr char kChallenge[] = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

TEST(Pkce, EncodesAndDigestsAsTheRfcDoes) {
  EXPECT_EQ(ToBase64Url(kBytes), kVerifier);
  EXPECT_EQ(ChallengeS256(kVerifier), kChallenge);
}

TEST(Pkce, EncodesEveryLengthWithoutPadding) {
  const auto encode = [](std::string_view text) {
    return ToBase64Url({reinterpret_cast<const unsigned char*>(text.data()), text.size()});
  };
  // RFC 4648, section 10.
  EXPECT_EQ(encode(""), "");
  EXPECT_EQ(encode("f"), "Zg");
  EXPECT_EQ(encode("fo"), "Zm8");
  EXPECT_EQ(encode("foo"), "Zm9v");
  EXPECT_EQ(encode("foob"), "Zm9vYg");
  EXPECT_EQ(encode("\xfb\xff\xfe"), "-__-");
}

TEST(Pkce, GeneratesAVerifierThatTheRfcAllowsAndItsChallenge) {
  const Pkce pkce = Pkce::Generate();
  EXPECT_TRUE(
      std::regex_match(std::string(pkce.verifier.Reveal()), std::regex("[A-Za-z0-9_-]{43}")));
  EXPECT_EQ(pkce.challenge, ChallengeS256(pkce.verifier.Reveal()));
}

// Each of the 64 characters has its chance at every place but the last, which holds four bits.
TEST(Pkce, GeneratesAnotherOneEachTime) {
  constexpr size_t kCount = 2'000;
  std::set<std::string> seen;
  std::set<char> characters;
  for (size_t i = 0; i < kCount; ++i) {
    const Pkce pkce = Pkce::Generate();
    seen.emplace(pkce.verifier.Reveal());
    characters.insert(pkce.verifier.Reveal().front());
  }
  EXPECT_EQ(seen.size(), kCount);
  EXPECT_EQ(characters.size(), 64u);
}

}  // namespace
}  // namespace modelgates::oauth
