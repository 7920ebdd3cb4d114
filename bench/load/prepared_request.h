#pragma once

#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace modelgates::bench {

// The bytes of one HTTP request, from a file, and its parts for clients that compose the request
// themselves.
struct PreparedRequest {
  std::string bytes;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  static PreparedRequest Read(const char* path) {
    std::ifstream file(path, std::ios::binary);
    PreparedRequest request;
    request.bytes.assign(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    std::string_view rest = request.bytes;
    NextLine(rest);
    for (std::string_view line = NextLine(rest); !line.empty(); line = NextLine(rest)) {
      const size_t colon = line.find(": ");
      request.headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
    }
    request.body = rest;
    return request;
  }

 private:
  static std::string_view NextLine(std::string_view& rest) {
    const size_t end = rest.find("\r\n");
    if (end == rest.npos) throw std::runtime_error("not an HTTP request");
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end + 2);
    return line;
  }
};

}  // namespace modelgates::bench
