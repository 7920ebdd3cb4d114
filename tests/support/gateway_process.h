#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/subprocess.h"

namespace modelgates::gateway {

// The real oauth-gateway as a process of its own.
class GatewayProcess {
 public:
  // Listens on free ports of 127.0.0.1 unless `flags` say otherwise, without a delay at drain.
  explicit GatewayProcess(const std::vector<std::string>& flags,
                          const std::vector<std::string>& env = {});

  GatewayProcess(const GatewayProcess&) = delete;
  GatewayProcess& operator=(const GatewayProcess&) = delete;
  // Every line of its log must be as the tables of the log say.
  ~GatewayProcess();

  // Until it says where it listens. False: it ended, or said nothing for 60 s.
  bool WaitUntilListening();
  const std::string& grpc_address() const { return grpc_address_; }
  const std::string& admin_address() const { return admin_address_; }

  void Signal(int signal) const { process_.Signal(signal); }
  // SIGTERM, then as Subprocess::WaitForExit.
  std::optional<int> Terminate();
  std::optional<int> WaitForExit() { return process_.WaitForExit(); }
  pid_t pid() const { return process_.pid(); }

  // Until its log has a line with this `event`.
  bool WaitForEvent(std::string_view event) const;
  // Until it has `count` of them.
  bool WaitForLines(std::string_view event, size_t count) const;
  std::vector<nlohmann::json> Lines(std::string_view event) const;
  std::string out() const { return process_.out(); }
  std::string err() const { return process_.err(); }
  // Stops and continues to read its log.
  void StallLogReader(bool stalled) { process_.PauseReading(stalled); }
  bool running() const { return process_.running(); }
  int threads() const { return process_.threads(); }
  int descriptors() const { return process_.descriptors(); }
  size_t memory_bytes() const { return process_.memory_bytes(); }
  size_t peak_memory_bytes() const { return process_.peak_memory_bytes(); }
  std::set<int> scheduling_policies() const { return process_.scheduling_policies(); }

 private:
  Subprocess process_;
  std::string grpc_address_;
  std::string admin_address_;
};

// The program's path.
std::string GatewayPath();

// Runs it to its end, for flags that let it end by itself.
struct GatewayRun {
  std::optional<int> exit_status;
  std::string out;
  std::string err;
};
GatewayRun RunGateway(const std::vector<std::string>& flags,
                      const std::vector<std::string>& env = {});

}  // namespace modelgates::gateway
