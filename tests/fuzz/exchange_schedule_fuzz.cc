#include <cstdio>
#include <cstdlib>

#include "fuzz/exchange_schedule.h"

// libFuzzer's way into the exchange's state machine: its bytes are the choices of one schedule.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  modelgates::gateway::Choices choices({bytes, size});
  const modelgates::gateway::ScheduleReport report = modelgates::gateway::RunSchedule(choices);
  if (report.broken.empty()) return 0;
  std::fprintf(stderr, "%s\n", report.broken.front().c_str());
  std::abort();
}
