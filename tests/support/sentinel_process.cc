#include "support/sentinel_process.h"

#include <fstream>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "support/loopback.h"
#include "support/redis_process.h"

namespace modelgates::gateway {

SentinelProcess::SentinelProcess(int master_port, const TestCertificate* certificate,
                                 const SentinelPolicy& policy) {
  std::string tls;
  if (certificate != nullptr) {
    const std::string pem = folder_ / "server.pem";
    WriteServerPem(pem, *certificate);
    tls = "tls-cert-file " + pem + "\ntls-key-file " + pem + "\ntls-ca-cert-file " +
          certificate->ca_file() + "\ntls-auth-clients no\ntls-replication yes\n";
  }
  for (int attempt = 0; attempt < 5; ++attempt) {
    port_ = FreePort();
    const std::string port = std::to_string(port_);
    const std::string config = folder_ / "sentinel.conf";
    std::ofstream(config) << "bind 127.0.0.1\ndir " << folder_.path().string() << '\n'
                          << (tls.empty() ? "port " + port : "port 0\ntls-port " + port) << '\n'
                          << tls << "sentinel monitor mymaster 127.0.0.1 " << master_port << ' '
                          << policy.quorum << '\n'
                          << "sentinel down-after-milliseconds mymaster "
                          << policy.down_after.count() << '\n'
                          << "sentinel failover-timeout mymaster "
                          << policy.failover_timeout.count() << '\n';
    const std::vector<std::string> args = {FindTool("redis-server"), config, "--sentinel"};
    process_ = std::make_unique<Subprocess>(args);
    const bool is_up = process_->WaitForOutput(
        [](const std::string& out) { return out.find("+monitor master") != std::string::npos; });
    if (is_up) return;
  }
  throw std::runtime_error("the sentinel does not start: " + process_->out() + process_->err());
}

bool SentinelProcess::WaitForReplica(int port) const {
  const std::string found = "+slave slave 127.0.0.1:" + std::to_string(port) + " ";
  return process_->WaitForOutput(
      [&](const std::string& out) { return out.find(found) != std::string::npos; });
}

bool SentinelProcess::WaitForSentinels(size_t count) const {
  constexpr std::string_view kFound = "+sentinel sentinel ";
  return process_->WaitForOutput([&](const std::string& out) {
    size_t found = 0;
    for (size_t at = out.find(kFound); at != out.npos; at = out.find(kFound, at + 1)) ++found;
    return found >= count;
  });
}

}  // namespace modelgates::gateway
