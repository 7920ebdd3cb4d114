#include "http/http2_pool.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace modelgates::gateway {
namespace {

// How often one Send may send its request again because a connection ended. An upstream that ends
// connections all the time is left to the retry policy.
constexpr int kMaxResends = 3;

// How long an upstream that chose HTTP/1.1 is not asked again, so that calls do not wait for it.
constexpr std::chrono::minutes kHttp1Remembered{5};

constexpr std::string_view kHttp2 = "h2";

}  // namespace

Http2Pool::Http2Pool(EpollLoop& loop, const TransportOptions& options, const BaseUrl& url,
                     std::span<char> scratch, Hooks hooks)
    : loop_(loop),
      options_(options),
      tls_(url.tls),
      target_{.scheme = url.tls ? "https" : "http",
              .authority = url.authority,
              .path = url.path,
              .user_agent = options.user_agent,
              .max_body_bytes = options.max_response_bytes},
      scratch_(scratch),
      hooks_(std::move(hooks)) {}

Http2Pool::~Http2Pool() {
  while (!waiting_.empty()) {
    waiting_.front().Fail({TransportFailure::kCancelled, Delivery::kNever});
  }
}

Task<std::optional<HttpResult>> Http2Pool::Send(const HttpRequest& request,
                                                const SendOptions& options) {
  const auto need =
      options.fresh_connection ? Http2RoundTrip::Need::kNew : Http2RoundTrip::Need::kAny;
  for (int resends = 0;; ++resends) {
    Http2RoundTrip trip(loop_, request, options.observer, options_.max_response_bytes, need);
    Place(trip);
    while (trip.state() == Http2RoundTrip::State::kRunning) {
      const WaitPoint::Result woken = co_await trip.done().Wait(options.deadline, options.stop);
      if (trip.state() != Http2RoundTrip::State::kRunning) break;
      if (woken == WaitPoint::Result::kStopped) {
        co_return trip.Error(TransportFailure::kCancelled, "the call was cancelled");
      }
      if (woken == WaitPoint::Result::kDeadline) {
        co_return trip.Error(TransportFailure::kTimeout, "the time was up");
      }
    }
    if (trip.state() == Http2RoundTrip::State::kHttp1) co_return std::nullopt;
    if (trip.state() == Http2RoundTrip::State::kAnswered) co_return trip.TakeAnswer();
    TransportError error = trip.TakeError();
    if (options.fresh_connection) error.stale_connection = false;
    // After kCancelled `this` may be destroyed.
    const bool again = trip.resendable() && resends < kMaxResends &&
                       error.failure != TransportFailure::kCancelled &&
                       !options.stop.stop_requested() && loop_.Now() < options.deadline;
    if (!again) co_return error;
    if (options.observer != nullptr) options.observer->OnSendProgress(SendProgress::kConnecting);
  }
}

bool Http2Pool::IsFit(Http2Connection& connection, const Http2RoundTrip& trip) const {
  return trip.need() == Http2RoundTrip::Need::kAny || connection.created() > last_loss_;
}

void Http2Pool::Place(Http2RoundTrip& trip) {
  for (const auto& connection : connections_) {
    if (connection->session().room() == 0 || !IsFit(*connection, trip)) continue;
    stats_.reuses += connection->session().begun() > 0 ? 1 : 0;
    return connection->session().Start(trip);
  }
  waiting_.push_back(trip);
  ConnectIfNeeded();
}

void Http2Pool::OnRoom(Http2Connection& connection) {
  Http2Session& session = connection.session();
  streams_expected_ = std::max<size_t>(session.max_streams(), 1);
  for (auto next = waiting_.begin(); next != waiting_.end() && session.room() > 0;) {
    Http2RoundTrip& trip = *next;
    if (!IsFit(connection, trip)) {
      ++next;
      continue;
    }
    next = waiting_.erase(next);
    stats_.reuses += session.begun() > 0 ? 1 : 0;
    session.Start(trip);
  }
  ConnectIfNeeded();
}

