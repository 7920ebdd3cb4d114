#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "support/fake_upstream.h"

namespace modelgates::bench {

// An upstream that gives one key for each code, and counts the requests of each. The code is read
// from the http_referer that ToReferer makes.
class SingleUseUpstream {
 public:
  using Clock = std::chrono::steady_clock;

  // Answers take from `least` to `most`, distributed evenly.
  SingleUseUpstream(std::chrono::milliseconds least, std::chrono::milliseconds most);

  std::string url() const { return upstream_.url() + "/api/v1"; }
  static std::string ToReferer(const std::string& code) { return "https://" + code + ".example"; }
  static std::string KeyOf(const std::string& code) { return "sk-" + code; }

  // Whether a request with this code has come.
  bool Knows(const std::string& code) const;
  // Codes that came more than once.
  std::vector<std::string> Twice() const;
  // Codes of which one request came while another one was being answered.
  size_t AtOnce() const;
  // When the first request with this code came; it must have come.
  Clock::time_point FirstOf(const std::string& code) const;

 private:
  struct Requests {
    std::vector<Clock::time_point> came;
    Clock::time_point answered;  // the last of them
    bool at_once = false;
  };

  gateway::Answer Serve(const std::string& code);

  const std::chrono::milliseconds least_;
  const std::chrono::milliseconds most_;
  mutable std::mutex mutex_;
  std::map<std::string, Requests> requests_;
  gateway::FakeUpstream upstream_;
};

}  // namespace modelgates::bench
