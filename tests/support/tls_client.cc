#include "support/tls_client.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "support/loopback.h"

namespace modelgates::gateway {
namespace {

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;

Bio Reading(const std::string& text) {
  return {BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), &BIO_free};
}

void Use(SSL_CTX* context, const TestIdentity& identity) {
  X509* const certificate =
      PEM_read_bio_X509(Reading(identity.certificate).get(), nullptr, nullptr, nullptr);
  EVP_PKEY* const key =
      PEM_read_bio_PrivateKey(Reading(identity.key).get(), nullptr, nullptr, nullptr);
  SSL_CTX_use_certificate(context, certificate);
  SSL_CTX_use_PrivateKey(context, key);
  X509_free(certificate);
  EVP_PKEY_free(key);
}

void Trust(SSL_CTX* context, const std::string& pem) {
  X509* const ca = PEM_read_bio_X509(Reading(pem).get(), nullptr, nullptr, nullptr);
  X509_STORE_add_cert(SSL_CTX_get_cert_store(context), ca);
  X509_free(ca);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
}

std::string LastError() {
  const char* const reason = ERR_reason_error_string(ERR_peek_last_error());
  return reason ? reason : "closed";
}

}  // namespace

TlsClient::TlsClient(const std::string& address, const Options& options)
    : context_(SSL_CTX_new(TLS_client_method())) {
  if (!options.trusted.empty()) Trust(context_.get(), options.trusted);
  if (options.identity) Use(context_.get(), *options.identity);
  if (!options.ciphers.empty() || options.version > 0) {
    SSL_CTX_set_security_level(context_.get(), 0);  // else what is weak is not even offered
  }
  if (!options.ciphers.empty()) {
    SSL_CTX_set_cipher_list(context_.get(), options.ciphers.c_str());
  }
  if (options.version > 0) {
    SSL_CTX_set_min_proto_version(context_.get(), options.version);
    SSL_CTX_set_max_proto_version(context_.get(), options.version);
  }
  if (!options.alpn.empty()) {
    const std::string protocols = static_cast<char>(options.alpn.size()) + options.alpn;
    SSL_CTX_set_alpn_protos(context_.get(),
                            reinterpret_cast<const unsigned char*>(protocols.data()),
                            static_cast<unsigned>(protocols.size()));
  }
  fd_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval patience{.tv_sec = 60, .tv_usec = 0};
  setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  const sockaddr_in peer = Loopback(std::stoi(address.substr(address.rfind(':') + 1)));
  connect(fd_, reinterpret_cast<const sockaddr*>(&peer), sizeof(peer));
  ssl_.reset(SSL_new(context_.get()));
  SSL_set_fd(ssl_.get(), fd_);
  if (options.session != nullptr) SSL_set_session(ssl_.get(), options.session);
  ERR_clear_error();
  if (SSL_connect(ssl_.get()) != 1) error_ = LastError();
}

TlsClient::~TlsClient() { close(fd_); }

bool TlsClient::IsGreeted() {
  if (!error_.empty()) return false;
  // RFC 9113, section 3.4, with empty settings.
  const std::string preface("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0", 33);
  ERR_clear_error();
  SSL_write(ssl_.get(), preface.data(), static_cast<int>(preface.size()));
  char head[9];
  if (SSL_read(ssl_.get(), head, sizeof(head)) == sizeof(head)) return true;
  error_ = LastError();
  return false;
}

std::string TlsClient::server_certificate() const {
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(
      SSL_get1_peer_certificate(ssl_.get()), &X509_free);
  if (!certificate) return "";
  const Bio bio(BIO_new(BIO_s_mem()), &BIO_free);
  PEM_write_bio_X509(bio.get(), certificate.get());
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<size_t>(size)};
}

std::shared_ptr<SSL_SESSION> TlsClient::session() const {
  return {SSL_get1_session(ssl_.get()), &SSL_SESSION_free};
}

}  // namespace modelgates::gateway
