#pragma once

#include <string>
#include <vector>

namespace modelgates::bench {

// A promise of the gateway, and the measured value.
struct Promise {
  std::string text;
  std::string figure;
  std::string bound;
  bool kept = false;
};

// Print a table of promises to stdout: its head once, then rows as they come.
void PrintPromiseHead();
// False: one was broken.
bool PrintPromises(const std::vector<Promise>& promises);

}  // namespace modelgates::bench
