#include "http/io_result.h"

#include <fmt/format.h>

#include <system_error>

namespace modelgates::gateway {

std::string ErrnoText(int error) {
  return fmt::format("{} (errno {})", std::generic_category().message(error), error);
}

}  // namespace modelgates::gateway
