#pragma once

#include <absl/status/statusor.h>

#include <string>

#include "base/secret.h"

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

}  // namespace modelgates::gateway
