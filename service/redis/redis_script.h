#pragma once

#include <string>
#include <string_view>

namespace modelgates::gateway {

// A Lua script with the SHA-1 by which a server that has loaded it runs it.
struct RedisScript {
  explicit RedisScript(std::string text_in);

  std::string text;
  std::string sha1;  // of the text, in lower-case hexadecimal, as Redis requires
};

}  // namespace modelgates::gateway
