#include "support/test_authority.h"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <atomic>
#include <stdexcept>

namespace modelgates::gateway {
namespace {

void Require(bool done) {
  if (!done) throw std::runtime_error("cannot make a test certificate");
}

// Two certificates of the same name and different keys look like a forgery.
int NextNumber() {
  static std::atomic<int> count{0};
  return ++count;
}

template <class Write>
std::string ToPem(Write write) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), &BIO_free);
  Require(write(bio.get()) == 1);
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<size_t>(size)};
}

std::string PemOf(X509* certificate) {
  return ToPem([certificate](BIO* bio) { return PEM_write_bio_X509(bio, certificate); });
}

}  // namespace

TestAuthority::TestAuthority() : TestAuthority(nullptr) {}

TestAuthority::TestAuthority(const TestAuthority* issuer) : key_(EVP_EC_gen("P-256")) {
  Require(key_ != nullptr);
  certificate_ = Make("test authority " + std::to_string(NextNumber()), key_.get(), {});
  X509* const signer = issuer ? issuer->certificate_.get() : certificate_.get();
  X509_set_issuer_name(certificate_.get(), X509_get_subject_name(signer));
  AddExtension(certificate_.get(), signer, NID_basic_constraints, "critical,CA:TRUE");
  Sign(certificate_.get(), signer, issuer ? issuer->key_.get() : key_.get());
  pem_ = PemOf(certificate_.get());
  if (issuer) chain_ = pem_ + issuer->chain_;
}

TestAuthority TestAuthority::Intermediate() const { return TestAuthority(this); }

TestIdentity TestAuthority::Issue(const Options& options) const {
  const Key key(options.rsa_bits > 0 ? EVP_RSA_gen(static_cast<unsigned>(options.rsa_bits))
                                     : EVP_EC_gen("P-256"));
  Require(key != nullptr);
  const Certificate certificate = Make("test " + std::to_string(NextNumber()), key.get(), options);
  std::string names;
  for (const std::string& name : options.names) names += (names.empty() ? "" : ",") + name;
  if (!names.empty()) {
    AddExtension(certificate.get(), certificate_.get(), NID_subject_alt_name, names);
  }
  Sign(certificate.get(), certificate_.get(), key_.get());
  return {PemOf(certificate.get()) + chain_, ToPem([&key](BIO* bio) {
            return PEM_write_bio_PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
          })};
}

TestAuthority::Certificate TestAuthority::Make(const std::string& common_name, EVP_PKEY* key,
                                               const Options& options) {
  Certificate certificate(X509_new());
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), NextNumber());
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), options.valid_from.count());
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), options.valid_until.count());
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1,
                             0);
  X509_set_pubkey(certificate.get(), key);
  return certificate;
}

void TestAuthority::AddExtension(X509* certificate, X509* issuer, int nid,
                                 const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  Require(extension != nullptr);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

void TestAuthority::Sign(X509* certificate, X509* issuer, EVP_PKEY* key) {
  X509_set_issuer_name(certificate, X509_get_subject_name(issuer));
  Require(X509_sign(certificate, key, EVP_sha256()) > 0);
}

}  // namespace modelgates::gateway
