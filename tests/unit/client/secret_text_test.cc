#include "modelgates/oauth/secret_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <new>
#include <sstream>

#include "modelgates/oauth/messages.h"

namespace modelgates::oauth {
namespace {

// Short enough to live inside of the object, where the test can look after it is gone.
constexpr char kShort[] = "sk-short-1";

// Memory that a secret is put into and that outlives it.
class Place {
 public:
  explicit Place(SecretText secret) : secret_(new (bytes_.data()) SecretText(std::move(secret))) {}

  SecretText& secret() { return *secret_; }
  void End() { secret_->~SecretText(); }
  bool Holds(std::string_view text) const {
    return std::string_view(bytes_.data(), bytes_.size()).find(text) != std::string_view::npos;
  }

 private:
  alignas(SecretText) std::array<char, sizeof(SecretText)> bytes_{};
  SecretText* secret_;
};

TEST(SecretText, LeavesNothingBehindWhenItEnds) {
  Place place{SecretText(kShort)};
  EXPECT_TRUE(place.Holds(kShort));
  place.End();
  EXPECT_FALSE(place.Holds(kShort));
}

TEST(SecretText, LeavesNothingBehindWhereItWasMovedFrom) {
  Place place{SecretText(kShort)};
  const SecretText moved = std::move(place.secret());
  EXPECT_EQ(moved.Reveal(), kShort);
  EXPECT_FALSE(place.Holds(kShort));
  SecretText assigned;
  place.secret() = SecretText(kShort);
  assigned = std::move(place.secret());
  EXPECT_EQ(assigned.Reveal(), kShort);
  EXPECT_FALSE(place.Holds(kShort));
  place.End();
}

TEST(SecretText, LeavesNothingOfTheValueBeforeBehind) {
  Place place{SecretText(kShort)};
  place.secret() = SecretText("x");
  EXPECT_FALSE(place.Holds("short"));
  EXPECT_EQ(place.secret().Reveal(), "x");
  place.End();
}

TEST(SecretText, WipesTheStringThatItIsMadeOf) {
  std::string text = kShort;
  const SecretText secret(std::move(text));
  EXPECT_EQ(secret.Reveal(), kShort);
  EXPECT_EQ(text, "");  // NOLINT(bugprone-use-after-move): this is the question
}

TEST(SecretText, IsEqualByItsText) {
  EXPECT_EQ(SecretText("a"), SecretText(std::string("a")));
  EXPECT_FALSE(SecretText("a") == SecretText("b"));
  EXPECT_FALSE(SecretText("a") == SecretText("ab"));
  EXPECT_EQ(SecretText(), SecretText(""));
}

TEST(SecretText, IsNeverPrintedAloneOrWithin) {
  std::ostringstream out;
  AuthCode auth_code;
  auth_code.id = SecretText(kShort);
  ApiKey key;
  key.key = SecretText(kShort);
  ExchangeAuthCodeRequest request;
  request.code = SecretText(kShort);
  request.code_verifier = SecretText(kShort);
  out << SecretText(kShort) << auth_code << key << request;
  EXPECT_THAT(out.str(), testing::HasSubstr("<redacted>"));
  EXPECT_THAT(out.str(), testing::Not(testing::HasSubstr(kShort)));
}

}  // namespace
}  // namespace modelgates::oauth
