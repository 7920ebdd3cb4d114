#pragma once

#include <string>

namespace modelgates::gateway {

struct HttpGetResult {
  int status = 0;  // 0: no answer
  std::string body;
};

// GET http://address/path. `bearer`: sent as such unless it is empty.
HttpGetResult HttpGet(const std::string& address, const std::string& path,
                      const std::string& bearer = "");

}  // namespace modelgates::gateway
