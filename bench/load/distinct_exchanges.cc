#include <cstdio>
#include <cstdlib>
#include <deque>
#include <memory>
#include <string>

#include "integration/call_messages.h"
#include "support/gateway_client.h"

// Exchanges of different codes, which h2load cannot send, because it repeats one message. None is
// joined or replayed, so each runs through the whole registry.
//
//   distinct_exchanges HOST:PORT COUNT IN_FLIGHT PREFIX [once-only]
//
// Each code is PREFIX and a number, so a second run needs another PREFIX. Exit status 1: a call
// failed.
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
