#pragma once

#include <absl/status/statusor.h>

#include <optional>
#include <string>

#include "base/event_loop.h"
#include "base/keyed_mac.h"
#include "base/reloaded_file.h"
#include "base/secret.h"
#include "exchange/exchange_identity.h"

namespace modelgates::gateway {

// The HMAC keys of the index in a shared store. Without them the store could find out by trying
// which exchange a record belongs to.
struct Peppers {
  Secret current;   // for reading and writing
  Secret previous;  // for reading, during a rotation; empty: none
  friend bool operator==(const Peppers&, const Peppers&) = default;
};

// Reads `path`: one or two lines, each a pepper of at least 32 visible ASCII characters, without
// the white space around it. The first is the current one. An error names a rule, to be printed
// after the path ("must ..."), and nothing of the content.
absl::StatusOr<Peppers> ReadPepperFile(const std::string& path);

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
