#include <cstdio>
#include <cstdlib>
#include <deque>
#include <memory>
#include <string>

#include "integration/call_messages.h"
#include "support/gateway_client.h"

// Exchanges of codes that are all different, which h2load, with its one message, cannot make: none
// is joined or replayed, so each passes through all of the registry.
//
//   distinct_exchanges HOST:PORT COUNT IN_FLIGHT PREFIX [once-only]
//
// Each code is PREFIX and a number, so that a second run needs a PREFIX of its own. Ends with 1
// when a call fails.
int main(int argc, char** argv) {
  using modelgates::gateway::CallSettings;
  using modelgates::gateway::GatewayClient;
  using modelgates::gateway::MinimalExchange;
  if (argc != 5 && argc != 6) {
    std::fputs("usage: distinct_exchanges HOST:PORT COUNT IN_FLIGHT PREFIX [once-only]\n", stderr);
    return 2;
  }
  const long count = std::strtol(argv[2], nullptr, 10);
  const size_t in_flight = std::strtoul(argv[3], nullptr, 10);
  CallSettings settings;
  if (argc == 6) settings.metadata = {{"x-modelgates-exchange", argv[5]}};

  GatewayClient client(argv[1]);
  std::deque<std::unique_ptr<GatewayClient::PendingExchange>> calls;
  bool failed = false;
  const auto finish_oldest = [&] {
    const auto end = calls.front()->Wait();
    calls.pop_front();
    failed = failed || !end.ok() || !end.Trailer("x-modelgates-replayed").empty();
  };
  for (long i = 0; i < count; ++i) {
    if (calls.size() == in_flight) finish_oldest();
    const std::string auth_code = argv[4] + std::to_string(i);
    calls.push_back(client.StartExchange(MinimalExchange(auth_code), settings));
  }
  while (!calls.empty()) finish_oldest();
  if (failed) std::fputs("distinct_exchanges: a call failed or was replayed\n", stderr);
  return failed ? 1 : 0;
}
