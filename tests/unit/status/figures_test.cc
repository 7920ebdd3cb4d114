#include "status/figures.h"

#include <gtest/gtest.h>

#include <sstream>

#include "telemetry/metrics.h"

namespace modelgates::gateway {
namespace {

using namespace std::chrono_literals;

// Given two calls, one of which failed.
class FiguresTest : public testing::Test {
 protected:
  FiguresTest() {
    for (const int grpc_code : {0, 14}) {
      metrics_.CallStarted(Rpc::kCreateAuthCode);
      metrics_.CallFinished(Rpc::kCreateAuthCode, grpc_code, 20ms);
    }
  }

  Metrics metrics_;
};

TEST_F(FiguresTest, AreFoundByNameAndLabels) {
  const Figures figures(metrics_.Collect());
  const Figure failed = figures.Get("grpc_server_handled_total", {{"grpc_method", "CreateAuthCode"},
                                                                  {"grpc_code", "UNAVAILABLE"}});
  EXPECT_EQ(failed.value, 1);
  const Figures::Histogram* const seconds =
      figures.FindHistogram("grpc_server_handling_seconds", {{"grpc_method", "CreateAuthCode"}});
  ASSERT_NE(seconds, nullptr);
  EXPECT_EQ(seconds->sample_count, 2u);
}

TEST_F(FiguresTest, OfNoSuchSampleAreZeroAndEmpty) {
  const Figures figures(metrics_.Collect());
  EXPECT_EQ(figures.Get("grpc_server_handled_total", {{"grpc_method", "Nothing"}}).value, 0);
  EXPECT_EQ(figures.Get("nothing").value, 0);
  EXPECT_TRUE(figures.All("nothing").empty());
  EXPECT_EQ(figures.FindHistogram("grpc_server_handled_total", {}), nullptr);
}

// Given all families, then every sample has the name that /metrics gives it, and its value.
TEST_F(FiguresTest, HaveTheSamplesOfTheTextFormat) {
  const std::string text = "\n" + metrics_.Render();
  const auto families = metrics_.Collect();
  const Figures figures(families);
  size_t compared = 0;
  for (const auto& family : families) {
    for (const Figures::Series& series : figures.All(family.name)) {
      const size_t at = text.find("\n" + series.figure.sample + " ");
      ASSERT_NE(at, std::string::npos) << series.figure.sample;
      EXPECT_EQ(std::stod(text.substr(at + series.figure.sample.size() + 2)), series.figure.value)
          << series.figure.sample;
      ++compared;
    }
  }
  EXPECT_GT(compared, 100u);
}

}  // namespace
}  // namespace modelgates::gateway
