#pragma once

#include <filesystem>
#include <fstream>
#include <string>

#include "support/temporary_folder.h"
#include "support/test_authority.h"

namespace modelgates::gateway {

// A folder with the files of a TLS server: tls.crt, tls.key, ca.crt. It goes with the test.
class TlsFolder {
 public:
  std::string cert_file() const { return folder_ / "tls.crt"; }
  std::string key_file() const { return folder_ / "tls.key"; }
  std::string ca_file() const { return folder_ / "ca.crt"; }

  // Replaces one of them in one step, as those do who renew a file.
  static void Write(const std::string& path, const std::string& content) {
    std::ofstream(path + ".next", std::ios::binary) << content;
    std::filesystem::rename(path + ".next", path);
  }
  void Write(const TestIdentity& identity) const {
    Write(cert_file(), identity.certificate);
    Write(key_file(), identity.key);
  }

 private:
  const TemporaryFolder folder_{"tls"};
};

}  // namespace modelgates::gateway
