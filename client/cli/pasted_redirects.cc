#include "pasted_redirects.h"

#include <cstdio>

#include "flag_values.h"
#include "stdin_line.h"

namespace modelgates::oauth::cli {
namespace {

constexpr char kPrompt[] = "waiting for the browser, or its address pasted here (not shown): ";

const char* ToText(PastedRedirect pasted) {
  return pasted == PastedRedirect::kOfAnotherLogin
             ? "That is the address of another login: use the page that this login has shown."
             : "That is not the address: copy all of it, after consent. It contains state= and "
               "code=.";
}

void ReadUntilTaken(const std::stop_token& stop, LoopbackReceiver& receiver) {
  std::string line;
  while (ReadLineOfStdin(kPrompt, stop, line) == LineRead::kLine) {
    const std::string_view address = TrimPasted(line);
    if (address.empty()) continue;
    const PastedRedirect pasted = receiver.TakePasted(address);
    if (pasted == PastedRedirect::kTaken) return;
    std::fprintf(stderr, "%s\n", ToText(pasted));
  }
}

}  // namespace

PastedRedirects::PastedRedirects(LoopbackReceiver& receiver)
    : thread_([&receiver](const std::stop_token& stop) { ReadUntilTaken(stop, receiver); }) {}

PastedRedirects::~PastedRedirects() = default;

}  // namespace modelgates::oauth::cli
