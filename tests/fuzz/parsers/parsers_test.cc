#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

#include "fuzz/parsers/targets.h"

namespace modelgates::gateway {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> CorpusOf(std::string_view target) {
  std::vector<std::string> inputs;
  for (const auto& entry : fs::directory_iterator(fs::path(FUZZ_CORPUS) / target)) {
    std::ifstream file(entry.path(), std::ios::binary);
    inputs.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return inputs;
}

// A few bytes of it changed, removed or said twice.
std::string Changed(std::string input, std::minstd_rand& random) {
  for (size_t times = 1 + random() % 4; times > 0 && !input.empty(); --times) {
    const size_t at = random() % input.size();
    const size_t length = 1 + random() % 8;
    switch (random() % 3) {
      case 0:
        input[at] = static_cast<char>(random());
        break;
      case 1:
        input.erase(at, length);
        break;
      default:
        input.insert(at, input.substr(at, length));
    }
  }
  return input;
}

class Parsers : public testing::TestWithParam<FuzzTarget> {};

TEST_P(Parsers, KeepTheirPromisesWithTheCorpusAndWhatIsLikeIt) {
  const std::vector<std::string> corpus = CorpusOf(GetParam().name);
  ASSERT_FALSE(corpus.empty());
  std::minstd_rand random(1);
  EXPECT_EQ(GetParam().broken_by(""), "");
  for (const std::string& input : corpus) {
    EXPECT_EQ(GetParam().broken_by(input), "") << testing::PrintToString(input);
    constexpr int kChanges = 300;
    for (int i = 0; i < kChanges; ++i) {
      const std::string changed = Changed(input, random);
      ASSERT_EQ(GetParam().broken_by(changed), "") << testing::PrintToString(changed);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Each, Parsers,
                         testing::ValuesIn(FuzzTargets().begin(), FuzzTargets().end()),
                         [](const auto& target) { return std::string(target.param.name); });

}  // namespace
}  // namespace modelgates::gateway
