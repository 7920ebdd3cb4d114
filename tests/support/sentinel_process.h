#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "support/subprocess.h"
#include "support/temporary_folder.h"
#include "support/test_certificate.h"

namespace modelgates::gateway {

// How sentinels judge a master. They ask it every second, or every `down_after` if that is shorter;
// with less than two seconds a busy machine makes several of them fail over again and again.
struct SentinelPolicy {
  int quorum = 1;  // sentinels that must take it for down
  std::chrono::milliseconds down_after{300};
  std::chrono::milliseconds failover_timeout{1'000};
};

// A real sentinel on a free port of 127.0.0.1 that watches a master there under the name
// "mymaster", with others or alone. It serves when the constructor returns, and is killed with this
// object.
class SentinelProcess {
 public:
  // With a certificate it speaks TLS and nothing else, also to the master.
  explicit SentinelProcess(int master_port, const TestCertificate* certificate = nullptr,
                           const SentinelPolicy& policy = {});
  SentinelProcess(const SentinelProcess&) = delete;
  SentinelProcess& operator=(const SentinelProcess&) = delete;

  int port() const { return port_; }
  // "127.0.0.1:port".
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

  // What it logged.
  std::string out() const { return process_->out(); }

  // Until it has found this replica of the master; false after 60 s.
  bool WaitForReplica(int port) const;
  // Until it has found so many other sentinels of the master; false after 60 s.
  bool WaitForSentinels(size_t count) const;

 private:
  const TemporaryFolder folder_{"sentinel-process"};
  int port_ = 0;
  std::unique_ptr<Subprocess> process_;
};

}  // namespace modelgates::gateway
