#include "http/tls_channel.h"

#include <openssl/ssl.h>

#include <cerrno>
#include <utility>

namespace modelgates::gateway {

TlsChannel::TlsChannel(CurlMulti& multi, CurlEasy easy, Layers layers)
    : multi_(multi), easy_(std::move(easy)), layers_(layers) {}

TlsChannel::~TlsChannel() { multi_.Remove(easy_.get()); }

IoResult TlsChannel::Send(std::string_view bytes) {
  size_t sent = 0;
  errno = 0;
  const CURLcode code = curl_easy_send(easy_.get(), bytes.data(), bytes.size(), &sent);
  if (code == CURLE_OK) return {Io::kDone, sent};
  if (code == CURLE_AGAIN) return {Io::kWouldBlock};
  SetError(code);
  return {Io::kBroken};
}

IoResult TlsChannel::Receive(std::span<char> buffer) {
  size_t received = 0;
  errno = 0;
  const CURLcode code = curl_easy_recv(easy_.get(), buffer.data(), buffer.size(), &received);
  if (code == CURLE_AGAIN) {
    ReleaseBuffers();
    return {Io::kWouldBlock};
  }
  if (code != CURLE_OK || (received == 0 && !EndedInOrder())) {
    SetError(code);
    return {Io::kBroken};
  }
  return received == 0 ? IoResult{Io::kClosed} : IoResult{Io::kDone, received};
}

// OpenSSL allocates a send buffer of 16 KiB when it reads session tickets after the handshake, and
// keeps it until the next request. Within a record nothing may be released (CVE-2024-4741).
void TlsChannel::ReleaseBuffers() {
  constexpr std::string_view kBeforeARecord = "RH";
  SSL* const tls = layers_ == Layers::kOne ? Tls() : nullptr;
  if (tls != nullptr && SSL_rstate_string(tls) == kBeforeARecord) SSL_free_buffers(tls);
}

void TlsChannel::SetError(CURLcode code) {
  errno_ = errno;
  curl_code_ = code;
}

std::string TlsChannel::Error() const {
  if (errno_ != 0) return ErrnoText(errno_);
  return curl_code_ != CURLE_OK ? curl_easy_strerror(curl_code_)
                                : "ended without a TLS close_notify";
}

std::string_view TlsChannel::Protocol() const {
  const unsigned char* name = nullptr;
  unsigned size = 0;
  if (const SSL* tls = Tls()) SSL_get0_alpn_selected(tls, &name, &size);
  return {reinterpret_cast<const char*>(name), size};
}

SSL* TlsChannel::Tls() const {
  curl_tlssessioninfo* session = nullptr;
  curl_easy_getinfo(easy_.get(), CURLINFO_TLS_SSL_PTR, &session);
  return session == nullptr ? nullptr : static_cast<SSL*>(session->internals);
}

// With TLS, an end without close_notify may be the work of an attacker (RFC 9112, 9.8). libcurl
// reports both ends in the same way.
bool TlsChannel::EndedInOrder() const {
  const SSL* tls = Tls();
  return tls == nullptr || (SSL_get_shutdown(tls) & SSL_RECEIVED_SHUTDOWN) != 0;
}

// TLS reads ahead, and epoll does not report what it has buffered. With two layers of TLS only one
// can be queried.
bool TlsChannel::MayHoldMore() const {
  const SSL* tls = layers_ == Layers::kOne ? Tls() : nullptr;
  return tls == nullptr || SSL_has_pending(tls) == 1;
}

}  // namespace modelgates::gateway
