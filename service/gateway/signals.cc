#include "gateway/signals.h"

#include <signal.h>

#include <initializer_list>
#include <string>

namespace modelgates::gateway {
namespace {

constexpr std::initializer_list<int> kIgnored = {SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2};
constexpr std::initializer_list<int> kStop = {SIGTERM, SIGINT};

void Add(sigset_t& set, std::initializer_list<int> signals) {
  for (const int signal : signals) sigaddset(&set, signal);
}

void Block(std::initializer_list<int> signals) {
  sigset_t set;
  sigemptyset(&set);
  Add(set, signals);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

}  // namespace

void BlockIgnoredSignals() { Block(kIgnored); }

void BlockStopSignals() { Block(kStop); }

void WaitForStopSignal(Log& log) {
  sigset_t set;
  sigemptyset(&set);
  Add(set, kIgnored);
  Add(set, kStop);
  while (true) {
    int signal = 0;
    if (sigwait(&set, &signal) != 0) continue;
    if (signal == SIGTERM || signal == SIGINT) return;
    LogLine line = log.Line(Severity::kWarning, "signal_ignored",
                            "this signal changes nothing: key files are read again when they "
                            "change, other settings need a restart");
    log.Write(line.Add("signal", std::string("SIG") + sigabbrev_np(signal)));
  }
}

}  // namespace modelgates::gateway
