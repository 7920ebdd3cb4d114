#include "support/test_certificate.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <atomic>
#include <cctype>
#include <cstdio>
#include <filesystem>
#include <stdexcept>

namespace modelgates::gateway {
namespace {

template <class T, void (*kFree)(T*)>
struct Freed {
  void operator()(T* object) const { kFree(object); }
};
using KeyPtr = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY, EVP_PKEY_free>>;
using CertificatePtr = std::unique_ptr<X509, Freed<X509, X509_free>>;

void Require(bool done) {
  if (!done) throw std::runtime_error("cannot make a test certificate");
}

void AddExtension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  Require(extension != nullptr);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

// An unsigned certificate, valid from yesterday until tomorrow.
CertificatePtr MakeCertificate(const std::string& common_name, EVP_PKEY* key, long serial) {
  constexpr long kDay = 24 * 60 * 60;
  CertificatePtr certificate(X509_new());
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -kDay);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), kDay);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1,
                             0);
  X509_set_pubkey(certificate.get(), key);
  return certificate;
}

std::string WriteTemporaryPem(X509* certificate) {
  std::string path = std::filesystem::temp_directory_path() / "test-ca-XXXXXX";
  const int fd = mkstemp(path.data());
  Require(fd >= 0);
  FILE* file = fdopen(fd, "w");
  Require(file != nullptr && PEM_write_X509(file, certificate) == 1);
  std::fclose(file);
  return path;
}

}  // namespace

TestCertificate::TestCertificate(const std::string& host, Validity validity) {
  const KeyPtr ca_key(EVP_EC_gen("P-256"));
  const KeyPtr key(EVP_EC_gen("P-256"));
  Require(ca_key && key);

  // Each has its own name: two of the same name and different keys look like a forgery.
  static std::atomic<int> count{0};
  const CertificatePtr ca =
      MakeCertificate("test authority " + std::to_string(++count), ca_key.get(), 1);
  X509_set_issuer_name(ca.get(), X509_get_subject_name(ca.get()));
  AddExtension(ca.get(), ca.get(), NID_basic_constraints, "critical,CA:TRUE");
  Require(X509_sign(ca.get(), ca_key.get(), EVP_sha256()) > 0);

  const CertificatePtr server = MakeCertificate("test server", key.get(), 2);
  if (validity == Validity::kOver) X509_gmtime_adj(X509_getm_notAfter(server.get()), -60);
  X509_set_issuer_name(server.get(), X509_get_subject_name(ca.get()));
  const bool is_address = !host.empty() && std::isdigit(static_cast<unsigned char>(host[0])) != 0;
  AddExtension(server.get(), ca.get(), NID_subject_alt_name, (is_address ? "IP:" : "DNS:") + host);
  Require(X509_sign(server.get(), ca_key.get(), EVP_sha256()) > 0);

  context_.reset(SSL_CTX_new(TLS_server_method()));
  Require(context_ && SSL_CTX_use_certificate(context_.get(), server.get()) == 1 &&
          SSL_CTX_use_PrivateKey(context_.get(), key.get()) == 1);
  SSL_CTX_set_mode(context_.get(),
                   SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  ca_file_ = WriteTemporaryPem(ca.get());
}

TestCertificate::~TestCertificate() { unlink(ca_file_.c_str()); }

}  // namespace modelgates::gateway
