#pragma once

#include <optional>
#include <string>

#include "base/event_loop.h"
#include "base/hmac.h"
#include "base/reloaded_file.h"
#include "config/peppers.h"
#include "exchange/exchange_identity.h"

namespace modelgates::gateway {

// The peppers while their file changes. Loop thread only, but for the constructor, when the loop
// does not run yet.
//
// To rotate from A to B without a moment in which two gateways miss each other's exchanges, let all
// of them know both before one uses the new one: "A", then "A B", then "B A", then "B", each
// everywhere before the next, and before the last as long as a record lives.
class PepperFile {
 public:
  // Under which an exchange is found.
  struct Indices {
    ExchangeKey current;                  // where it is put
    std::optional<ExchangeKey> previous;  // where it may be as well
  };

  // `peppers`: as read at start. `observer` may be null.
  PepperFile(std::string path, Peppers peppers, EventLoop& loop, ReloadObserver* observer);

  Indices IndicesOf(const ExchangeIdentity& identity);

 private:
  bool Use(Peppers peppers);

  Peppers peppers_;
  Hmac current_;
  std::optional<Hmac> previous_;
  ReloadedFile<Peppers> file_;
};

}  // namespace modelgates::gateway
