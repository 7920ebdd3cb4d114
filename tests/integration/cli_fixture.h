#pragma once

#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>

#include "integration/gateway_fixture.h"
#include "support/subprocess.h"
#include "support/temporary_folder.h"

namespace modelgates::gateway {

// How the command ended.
struct CliRun {
  std::optional<int> status;
  std::string out;
  std::string err;

  nlohmann::json json() const { return nlohmann::json::parse(out, nullptr, false); }
};

inline void PrintTo(const CliRun& run, std::ostream* out) {
  *out << "exit status " << run.status.value_or(-1) << "\n" << run.out << run.err;
}

// GatewayTest, called through modelgates-oauth, which finds the gateway by its environment.
class CliTest : public GatewayTest {
 protected:
  CliTest() {}

  std::vector<std::string> Environment() {
    return {"MODELGATES_OAUTH_GATEWAY=" + server().grpc_address(),
            "PATH=" + std::filesystem::path(CLI_BINARY).parent_path().string() + ":/usr/bin:/bin"};
  }

  std::unique_ptr<Subprocess> Start(std::vector<std::string> args, const std::string& input = "",
                                    const std::vector<std::string>& more = {}) {
    args.insert(args.begin(), CLI_BINARY);
    std::vector<std::string> environment = Environment();
    environment.insert(environment.end(), more.begin(), more.end());
    return std::make_unique<Subprocess>(args, environment, input);
  }

  static CliRun End(Subprocess& process) {
    CliRun run;
    run.status = process.WaitForExit();
    run.out = process.out();
    run.err = process.err();
    return run;
  }

  CliRun Run(const std::vector<std::string>& args, const std::string& input = "") {
    return End(*Start(args, input));
  }

  std::string File(const std::string& name) const { return (folder_ / name).string(); }
  static std::string Read(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  static void Write(const std::string& path, const std::string& text) {
    std::ofstream(path) << text;
  }

  const TemporaryFolder folder_{"cli-test"};  // empty, and gone after the test
};

}  // namespace modelgates::gateway
