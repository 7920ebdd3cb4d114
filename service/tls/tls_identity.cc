#include "tls/tls_identity.h"

#include <absl/strings/str_cat.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include <memory>
#include <new>

namespace modelgates::gateway {
namespace {

struct BioDeleter {
  void operator()(BIO* bio) const { BIO_free(bio); }
};

absl::Status Wrong(const char* flag, const absl::Status& rule) {
  return {rule.code(), absl::StrCat(flag, " ", rule.message())};
}

// The text that `write` writes. The buffer is overwritten when it is freed.
template <class Write>
std::string ToPem(Write write) {
  const std::unique_ptr<BIO, BioDeleter> bio(BIO_new(BIO_s_mem()));
  if (!bio || write(bio.get()) != 1) throw std::bad_alloc();
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<size_t>(size)};
}

std::string ToPem(const Certificates& certificates, int (*write)(BIO*, const X509*)) {
  return ToPem([&](BIO* bio) {
    for (const X509Pointer& certificate : certificates.list) {
      if (write(bio, certificate.get()) != 1) return 0;
    }
    return 1;
  });
}

Secret ToPem(EVP_PKEY* key) {
  return Secret(ToPem([key](BIO* bio) {
    return PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
  }));
}

}  // namespace

absl::StatusOr<TlsIdentity> ReadTlsIdentity(const TlsFiles& files) {
  const absl::StatusOr<Certificates> chain = ReadCertificateChain(files.tls_cert_file);
  if (!chain.ok()) return Wrong("--tls_cert_file", chain.status());
  const absl::StatusOr<EvpKeyPointer> key = ReadPrivateKey(files.tls_key_file);
  if (!key.ok()) return Wrong("--tls_key_file", key.status());
  if (X509_check_private_key(chain->list.front().get(), key->get()) != 1) {
    ERR_clear_error();
    return absl::InvalidArgumentError(
        "--tls_key_file must hold the key of the first certificate in --tls_cert_file");
  }
  TlsIdentity identity;
  identity.certificate_chain = ToPem(*chain, PEM_write_bio_X509);
  identity.private_key = ToPem(key->get());
  identity.chain_expiry = chain->expiry;
  if (!files.tls_client_ca_file.empty()) {
    const absl::StatusOr<Certificates> cas = ReadClientCas(files.tls_client_ca_file);
    if (!cas.ok()) return Wrong("--tls_client_ca_file", cas.status());
    // The AUX format keeps the trusted purposes of each certificate, if the file limits them.
    identity.client_cas = ToPem(*cas, PEM_write_bio_X509_AUX);
    identity.client_cas_expiry = cas->expiry;
  }
  return identity;
}

}  // namespace modelgates::gateway
