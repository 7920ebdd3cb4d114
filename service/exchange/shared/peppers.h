#pragma once

#include <absl/status/statusor.h>

#include <string>

#include "base/secret.h"

namespace modelgates::gateway {

// What keys the index of an exchange in a shared store, so that the store cannot find out by trying
// whose exchange a record is.
struct Peppers {
  // Of the indices that are written.
  Secret current;
  // Of indices that are looked at, too, while the peppers are rotated; empty: none.
  Secret previous;
  friend bool operator==(const Peppers&, const Peppers&) = default;
};

// Reads `path`: one or two lines, each a pepper of at least 32 visible ASCII characters, white
// space around it cut off. The first is the current one. An error names a rule, fit to follow the
// path
// ("must ..."), and nothing of the content.
absl::StatusOr<Peppers> ReadPepperFile(const std::string& path);

}  // namespace modelgates::gateway
