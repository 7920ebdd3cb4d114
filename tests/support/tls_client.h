#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <optional>
#include <string>

#include "support/test_authority.h"

namespace modelgates::gateway {

// A client that makes one TLS connection by OpenSSL alone, so that it can offer what gRPC's clients
// never do. It speaks as much HTTP/2 as it takes to be greeted.
class TlsClient {
 public:
  struct Options {
    std::string trusted{};                   // PEM; the server's certificate must be of this CA
    std::optional<TestIdentity> identity{};  // absent: no client certificate
    int version = 0;                         // TLS1_2_VERSION; 0: any
    std::string ciphers{};           // of TLS 1.2 and older, as OpenSSL names them; empty: usual
    std::string alpn = "h2";         // empty: none
    SSL_SESSION* session = nullptr;  // to be resumed
  };

  // Connects to 127.0.0.1:port and makes the handshake.
  TlsClient(const std::string& address, const Options& options);
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;
  ~TlsClient();

  // Whether the server accepts this client: its HTTP/2 settings come. In TLS 1.3 a client's
  // handshake ends before its certificate is looked at.
  bool IsGreeted();
  // Why not, in OpenSSL's words.
  const std::string& error() const { return error_; }

  // After the handshake.
  std::string cipher() const { return SSL_get_cipher_name(ssl_.get()); }
  int version() const { return SSL_version(ssl_.get()); }
  int certificates() const { return sk_X509_num(SSL_get_peer_cert_chain(ssl_.get())); }
  // The server's certificate in PEM.
  std::string server_certificate() const;
  bool resumed() const { return SSL_session_reused(ssl_.get()) == 1; }
  // What a later client can resume; null: nothing. Once it was greeted, in TLS 1.3.
  std::shared_ptr<SSL_SESSION> session() const;

 private:
  struct ContextDeleter {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };
  struct SslDeleter {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };

  std::unique_ptr<SSL_CTX, ContextDeleter> context_;
  std::unique_ptr<SSL, SslDeleter> ssl_;
  int fd_ = -1;
  std::string error_;
};

}  // namespace modelgates::gateway
