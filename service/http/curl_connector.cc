#include "http/curl_connector.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <cerrno>
#include <new>
#include <optional>
#include <stdexcept>
#include <utility>

#include "http/url.h"

namespace modelgates::gateway {
namespace {

// At every send and receive libcurl searches all connections of the multi handle.
constexpr size_t kConnectionsPerMulti = 64;

// The system's certificates are parsed once per this time, not for every connection.
constexpr long kTrustCachedSeconds = 300;

// Once per process, before other functions of libcurl. Never undone: other code may use libcurl.
void InitLibcurl() {
  static const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (code != CURLE_OK) throw std::bad_alloc();
}

// `cas`: an X509_STORE, or null for libcurl's own.
CURLcode SetUpTls(CURL*, void* ssl_context, void* cas) {
  auto* context = static_cast<SSL_CTX*>(ssl_context);
  if (cas != nullptr) SSL_CTX_set1_cert_store(context, static_cast<X509_STORE*>(cas));
  // Disabled here: libcurl writes the secrets of all TLS connections to the file that the
  // environment variable SSLKEYLOGFILE names.
  SSL_CTX_set_keylog_callback(context, nullptr);
  // One receive per answer, instead of two per record (length and content).
  SSL_CTX_set_read_ahead(context, 1);
  return CURLE_OK;
}

// libcurl must not know of HTTP/2: it would begin a session of its own, and send nothing for us.
CURLcode SetUpTlsForHttp2(CURL* easy, void* ssl_context, void* cas) {
  constexpr unsigned char kProtocols[] = "\x02h2\x08http/1.1";
  SSL_CTX_set_alpn_protos(static_cast<SSL_CTX*>(ssl_context), kProtocols, sizeof(kProtocols) - 1);
  return SetUpTls(easy, ssl_context, cas);
}

// "address:port" of the other end.
std::string PeerOf(CURL* easy) {
  const char* address = nullptr;
  long port = 0;
  curl_easy_getinfo(easy, CURLINFO_PRIMARY_IP, &address);
  curl_easy_getinfo(easy, CURLINFO_PRIMARY_PORT, &port);
  const std::string_view host = address == nullptr ? "" : address;
  const bool is_ipv6 = host.find(':') != std::string_view::npos;
  return is_ipv6 ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port);
}

}  // namespace

CurlConnector::CurlConnector(EpollLoop& loop, const TransportOptions& options, BaseUrl url)
    : loop_(loop),
      options_(options),
      url_(std::move(url)),
      endpoint_(EndpointOf(options.proxy.empty() ? url_.origin : options.proxy.Reveal())),
      names_(loop, endpoint_.host, options.names_cached) {
  InitLibcurl();
  if (options.ca_file.empty()) {
    AddTrust(TrustedCas());
    return;
  }
  // While the file cannot be read, no certificate is trusted.
  AddTrust(TrustedCas::Read(options.ca_file).value_or(TrustedCas()));
  const auto use = [this](TrustedCas cas) {
    if (cas == trusts_.back().cas) return false;
    AddTrust(std::move(cas));
    return true;
  };
  cas_.emplace(loop,
               ReloadedFile<TrustedCas>::Options{.path = options.ca_file,
                                                 .setting = options.ca_setting,
                                                 .interval = options.ca_check_interval},
               &TrustedCas::Read, use, options.reloads);
}

