#include "promise.h"

#include <fmt/format.h>

#include <cstdio>

namespace modelgates::bench {

void PrintPromiseHead() { std::puts("| promise | figure | bound | |\n|--|--|--|--|"); }

bool PrintPromises(const std::vector<Promise>& promises) {
  bool kept = true;
  for (const Promise& promise : promises) {
    std::puts(fmt::format("| {} | {} | {} | {} |", promise.text, promise.figure, promise.bound,
                          promise.kept ? "kept" : "BROKEN")
                  .c_str());
    std::fflush(stdout);
    kept = kept && promise.kept;
  }
  return kept;
}

}  // namespace modelgates::bench
