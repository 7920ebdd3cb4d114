#include "gateway/last_lines.h"

#include <signal.h>

#include <array>
#include <cerrno>
#include <cstddef>

#include "base/line_batch.h"

namespace modelgates::gateway {
namespace {

// Those that end a process unless something is done about them, but for SIGKILL, and for those that
// the gateway blocks and waits for (signals.h).
constexpr std::array kFatal = {SIGABRT, SIGALRM, SIGBUS,    SIGFPE,  SIGILL,
                               SIGIO,   SIGPROF, SIGPWR,    SIGSEGV, SIGSTKFLT,
                               SIGSYS,  SIGTRAP, SIGVTALRM, SIGXCPU, SIGXFSZ};

std::array<struct sigaction, NSIG> before;

void OnFatalSignal(int signal) {
  const int error = errno;
  LineBatch::WriteLast();
  sigaction(signal, &before[static_cast<size_t>(signal)], nullptr);
  // A fault happens again after the return; a signal that was sent does not.
  raise(signal);
  errno = error;
}

constexpr size_t kStackBytes = 64 * 1024;

}  // namespace

void WriteLastLinesOnFatalSignals() {
  struct sigaction action {};
  action.sa_handler = OnFatalSignal;
  action.sa_flags = SA_ONSTACK;
  sigemptyset(&action.sa_mask);
  for (const int signal : kFatal) {
    sigaction(signal, &action, &before[static_cast<size_t>(signal)]);
  }
}

SignalStack::SignalStack() : stack_(std::make_unique<char[]>(kStackBytes)) {
  stack_t stack{};
  stack.ss_sp = stack_.get();
  stack.ss_size = kStackBytes;
  sigaltstack(&stack, nullptr);
}

SignalStack::~SignalStack() {
  stack_t none{};
  none.ss_flags = SS_DISABLE;
  sigaltstack(&none, nullptr);
}

}  // namespace modelgates::gateway