// A resumed TLS session is not verified again, so new CAs get a new session cache.
void CurlConnector::AddTrust(TrustedCas cas) {
  Trust trust{std::move(cas), std::unique_ptr<CURLSH, ShareDeleter>(curl_share_init())};
  if (!trust.sessions) throw std::bad_alloc();
  // Only one thread uses it, so no lock functions.
  curl_share_setopt(trust.sessions.get(), CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
  trusts_.push_back(std::move(trust));
}

CurlConnector::~CurlConnector() {
  while (!attempts_.empty()) {
    ConnectAttempt& attempt = attempts_.front();
    attempts_.pop_front();
    attempt.Abandon();
  }
  while (!connections_.empty()) {
    Connection& connection = connections_.front();
    connections_.pop_front();
    connection.Abandon();
  }
  multis_.clear();  // before the session caches, which they use
}

CurlEasy CurlConnector::MakeEasy(std::chrono::milliseconds timeout, Offer offer) const {
  CurlEasy easy(curl_easy_init());
  if (!easy) throw std::bad_alloc();
  const auto set = [&](CURLoption option, auto value) {
    // Fails only without memory, or for an option that this build of libcurl lacks.
    if (curl_easy_setopt(easy.get(), option, value) != CURLE_OK) throw std::bad_alloc();
  };
  set(CURLOPT_URL, url_.origin.c_str());
  set(CURLOPT_CONNECT_ONLY, 1L);
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(CURLOPT_SHARE, trusts_.back().sessions.get());
  set(CURLOPT_NOSIGNAL, 1L);
  // Only transfers use this buffer, which by default has 16 KiB per connection.
  set(CURLOPT_BUFFERSIZE, 1024L);
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(timeout.count()));

  // Empty strings, not null: then libcurl does not read the environment variables.
  set(CURLOPT_PROXY, options_.proxy.Reveal().data());  // of a std::string
  set(CURLOPT_NOPROXY, "");
  if (!options_.proxy.empty()) set(CURLOPT_HTTPPROXYTUNNEL, 1L);

  const bool offers_http2 = offer == Offer::kHttp2AndHttp1;
  set(CURLOPT_SSL_ENABLE_ALPN, options_.speaks_http && !offers_http2 ? 1L : 0L);
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set(CURLOPT_SSL_VERIFYPEER, 1L);
  set(CURLOPT_SSL_VERIFYHOST, 2L);
  if (cas_) {
    set(CURLOPT_CAINFO, static_cast<const char*>(nullptr));
    set(CURLOPT_SSL_CTX_DATA, static_cast<void*>(trusts_.back().cas.store()));
  }
  // Only the bundle: with a directory in addition libcurl parses both for every connection.
  set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));
  // With an own store libcurl's cache would replace a newer store by the first one.
  set(CURLOPT_CA_CACHE_TIMEOUT, cas_ ? 0L : kTrustCachedSeconds);
  set(CURLOPT_SSL_CTX_FUNCTION, offers_http2 ? &SetUpTlsForHttp2 : &SetUpTls);
  return easy;
}

CurlMulti& CurlConnector::PickMulti() {
  for (const std::unique_ptr<CurlMulti>& multi : multis_) {
    if (multi->size() < kConnectionsPerMulti) return *multi;
  }
  return *multis_.emplace_back(std::make_unique<CurlMulti>(loop_));
}

std::string CurlConnector::Endpoint::Text() const { return fmt::format("{}:{}", host, port); }

CurlConnector::Endpoint CurlConnector::EndpointOf(std::string_view url) {
  const std::optional<Url> parts = ParseUrl(url);
  if (!parts) throw std::invalid_argument("not a URL that can be connected to");
  return {parts->host, parts->port};
}

ConnectFailure CurlConnector::Failed(ConnectAttempt& attempt, const ResolvedName& name) const {
  ConnectFailure failure = ToConnectFailure(attempt.easy(), attempt.code(), attempt.error());
  if (!name.addresses.empty()) failure.cause += fmt::format(", addresses {}", name.addresses);
  if (const int error = ErrnoOf(attempt.easy()); error != 0) {
    failure.cause += ", " + ErrnoText(error);
  }
  failure.cause = fmt::format("{}: {}", endpoint_.Text(), failure.cause);
  return failure;
}

