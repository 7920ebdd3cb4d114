#include "fuzz/parsers/targets.h"

#include <array>

namespace modelgates::gateway {

std::span<const FuzzTarget> FuzzTargets() {
  static constexpr std::array kTargets = {FuzzTarget{"answer", AnswerBrokenBy},
                                          FuzzTarget{"callers_file", CallersFileBrokenBy},
                                          FuzzTarget{"exchange_record", ExchangeRecordBrokenBy},
                                          FuzzTarget{"json", JsonBrokenBy},
                                          FuzzTarget{"redaction", RedactionBrokenBy},
                                          FuzzTarget{"redis_reply", RedisReplyBrokenBy},
                                          FuzzTarget{"reply", ReplyBrokenBy},
                                          FuzzTarget{"request", RequestBrokenBy},
                                          FuzzTarget{"retry", RetryBrokenBy},
                                          FuzzTarget{"settings", SettingsBrokenBy},
                                          FuzzTarget{"trace_context", TraceContextBrokenBy},
                                          FuzzTarget{"url", UrlBrokenBy}};
  return kTargets;
}

}  // namespace modelgates::gateway
