#include "http/curl_transport.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <stdexcept>
#include <utility>

namespace modelgates::gateway {
namespace {

// One receive reads an answer of the usual size.
constexpr size_t kScratchBytes = 16 * 1024;

BaseUrl Parsed(const std::string& text) {
  absl::StatusOr<BaseUrl> url = ParseBaseUrl(text);
  if (!url.ok()) throw std::invalid_argument("base URL " + std::string(url.status().message()));
  // The second of the two slashes that a base URL may end with (REST contract, section 1).
  if (url->path.ends_with('/')) url->path.pop_back();
  return *std::move(url);
}

// Why nothing is sent any more; nullopt: it may be sent.
std::optional<TransportFailure> Ended(const SendOptions& options, TimePoint now) {
  if (options.stop.stop_requested()) return TransportFailure::kCancelled;
  if (options.deadline <= now) return TransportFailure::kTimeout;
  return std::nullopt;
}

void Report(const SendOptions& options, SendProgress progress) {
  if (options.observer != nullptr) options.observer->OnSendProgress(progress);
}

}  // namespace

CurlTransport::CurlTransport(EpollLoop& loop, TransportOptions options)
    : loop_(loop),
      options_(std::move(options)),
      url_(Parsed(options_.base_url)),
      head_start_("POST " + url_.path),
      head_middle_(
          " HTTP/1.1\r\nHost: " + url_.authority +
          "\r\nAccept: application/json\r\nContent-Type: application/json\r\nUser-Agent: " +
          options_.user_agent + "\r\n"),
      scratch_(kScratchBytes),
      queue_(std::make_shared<ConnectionQueue>(
          loop, ConnectionQueue::Limits{.connections = options_.max_connections,
                                        .connects = options_.max_connects,
                                        .connect_timeout = options_.connect_timeout})),
      connector_(loop, options_, url_),
      pool_(loop, options_) {
  const bool may_be_http2 = options_.http == TransportOptions::Http::k2 ||
                            (options_.http == TransportOptions::Http::kAuto && url_.tls);
  if (may_be_http2) {
    http2_ = std::make_unique<Http2Pool>(loop_, options_, url_, scratch_, HooksOfHttp2());
  }
  if (!IsSendableHeaderValue(options_.user_agent)) {
    throw std::invalid_argument("user agent cannot be sent");
  }
  connector_.Watch();
}

CurlTransport::~CurlTransport() { queue_->Close(); }

Http2Pool::Hooks CurlTransport::HooksOfHttp2() {
  Http2Pool::Hooks hooks;
  hooks.connect = [this] { return ConnectForHttp2(); };
  if (options_.http == TransportOptions::Http::kAuto) {
    hooks.take_http1 = [this](std::unique_ptr<Connection> connection) {
      Keep(std::move(connection), std::nullopt);
    };
  }
  return hooks;
}

Task<CurlTransport::Connected> CurlTransport::ConnectForHttp2() {
  const SendOptions of_no_call;
  bool reused = false;
  Task<Connected> connect = Connect(of_no_call, ConnectionQueue::Need::kNew, reused,
                                    CurlConnector::Offer::kHttp2AndHttp1);
  co_return co_await connect;
}

void CurlTransport::Compose(const HttpRequest& request, RequestBytes& out) {
  constexpr std::string_view kLength = "Content-Length: ";
  constexpr std::string_view kEndOfHead = "\r\n\r\n";
  char digits[20];
  const char* end = std::to_chars(digits, digits + sizeof(digits), request.body().size()).ptr;
  const std::string_view length(digits, static_cast<size_t>(end - digits));

  out.head_size = head_start_.size() + request.path().size() + head_middle_.size() +
                  request.headers().size() + kLength.size() + length.size() + kEndOfHead.size();
  out.bytes.swap(request_buffer_);
  out.bytes.reserve(out.head_size + request.body().size());
  out.bytes.append(head_start_)
      .append(request.path())
      .append(head_middle_)
      .append(request.headers())
      .append(kLength)
      .append(length)
      .append(kEndOfHead)
      .append(request.body());
}

void CurlTransport::TakeBuffer(RequestBytes& sent) {
  Wipe(sent.bytes);
  if (sent.bytes.capacity() <= kScratchBytes) request_buffer_.swap(sent.bytes);
  sent.bytes = std::string();
}

Task<CurlTransport::Connected> CurlTransport::Connect(const SendOptions& options,
                                                      ConnectionQueue::Need need, bool& reused,
                                                      CurlConnector::Offer offer) {
  // An idle connection takes the place of a new one.
  if (queue_->full()) pool_.DropOldest();
  const std::shared_ptr<ConnectionQueue> queue = queue_;
  Task<ConnectionQueue::Result> wait = queue->Wait(need, options.deadline, options.stop);
  ConnectionQueue::Result waited = co_await wait;
  if (queue->closed()) co_return TransportError{TransportFailure::kCancelled, Delivery::kNever};
  if (const auto* end = std::get_if<ConnectionQueue::End>(&waited)) co_return Missed(*end);
  reused = std::holds_alternative<std::unique_ptr<Connection>>(waited);
  if (reused) co_return std::get<std::unique_ptr<Connection>>(std::move(waited));

  auto& place = std::get<ConnectionPlace>(waited);
  Task<CurlConnector::Result> connect = connector_.Connect(options.deadline, options.stop, offer);
  CurlConnector::Result connected = co_await connect;
  if (auto* failed = std::get_if<ConnectFailure>(&connected)) {
    // After kCancelled `this` may be destroyed.
    if (failed->failure != TransportFailure::kCancelled) ++stats_.connect_failures;
    co_return TransportError{.failure = failed->failure,
                             .delivery = Delivery::kNever,
                             .cause = std::move(failed->cause),
                             .detail = failed->detail};
  }
  auto connection = std::get<std::unique_ptr<Connection>>(std::move(connected));
  place.Made();
  connection->Keep(std::move(place));
  ++stats_.connects;
  co_return connection;
}

TransportError CurlTransport::Missed(ConnectionQueue::End end) const {
  switch (end) {
    case ConnectionQueue::End::kTimeout:
      return {.failure = TransportFailure::kTimeout,
              .delivery = Delivery::kNever,
              .cause = fmt::format("no connection came free: {} are open, of {}",
                                   connector_.open_connections(), options_.max_connections)};
    case ConnectionQueue::End::kConnectTimeout:
      return {
          .failure = TransportFailure::kConnectTimeout,
          .delivery = Delivery::kNever,
          .cause = fmt::format("no connection came free within {} ms, and {} were in the making",
                               options_.connect_timeout.count(), options_.max_connects)};
    case ConnectionQueue::End::kStopped:
    case ConnectionQueue::End::kClosed:
      break;
  }
  return {TransportFailure::kCancelled, Delivery::kNever};
}

void CurlTransport::Keep(std::unique_ptr<Connection> connection,
                         std::optional<std::chrono::seconds> hint) {
  if (!queue_->Give(connection)) pool_.Put(std::move(connection), hint);
}

Task<HttpResult> CurlTransport::Send(const HttpRequest& request, SendOptions options) {
  const bool is_http1 = http2_ == nullptr || http2_->speaks_http1();
  return is_http1 ? SendHttp1(request, std::move(options)) : SendHttp2(request, std::move(options));
}

Task<HttpResult> CurlTransport::SendHttp2(const HttpRequest& request, SendOptions options) {
  if (const auto failure = Ended(options, loop_.Now())) {
    co_return TransportError{*failure, Delivery::kNever};
  }
  Task<std::optional<HttpResult>> sending = http2_->Send(request, options);
  std::optional<HttpResult> sent = co_await sending;
  if (sent) co_return *std::move(sent);
  Task<HttpResult> again = SendHttp1(request, std::move(options));
  co_return co_await again;
}

Task<HttpResult> CurlTransport::SendHttp1(const HttpRequest& request, SendOptions options) {
  if (const auto failure = Ended(options, loop_.Now())) {
    co_return TransportError{*failure, Delivery::kNever};
  }
  RequestBytes bytes;
  auto need = options.fresh_connection ? ConnectionQueue::Need::kNew : ConnectionQueue::Need::kAny;
  std::unique_ptr<Connection> connection = options.fresh_connection ? nullptr : pool_.Take();
  for (;;) {
    bool reused = connection != nullptr;
    if (!connection) {
      Task<Connected> connect = Connect(options, need, reused, CurlConnector::Offer::kHttp1);
      Connected connected = co_await connect;
      if (auto* error = std::get_if<TransportError>(&connected)) co_return std::move(*error);
      connection = std::get<std::unique_ptr<Connection>>(std::move(connected));
      if (const auto late = Ended(options, loop_.Now())) {
        co_return TransportError{*late, Delivery::kNever};
      }
    }

    if (bytes.bytes.empty()) Compose(request, bytes);
    RoundTrip trip(bytes, *connection, scratch_, options_.max_response_bytes);
    Report(options, SendProgress::kBytesOffered);
    RoundTrip::Progress progress = trip.Advance();
    // The answer may take long, and until then a call needs little.
    if (trip.sent_all()) TakeBuffer(bytes);
    while (progress == RoundTrip::Progress::kWaiting) {
      const WaitPoint::Result woken = co_await connection->Wait(options.deadline, options.stop);
      if (connection->abandoned() || woken == WaitPoint::Result::kStopped) {
        co_return trip.Error(TransportFailure::kCancelled, "the call was cancelled");
      }
      if (woken == WaitPoint::Result::kDeadline) {
        co_return trip.Error(TransportFailure::kTimeout, "the time was up");
      }
      progress = trip.Advance();
    }
    if (reused && progress != RoundTrip::Progress::kUnsent) ++stats_.reuses;

    if (progress == RoundTrip::Progress::kAnswered) {
      if (trip.reusable()) Keep(std::move(connection), trip.idle_hint());
      co_return trip.TakeAnswer();
    }
    // Another connection is tried only after an idle one, which may have been closed unnoticed. A
    // failure of a new one shows that the upstream itself cannot be reached.
    if (progress != RoundTrip::Progress::kUnsent || !reused) {
      TransportError error = trip.Error();
      error.stale_connection =
          reused && error.failure == TransportFailure::kReset && trip.no_response_bytes();
      co_return error;
    }
    // The transport waits for another connection; nothing is sent until then.
    Report(options, SendProgress::kConnecting);
    connection = nullptr;
    need = ConnectionQueue::Need::kNew;
  }
}

TransportStats CurlTransport::stats() const {
  TransportStats stats = stats_;
  stats.open = connector_.open_connections();
  stats.idle = pool_.size();
  stats.stale = pool_.stale();
  if (!http2_) return stats;
  const TransportStats http2 = http2_->stats();
  stats.idle += http2.idle;
  stats.stale += http2.stale;
  stats.reuses += http2.reuses;
  stats.connect_failures += http2.connect_failures;
  return stats;
}

}  // namespace modelgates::gateway
