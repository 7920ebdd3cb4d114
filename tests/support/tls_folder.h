#pragma once

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "support/test_authority.h"

namespace modelgates::gateway {

// A folder with the files of a TLS server: tls.crt, tls.key, ca.crt. It goes with the test.
class TlsFolder {
 public:
  TlsFolder() {
    std::string pattern = std::filesystem::temp_directory_path() / "tls_XXXXXX";
    path_ = mkdtemp(pattern.data());
  }
  TlsFolder(const TlsFolder&) = delete;
  TlsFolder& operator=(const TlsFolder&) = delete;
  ~TlsFolder() { std::filesystem::remove_all(path_); }

  std::string cert_file() const { return path_ / "tls.crt"; }
  std::string key_file() const { return path_ / "tls.key"; }
  std::string ca_file() const { return path_ / "ca.crt"; }

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
  std::filesystem::path path_;
};

}  // namespace modelgates::gateway