void Http2Pool::ConnectIfNeeded() {
  // A connection that is being made takes as many as the last one, and so may one whose peer does
  // not take any yet.
  size_t coming = connecting_;
  for (const auto& connection : connections_) {
    const Http2Session& session = connection->session();
    if (!session.retired() && (!session.greeted() || session.max_streams() == 0)) ++coming;
  }
  for (; waiting_.size() > coming * streams_expected_; ++coming) {
    ++connecting_;
    Spawn(Connect());
  }
}

Task<void> Http2Pool::Connect() {
  Task<Connected> connect = hooks_.connect();
  Connected connected = co_await connect;
  if (auto* error = std::get_if<TransportError>(&connected)) {
    if (error->failure == TransportFailure::kCancelled) co_return;  // `this` is destroyed
    --connecting_;
    FailWaiting(*error);
    co_return;
  }
  --connecting_;
  Use(std::get<std::unique_ptr<Connection>>(std::move(connected)));
}

void Http2Pool::Use(std::unique_ptr<Connection> connection) {
  if (!tls_) return Add(std::move(connection), {});
  // libcurl tells about TLS only after something was received or sent; and a peer that speaks
  // HTTP/2 has mostly sent its SETTINGS.
  const IoResult first = connection->Receive(scratch_);
  const std::string_view received(scratch_.data(), first.bytes);
  if (connection->Protocol() == kHttp2) return Add(std::move(connection), received);
  if (first.io == Io::kWouldBlock && hooks_.take_http1) return FallBack(std::move(connection));
  ++stats_.connect_failures;
  TransportError error{.failure = TransportFailure::kTls, .delivery = Delivery::kNever};
  if (first.io == Io::kClosed || first.io == Io::kBroken) {
    error.failure = TransportFailure::kReset;
    error.cause = fmt::format("{}: closed before the first request", connection->Peer());
  } else {
    error.cause =
        fmt::format("{}: the upstream does not offer HTTP/2 in TLS (ALPN)", connection->Peer());
    error.detail = FailureDetail::kNoHttp2;
  }
  FailWaiting(error);
}

void Http2Pool::Add(std::unique_ptr<Connection> connection, std::string_view received) {
  Http2Connection::Owner& owner = *this;
  auto& added = *connections_.emplace_back(std::make_unique<Http2Connection>(
      loop_, options_, target_, std::move(connection), scratch_, owner));
  added.Begin(received);
}

void Http2Pool::FallBack(std::unique_ptr<Connection> connection) {
  http1_until_ = loop_.Now() + kHttp1Remembered;
  while (!waiting_.empty()) waiting_.front().FallBack();
  hooks_.take_http1(std::move(connection));
}

void Http2Pool::OnEnd(Http2Connection& connection, const ConnectFailure& why) {
  const Http2Session& session = connection.session();
  const bool was_used = session.begun() > 0;
  const bool was_planned = session.retired() && why.failure == TransportFailure::kReset;
  if (!was_planned) last_loss_ = loop_.Now();
  if (was_used && !was_planned && connection.ended_idle()) ++stats_.stale;
  if (!was_used && !was_planned) ++stats_.connect_failures;
  std::erase_if(connections_, [&](const auto& it) { return it.get() == &connection; });
  // One that ends before it took a request is not replaced: an upstream that does this to each
  // would be asked without end.
  if (was_used) return ConnectIfNeeded();
  FailWaiting({.failure = why.failure,
               .delivery = Delivery::kNever,
               .cause = why.cause,
               .detail = why.detail});
}

void Http2Pool::FailWaiting(const TransportError& error) {
  if (connecting_ > 0) return;
  for (auto next = waiting_.begin(); next != waiting_.end();) {
    Http2RoundTrip& trip = *next++;
    const bool others_may_serve_it =
        std::any_of(connections_.begin(), connections_.end(),
                    [&](const auto& it) { return !it->session().retired() && IsFit(*it, trip); });
    if (!others_may_serve_it) trip.Fail(error);
  }
}

TransportStats Http2Pool::stats() const {
  TransportStats stats = stats_;
  for (const auto& connection : connections_) stats.idle += connection->session().idle() ? 1 : 0;
  return stats;
}

}  // namespace modelgates::gateway
