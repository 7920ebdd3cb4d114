#pragma once

#include <optional>
#include <string>

#include "base/event_loop.h"
#include "base/file_version.h"
#include "base/hmac.h"
#include "base/log.h"
#include "config/peppers.h"
#include "exchange/exchange_identity.h"

namespace modelgates::gateway {

// The peppers while their file changes: looked at once a second at most, when an index is asked
// for. A version that cannot be used is logged once, and the one before stays in use. Loop thread
// only.
//
// To rotate from A to B without a moment in which two gateways miss each other's exchanges, let all
// of them know both before one uses the new one: "A", then "A B", then "B A", then "B", each
// everywhere before the next, and before the last as long as a record lives.
class PepperFile {
 public:
  // Under which an exchange is found.
  struct Indices {
    ExchangeKey in_use;                // where it is put
    std::optional<ExchangeKey> other;  // where it may be as well
  };

  // `peppers`: as read at start.
  PepperFile(std::string path, Peppers peppers, EventLoop& loop, Log& log);

  Indices IndicesOf(const ExchangeIdentity& identity);

 private:
  void Refresh();
  void Use(Peppers peppers);

  const std::string path_;
  EventLoop& loop_;
  Log& log_;
  Peppers peppers_;
  Hmac in_use_;
  std::optional<Hmac> other_;
  std::optional<FileVersion> version_;  // none yet: it may have changed since it was read
  TimePoint next_check_{};
};

}  // namespace modelgates::gateway
