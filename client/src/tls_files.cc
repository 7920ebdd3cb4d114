#include "tls_files.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>

#include "local_error.h"
#include "wipe.h"

namespace modelgates::oauth {
namespace {

template <auto kFree>
struct Free {
  template <class T>
  void operator()(T* object) const {
    kFree(object);
  }
};
using BioPtr = std::unique_ptr<BIO, Free<BIO_free>>;
using CertificatePtr = std::unique_ptr<X509, Free<X509_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;

// OpenSSL's default callback would ask for a password on the terminal.
int NoPassword(char*, int, int, void*) { return 0; }

BioPtr View(std::string_view text) {
  return BioPtr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

CertificatePtr FirstCertificate(std::string_view pem) {
  CertificatePtr certificate(PEM_read_bio_X509(View(pem).get(), nullptr, NoPassword, nullptr));
  ERR_clear_error();
  return certificate;
}

KeyPtr PrivateKey(std::string_view pem) {
  KeyPtr key(PEM_read_bio_PrivateKey(View(pem).get(), nullptr, NoPassword, nullptr));
  ERR_clear_error();
  return key;
}

Error Unusable(const std::string& path, const std::string& why) {
  return LocalError(GrpcCode::kUnavailable, path + " " + why);
}

std::optional<std::string> ReadFile(const std::string& path) {
  std::error_code ignored;
  std::ifstream file(path, std::ios::binary);
  if (!file || !std::filesystem::is_regular_file(path, ignored)) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

}  // namespace

Result<TlsOptions> ReadTlsFiles(const TlsFiles& files) {
  TlsOptions options;
  for (const auto& [path, into] :
       {std::pair{&files.root_certificates, &options.root_certificates},
        std::pair{&files.client_certificates, &options.client_certificates}}) {
    if (path->empty()) continue;
    std::optional<std::string> text = ReadFile(*path);
    if (!text) return Unusable(*path, "cannot be read");
    if (!FirstCertificate(*text)) return Unusable(*path, "holds no PEM certificate");
    *into = *std::move(text);
  }
  if (files.client_key.empty()) {
    if (files.client_certificates.empty()) return options;
    return Unusable(files.client_certificates, "needs the file of its key");
  }
  if (files.client_certificates.empty()) {
    return Unusable(files.client_key, "needs the file of its certificate");
  }
  std::optional<std::string> text = ReadFile(files.client_key);
  if (!text) return Unusable(files.client_key, "cannot be read");
  options.client_key = SecretText(*std::move(text));
  const KeyPtr key = PrivateKey(options.client_key.Reveal());
  if (!key) return Unusable(files.client_key, "holds no PEM private key without a password");
  const CertificatePtr certificate = FirstCertificate(options.client_certificates);
  const bool matches = X509_check_private_key(certificate.get(), key.get()) == 1;
  ERR_clear_error();
  if (!matches) return Unusable(files.client_key, "is not the key of " + files.client_certificates);
  return options;
}

std::optional<TlsOptions> TlsFileWatch::Poll(TimePoint now) {
  constexpr std::chrono::seconds kInterval{1};
  if (next_look_ && now < *next_look_) return std::nullopt;
  next_look_ = now + kInterval;
  // Taken before reading, so that the next check finds a change during the read.
  const Versions versions = LookAtFiles();
  if (read_ == versions && !error_) return std::nullopt;
  read_ = versions;
  Result<TlsOptions> options = ReadTlsFiles(files_);
  if (!options.ok()) {
    error_ = std::move(options).error();
    return std::nullopt;
  }
  error_.reset();
  return *std::move(options);
}

TlsFileWatch::Versions TlsFileWatch::LookAtFiles() const {
  Versions versions{};
  size_t i = 0;
  for (const std::string* path :
       {&files_.root_certificates, &files_.client_certificates, &files_.client_key}) {
    struct stat status {};
    if (!path->empty() && stat(path->c_str(), &status) == 0) {
      versions[i] = {status.st_mtim.tv_sec, status.st_mtim.tv_nsec,
                     static_cast<int64_t>(status.st_ino), status.st_size};
    }
    ++i;
  }
  return versions;
}

}  // namespace modelgates::oauth
