#include "tls/handshake_watch.h"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>

#include <array>
#include <atomic>

namespace modelgates::gateway {
namespace {

std::atomic<HandshakeObserver*> g_observer{nullptr};
thread_local const PeerAddress* t_peer = nullptr;

// Index of the SSL object's ex_data that holds the peer. OpenSSL calls the first function when an
// SSL object is created, the second when it is freed.
int PeerIndex() {
  static const int index = SSL_get_ex_new_index(
      0, nullptr,
      [](void*, void*, CRYPTO_EX_DATA* data, int self, long, void*) {
        if (t_peer != nullptr) CRYPTO_set_ex_data(data, self, new PeerAddress(*t_peer));
      },
      nullptr,
      [](void*, void* peer, CRYPTO_EX_DATA*, int, long, void*) {
        delete static_cast<PeerAddress*>(peer);
      });
  return index;
}

bool IsDate(long verified) {
  return verified == X509_V_ERR_CERT_HAS_EXPIRED || verified == X509_V_ERR_CERT_NOT_YET_VALID;
}

// Does not change OpenSSL's error queue, which gRPC reads next.
std::optional<HandshakeFailure> FailureOf(SSL* ssl, int result) {
  if (result == 1) {
    const unsigned char* protocol = nullptr;
    unsigned int size = 0;
    SSL_get0_alpn_selected(ssl, &protocol, &size);
    if (size > 0) return std::nullopt;
    return HandshakeFailure{HandshakeCause::kProtocol, "the client does not offer HTTP/2", ""};
  }
  const int error = SSL_get_error(ssl, result);
  if (error != SSL_ERROR_SSL && error != SSL_ERROR_SYSCALL) return std::nullopt;
  if (const long verified = SSL_get_verify_result(ssl); verified != X509_V_OK) {
    const auto cause = IsDate(verified) ? HandshakeCause::kExpired : HandshakeCause::kUntrusted;
    return HandshakeFailure{cause, X509_verify_cert_error_string(verified), ""};
  }
  const unsigned long code = ERR_peek_error();
  const char* const words = ERR_reason_error_string(code);
  const bool is_none = ERR_GET_REASON(code) == SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE;
  return HandshakeFailure{is_none ? HandshakeCause::kNone : HandshakeCause::kProtocol,
                          words ? words : "unknown reason", ""};
}

}  // namespace

std::string_view ToString(HandshakeCause cause) {
  constexpr std::array<std::string_view, kHandshakeCauses> kNames = {"none", "untrusted", "expired",
                                                                     "protocol"};
  return kNames[static_cast<size_t>(cause)];
}

void SetHandshakeObserver(HandshakeObserver* observer) {
  PeerIndex();  // must exist before the first SSL object is created
  g_observer = observer;
}

HandshakePeer::HandshakePeer(const PeerAddress& peer) { t_peer = &peer; }
HandshakePeer::~HandshakePeer() { t_peer = nullptr; }

void ReportHandshake(SSL* ssl, int result) {
  HandshakeObserver* const observer = g_observer;
  if (observer == nullptr || SSL_is_server(ssl) == 0) return;
  std::optional<HandshakeFailure> failure = FailureOf(ssl, result);
  if (!failure) return;
  const auto* const peer = static_cast<const PeerAddress*>(SSL_get_ex_data(ssl, PeerIndex()));
  if (peer != nullptr) failure->peer = peer->ToString();
  observer->OnHandshakeFailed(*failure);
}

}  // namespace modelgates::gateway
