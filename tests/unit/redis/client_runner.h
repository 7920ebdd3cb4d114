#pragma once

#include <gtest/gtest.h>

#include <future>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "redis/redis_client.h"
#include "support/log_capture.h"
#include "support/loop_thread.h"

namespace modelgates::gateway {

// On a busy machine a server that works may take long. Tests that are not about time must not meet
// a timeout.
inline RedisOptions PatientOptions() {
  RedisOptions options;
  options.connect_timeout = std::chrono::seconds(30);
  options.limits.call_timeout = std::chrono::seconds(30);
  options.probe_interval = std::chrono::milliseconds(20);
  return options;
}

// What a test wants to see of an answer: "+OK", "-ERR ...", ":1", "$text", "nil", "[:1 $a]", or the
// failure in angle brackets.
inline std::string Shown(const RedisReply& reply) {
  switch (reply.type) {
    case RedisReply::Type::kNil:
      return "nil";
    case RedisReply::Type::kStatus:
      return "+" + reply.text;
    case RedisReply::Type::kError:
      return "-" + reply.text;
    case RedisReply::Type::kInteger:
      return ":" + std::to_string(reply.integer);
    case RedisReply::Type::kString:
      return "$" + reply.text;
    case RedisReply::Type::kArray:
      break;
  }
  std::string text;
  for (const RedisReply& element : reply.elements) text += " " + Shown(element);
  return "[" + (text.empty() ? text : text.substr(1)) + "]";
}

inline std::string Shown(const RedisResult& result) {
  if (const auto* failure = std::get_if<RedisFailure>(&result)) {
    return "<" + std::string(ToString(*failure)) + ">";
  }
  return Shown(std::get<RedisReply>(result));
}

// A RedisClient on a loop of its own, driven from the test's thread.
class ClientRunner {
 public:
  explicit ClientRunner(const std::string& url, RedisOptions options = PatientOptions()) {
    absl::StatusOr<RedisUrl> parsed = ParseRedisUrl(url);
    EXPECT_TRUE(parsed.ok()) << url;
    thread_.On([&] {
      client_.emplace(thread_.loop(), *std::move(parsed), std::move(options), capture_.log());
    });
  }
  ClientRunner(const ClientRunner&) = delete;
  ClientRunner& operator=(const ClientRunner&) = delete;
  ~ClientRunner() { Destroy(); }

  void Destroy() {
    thread_.On([this] { client_.reset(); });
  }

  std::future<RedisResult> Start(std::vector<std::string> command,
                                 std::optional<Duration> patience = std::nullopt) {
    return thread_.Start<RedisResult>([this, command = std::move(command), patience] {
      const std::vector<std::string_view> args(command.begin(), command.end());
      const TimePoint deadline = patience ? thread_.loop().Now() + *patience : TimePoint::max();
      return client_->Call(args, deadline);
    });
  }
  std::string Call(std::vector<std::string> command) {
    return Shown(Start(std::move(command)).get());
  }
  // Until PING is answered so; false after 20 s.
  bool WaitUntilUp(const std::string& pong = "+PONG") {
    const TimePoint end = thread_.loop().Now() + std::chrono::seconds(20);
    while (Call({"PING"}) != pong) {
      if (thread_.loop().Now() > end) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
  }
  RedisStats stats() {
    RedisStats stats;
    thread_.On([&] { stats = client_->stats(); });
    return stats;
  }
  std::future<RedisResult> StartRun(const RedisScript& script, std::vector<std::string> keys,
                                    std::vector<std::string> args, RedisAcks acks) {
    return thread_.Start<RedisResult>(
        [=, this, &script] { return client_->Run(script, keys, args, TimePoint::max(), acks); });
  }
  std::string Run(const RedisScript& script, std::vector<std::string> keys,
                  std::vector<std::string> args) {
    return Shown(thread_.Await<RedisResult>(
        [&] { return client_->Run(script, keys, args, TimePoint::max()); }));
  }

  // On the loop thread only.
  RedisClient& client() { return *client_; }
  LoopThread& thread() { return thread_; }
  LogCapture& capture() { return capture_; }

 private:
  LogCapture capture_;
  LoopThread thread_;
  std::optional<RedisClient> client_;
};

}  // namespace modelgates::gateway
