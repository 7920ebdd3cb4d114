#include "caller/callers_file.h"

#include <algorithm>

#include "fuzz/parsers/targets.h"

namespace modelgates::gateway {

// A wrong file is refused with words for a terminal and a log.
std::string CallersFileBrokenBy(std::string_view bytes) {
  const auto rules = ParseCallers(std::string(bytes));
  if (rules.ok()) return {};
  const auto message = rules.status().message();
  if (message.empty()) return "a file is refused without a reason";
  const bool clean = std::none_of(message.begin(), message.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
  return clean ? "" : "a control character of the file is in its error";
}

}  // namespace modelgates::gateway
