#pragma once

#include <string>

namespace modelgates::sandbox {

// One wrong field of a JSON body: `field` as it is named on the wire, `rule` what was expected, to
// be read after the name ("must be ..."). When the body as a whole is wrong, `field` is empty and
// `rule` stands alone. Neither ever repeats the value that was sent: it may be a secret.
struct Violation {
  std::string field;
  std::string rule;
};

}  // namespace modelgates::sandbox
