#include "base/nearest_name.h"

#include <gtest/gtest.h>

#include <vector>

namespace modelgates::gateway {
namespace {

struct NearestCase {
  std::string name;
  std::string written;
  std::string nearest;
};

class Nearest : public ::testing::TestWithParam<NearestCase> {};

TEST_P(Nearest, IsTheOneThatWasMeant) {
  const std::vector<std::string> names = {"listen",      "admin_listen", "api_key_file",
                                          "max_retries", "max_attempts", std::string(65, 'x')};
  EXPECT_EQ(NearestName(GetParam().written, names), GetParam().nearest);
}

INSTANTIATE_TEST_SUITE_P(
    All, Nearest,
    ::testing::Values(NearestCase{"Itself", "listen", "listen"},
                      NearestCase{"ALetterLess", "lisen", "listen"},
                      NearestCase{"ALetterMore", "max_atttempts", "max_attempts"},
                      NearestCase{"AnotherLetter", "lizten", "listen"},
                      NearestCase{"SwappedLetters", "lsiten", "listen"},
                      NearestCase{"TwoChangesOfSix", "lzzten", "listen"},
                      NearestCase{"ThreeChangesOfSix", "lzzzen", ""},
                      NearestCase{"SwapsCountOnce", "ilstne", "listen"},
                      NearestCase{"Dashes", "admin-listen", "admin_listen"},
                      NearestCase{"Case", "ADMIN_LISTEN", "admin_listen"},
                      NearestCase{"Continued", "api_key", "api_key_file"},
                      NearestCase{"FirstOfSeveral", "max", "max_retries"},
                      NearestCase{"Unlike", "something_else", ""}, NearestCase{"Short", "x", ""},
                      NearestCase{"Empty", "", ""},
                      NearestCase{"TooLong", std::string(65, 'x'), ""}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace modelgates::gateway
