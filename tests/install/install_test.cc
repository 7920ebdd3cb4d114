#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "sandbox/sandbox.h"
#include "support/gateway_process.h"
#include "support/subprocess.h"

namespace modelgates::gateway {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

const fs::path kScratch = INSTALL_TEST_DIR;
const fs::path kPrefix = kScratch / "prefix";

// Runs a program to its end; what it said when it failed.
std::string FailureOf(const std::vector<std::string>& args,
                      const std::vector<std::string>& env = {}) {
  Subprocess process(args, env);
  std::optional<int> status;
  // A build may take its minutes on a busy machine.
  for (int minutes = 0; !status && minutes < 10; ++minutes) status = process.WaitForExit();
  if (status == 0) return "";
  return args.front() + " ended with " + std::to_string(status.value_or(-1)) + "\n" +
         process.out() + process.err();
}

// The gateway before the sandbox, for a consumer to call.
class Installed : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    fs::remove_all(kPrefix);
    ASSERT_EQ(FailureOf({CMAKE_PROGRAM, "--install", BUILD_DIR, "--component", "client", "--prefix",
                         kPrefix.string()}),
              "");
  }

  void SetUp() override {
    ASSERT_TRUE(sandbox_.Start().ok());
    gateway_.emplace(std::vector<std::string>{"--upstream=" + sandbox_.base_url()});
    ASSERT_TRUE(gateway_->WaitUntilListening());
  }

  // Configures, builds and runs the consumer.
  void BuildAndRun(const std::string& name, const std::vector<std::string>& options) {
    const std::string build = (kScratch / name).string();
    fs::remove_all(build);
    std::vector<std::string> configure = {
        CMAKE_PROGRAM, "-S",    PROJECT_ROOT "/tests/install/consumer", "-B", build,
        "-G",          "Ninja", "-DCMAKE_CXX_COMPILER=" CXX_COMPILER};
    configure.insert(configure.end(), options.begin(), options.end());
    ASSERT_EQ(FailureOf(configure), "");
    ASSERT_EQ(FailureOf({CMAKE_PROGRAM, "--build", build, "--target", "consumer"}), "");
    Run(Find(build));
  }

  void Run(const std::string& consumer) {
    Subprocess process({consumer, gateway_->grpc_address()});
    EXPECT_EQ(process.WaitForExit(), 0) << process.err();
    EXPECT_THAT(process.out(), HasSubstr("ApiKey{key: <redacted>"));
    EXPECT_THAT(process.out(), HasSubstr("INVALID_ARGUMENT FIELD_INVALID"));
    EXPECT_THAT(process.out() + process.err(), Not(HasSubstr("sk-")));
  }

  static std::string Find(const fs::path& build) {
    for (const char* place : {"consumer", "bin/consumer"}) {
      if (fs::exists(build / place)) return (build / place).string();
    }
    ADD_FAILURE() << "no consumer in " << build;
    return "";
  }

  sandbox::Sandbox sandbox_{sandbox::SandboxOptions{}};
  std::optional<GatewayProcess> gateway_;
};

TEST_F(Installed, IsFoundByCmake) {
  BuildAndRun("by-cmake",
              {"-DCMAKE_PREFIX_PATH=" + kPrefix.string(), "-DCMAKE_CXX_FLAGS=" SANITIZER_FLAGS});
}

TEST_F(Installed, IsASubproject) {
  BuildAndRun("as-subproject", {"-DMODELGATES_SOURCE=" PROJECT_ROOT});
  // The client alone: nothing of the gateway's is configured, let alone built.
  EXPECT_FALSE(fs::exists(kScratch / "as-subproject/modelgates/service"));
  EXPECT_FALSE(fs::exists(kScratch / "as-subproject/modelgates/tests"));
}

