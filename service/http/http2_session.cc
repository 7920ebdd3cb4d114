#include "http/http2_session.h"

#include <absl/container/inlined_vector.h>
#include <fmt/format.h>
#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <charconv>
#include <new>
#include <utility>

#include "base/secret.h"
#include "http/http2_events.h"
#include "http/response_parser.h"

namespace modelgates::gateway {
namespace {

// Enough for the bodies of kMaxStreams answers of the usual size. The window of one stream is the
// bound on a body: a peer that sends more would be stopped anyway.
constexpr int32_t kConnectionWindow = 16 * 1024 * 1024;

// Frames are gathered up to this size, so that a send has all that a turn of the loop brought.
constexpr size_t kOutputBytes = 16 * 1024;

nghttp2_nv Field(std::string_view name, std::string_view value,
                 uint8_t flags = NGHTTP2_NV_FLAG_NONE) {
  const auto bytes = [](std::string_view text) {
    return reinterpret_cast<uint8_t*>(const_cast<char*>(text.data()));
  };
  return {bytes(name), bytes(value), name.size(), value.size(), flags};
}

}  // namespace

void Http2Session::Deleter::operator()(nghttp2_session* session) const {
  nghttp2_session_del(session);
}

Http2Session::Http2Session(const Http2Target& target, const std::string& peer, Listener& listener)
    : target_(target), peer_(peer), listener_(listener) {
  nghttp2_session* session = nullptr;
  if (nghttp2_session_client_new2(&session, Http2Events::Callbacks(), this,
                                  Http2Events::Options()) != 0) {
    throw std::bad_alloc();
  }
  session_.reset(session);
  // Queued before anything is received: the acknowledgement of the peer's settings must not be
  // first.
  const nghttp2_settings_entry settings[] = {
      {NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
      {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, static_cast<uint32_t>(target.max_body_bytes)},
      {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, kMaxHeadBytes}};
  if (nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, settings, std::size(settings)) != 0 ||
      nghttp2_session_set_local_window_size(session, NGHTTP2_FLAG_NONE, 0, kConnectionWindow) !=
          0) {
    throw std::bad_alloc();
  }
}

Http2Session::~Http2Session() {
  Fail(TransportFailure::kCancelled, "the transport is being destroyed");
  Wipe(out_);
}

size_t Http2Session::max_streams() const {
  return std::min<size_t>(
      kMaxStreams,
      nghttp2_session_get_remote_settings(session_.get(), NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS));
}

size_t Http2Session::room() const {
  if (!greeted_ || retired()) return 0;
  const size_t most = max_streams();
  return most > open_ ? most - open_ : 0;
}

bool Http2Session::retired() const {
  return retired_ || nghttp2_session_check_request_allowed(session_.get()) == 0;
}

void Http2Session::Start(Http2RoundTrip& trip) {
  trips_.push_back(trip);
  trip.session_ = this;
  trip.reused_ = answered_ > 0;
  trip.stream_ = Submit(trip);
  if (trip.stream_ < 0) {
    retired_ = true;
    trip.resendable_ = true;
    return End(trip, trip.Error(TransportFailure::kReset, nghttp2_strerror(trip.stream_)));
  }
  ++open_;
  ++begun_;
  listener_.OnOutput();
}

int32_t Http2Session::Submit(Http2RoundTrip& trip) {
  const HttpRequest& request = trip.request_;
  std::string path = target_.path;
  path.append(request.path());
  char digits[20];
  const char* end = std::to_chars(digits, digits + sizeof(digits), request.body().size()).ptr;

  absl::InlinedVector<nghttp2_nv, 24> fields{
      Field(":method", "POST"),
      Field(":scheme", target_.scheme),
      Field(":authority", target_.authority),
      Field(":path", path),
      Field("accept", "application/json"),
      Field("content-type", "application/json"),
      Field("user-agent", target_.user_agent),
      Field("content-length", std::string_view(digits, static_cast<size_t>(end - digits)))};
  std::string_view rest = request.headers();
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find("\r\n"));
    rest.remove_prefix(line.size() + 2);
    const size_t colon = line.find(':');
    const std::string_view name = line.substr(0, colon);
    // A secret stays out of the compression table, here and at every hop (RFC 7541, 7.1.3).
    const bool is_secret = name == "Authorization";
    fields.push_back(Field(name, line.substr(colon + 2),
                           is_secret ? NGHTTP2_NV_FLAG_NO_INDEX : NGHTTP2_NV_FLAG_NONE));
  }
  nghttp2_data_provider body{};
  body.read_callback = &Http2Events::OnBody;
  // Names in lower case, and a copy of everything, are libnghttp2's.
  return nghttp2_submit_request(session_.get(), nullptr, fields.data(), fields.size(),
                                request.body().empty() ? nullptr : &body, &trip);
}

void Http2Session::Leave(Http2RoundTrip& trip) {
  Reset(trip, NGHTTP2_CANCEL);
  Detach(trip);
  trip.unlink();
  listener_.OnOutput();
}

void Http2Session::Reset(Http2RoundTrip& trip, uint32_t error_code) {
  nghttp2_submit_rst_stream(session_.get(), NGHTTP2_FLAG_NONE, trip.stream_, error_code);
}

void Http2Session::Detach(Http2RoundTrip& trip) {
  nghttp2_session_set_stream_user_data(session_.get(), trip.stream_, nullptr);
  std::erase(exposed_, &trip);
  trip.session_ = nullptr;
}

void Http2Session::End(Http2RoundTrip& trip, TransportError error) {
  Detach(trip);
  trip.Fail(std::move(error));
}

