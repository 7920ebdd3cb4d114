#pragma once

#include <modelgates/oauth/v1/oauth.pb.h>

#include <optional>

namespace modelgates::gateway {

// How many calls may run at once; one more is refused at once, and every one while draining. Loop
// thread only.
class Admission {
 public:
  explicit Admission(int max_calls) : max_calls_(max_calls) {}

  // The reason to refuse a call; nullopt: it is admitted, and must Leave when it ends.
  std::optional<oauth::v1::ErrorReason> Enter() {
    if (draining_) return oauth::v1::GATEWAY_DRAINING;
    if (calls_ >= max_calls_) return oauth::v1::GATEWAY_OVERLOADED;
    ++calls_;
    return std::nullopt;
  }
  void Leave() { --calls_; }

  void StartDraining() { draining_ = true; }
  int calls() const { return calls_; }

 private:
  const int max_calls_;
  int calls_ = 0;
  bool draining_ = false;
};

}  // namespace modelgates::gateway
