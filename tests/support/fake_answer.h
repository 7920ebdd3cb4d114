#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace modelgates::gateway {

// What a FakeUpstream does with one request, step by step. After the last step the connection
// waits for the next request, unless a step ended it.
//
//   Answer::Json(200, R"({"key":"k"})").ThenClose()
//   Answer().After(20ms).Then("HTTP/1.1 200 OK\r\n").ThenReset()
class Answer {
 public:
  using Fields = std::vector<std::pair<std::string, std::string>>;

  enum class Kind {
    kBytes,
    kDribble,  // one byte, a pause, the next
    kForever,  // the bytes again and again, until the client goes away
    kDelay,
    kClose,      // orderly: with TLS a close_notify, then FIN
    kCut,        // FIN, without a word of TLS
    kReset,      // RST
    kHalfClose,  // FIN, but goes on to read
    kHang,       // nothing, until the client goes away
    // Of HTTP/2:
    kResetStream,  // RST_STREAM with `number` as its error code
    kGoAway,       // GOAWAY with that error code; this stream is the last that is processed
    kGoAwayBelow,  // the same, and this stream is not processed
    kAllow,        // SETTINGS that allow `number` streams at the same time
    kFrames,       // the bytes as they are, frames or not
    kSilence,      // nothing on the whole connection from now on, not even a reply to PING
  };
  struct Step {
    Kind kind;
    std::string bytes;
    std::chrono::milliseconds pause{0};
    uint32_t number = 0;
  };

  // An empty answer: the request is read and nothing said.
  Answer() = default;

  // A complete answer with Content-Type: application/json and Content-Length.
  static Answer Json(int status, std::string_view body, const Fields& fields = {}) {
    std::string text = "HTTP/1.1 " + std::to_string(status) + " Status\r\n";
    text += "Content-Type: application/json\r\n";
    for (const auto& [name, value] : fields) text += name + ": " + value + "\r\n";
    text += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
    return Bytes(text + std::string(body));
  }
  static Answer Bytes(std::string bytes) { return Answer().Then(std::move(bytes)); }
  static Answer Hang() { return Answer().ThenHang(); }
  static Answer ResetStream(uint32_t code) {
    return Answer().With({Kind::kResetStream, {}, {}, code});
  }
  static Answer GoAwayBelow(uint32_t code) {
    return Answer().With({Kind::kGoAwayBelow, {}, {}, code});
  }

  Answer Then(std::string bytes) const { return With({Kind::kBytes, std::move(bytes)}); }
  Answer ThenDribble(std::string bytes, std::chrono::milliseconds pause) const {
    return With({Kind::kDribble, std::move(bytes), pause});
  }
  Answer ThenForever(std::string bytes) const { return With({Kind::kForever, std::move(bytes)}); }
  Answer After(std::chrono::milliseconds delay) const { return With({Kind::kDelay, {}, delay}); }
  Answer ThenClose() const { return With({Kind::kClose, {}}); }
  Answer ThenCut() const { return With({Kind::kCut, {}}); }
  Answer ThenReset() const { return With({Kind::kReset, {}}); }
  Answer ThenHalfClose() const { return With({Kind::kHalfClose, {}}); }
  Answer ThenHang() const { return With({Kind::kHang, {}}); }
  Answer ThenResetStream(uint32_t code) const { return With({Kind::kResetStream, {}, {}, code}); }
  Answer ThenGoAway(uint32_t code) const { return With({Kind::kGoAway, {}, {}, code}); }
  Answer ThenAllow(uint32_t streams) const { return With({Kind::kAllow, {}, {}, streams}); }
  Answer ThenSilence() const { return With({Kind::kSilence, {}}); }
  Answer ThenFrames(std::string bytes) const { return With({Kind::kFrames, std::move(bytes)}); }

  // The same after a delay.
  Answer Delayed(std::chrono::milliseconds delay) const {
    Answer copy = *this;
    copy.steps_.insert(copy.steps_.begin(), Step{Kind::kDelay, {}, delay});
    return copy;
  }

  // Answers as soon as the head and at least so many bytes of the body have been read.
  Answer ReadingOnly(size_t body_bytes) const {
    Answer copy = *this;
    copy.read_only_ = body_bytes;
    return copy;
  }
  // Reads the body in pieces with a pause after each.
  Answer ReadingSlowly(size_t piece, std::chrono::milliseconds pause) const {
    Answer copy = *this;
    copy.piece_ = piece;
    copy.piece_pause_ = pause;
    return copy;
  }

  const std::vector<Step>& steps() const { return steps_; }
  std::optional<size_t> read_only() const { return read_only_; }
  size_t piece() const { return piece_; }
  std::chrono::milliseconds piece_pause() const { return piece_pause_; }

 private:
  Answer With(Step step) const {
    Answer copy = *this;
    copy.steps_.push_back(std::move(step));
    return copy;
  }

  std::vector<Step> steps_;
  std::optional<size_t> read_only_;
  size_t piece_ = 64 * 1024;
  std::chrono::milliseconds piece_pause_{0};
};

}  // namespace modelgates::gateway
