#pragma once

#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "support/fake_redis.h"

namespace modelgates::gateway {

// A server that gives each command the answer that was set for its first word, and otherwise OK.
// What it was sent can be read.
class ScriptedRedis {
 public:
  using Answers = std::vector<std::pair<std::string, std::string>>;

  explicit ScriptedRedis(Answers answers) : answers_(std::move(answers)) {}

  int port() const { return server_.port(); }
  std::string address() const { return "127.0.0.1:" + std::to_string(port()); }

  void Set(const std::string& command, const std::string& answer) {
    const std::lock_guard lock(mutex_);
    answers_.emplace_back(command, answer);
  }
  // How many commands began with this word.
  int Count(const std::string& command) const {
    const std::lock_guard lock(mutex_);
    int count = 0;
    for (const auto& sent : sent_) count += sent[0] == command ? 1 : 0;
    return count;
  }
  // Those commands, in the order in which they came.
  std::vector<std::vector<std::string>> Sent(const std::string& word) const {
    const std::lock_guard lock(mutex_);
    std::vector<std::vector<std::string>> sent;
    for (const auto& command : sent_) {
      if (command[0] == word) sent.push_back(command);
    }
    return sent;
  }

 private:
  void Serve(FakeRedis::Session& session) {
    for (;;) {
      const std::vector<std::string> command = session.Read();
      if (command.empty()) return;
      std::string answer = "+OK\r\n";
      {
        const std::lock_guard lock(mutex_);
        sent_.push_back(command);
        for (const auto& [word, set] : answers_) {
          if (word == command[0]) answer = set;  // the last one
        }
      }
      if (answer.empty()) return session.Ignore();
      session.Send(answer);
    }
  }

  mutable std::mutex mutex_;
  Answers answers_;
  std::vector<std::vector<std::string>> sent_;
  FakeRedis server_{[this](FakeRedis::Session& session) { Serve(session); }};
};

// An array of strings, as an answer.
inline std::string Strings(const std::vector<std::string>& texts) {
  std::string answer = "*" + std::to_string(texts.size()) + "\r\n";
  for (const std::string& text : texts) {
    answer += "$" + std::to_string(text.size()) + "\r\n" + text + "\r\n";
  }
  return answer;
}

// What a sentinel answers when it knows the master to be there.
inline std::string MasterAt(int port) { return Strings({"127.0.0.1", std::to_string(port)}); }

// What a server answers to ROLE.
inline const std::string kMasterRole = "*3\r\n$6\r\nmaster\r\n:1\r\n*0\r\n";
inline const std::string kReplicaRole =
    "*5\r\n$5\r\nslave\r\n$9\r\n127.0.0.1\r\n:1\r\n$9\r\nconnected\r\n:1\r\n";

}  // namespace modelgates::gateway
