#include "caller/callers_file.h"

#include "fuzz/parsers/input.h"
#include "fuzz/parsers/targets.h"

namespace modelgates::gateway {

// A wrong file is refused with words for a terminal and a log.
std::string CallersFileBrokenBy(std::string_view bytes) {
  const auto rules = ParseCallers(std::string(bytes));
  if (rules.ok()) return {};
  const auto message = rules.status().message();
  if (message.empty()) return "a file is refused without a reason";
  return HasControl({message.data(), message.size()})
             ? "a control character of the file is in its error"
             : "";
}

}  // namespace modelgates::gateway
