#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "sandbox/http_answer.h"
#include "sandbox/sandbox_stats.h"

namespace modelgates::sandbox {

// The content of the index page.
struct SandboxIndex {
  std::string address;  // host and port as the browser names them
  std::string base_path;
  bool needs_key = false;                // a create requires a bearer
  std::optional<std::size_t> pending{};  // faults; absent: /control/ does not exist
  SandboxCounts counts{};                // shown with `pending`
};

// The page at /: the API, the consent page, faults and counters, with commands to copy.
HttpResponse IndexPage(const SandboxIndex& index);

}  // namespace modelgates::sandbox