// Copied to an empty folder, as those do who begin with it.
TEST_F(Installed, BuildsTheExample) {
  const fs::path copy = kScratch / "example";
  fs::remove_all(copy);
  fs::copy(PROJECT_ROOT "/client/examples/cpp", copy);
  const std::string build = (copy / "build").string();
  ASSERT_EQ(
      FailureOf({CMAKE_PROGRAM, "-S", copy.string(), "-B", build, "-G", "Ninja",
                 "-DCMAKE_CXX_COMPILER=" CXX_COMPILER, "-DCMAKE_PREFIX_PATH=" + kPrefix.string(),
                 "-DCMAKE_CXX_FLAGS=" SANITIZER_FLAGS}),
      "");
  ASSERT_EQ(FailureOf({CMAKE_PROGRAM, "--build", build}), "");
  Subprocess example({build + "/oauth_example", "--plaintext"},
                     {"MODELGATES_OAUTH_GATEWAY=" + gateway_->grpc_address()});
  EXPECT_EQ(example.WaitForExit(), 0) << example.err();
  EXPECT_THAT(example.out(), HasSubstr("a key of user_"));
  EXPECT_THAT(example.out(), HasSubstr("reason FIELD_INVALID"));
  EXPECT_THAT(example.out(), HasSubstr("field callback_url"));
  EXPECT_THAT(example.out(), HasSubstr("upstream status 403 code is REJECTED"));
  EXPECT_THAT(example.out(), Not(HasSubstr("sk-")));
}

// The program of README.md, as pasted.
TEST_F(Installed, BuildsTheProgramOfTheReadme) {
  std::ifstream file(std::string(PROJECT_ROOT) +
                     "/"
                     "README.md");
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  const std::string fence = "```cpp\n";
  const size_t start = page.find(fence) + fence.size();
  const fs::path folder = kScratch / "readme";
  fs::remove_all(folder);
  fs::create_directory(folder);
  std::ofstream(folder / "app.cc") << page.substr(start, page.find("```", start) - start);
  const std::string app = (folder / "app").string();
  const std::string command = CXX_COMPILER " " SANITIZER_FLAGS " -std=c++20 -o " + app + " " + app +
                              ".cc $(pkg-config --cflags --libs modelgates_oauth)";
  ASSERT_EQ(FailureOf({"/bin/sh", "-c", command},
                      {"PKG_CONFIG_PATH=" + (kPrefix / INSTALL_LIBDIR / "pkgconfig").string()}),
            "");
  Subprocess works({app}, {"MODELGATES_OAUTH_GATEWAY=" + gateway_->grpc_address()});
  EXPECT_EQ(works.WaitForExit(), 0) << works.err();
  EXPECT_THAT(works.out(), testing::StartsWith("a key of user_"));
  Subprocess alone({app}, {"MODELGATES_OAUTH_GATEWAY=127.0.0.1:1"});
  EXPECT_EQ(alone.WaitForExit(), 1);
  EXPECT_THAT(alone.err(), testing::StartsWith("UNAVAILABLE"));
}

// Moved elsewhere first: nothing in it names the place where it was installed.
TEST_F(Installed, IsFoundByPkgConfigWhereverItLies) {
  const fs::path moved = kScratch / "moved";
  fs::remove_all(moved);
  fs::copy(kPrefix, moved, fs::copy_options::recursive);
  const std::string consumer = (kScratch / "by-pkg-config").string();
  const std::string command = CXX_COMPILER " " SANITIZER_FLAGS " -std=c++20 -o " + consumer +
                              " " PROJECT_ROOT "/tests/install/consumer/consumer.cc" +
                              " $(pkg-config --cflags --libs modelgates_oauth)";
  const std::string path = (moved / INSTALL_LIBDIR / "pkgconfig").string();
  ASSERT_EQ(FailureOf({"/bin/sh", "-c", command}, {"PKG_CONFIG_PATH=" + path}), "");
  Run(consumer);
}

TEST_F(Installed, HasHeadersThatNameStandardTypesOnly) {
  int headers = 0;
  for (const auto& entry : fs::recursive_directory_iterator(kPrefix / "include")) {
    if (!entry.is_regular_file()) continue;
    ++headers;
    std::ifstream file(entry.path());
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    EXPECT_THAT(text, Not(HasSubstr("absl"))) << entry.path();
    for (const char* include :
         {"#include <grpc", "#include <google", "#include <boost", ".pb.h", "#include <openssl"}) {
      EXPECT_THAT(text, Not(HasSubstr(include))) << entry.path();
    }
  }
  EXPECT_GE(headers, 9);
}

}  // namespace
}  // namespace modelgates::gateway
