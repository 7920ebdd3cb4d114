#include "http/curl_connector.h"

#include <openssl/ssl.h>

#include <new>
#include <utility>

namespace modelgates::gateway {
namespace {

// libcurl looks a connection up among all of its multi handle at every send and receive.
constexpr size_t kConnectionsPerMulti = 64;

// The trusted certificates are parsed once in this time and not for every connection.
constexpr long kTrustCachedSeconds = 300;

// Once per process, before anything else of libcurl. Never undone: others may use libcurl too.
void InitLibcurl() {
  static const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (code != CURLE_OK) throw std::bad_alloc();
}

CURLcode SetUpTls(CURL*, void* ssl_context, void*) {
  auto* context = static_cast<SSL_CTX*>(ssl_context);
  // libcurl writes the secrets of all TLS connections to the file that the environment's
  // SSLKEYLOGFILE names. Not here.
  SSL_CTX_set_keylog_callback(context, nullptr);
  // One receive for an answer, not one for the length of each record and one for the rest.
  SSL_CTX_set_read_ahead(context, 1);
  return CURLE_OK;
}

TransportFailure ToFailure(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
      return TransportFailure::kDns;
    case CURLE_OPERATION_TIMEDOUT:
      return TransportFailure::kConnectTimeout;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
    case CURLE_SSL_CACERT_BADFILE:
      return TransportFailure::kTlsUntrusted;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ENGINE_INITFAILED:
    case CURLE_USE_SSL_FAILED:
      return TransportFailure::kTls;
    default:  // refused, unreachable, a proxy that will not, and whatever libcurl comes to say
      return TransportFailure::kConnect;
  }
}

Connection::Channel ChannelFor(const BaseUrl& url, const TransportOptions& options) {
  if (options.proxy.Reveal().starts_with("https:")) return Connection::Channel::kTlsToProxy;
  return url.tls ? Connection::Channel::kTls : Connection::Channel::kPlain;
}

}  // namespace

CurlConnector::CurlConnector(EpollLoop& loop, const TransportOptions& options, BaseUrl url)
    : loop_(loop),
      options_(options),
      url_(std::move(url)),
      channel_(ChannelFor(url_, options)),
      share_((InitLibcurl(), curl_share_init())) {
  if (!share_) throw std::bad_alloc();
  // One thread, so no lock functions.
  curl_share_setopt(share_.get(), CURLSHOPT_SHARE, CURL_LOCK_DATA_DNS);
  curl_share_setopt(share_.get(), CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
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
  multis_.clear();  // before what they share
}

CurlEasy CurlConnector::MakeEasy() const {
  CurlEasy easy(curl_easy_init());
  if (!easy) throw std::bad_alloc();
  const auto set = [&](CURLoption option, auto value) {
    // Fails only without memory, or for what this build of libcurl cannot do at all.
    if (curl_easy_setopt(easy.get(), option, value) != CURLE_OK) throw std::bad_alloc();
  };
  set(CURLOPT_URL, url_.origin.c_str());
  set(CURLOPT_CONNECT_ONLY, 1L);
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(CURLOPT_SHARE, share_.get());
  set(CURLOPT_NOSIGNAL, 1L);
  // Its own buffer, 16 KiB a connection if not told otherwise, is used by transfers only.
  set(CURLOPT_BUFFERSIZE, 1024L);
  set(CURLOPT_DNS_CACHE_TIMEOUT, static_cast<long>(options_.names_cached.count()));
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options_.connect_timeout.count()));
  // Without it, giving up while a name is looked up waits for the resolver's thread.
  set(CURLOPT_QUICK_EXIT, 1L);

  // Empty strings, not absent ones: then the environment's variables are not read.
  set(CURLOPT_PROXY, options_.proxy.Reveal().data());  // of a std::string
  set(CURLOPT_NOPROXY, "");
  if (!options_.proxy.empty()) set(CURLOPT_HTTPPROXYTUNNEL, 1L);

  set(CURLOPT_SSL_ENABLE_ALPN, options_.speaks_http ? 1L : 0L);
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set(CURLOPT_SSL_VERIFYPEER, 1L);
  set(CURLOPT_SSL_VERIFYHOST, 2L);
  if (!options_.ca_file.empty()) set(CURLOPT_CAINFO, options_.ca_file.c_str());
  // The bundle alone: with a directory beside it libcurl parses both for every connection.
  set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));
  set(CURLOPT_CA_CACHE_TIMEOUT, kTrustCachedSeconds);
  set(CURLOPT_SSL_CTX_FUNCTION, &SetUpTls);
  return easy;
}

CurlMulti& CurlConnector::PickMulti() {
  for (const std::unique_ptr<CurlMulti>& multi : multis_) {
    if (multi->size() < kConnectionsPerMulti) return *multi;
  }
  return *multis_.emplace_back(std::make_unique<CurlMulti>(loop_));
}

Task<CurlConnector::Result> CurlConnector::Connect(TimePoint deadline,
                                                   const std::stop_token& stop) {
  ConnectAttempt attempt(loop_, PickMulti(), MakeEasy());
  attempts_.push_back(attempt);
  const WaitPoint::Result woken = co_await attempt.done().Wait(deadline, stop);
  if (attempt.abandoned()) co_return TransportFailure::kCancelled;  // the connector is gone
  if (woken == WaitPoint::Result::kStopped) co_return TransportFailure::kCancelled;
  if (woken == WaitPoint::Result::kDeadline) co_return TransportFailure::kTimeout;
  if (attempt.code() != CURLE_OK) co_return ToFailure(attempt.code());

  curl_socket_t fd = CURL_SOCKET_BAD;
  curl_easy_getinfo(attempt.easy(), CURLINFO_ACTIVESOCKET, &fd);
  if (fd == CURL_SOCKET_BAD) co_return TransportFailure::kConnect;
  auto connection =
      std::make_unique<Connection>(loop_, attempt.multi(), attempt.easy(), fd, channel_);
  attempt.Release();
  connections_.push_back(*connection);
  co_return connection;
}

}  // namespace modelgates::gateway
