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
  kUntrusted,  // the client's certificate is not of a trusted CA, or is invalid for another reason
  kExpired,    // the client's certificate has expired, or is not valid yet
  kProtocol,   // other: not TLS, no common version or cipher, no HTTP/2, refused by the client
};
inline constexpr size_t kHandshakeCauses = 4;

// "none", "untrusted", "expired", "protocol".
std::string_view ToString(HandshakeCause cause);

struct HandshakeFailure {
  HandshakeCause cause;
  std::string reason;  // OpenSSL's text; contains nothing that the client sent
  std::string peer;    // PeerAddress::ToString; empty: unknown
};

// Notified of each failed handshake, on the thread that performs it.
class HandshakeObserver {
 public:
  virtual void OnHandshakeFailed(const HandshakeFailure& failure) = 0;

 protected:
  ~HandshakeObserver() = default;
};

// gRPC logs failed handshakes without the peer, and offers no callback. It calls OpenSSL's
// SSL_do_handshake; watched_handshake.cc replaces that function in the program that it is linked
// into, and reports here. Other programs report nothing.

// Sets the observer of this process; null: none. Only before the first or after the last handshake.
void SetHandshakeObserver(HandshakeObserver* observer);

// While this object exists, TLS connections that this thread creates have the peer `peer`.
class HandshakePeer {
 public:
  explicit HandshakePeer(const PeerAddress& peer);
  HandshakePeer(const HandshakePeer&) = delete;
  HandshakePeer& operator=(const HandshakePeer&) = delete;
  ~HandshakePeer();
};

// Notifies the observer if `ssl` belongs to a server and its handshake has failed. `result`: what
// SSL_do_handshake returned for it. A handshake that does not select HTTP/2 has also failed,
// because gRPC closes the connection.
void ReportHandshake(SSL* ssl, int result);

}  // namespace modelgates::gateway
