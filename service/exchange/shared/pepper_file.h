#pragma once

#include <optional>
#include <string>

#include "base/event_loop.h"
#include "base/keyed_mac.h"
#include "base/reloaded_file.h"
#include "exchange/exchange_identity.h"
#include "exchange/shared/peppers.h"

namespace modelgates::gateway {

// The peppers in use, read again when their file changes. Loop thread only, except the constructor,
// which runs before the loop.
//
// To rotate from A to B so that gateways always find each other's exchanges, give every gateway the
// file "A B", then "B A", then "B". Each step must have reached all gateways before the next one;
// wait for the life of a record before the last.
class PepperFile {
 public:
  // The keys of an exchange in the store.
  struct Indices {
    ExchangeKey current;                  // under which it is stored
    std::optional<ExchangeKey> previous;  // under which it may also be stored
  };

  // Reads the file. While it cannot be read, a random pepper is used, which no other gateway knows.
  // `observer` may be null.
  PepperFile(const std::string& path, EventLoop& loop, ReloadObserver* observer);

  Indices IndicesOf(const ExchangeIdentity& identity);

 private:
  bool Use(Peppers peppers);

  Peppers peppers_;
  Hmac current_;  // random at first
  std::optional<Hmac> previous_;
  ReloadedFile<Peppers> file_;
};

}  // namespace modelgates::gateway
