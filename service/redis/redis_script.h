#pragma once

#include <string>
#include <string_view>

namespace modelgates::gateway {

// A script in Lua with the name by which a server knows it once it has seen it.
struct RedisScript {
  explicit RedisScript(std::string text_in);

  std::string text;
  std::string sha1;  // of the text, in lower-case hexadecimal; that is Redis's rule
};

}  // namespace modelgates::gateway
