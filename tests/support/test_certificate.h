#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>

namespace modelgates::gateway {

// A certificate authority made at run time, and a server's certificate that it signed for one host
// name or IPv4 address. The authority's PEM file is removed with it.
class TestCertificate {
 public:
  enum class Validity { kNotYet, kNow, kOver };
  explicit TestCertificate(const std::string& host, Validity validity = Validity::kNow);
  TestCertificate(const TestCertificate&) = delete;
  TestCertificate& operator=(const TestCertificate&) = delete;
  ~TestCertificate();

  // What a client must trust to accept the server.
  const std::string& ca_file() const { return ca_file_; }
  SSL_CTX* server_context() const { return context_.get(); }

 private:
  struct ContextDeleter {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };

  std::string ca_file_;
  std::unique_ptr<SSL_CTX, ContextDeleter> context_;
};

}  // namespace modelgates::gateway
