#pragma once

#include <string>

namespace modelgates::sandbox {

// One wrong field of a JSON body: `field` is its name in the JSON, `rule` the violated rule,
// printed after the name ("must be ..."). If the whole body is wrong, `field` is empty and `rule`
// is a complete text. Neither contains the value that was sent, because it may be a secret.
struct Violation {
  std::string field;
  std::string rule;
};

}  // namespace modelgates::sandbox
