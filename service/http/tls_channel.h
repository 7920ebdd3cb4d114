#pragma once

#include <curl/curl.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "http/curl_multi.h"
#include "http/io_result.h"

struct ssl_st;

namespace modelgates::gateway {

// The TLS of a connection, by libcurl. Destroying it closes the connection. Loop thread only.
class TlsChannel {
 public:
  enum class Layers : uint8_t {
    kOne,
    kTwo,  // to the proxy, and perhaps another one within
  };

  // Takes over a connected `easy` in `multi`, which must outlive this object.
  TlsChannel(CurlMulti& multi, CurlEasy easy, Layers layers);
  TlsChannel(const TlsChannel&) = delete;
  TlsChannel& operator=(const TlsChannel&) = delete;
  ~TlsChannel();

  // After kWouldBlock the same bytes must be offered again.
  IoResult Send(std::string_view bytes);
  // After kWouldBlock OpenSSL keeps no buffers.
  IoResult Receive(std::span<char> buffer);
  // Received bytes may be buffered here, where epoll does not see them.
  bool MayHoldMore() const;

  // The protocol that was negotiated (ALPN), after a first Receive or Send; empty: none. Lives as
  // long as this object.
  std::string_view Protocol() const;

  // After kBroken: the message of the kernel or of TLS.
  std::string Error() const;

 private:
  ssl_st* Tls() const;
  bool EndedInOrder() const;
  void ReleaseBuffers();
  void SetError(CURLcode code);

  CurlMulti& multi_;
  CurlEasy easy_;
  const Layers layers_;
  int errno_ = 0;  // after kBroken; 0: unknown
  CURLcode curl_code_ = CURLE_OK;
};

}  // namespace modelgates::gateway
