#pragma once

#include <nghttp2/nghttp2.h>
#include <openssl/ssl.h>

#include <cstdint>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/task.h"
#include "base/wait_point.h"
#include "support/fake_answer.h"
#include "support/fake_upstream.h"

namespace modelgates::gateway {

class FakeSession;

// HTTP/2 on one connection of a FakeUpstream, on the upstream's thread. The answers' text of
// HTTP/1.1 becomes frames, of any number of streams at the same time.
class FakeHttp2 {
 public:
  explicit FakeHttp2(FakeSession& session);
  FakeHttp2(const FakeHttp2&) = delete;
  FakeHttp2& operator=(const FakeHttp2&) = delete;
  ~FakeHttp2();

  // Until the connection ends.
  Task<void> Serve();

  // Chooses h2 if the client offers it and the upstream of the connection speaks it.
  static int Select(SSL* ssl, const unsigned char** chosen, unsigned char* chosen_size,
                    const unsigned char* offered, unsigned offered_size, void* unused);
  static bool IsSelected(const SSL* ssl);

 private:
  // A request and what was said to it.
  struct Stream {
    ReceivedRequest request;
    size_t needed = 0;  // of the body, before it is answered
    Answer answer;
    bool answering = false;
    std::string head;  // as far as it has come
    bool has_head = false;
    size_t left = 0;   // of the body
    std::string body;  // to be sent
  };
  struct Callbacks;

  void Begin(int32_t id);
  void AnswerWhenRead(int32_t id, bool complete);
  Task<void> RunSteps(int32_t id);
  Task<bool> RunStep(int32_t id, const Answer::Step& step);
  void Say(int32_t id, std::string_view text);
  void SayHead(int32_t id, Stream& stream);
  void Flush();
  bool gone() const;

  FakeSession& session_;
  nghttp2_session* http2_ = nullptr;
  std::map<int32_t, Stream> streams_;
  std::string out_;
  bool silent_ = false;
  int running_ = 0;  // coroutines
  WaitPoint ended_;  // one of them
  std::stop_source stop_;
};

}  // namespace modelgates::gateway
