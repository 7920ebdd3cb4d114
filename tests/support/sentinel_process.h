#pragma once

#include <memory>
#include <string>

#include "support/subprocess.h"
#include "support/temporary_folder.h"
#include "support/test_certificate.h"

namespace modelgates::gateway {

// A real sentinel on a free port of 127.0.0.1 that watches a master there under the name "mymaster"
// and decides alone that it is down, after 300 ms. It serves when the constructor returns, and is
// killed with this object.
class SentinelProcess {
 public:
  // With a certificate it speaks TLS and nothing else, also to the master.
  explicit SentinelProcess(int master_port, const TestCertificate* certificate = nullptr);
  SentinelProcess(const SentinelProcess&) = delete;
  SentinelProcess& operator=(const SentinelProcess&) = delete;

  int port() const { return port_; }
  // "127.0.0.1:port".
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

  // Until it has found this replica of the master; false after 60 s.
  bool WaitForReplica(int port) const;

 private:
  const TemporaryFolder folder_{"sentinel-process"};
  int port_ = 0;
  std::unique_ptr<Subprocess> process_;
};

}  // namespace modelgates::gateway
