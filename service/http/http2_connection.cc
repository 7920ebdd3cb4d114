#include "http/http2_connection.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace modelgates::gateway {
namespace {

// Of up to 16 KiB each.
constexpr int kReceivesPerTurn = 64;

// Before any time of the clock, so the timer fires in this turn, after the tasks that were posted.
constexpr TimePoint kAtOnce{};

}  // namespace

Http2Connection::Http2Connection(EpollLoop& loop, const TransportOptions& options,
                                 const Http2Target& target, std::unique_ptr<Connection> connection,
                                 std::span<char> scratch, Owner& owner)
    : loop_(loop),
      options_(options),
      connection_(std::move(connection)),
      scratch_(scratch),
      owner_(owner),
      session_(target, connection_->Peer(), *this),
      heard_(loop.Now()) {
  connection_->SetListener(this);
}

Http2Connection::~Http2Connection() {
  session_.Fail(TransportFailure::kCancelled, "the transport is being destroyed");
  if (!can_send_) return;
  session_.SayGoodbye();
  const std::string_view last = session_.Output();
  if (!last.empty()) connection_->Send(last);
}

void Http2Connection::Begin(std::string_view received) {
  loop_.Start(*this, heard_ + options_.connect_timeout);
  OnOutput();
  if (!received.empty() && !Put(received)) return End(TransportFailure::kGarbage, session_.error());
  if (connection_->readable()) return Receive();
  Settle();
}

void Http2Connection::OnOutput() {
  if (!end_of_turn_.armed()) loop_.Start(end_of_turn_, kAtOnce);
}

void Http2Connection::OnConnectionEvents(Connection&) {
  if (connection_->readable()) return Receive();
  Send();  // there is room again
}

bool Http2Connection::Put(std::string_view bytes) {
  heard_ = loop_.Now();
  pinged_.reset();
  const bool was_greeted = session_.greeted();
  const bool ok = session_.Put(bytes);
  if (session_.greeted() != was_greeted) loop_.Start(*this, NextLook(heard_));
  return ok;
}

void Http2Connection::Receive() {
  for (int i = 0; i < kReceivesPerTurn; ++i) {
    const IoResult result = connection_->Receive(scratch_);
    if (result.io == Io::kClosed) {
      return End(TransportFailure::kReset, "the peer closed the connection");
    }
    if (result.io == Io::kBroken) return End(TransportFailure::kReset, connection_->Error());
    if (result.io == Io::kWouldBlock) {
      if (!can_send_) return End(TransportFailure::kReset, send_error_);
      break;
    }
    const bool ok = Put({scratch_.data(), result.bytes});
    explicit_bzero(scratch_.data(), result.bytes);  // it may have held a key
    if (!ok) return End(TransportFailure::kGarbage, session_.error());
    if (!connection_->readable() && can_send_) break;
  }
  if (session_.wants_to_send()) OnOutput();
  // The rest of what a fast peer sent waits for the next turn, after other connections.
  if (connection_->readable()) loop_.Start(end_of_turn_, loop_.Now());
  Settle();
}

void Http2Connection::Settle() {
  if (session_.retired() && session_.idle() && !session_.wants_to_send()) {
    return End(TransportFailure::kReset, "the peer ended the connection");
  }
  if (session_.room() > 0) owner_.OnRoom(*this);
}

void Http2Connection::Send() {
  for (;;) {
    const std::string_view bytes = session_.Output();
    if (!session_.error().empty()) can_send_ = false;
    if (bytes.empty()) break;
    const IoResult result = connection_->Send(bytes);
    if (result.io == Io::kDone) {
      session_.Sent(result.bytes);
      if (result.bytes == bytes.size()) continue;
      break;
    }
    if (connection_->MayHaveSent(result, bytes.size())) session_.MaybeSent();
    if (result.io == Io::kWouldBlock) break;
    // The peer may have said which requests it did not act on before it closed the connection.
    can_send_ = false;
    send_error_ = connection_->Error();
    return Receive();
  }
  if (!session_.error().empty()) return End(TransportFailure::kGarbage, session_.error());
  if (connection_->readable()) return Receive();
  Settle();
}

void Http2Connection::End(TransportFailure failure, std::string_view why) {
  ConnectFailure ended{failure, fmt::format("{}: {}", connection_->Peer(), why)};
  if (failure != TransportFailure::kReset || !session_.retired()) can_send_ = false;
  if (failure == TransportFailure::kGarbage && !session_.greeted()) {
    ended.cause = fmt::format("{}: no HTTP/2: {}", connection_->Peer(), why);
    ended.detail = FailureDetail::kNoHttp2;
  }
  ended_idle_ = session_.idle();
  session_.Fail(failure, why);
  owner_.OnEnd(*this, ended);
}

void Http2Connection::OnTimer() {
  const TimePoint now = loop_.Now();
  if (!session_.greeted()) {
    return End(TransportFailure::kConnectTimeout,
               fmt::format("no HTTP/2 SETTINGS within {} ms", options_.connect_timeout.count()));
  }
  if (created() + options_.max_connection_life <= now) session_.Retire();
  if (session_.idle()) {
    if (heard_ + options_.idle_timeout <= now) session_.Retire();
    if (session_.retired()) return End(TransportFailure::kReset, "it was not needed any more");
  } else if (pinged_ && *pinged_ + options_.ping_timeout <= now) {
    return End(TransportFailure::kReset,
               fmt::format("no answer to PING within {} ms", options_.ping_timeout.count()));
  } else if (!pinged_ && heard_ + options_.ping_after <= now) {
    session_.Ping();
    pinged_ = now;
    OnOutput();
  }
  loop_.Start(*this, NextLook(now));
}

TimePoint Http2Connection::NextLook(TimePoint now) const {
  if (pinged_) return *pinged_ + options_.ping_timeout;
  const TimePoint next = now + std::min(options_.ping_after, options_.idle_timeout);
  const TimePoint end_of_life = created() + options_.max_connection_life;
  return end_of_life > now ? std::min(next, end_of_life) : next;
}

}  // namespace modelgates::gateway
