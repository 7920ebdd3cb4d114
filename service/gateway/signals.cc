#include "gateway/signals.h"

#include <signal.h>

#include <initializer_list>
#include <string>

namespace modelgates::gateway {
namespace {

constexpr std::initializer_list<int> kHarmless = {SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2};
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

void BlockHarmlessSignals() { Block(kHarmless); }

void BlockStopSignals() { Block(kStop); }

void WaitForStopSignal(Log& log, const std::function<void()>& on_hangup) {
  sigset_t set;
  sigemptyset(&set);
  Add(set, kHarmless);
  Add(set, kStop);
  while (true) {
    int signal = 0;
    if (sigwait(&set, &signal) != 0) continue;
    if (signal == SIGTERM || signal == SIGINT) return;
    if (signal == SIGHUP && on_hangup) {
      on_hangup();
      continue;
    }
    LogLine line = log.Line(Severity::kWarning, "signal_ignored", "a signal was ignored");
    log.Write(line.Add("signal", std::string("SIG") + sigabbrev_np(signal)));
  }
}

}  // namespace modelgates::gateway
