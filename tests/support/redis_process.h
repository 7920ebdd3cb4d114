#pragma once

#include <memory>
#include <string>
#include <vector>

#include "support/subprocess.h"
#include "support/temporary_folder.h"
#include "support/test_certificate.h"

namespace modelgates::gateway {

// Writes certificate and private key of a server into one file.
void WriteServerPem(const std::string& path, const TestCertificate& certificate);

// A real redis-server on a free port of 127.0.0.1 that keeps nothing on disk. It serves when the
// constructor returns, and is killed with this object.
class RedisProcess {
 public:
  // `options`: of its command line. With a certificate it speaks TLS and nothing else.
  explicit RedisProcess(std::vector<std::string> options = {},
                        const TestCertificate* certificate = nullptr);
  RedisProcess(const RedisProcess&) = delete;
  RedisProcess& operator=(const RedisProcess&) = delete;

  int port() const { return port_; }
  // "redis://127.0.0.1:port", with this before the address, such as ":password@".
  std::string url(const std::string& login = "") const;

  // All it knew is gone.
  void Kill();
  // On the same port, after a Kill. `more`: options in addition to those it was made with, which
  // win.
  void StartAgain(const std::vector<std::string>& more = {});

  // How often it became a master since it was started as a replica.
  size_t promotions() const;

  // While paused it accepts connections and answers nothing.
  void Pause();
  void Continue();

 private:
  bool Start(const std::vector<std::string>& more = {});

  const TemporaryFolder folder_{"redis-process"};
  std::vector<std::string> options_;
  bool tls_;
  int port_ = 0;
  std::unique_ptr<Subprocess> process_;
};

}  // namespace modelgates::gateway