// The failure after a timeout while `doing` something: of the deadline, else of connecting.
ConnectFailure CurlConnector::Late(TimePoint deadline, std::string_view doing) const {
  const bool is_callers = deadline <= loop_.Now();
  const std::string cause =
      fmt::format("{}: {} was not over {}", endpoint_.Text(), doing,
                  is_callers ? "when the call's time was up"
                             : fmt::format("after {} ms", options_.connect_timeout.count()));
  return {is_callers ? TransportFailure::kTimeout : TransportFailure::kDns, cause};
}

Task<CurlConnector::Result> CurlConnector::Connect(TimePoint deadline, const std::stop_token& stop,
                                                   Offer offer) {
  const TimePoint patience = loop_.Now() + options_.connect_timeout;
  std::shared_ptr<const ResolvedName> name = names_.Known();
  if (!name) {
    NameLookup::Waiter lookup(loop_);
    names_.Join(lookup);
    const TimePoint until = std::min(deadline, patience);
    const WaitPoint::Result woken = co_await lookup.done().Wait(until, stop);
    // The connector was destroyed.
    if (lookup.abandoned()) co_return ConnectFailure{TransportFailure::kCancelled};
    if (woken == WaitPoint::Result::kStopped) {
      co_return ConnectFailure{TransportFailure::kCancelled};
    }
    if (woken == WaitPoint::Result::kDeadline) co_return Late(deadline, "the name lookup");
    name = lookup.result();
  }
  if (!name->error.empty()) {
    co_return ConnectFailure{TransportFailure::kDns,
                             fmt::format("{}: name lookup: {}", endpoint_.Text(), name->error)};
  }

  const auto left = std::chrono::ceil<std::chrono::milliseconds>(patience - loop_.Now());
  const std::string resolved = name->addresses.empty()
                                   ? std::string()
                                   : fmt::format("{}:{}", endpoint_.Text(), name->addresses);
  ConnectAttempt attempt(loop_, PickMulti(),
                         MakeEasy(std::max(left, std::chrono::milliseconds(1)), offer), resolved);
  attempts_.push_back(attempt);
  const WaitPoint::Result woken = co_await attempt.done().Wait(deadline, stop);
  // The connector was destroyed.
  if (attempt.abandoned()) co_return ConnectFailure{TransportFailure::kCancelled};
  if (woken == WaitPoint::Result::kStopped) co_return ConnectFailure{TransportFailure::kCancelled};
  if (woken == WaitPoint::Result::kDeadline) co_return Late(deadline, "connecting");
  if (attempt.code() != CURLE_OK) co_return Failed(attempt, *name);

  co_return Connected(attempt);
}

// Without TLS libcurl is not needed any more, and its memory for a connection is larger than that
// of the gateway. libcurl cannot release a socket, so the descriptor is duplicated and libcurl
// closes its own.
CurlConnector::Result CurlConnector::Connected(ConnectAttempt& attempt) {
  curl_socket_t fd = CURL_SOCKET_BAD;
  curl_easy_getinfo(attempt.easy(), CURLINFO_ACTIVESOCKET, &fd);
  if (fd == CURL_SOCKET_BAD) return Unusable(ENOTCONN);
  std::string peer = PeerOf(attempt.easy());
  const bool tls_to_proxy = options_.proxy.Reveal().starts_with("https:");
  std::unique_ptr<TlsChannel> tls;
  if (url_.tls || tls_to_proxy) {
    const auto layers = tls_to_proxy ? TlsChannel::Layers::kTwo : TlsChannel::Layers::kOne;
    tls = std::make_unique<TlsChannel>(attempt.multi(), attempt.Release(), layers);
  } else {
    fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (fd < 0) return Unusable(errno);
  }
  auto connection = std::make_unique<Connection>(loop_, fd, std::move(tls), std::move(peer));
  connections_.push_back(*connection);
  return connection;
}

ConnectFailure CurlConnector::Unusable(int error) const {
  return {TransportFailure::kConnect,
          fmt::format("{}: the connection cannot be used, {}", endpoint_.Text(), ErrnoText(error))};
}

}  // namespace modelgates::gateway
