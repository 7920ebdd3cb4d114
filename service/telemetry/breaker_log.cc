#include "telemetry/breaker_log.h"

#include <modelgates/oauth/v1/oauth.pb.h>

namespace modelgates::gateway {

namespace v1 = modelgates::oauth::v1;

void BreakerLog::OnOpened(const Opening& opening) {
  LogLine line = log_.Line(Severity::kWarning, "breaker_opened",
                           "the upstream keeps failing: calls are refused until probes "
                           "succeed");
  log_.Write(
      line.Add("attempts", opening.counts.attempts)
          .Add("failures", opening.counts.failures)
          .Add("reason", v1::ErrorReason_Name(static_cast<v1::ErrorReason>(opening.last_failure))));
}

void BreakerLog::OnClosed(const Closing& closing) {
  LogLine line = log_.Line(Severity::kInfo, "breaker_closed", "the upstream works again");
  log_.Write(line.AddMilliseconds("open_ms", closing.was_open).Add("refused", closing.refused));
}

}  // namespace modelgates::gateway
