#include "http/curl_transport.h"

#include <charconv>
#include <optional>
#include <stdexcept>
#include <utility>

namespace modelgates::gateway {
namespace {

// An answer of the usual size comes with one receive.
constexpr size_t kScratchBytes = 16 * 1024;

BaseUrl Parsed(const std::string& text) {
  absl::StatusOr<BaseUrl> url = ParseBaseUrl(text);
  if (!url.ok()) throw std::invalid_argument("base URL " + std::string(url.status().message()));
  // The second of the two slashes that a base URL may end with (REST contract, section 1).
  if (url->path.ends_with('/')) url->path.pop_back();
  return *std::move(url);
}

// Why there is no point in sending any more, if so.
std::optional<TransportFailure> Ended(const SendOptions& options, TimePoint now) {
  if (options.stop.stop_requested()) return TransportFailure::kCancelled;
  if (options.deadline <= now) return TransportFailure::kTimeout;
  return std::nullopt;
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
      connector_(loop, options_, url_),
      pool_(loop, options_) {
  if (!IsSendableHeaderValue(options_.user_agent)) {
    throw std::invalid_argument("user agent cannot be sent");
  }
}

CurlTransport::~CurlTransport() = default;

void CurlTransport::Compose(const HttpRequest& request, RequestBytes& out) const {
  constexpr std::string_view kLength = "Content-Length: ";
  constexpr std::string_view kEndOfHead = "\r\n\r\n";
  char digits[20];
  const char* end = std::to_chars(digits, digits + sizeof(digits), request.body().size()).ptr;
  const std::string_view length(digits, static_cast<size_t>(end - digits));

  out.head_size = head_start_.size() + request.path().size() + head_middle_.size() +
                  request.headers().size() + kLength.size() + length.size() + kEndOfHead.size();
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

Task<HttpResult> CurlTransport::Send(const HttpRequest& request, SendOptions options) {
  if (const auto failure = Ended(options, loop_.Now())) {
    co_return TransportError{*failure, Delivery::kNever};
  }
  RequestBytes bytes;
  Compose(request, bytes);

  std::unique_ptr<Connection> connection = options.fresh_connection ? nullptr : pool_.Take();
  for (;;) {
    const bool reused = connection != nullptr;
    if (!connection) {
      CurlConnector::Result connected = co_await connector_.Connect(options.deadline, options.stop);
      if (const auto* failure = std::get_if<TransportFailure>(&connected)) {
        // `this` may be gone when the failure is kCancelled.
        if (*failure != TransportFailure::kCancelled) ++stats_.connect_failures;
        co_return TransportError{*failure, Delivery::kNever};
      }
      connection = std::get<std::unique_ptr<Connection>>(std::move(connected));
      ++stats_.connects;
      if (const auto late = Ended(options, loop_.Now())) {
        co_return TransportError{*late, Delivery::kNever};
      }
    }

    RoundTrip trip(bytes, *connection, scratch_, options_.max_response_bytes);
    if (options.offered != nullptr) *options.offered = true;
    RoundTrip::Progress progress = trip.Advance();
    while (progress == RoundTrip::Progress::kWaiting) {
      const WaitPoint::Result woken = co_await connection->Wait(options.deadline, options.stop);
      if (connection->abandoned() || woken == WaitPoint::Result::kStopped) {
        co_return trip.Error(TransportFailure::kCancelled);
      }
      if (woken == WaitPoint::Result::kDeadline) co_return trip.Error(TransportFailure::kTimeout);
      progress = trip.Advance();
    }
    if (reused && progress != RoundTrip::Progress::kUnsent) ++stats_.reuses;

    if (progress == RoundTrip::Progress::kAnswered) {
      if (trip.reusable()) pool_.Put(std::move(connection), trip.idle_hint());
      co_return trip.TakeAnswer();
    }
    // Only a connection that had waited may have died unseen, and only a new one is proof that
    // the upstream itself is not to be had.
    if (progress != RoundTrip::Progress::kUnsent || !reused) {
      TransportError error = trip.Error();
      error.stale_connection =
          reused && error.failure == TransportFailure::kReset && trip.unheard();
      co_return error;
    }
    // Another one is waited for, and nothing is on its way until it is there.
    if (options.offered != nullptr) *options.offered = false;
    connection = nullptr;
  }
}

TransportStats CurlTransport::stats() const {
  TransportStats stats = stats_;
  stats.open = connector_.open_connections();
  stats.idle = pool_.size();
  stats.stale = pool_.stale();
  return stats;
}

}  // namespace modelgates::gateway
