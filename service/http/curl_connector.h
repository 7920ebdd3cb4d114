#pragma once

#include <boost/intrusive/list.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/epoll_loop.h"
#include "base/reloaded_file.h"
#include "base/task.h"
#include "http/base_url.h"
#include "http/connect_attempt.h"
#include "http/connect_failure.h"
#include "http/connection.h"
#include "http/curl_multi.h"
#include "http/http.h"
#include "http/name_lookup.h"
#include "http/transport_options.h"
#include "http/trusted_cas.h"

namespace modelgates::gateway {

// Makes connections to one upstream: addresses (cached), proxy tunnel, both address families (RFC
// 8305), TLS. libcurl does this, and nothing else.
//
// TLS is 1.2 at least, and the peer's certificate and name are always verified. The environment has
// no influence: proxy variables, .netrc, cookies and SSLKEYLOGFILE are ignored.
class CurlConnector {
 public:
  using Result = std::variant<std::unique_ptr<Connection>, ConnectFailure>;
  // What TLS offers to the upstream (ALPN); see Connection::Protocol.
  enum class Offer : uint8_t { kHttp1, kHttp2AndHttp1 };

  CurlConnector(EpollLoop& loop, const TransportOptions& options, BaseUrl url);
  CurlConnector(const CurlConnector&) = delete;
  CurlConnector& operator=(const CurlConnector&) = delete;
  // Closes every connection. Calls that still wait resume with an abandoned one.
  ~CurlConnector();

  // kDns, kConnect, kConnectTimeout, kTls, kTlsUntrusted, kProxyRefused; kTimeout when `deadline`
  // passes first; kCancelled after a stop request, or when the connector is destroyed. `stop` must
  // outlive the task.
  Task<Result> Connect(TimePoint deadline, const std::stop_token& stop,
                       Offer offer = Offer::kHttp1);

  // Starts to reload the CA file when it changes.
  void Watch() {
    if (cas_) cas_->Watch();
  }

  size_t open_connections() const { return connections_.size(); }

 private:
  struct Endpoint {
    std::string host;  // IPv6 in brackets
    int port = 0;
    std::string Text() const;
  };
  struct ShareDeleter {
    void operator()(CURLSH* share) const { curl_share_cleanup(share); }
  };

  static Endpoint EndpointOf(std::string_view url);
  // CA certificates, and the TLS sessions that were verified with them.
  struct Trust {
    TrustedCas cas;
    std::unique_ptr<CURLSH, ShareDeleter> sessions;
  };

  CurlEasy MakeEasy(std::chrono::milliseconds timeout, Offer offer) const;
  CurlMulti& PickMulti();
  void AddTrust(TrustedCas cas);
  Result Connected(ConnectAttempt& attempt);
  ConnectFailure Unusable(int error) const;
  ConnectFailure Failed(ConnectAttempt& attempt, const ResolvedName& name) const;
  ConnectFailure Late(TimePoint deadline, std::string_view doing) const;

  EpollLoop& loop_;
  const TransportOptions& options_;
  const BaseUrl url_;
  // The host to resolve and connect to: the proxy if there is one, else the upstream.
  const Endpoint endpoint_;
  NameLookup names_;

  // The last one is used for new connections. Existing ones, and those being made, use earlier
  // ones.
  std::vector<Trust> trusts_;
  std::optional<ReloadedFile<TrustedCas>> cas_;  // none: the system's
  std::vector<std::unique_ptr<CurlMulti>> multis_;

  template <class T>
  using List = boost::intrusive::list<T, boost::intrusive::constant_time_size<false>>;
  List<ConnectAttempt> attempts_;
  List<Connection> connections_;
};

}  // namespace modelgates::gateway
