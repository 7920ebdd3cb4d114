#pragma once

#include <string>

namespace modelgates::gateway {

struct HttpGetResult {
  int status = 0;  // 0: no answer
  std::string body;
};

// GET http://address/path.
HttpGetResult HttpGet(const std::string& address, const std::string& path);

}  // namespace modelgates::gateway
