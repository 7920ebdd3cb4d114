#pragma once

#include <openssl/ssl.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/peer_address.h"

namespace modelgates::gateway {

// Why a TLS handshake with a client failed.
enum class HandshakeCause : uint8_t {
  kNone,       // the client sent no certificate
  kUntrusted,  // the client's certificate is of no CA that is trusted, or breaks another rule
  kExpired,    // the client's certificate has expired, or is not valid yet
  kProtocol,   // all else: no TLS, no version or cipher in common, no HTTP/2, the client refused
};
inline constexpr size_t kHandshakeCauses = 4;

// "none", "untrusted", "expired", "protocol".
std::string_view ToString(HandshakeCause cause);

struct HandshakeFailure {
  HandshakeCause cause;
  std::string reason;  // in OpenSSL's words; nothing that the client sent
  std::string peer;    // PeerAddress::ToString; empty: unknown
};

// Is told of every handshake that fails, on the thread that makes it.
class HandshakeObserver {
 public:
  virtual void OnHandshakeFailed(const HandshakeFailure& failure) = 0;

 protected:
  ~HandshakeObserver() = default;
};

// gRPC tells its log that a handshake failed, and nobody with whom. It makes handshakes by
// OpenSSL's SSL_do_handshake; watched_handshake.cc replaces that function in the program that it is
// linked into, and reports here. In other programs nobody is told.

// The observer of this process; null: none. Before the first handshake, and after the last one.
void SetHandshakeObserver(HandshakeObserver* observer);

// While this lives, TLS connections that begin on this thread are with `peer`.
class HandshakePeer {
 public:
  explicit HandshakePeer(const PeerAddress& peer);
  HandshakePeer(const HandshakePeer&) = delete;
  HandshakePeer& operator=(const HandshakePeer&) = delete;
  ~HandshakePeer();
};

// Tells the observer if `ssl` is a server's and its handshake has failed; `result` is what
// SSL_do_handshake has just returned for it. A handshake without HTTP/2 has failed, too: gRPC
// closes the connection.
void ReportHandshake(SSL* ssl, int result);

}  // namespace modelgates::gateway
