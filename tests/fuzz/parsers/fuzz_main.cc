#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "fuzz/parsers/targets.h"

// libFuzzer's way into one parser, which the variable FUZZ_TARGET names.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size);

namespace modelgates::gateway {
namespace {

const FuzzTarget& Target() {
  const char* const wanted = std::getenv("FUZZ_TARGET");
  for (const FuzzTarget& target : FuzzTargets()) {
    if (wanted != nullptr && target.name == wanted) return target;
  }
  std::fputs("FUZZ_TARGET has to name one of:", stderr);
  for (const FuzzTarget& target : FuzzTargets()) std::fprintf(stderr, " %s", target.name.data());
  std::fputs("\n", stderr);
  std::exit(2);
}

}  // namespace
}  // namespace modelgates::gateway

int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  static const modelgates::gateway::FuzzTarget& target = modelgates::gateway::Target();
  const std::string broken = target.broken_by({reinterpret_cast<const char*>(bytes), size});
  if (broken.empty()) return 0;
  std::fprintf(stderr, "%.*s: %s\n", static_cast<int>(target.name.size()), target.name.data(),
               broken.c_str());
  std::abort();
}
