#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "support/subprocess.h"

namespace modelgates::sandbox {
namespace {

using gateway::Subprocess;
using testing::HasSubstr;
using testing::Not;

TEST(SandboxProgram, DescribesItself) {
  for (const char* flag : {"--help", "-h"}) {
    Subprocess help({SANDBOX_BINARY, flag});
    EXPECT_EQ(help.WaitForExit(), 0);
    EXPECT_EQ(help.err(), "");
    const std::string text = help.out();
    for (const char* part : {"/auth ", "POST /control/faults", "GET /control/stats", "--listen",
                             "--api_key", "--base_path", "--code_ttl", "--latency", "--control"}) {
      EXPECT_THAT(text, HasSubstr(part));
    }
    EXPECT_THAT(text, Not(HasSubstr("sandbox_main")));
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 130u) << line;
  }
}

TEST(SandboxProgram, RefusesWhatItDoesNotKnow) {
  for (const char* argument : {"--lisen=127.0.0.1:0", "127.0.0.1:0", "--latency=soon"}) {
    Subprocess wrong({SANDBOX_BINARY, argument});
    EXPECT_NE(wrong.WaitForExit(), 0) << argument;
    EXPECT_EQ(wrong.out(), "") << argument;
    EXPECT_NE(wrong.err(), "") << argument;
  }
}

// The example of the help, on a port that is free.
TEST(SandboxProgram, ServesAtTheAddressItNames) {
  Subprocess sandbox({SANDBOX_BINARY, "--listen=127.0.0.1:0"});
  EXPECT_TRUE(sandbox.WaitForOutput([](const std::string& out) {
    return std::regex_search(out,
                             std::regex("\"listening\".*\"address\":\"127\\.0\\.0\\.1:[0-9]+\""));
  })) << sandbox.out();
  sandbox.Signal(SIGTERM);
  EXPECT_EQ(sandbox.WaitForExit(), 0);
}

}  // namespace
}  // namespace modelgates::sandbox
