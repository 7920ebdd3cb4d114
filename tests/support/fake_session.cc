#include "support/fake_session.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <utility>

#include "support/fake_http2.h"

namespace modelgates::gateway {
namespace {

constexpr int kWouldBlock = -1;
constexpr int kBroken = -2;

std::string Repeated(const std::string& text, size_t at_least) {
  std::string all = text;
  while (all.size() < at_least) all += text;
  return all;
}

}  // namespace

FakeSession::FakeSession(FakeUpstream& upstream, EpollLoop& loop, int fd, int number,
                         const FakeUpstream::Options& options)
    : upstream_(upstream),
      loop_(loop),
      fd_(fd),
      number_(number),
      options_(options),
      ready_(loop),
      timer_(loop) {
  if (options.tls != nullptr) {
    if (options.http2) SSL_CTX_set_alpn_select_cb(options.tls, &FakeHttp2::Select, nullptr);
    ssl_.reset(SSL_new(options.tls));
    SSL_set_app_data(ssl_.get(), &options_);
    SSL_set_fd(ssl_.get(), fd_);
    SSL_set_accept_state(ssl_.get());
  }
  // Edges: everything is tried first and waited for only then.
  loop_.Watch(fd_, EPOLLIN | EPOLLOUT | EPOLLRDHUP | static_cast<uint32_t>(EPOLLET), *this);
}

FakeSession::~FakeSession() { Close(false); }

Task<void> FakeSession::Serve(OnAccept what) {
  switch (what) {
    case OnAccept::kServe:
      co_await ServeRequests();
      break;
    case OnAccept::kClose:
      break;
    case OnAccept::kReset:
      Reset();
      break;
    case OnAccept::kResetInHello:
      ssl_.reset();
      co_await ReadSome(16);
      Reset();
      break;
    case OnAccept::kSpeakPlain:
      ssl_.reset();
      TryWrite("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
      co_await ReadUntilGone();
      break;
    case OnAccept::kIgnore:
      co_await timer_.Wait(TimePoint::max(), stop_token_);
      break;
  }
  // Not from within this coroutine's own frame.
  loop_.Post([this] { upstream_.Remove(*this); });
}

Task<void> FakeSession::ServeRequests() {
  if (ssl_) {
    const bool ready = co_await Handshake();
    if (!ready) co_return;
  }
  if (options_.http2 && (!ssl_ || FakeHttp2::IsSelected(ssl_.get()))) {
    FakeHttp2 http2(*this);
    co_await http2.Serve();
    co_return;
  }
  bool going = true;
  while (going) going = co_await ServeOne();
}

Task<bool> FakeSession::Handshake() {
  for (;;) {
    ERR_clear_error();
    const int result = Result(SSL_do_handshake(ssl_.get()));
    if (result > 0) co_return true;
    if (result != kWouldBlock) co_return false;
    const WaitPoint::Result woken = co_await ready_.Wait(TimePoint::max(), stop_token_);
    if (woken == WaitPoint::Result::kStopped) co_return false;
  }
}

Task<bool> FakeSession::ServeOne() {
  constexpr std::string_view kEndOfHead = "\r\n\r\n";
  size_t end = std::string::npos;
  while ((end = in_.find(kEndOfHead)) == std::string::npos) {
    idle_ = in_.empty();
    const bool more = co_await ReadSome(64 * 1024);
    idle_ = false;
    if (!more) co_return false;
  }

  ReceivedRequest request;
  request.connection = number_;
  request.head = in_.substr(0, end + 2);
  in_.erase(0, end + kEndOfHead.size());
  const size_t method_end = request.head.find(' ');
  const size_t target_end = request.head.find(' ', method_end + 1);
  request.method = request.head.substr(0, method_end);
  request.target = request.head.substr(method_end + 1, target_end - method_end - 1);
  const size_t length =
      std::strtoull(request.Header("Content-Length").value_or("0").c_str(), nullptr, 10);

  const Answer answer = upstream_.ChooseAnswer(request);
  const size_t needed = std::min(answer.read_only().value_or(length), length);
  bool open = true;
  while (open && in_.size() < needed) {
    open = co_await ReadSome(answer.piece());
    if (open && answer.piece_pause().count() > 0) open = co_await Pause(answer.piece_pause());
  }
  request.body = in_.substr(0, length);
  request.complete = request.body.size() == length;
  in_.erase(0, length);
  upstream_.Record(std::move(request));

  for (const Answer::Step& step : answer.steps()) {
    if (!open) co_return false;
    open = co_await RunStep(step);
  }
  co_return open;
}

Task<bool> FakeSession::RunStep(const Answer::Step& step) {
  bool open = true;
  switch (step.kind) {
    case Answer::Kind::kBytes:
      open = co_await Write(step.bytes);
      break;
    case Answer::Kind::kDribble:
      for (size_t i = 0; open && i < step.bytes.size(); ++i) {
        open = co_await Write(std::string_view(step.bytes).substr(i, 1));
        if (open) open = co_await Pause(step.pause);
      }
      break;
    case Answer::Kind::kForever:
      // In large pieces: without optimization each one that need not wait costs stack, until one
      // does wait.
      {
        const std::string piece = Repeated(step.bytes, 64 * 1024);
        while (open) open = co_await Write(piece);
      }
      break;
    case Answer::Kind::kDelay:
      open = co_await Pause(step.pause);
      break;
    case Answer::Kind::kClose:
      Close(true);
      open = false;
      break;
    case Answer::Kind::kCut:
      Close(false);
      open = false;
      break;
    case Answer::Kind::kReset:
      Reset();
      open = false;
      break;
    case Answer::Kind::kHalfClose:
      shutdown(fd_, SHUT_WR);
      open = co_await ReadUntilGone();
      break;
    case Answer::Kind::kHang:
    case Answer::Kind::kResetStream:
    case Answer::Kind::kGoAway:
    case Answer::Kind::kGoAwayBelow:
    case Answer::Kind::kAllow:
    case Answer::Kind::kFrames:
    case Answer::Kind::kSilence:
      open = co_await ReadUntilGone();
      break;
  }
  co_return open;
}

Task<bool> FakeSession::ReadUntilGone() {
  bool more = true;
  while (more) {
    in_.clear();
    more = co_await ReadSome(64 * 1024);
  }
  co_return false;
}

Task<bool> FakeSession::ReadSome(size_t at_most) {
  std::string buffer(at_most, '\0');
  while (fd_ >= 0) {
    const int count = TryRead(buffer.data(), buffer.size());
    if (count > 0) {
      in_.append(buffer, 0, static_cast<size_t>(count));
      co_return true;
    }
    if (count != kWouldBlock) break;
    const WaitPoint::Result woken = co_await ready_.Wait(TimePoint::max(), stop_token_);
    if (woken == WaitPoint::Result::kStopped) break;
  }
  co_return false;
}

Task<bool> FakeSession::Write(std::string_view bytes) {
  while (fd_ >= 0 && !bytes.empty()) {
    const int count = TryWrite(bytes);
    if (count > 0) {
      bytes.remove_prefix(static_cast<size_t>(count));
      continue;
    }
    if (count != kWouldBlock) co_return false;
    const WaitPoint::Result woken = co_await ready_.Wait(TimePoint::max(), stop_token_);
    if (woken == WaitPoint::Result::kStopped) co_return false;
  }
  co_return fd_ >= 0;
}

Task<bool> FakeSession::Pause(std::chrono::milliseconds pause) {
  const TimePoint until = loop_.Now() + pause;
  const WaitPoint::Result woken = co_await timer_.Wait(until, stop_token_);
  co_return woken == WaitPoint::Result::kDeadline;
}

int FakeSession::TryRead(char* to, size_t size) {
  if (ssl_) {
    ERR_clear_error();
    return Result(SSL_read(ssl_.get(), to, static_cast<int>(size)));
  }
  return Result(static_cast<int>(recv(fd_, to, size, 0)));
}

int FakeSession::TryWrite(std::string_view bytes) {
  bytes = bytes.substr(0, 256 * 1024);
  if (ssl_) {
    ERR_clear_error();
    return Result(SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())));
  }
  return Result(static_cast<int>(send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL)));
}

int FakeSession::Result(int count) {
  if (count > 0) return count;
  if (ssl_) {
    const int error = SSL_get_error(ssl_.get(), count);
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return kWouldBlock;
    return error == SSL_ERROR_ZERO_RETURN ? 0 : kBroken;
  }
  if (count == 0) return 0;
  return errno == EAGAIN || errno == EINTR ? kWouldBlock : kBroken;
}

void FakeSession::Reset() {
  const linger no_linger{1, 0};
  setsockopt(fd_, SOL_SOCKET, SO_LINGER, &no_linger, sizeof(no_linger));
  Close(false);
}

void FakeSession::Close(bool with_notify) {
  if (fd_ < 0) return;
  if (with_notify && ssl_) SSL_shutdown(ssl_.get());
  loop_.Unwatch(fd_, *this);
  close(fd_);
  fd_ = -1;
}

void FakeSession::DoIdle(OnIdle what) {
  constexpr std::string_view kUnasked = "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nunasked";
  switch (what) {
    case OnIdle::kClose:
      Close(true);
      break;
    case OnIdle::kReset:
      Reset();
      break;
    case OnIdle::kSpeak:
      TryWrite(kUnasked);
      return;
  }
  Stop();
}

}  // namespace modelgates::gateway
