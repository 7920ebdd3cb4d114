#include "base/secret.h"

#include <gtest/gtest.h>

#include <sstream>
#include <utility>

namespace modelgates::gateway {
namespace {

TEST(Secret, PrintsAsRedacted) {
  std::ostringstream out;
  out << Secret(std::string("sk-canary"));
  EXPECT_EQ(out.str(), "<redacted>");
}

TEST(Secret, MovingLeavesNothingBehind) {
  for (const std::string& text : {std::string("short"), std::string(100, 'x')}) {
    Secret from(text);
    const Secret to(std::move(from));
    EXPECT_EQ(to.Reveal(), text);
    EXPECT_TRUE(from.empty());  // NOLINT(bugprone-use-after-move): that is the promise
  }
}

TEST(Wipe, OverwritesTheWholeBufferAndEmptiesTheText) {
  std::string text(64, 'k');
  text.resize(40);
  const char* buffer = text.data();
  Wipe(text);
  EXPECT_TRUE(text.empty());
  for (int i = 1; i < 40; ++i) EXPECT_EQ(buffer[i], '\0') << i;
}

}  // namespace
}  // namespace modelgates::gateway
