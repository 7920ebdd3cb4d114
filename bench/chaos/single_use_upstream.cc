#include "single_use_upstream.h"

#include <fmt/format.h>

#include <optional>
#include <string_view>

#include "integration/call_messages.h"

namespace modelgates::bench {

SingleUseUpstream::SingleUseUpstream(std::chrono::milliseconds least,
                                     std::chrono::milliseconds most)
    : least_(least), most_(most) {
  upstream_.SetRule(
      [this](const gateway::ReceivedRequest& request) -> std::optional<gateway::Answer> {
        std::string code = request.Header("http-referer").value_or("");
        code = code.substr(0, code.rfind('.')).substr(std::string_view("https://").size());
        return Serve(code);
      });
}

gateway::Answer SingleUseUpstream::Serve(const std::string& code) {
  const auto now = Clock::now();
  const std::scoped_lock lock(mutex_);
  Requests& requests = requests_[code];
  // Multiples of the golden ratio are distributed evenly and without an order.
  const double place = static_cast<double>(requests_.size()) * 0.6180339887498949;
  const double part = place - static_cast<double>(static_cast<size_t>(place));
  const auto took = least_ + std::chrono::duration_cast<std::chrono::milliseconds>(
                                 part * std::chrono::duration<double>(most_ - least_));
  if (!requests.came.empty() && now < requests.answered) requests.at_once = true;
  requests.came.push_back(now);
  requests.answered = now + took;
  if (requests.came.size() > 1) {
    return gateway::Answer::Json(403, gateway::ErrorBody(403, "used before")).Delayed(took);
  }
  const std::string body = fmt::format(R"({{"key":"{}","user_id":"user"}})", KeyOf(code));
  return gateway::Answer::Json(200, body).Delayed(took);
}

bool SingleUseUpstream::Knows(const std::string& code) const {
  const std::scoped_lock lock(mutex_);
  return requests_.contains(code);
}

std::vector<std::string> SingleUseUpstream::Twice() const {
  const std::scoped_lock lock(mutex_);
  std::vector<std::string> twice;
  for (const auto& [code, requests] : requests_) {
    if (requests.came.size() > 1) twice.push_back(code);
  }
  return twice;
}

size_t SingleUseUpstream::AtOnce() const {
  const std::scoped_lock lock(mutex_);
  size_t count = 0;
  for (const auto& [code, requests] : requests_) count += requests.at_once ? 1 : 0;
  return count;
}

SingleUseUpstream::Clock::time_point SingleUseUpstream::FirstOf(const std::string& code) const {
  const std::scoped_lock lock(mutex_);
  return requests_.at(code).came.front();
}

}  // namespace modelgates::bench
