#include <gtest/gtest.h>

#include "redaction/redaction.h"

namespace modelgates::gateway {
namespace {

TEST(KeyLikeWord, IsFoundWhateverIsAroundIt) {
  for (const char* text :
       {"sk-canary-1", "key sk-or-v1-0123456789abcdef", "the key is \"sk-canary-1\"", "(a1b2c3d4)",
        "line\nsk-canary-1\nline", "ABCDEFGHIJKLMNOPQRSTUVWX", "012345678901234567890123",
        "key=a1b2c3d4"}) {
    EXPECT_TRUE(HasKeyLikeWord(text)) << text;
  }
}

TEST(KeyLikeWord, IsNoWordOfASentence) {
  for (const char* text :
       {"", "Invalid code or code_verifier", "code_challenge_method must be \"S256\" or plain",
        "The authorization code has expired (10 minutes).", "error 40001", "invalid_grant: used"}) {
    EXPECT_FALSE(HasKeyLikeWord(text)) << text;
  }
}

}  // namespace
}  // namespace modelgates::gateway
