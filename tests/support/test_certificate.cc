#include "support/test_certificate.h"

#include <openssl/pem.h>
#include <unistd.h>

#include <cctype>
#include <cstdio>
#include <filesystem>
#include <stdexcept>

#include "support/test_authority.h"

namespace modelgates::gateway {
namespace {

void Require(bool done) {
  if (!done) throw std::runtime_error("cannot make a test certificate");
}

std::string WriteTemporaryPem(const std::string& pem) {
  std::string path = std::filesystem::temp_directory_path() / "test-ca-XXXXXX";
  const int fd = mkstemp(path.data());
  Require(fd >= 0 && write(fd, pem.data(), pem.size()) == static_cast<ssize_t>(pem.size()));
  close(fd);
  return path;
}

}  // namespace

TestCertificate::TestCertificate(const std::string& host, Validity validity) {
  const bool is_address = !host.empty() && std::isdigit(static_cast<unsigned char>(host[0])) != 0;
  TestAuthority::Options options{.names = {(is_address ? "IP:" : "DNS:") + host}};
  if (validity == Validity::kOver) options.valid_until = -std::chrono::minutes(1);
  if (validity == Validity::kNotYet) options.valid_from = std::chrono::hours(1);
  const TestAuthority authority;
  const TestIdentity server = authority.Issue(options);

  using BioPointer = std::unique_ptr<BIO, decltype(&BIO_free)>;
  const BioPointer certificate(BIO_new_mem_buf(server.certificate.data(), -1), &BIO_free);
  const BioPointer key(BIO_new_mem_buf(server.key.data(), -1), &BIO_free);
  const std::unique_ptr<X509, decltype(&X509_free)> x509(
      PEM_read_bio_X509(certificate.get(), nullptr, nullptr, nullptr), &X509_free);
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> pkey(
      PEM_read_bio_PrivateKey(key.get(), nullptr, nullptr, nullptr), &EVP_PKEY_free);
  context_.reset(SSL_CTX_new(TLS_server_method()));
  Require(context_ && SSL_CTX_use_certificate(context_.get(), x509.get()) == 1 &&
          SSL_CTX_use_PrivateKey(context_.get(), pkey.get()) == 1);
  SSL_CTX_set_mode(context_.get(),
                   SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  ca_file_ = WriteTemporaryPem(authority.pem());
}

TestCertificate::~TestCertificate() { unlink(ca_file_.c_str()); }

}  // namespace modelgates::gateway
