#pragma once

#include <optional>
#include <string>

#include "base/event_loop.h"
#include "base/hmac.h"
#include "base/reloaded_file.h"
#include "exchange/exchange_identity.h"
#include "exchange/shared/peppers.h"

namespace modelgates::gateway {

// The peppers while their file changes. Loop thread only, but for the constructor, when the loop
// does not run yet.
//
// To rotate from A to B without a moment in which two gateways miss each other's exchanges, let all
// of them know both before one uses the new one: "A", then "A B", then "B A", then "B", each
// everywhere before the next, and before the last as long as a record lives.
class PepperFile {
 public:
  // The keys of an exchange in the store.
  struct Indices {
    ExchangeKey current;                  // under which it is stored
    std::optional<ExchangeKey> previous;  // under which it may also be stored
  };

  // Reads the file. While it cannot be read, a pepper made by chance is in use, which no other
  // gateway knows. `observer` may be null.
  PepperFile(const std::string& path, EventLoop& loop, ReloadObserver* observer);

  Indices IndicesOf(const ExchangeIdentity& identity);

 private:
  bool Use(Peppers peppers);

  Peppers peppers_;
  Hmac current_;  // made by chance at first
  std::optional<Hmac> previous_;
  ReloadedFile<Peppers> file_;
};

}  // namespace modelgates::gateway
