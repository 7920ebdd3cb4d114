#include "sandbox/code_book.h"

#include <gtest/gtest.h>

#include <set>

#include "sandbox/sandbox_crypto.h"

namespace modelgates::sandbox {
namespace {

using namespace std::chrono_literals;

// RFC 7636, appendix B.
constexpr const char* kVerifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
constexpr const char* kChallenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
constexpr const char* kOtherVerifier = "aBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

constexpr auto kS256 = ChallengeMethod::kS256;
constexpr auto kPlain = ChallengeMethod::kPlain;

TEST(S256Challenge, IsTheVectorOfRfc7636) { EXPECT_EQ(S256Challenge(kVerifier), kChallenge); }

class CodeBookTest : public testing::Test {
 protected:
  std::chrono::system_clock::time_point now_{
      std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}};
  CodeBook book_{[this] { return now_; }, 10min};
};

struct ProofCase {
  const char* name;
  std::optional<Challenge> challenge;
  std::optional<std::string> verifier;
  std::optional<ChallengeMethod> method;
  Verdict verdict;
};

class CodeBookProofTest : public CodeBookTest, public testing::WithParamInterface<ProofCase> {};

TEST_P(CodeBookProofTest, IsJudgedAndARefusalSpendsNothing) {
  const ProofCase& row = GetParam();
  const std::string auth_code = book_.Create(row.challenge).auth_code;
  EXPECT_EQ(book_.Exchange({auth_code, row.verifier, row.method}).verdict, row.verdict);
  if (row.verdict == Verdict::kIssued) return;

  std::optional<std::string> right;
  if (row.challenge) right = row.challenge->method == kS256 ? kVerifier : row.challenge->value;
  EXPECT_EQ(book_.Exchange({auth_code, right, {}}).verdict, Verdict::kIssued);
}

const Challenge kByS256{kChallenge, kS256};
const Challenge kByPlain{kVerifier, kPlain};

INSTANTIATE_TEST_SUITE_P(
    Rows, CodeBookProofTest,
    testing::Values(
        ProofCase{"NoPkce", {}, {}, {}, Verdict::kIssued},
        ProofCase{"S256", kByS256, kVerifier, {}, Verdict::kIssued},
        ProofCase{"S256MethodRepeated", kByS256, kVerifier, kS256, Verdict::kIssued},
        ProofCase{"Plain", kByPlain, kVerifier, kPlain, Verdict::kIssued},
        ProofCase{"WrongVerifier", kByS256, kOtherVerifier, {}, Verdict::kWrongVerifier},
        ProofCase{"WrongPlainVerifier", kByPlain, kOtherVerifier, {}, Verdict::kWrongVerifier},
        ProofCase{"ChallengeAsVerifier", kByS256, kChallenge, {}, Verdict::kWrongVerifier},
        ProofCase{"NoVerifier", kByS256, {}, {}, Verdict::kWrongVerifier},
        ProofCase{"VerifierWithoutChallenge", {}, kVerifier, {}, Verdict::kWrongVerifier},
        ProofCase{"OtherMethod", kByS256, kVerifier, kPlain, Verdict::kWrongMethod},
        ProofCase{"MethodWithoutChallenge", {}, {}, kS256, Verdict::kWrongMethod}),
    [](const auto& row) { return row.param.name; });

TEST_F(CodeBookTest, KnowsNoCodeItDidNotGive) {
  EXPECT_EQ(book_.Exchange({"auth_code_x", {}, {}}).verdict, Verdict::kUnknown);
}

TEST_F(CodeBookTest, ExpiresACodeAtTheEndOfItsLife) {
  const std::string first = book_.Create({}).auth_code;
  const std::string second = book_.Create({}).auth_code;
  now_ += 10min - 1us;
  EXPECT_EQ(book_.Exchange({first, {}, {}}).verdict, Verdict::kIssued);
  now_ += 1us;
  EXPECT_EQ(book_.Exchange({second, {}, {}}).verdict, Verdict::kExpired);
}

// Given a spent code, when it is shown again and again, also after its life and with a wrong
// verifier, then each time is refused and the key is revoked by the first.
TEST_F(CodeBookTest, RevokesTheKeyOnceWhenACodeIsUsedAgain) {
  const std::string auth_code = book_.Create(kByS256).auth_code;
  ASSERT_EQ(book_.Exchange({auth_code, kVerifier, {}}).verdict, Verdict::kIssued);
  now_ += 1h;
  const ExchangeResult second = book_.Exchange({auth_code, kOtherVerifier, {}});
  EXPECT_EQ(second.verdict, Verdict::kUsedAgain);
  EXPECT_TRUE(second.revoked_key);
  const ExchangeResult third = book_.Exchange({auth_code, kVerifier, {}});
  EXPECT_EQ(third.verdict, Verdict::kUsedAgain);
  EXPECT_FALSE(third.revoked_key);
  EXPECT_TRUE(third.key.empty());
}

TEST_F(CodeBookTest, NeverGivesACodeOrAKeyTwice) {
  std::set<std::string> seen;
  for (int i = 0; i < 200; ++i) {
    const std::string auth_code = book_.Create({}).auth_code;
    EXPECT_TRUE(auth_code.starts_with("auth_code_"));
    EXPECT_TRUE(seen.insert(auth_code).second);
    const std::string key = book_.Exchange({auth_code, {}, {}}).key;
    EXPECT_TRUE(key.starts_with("sk-mg-v1-"));
    EXPECT_TRUE(seen.insert(key).second);
  }
}

TEST_F(CodeBookTest, ForgetsTheOldestBeyondItsBound) {
  CodeBook small([this] { return now_; }, 10min, 2);
  const std::string first = small.Create({}).auth_code;
  const std::string second = small.Create({}).auth_code;
  const std::string third = small.Create({}).auth_code;
  EXPECT_EQ(small.Exchange({first, {}, {}}).verdict, Verdict::kUnknown);
  EXPECT_EQ(small.Exchange({second, {}, {}}).verdict, Verdict::kIssued);
  EXPECT_EQ(small.Exchange({third, {}, {}}).verdict, Verdict::kIssued);
}

}  // namespace
}  // namespace modelgates::sandbox