void Http2Session::OnHeadTaken(Http2RoundTrip& trip) {
  if (trip.observer_ != nullptr) trip.observer_->OnSendProgress(SendProgress::kBytesOffered);
  if (trip.sent_all()) Expose(trip);  // there is no body
}

std::string_view Http2Session::TakeBody(Http2RoundTrip& trip, size_t room) {
  Expose(trip);
  return trip.NextOfBody(room);
}

void Http2Session::Answer(Http2RoundTrip& trip) {
  ++answered_;
  // An answer may come before the end of the request.
  if (!trip.sent_all()) Reset(trip, NGHTTP2_NO_ERROR);
  Detach(trip);
  trip.End(Http2RoundTrip::State::kAnswered);
}

void Http2Session::Check(Http2RoundTrip& trip, Http2Answer::Put put) {
  switch (put) {
    case Http2Answer::Put::kDone:
      return;
    case Http2Answer::Put::kTooLarge:
      Reset(trip, NGHTTP2_CANCEL);
      ++answered_;
      Detach(trip);
      return trip.End(Http2RoundTrip::State::kAnswered);
    case Http2Answer::Put::kGarbage:
      Reset(trip, NGHTTP2_CANCEL);
      return End(trip, trip.Error(TransportFailure::kGarbage,
                                  fmt::format("no HTTP/2 answer: {}", trip.answer_.error())));
  }
}

// Only of a stream that ended without an answer.
void Http2Session::OnStreamClosed(Http2RoundTrip& trip, uint32_t error_code) {
  const std::string_view code = nghttp2_http2_strerror(error_code);
  const bool has_status = trip.answer_.status() != 0;
  // Said by the peer, for one stream or by GOAWAY for all above a number; or by libnghttp2 after
  // that GOAWAY, for one that was not sent.
  const bool refused =
      error_code == NGHTTP2_REFUSED_STREAM || (!trip.exposed_ && !trip.reset_by_peer_ && retired());
  if (refused && !has_status) {
    TransportError error =
        trip.Error(TransportFailure::kRefusedStream,
                   trip.reset_by_peer_ ? "the peer refused the stream"
                                       : "the peer ended the connection before this request");
    error.delivery = Delivery::kNever;
    trip.resendable_ = !trip.reset_by_peer_ && leaves_in_order_;
    return End(trip, std::move(error));
  }
  if (!trip.reset_by_peer_) {
    return End(trip,
               trip.Error(TransportFailure::kGarbage, fmt::format("no HTTP/2 answer: {}", code)));
  }
  End(trip, trip.Error(has_status ? TransportFailure::kTruncated : TransportFailure::kReset,
                       fmt::format("the peer reset the stream: {}", code)));
}

bool Http2Session::Put(std::string_view bytes) {
  const ssize_t used = nghttp2_session_mem_recv(
      session_.get(), reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
  if (used < 0 && error_.empty()) error_ = nghttp2_strerror(static_cast<int>(used));
  return error_.empty();
}

void Http2Session::Ping() { nghttp2_submit_ping(session_.get(), NGHTTP2_FLAG_NONE, nullptr); }

void Http2Session::SayGoodbye() {
  nghttp2_session_terminate_session(session_.get(), NGHTTP2_NO_ERROR);
}

bool Http2Session::wants_to_send() const {
  return sent_ < out_.size() || nghttp2_session_want_write(session_.get()) != 0;
}

std::string_view Http2Session::Output() {
  if (sent_ == out_.size()) Fill();
  return std::string_view(out_).substr(sent_);
}

void Http2Session::Fill() {
  Wipe(out_);
  sent_ = 0;
  touched_ = false;
  exposed_.clear();
  while (out_.size() < kOutputBytes) {
    const uint8_t* bytes = nullptr;
    const ssize_t size = nghttp2_session_mem_send(session_.get(), &bytes);
    if (size < 0 && error_.empty()) error_ = nghttp2_strerror(static_cast<int>(size));
    if (size <= 0) return;
    out_.append(reinterpret_cast<const char*>(bytes), static_cast<size_t>(size));
    // libnghttp2 keeps its buffer, with the last request in it, until the next one. Its first
    // bytes, the preface, are a constant.
    if (preface_taken_) explicit_bzero(const_cast<uint8_t*>(bytes), static_cast<size_t>(size));
    preface_taken_ = true;
  }
}

void Http2Session::Sent(size_t bytes) {
  sent_ += bytes;
  touched_ = true;
  if (sent_ < out_.size()) return;
  Wipe(out_);
  sent_ = 0;
  exposed_.clear();
}

void Http2Session::Expose(Http2RoundTrip& trip) {
  if (std::exchange(trip.exposed_, true)) return;
  exposed_.push_back(&trip);
}

void Http2Session::Fail(TransportFailure failure, std::string_view why) {
  if (!touched_) {
    for (Http2RoundTrip* trip : exposed_) trip->exposed_ = false;
  }
  while (!trips_.empty()) {
    Http2RoundTrip& trip = trips_.front();
    const bool has_status = trip.answer_.status() != 0;
    const bool is_reset = failure == TransportFailure::kReset;
    TransportError error =
        trip.Error(is_reset && has_status ? TransportFailure::kTruncated : failure, why);
    // As with HTTP/1.1: a connection that had worked may have ended unnoticed; the failure of a new
    // one shows that the upstream itself cannot be reached.
    trip.resendable_ = is_reset && trip.reused_ && error.delivery == Delivery::kNever;
    error.stale_connection = is_reset && trip.reused_ && !trip.answer_.started();
    End(trip, std::move(error));
  }
}

}  // namespace modelgates::gateway
