#pragma once

#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "integration/gateway_fixture.h"

namespace modelgates::gateway {

// One thing an upstream does to a request, and what the callers of both RPCs get for it. A call may
// make two attempts.
struct UpstreamFault {
  struct Want {
    grpc::StatusCode code;
    const char* reason;  // of ErrorInfo; "" for success
    size_t requests;     // that reach the upstream
  };

  const char* name;
  Answer answer;
  Want create;
  Want exchange;
  const char* auth_code_state = "";  // of a failed exchange
  // Nothing but time ends it: an attempt is given 200 ms, an exchange 600 ms.
  bool takes_time = false;
  // The connection ends after the answer. The next call waits until the gateway knows: an exchange
  // that crosses with the end of its connection is lost, see StaleFlow.
  bool ends_connection = false;
  bool http2 = false;
};

void PrintTo(const UpstreamFault& fault, std::ostream* out);

// An answer's body that serves both RPCs, so that a row has one answer.
inline constexpr char kBodyOfBoth[] =
    R"({"data":{"id":"auth-code-1","app_id":7},"key":"sk-user-1","user_id":null})";

// The same faults over HTTP/2: all but, or only, those with these names. Faults in the text of
// HTTP/1.1 have no meaning there.
std::vector<UpstreamFault> OverHttp2(std::span<const UpstreamFault> faults,
                                     const std::vector<std::string_view>& but = {});
std::vector<UpstreamFault> OnlyOverHttp2(std::span<const UpstreamFault> faults,
                                         const std::vector<std::string_view>& names);

// What the rows have in common.
inline constexpr UpstreamFault::Want kServed{grpc::OK, "", 1};
inline constexpr UpstreamFault::Want kResetTwice{grpc::UNAVAILABLE, "UPSTREAM_RESET", 2};
inline constexpr UpstreamFault::Want kTruncatedTwice{grpc::UNAVAILABLE,
                                                     "UPSTREAM_RESPONSE_TRUNCATED", 2};
inline constexpr UpstreamFault::Want kTimeoutTwice{grpc::UNAVAILABLE, "UPSTREAM_TIMEOUT", 2};
inline constexpr UpstreamFault::Want kMalformed{grpc::INTERNAL, "UPSTREAM_RESPONSE_MALFORMED", 1};
inline constexpr UpstreamFault::Want kTooLarge{grpc::INTERNAL, "UPSTREAM_RESPONSE_TOO_LARGE", 1};
inline constexpr UpstreamFault::Want kOutcomeUnknown{grpc::ABORTED, "EXCHANGE_OUTCOME_UNKNOWN", 1};
inline constexpr UpstreamFault::Want kUnknownTwice{grpc::ABORTED, "EXCHANGE_OUTCOME_UNKNOWN", 2};

class UpstreamFaultTest : public GatewayTest, public testing::WithParamInterface<UpstreamFault> {
 protected:
  UpstreamFaultTest();

  // Does it to a create and to an exchange: code, reason, state of the code, requests on the wire;
  // then the gateway serves the next call of both.
  void ExpectTheRow();

 private:
  void WaitForTheEndOfTheConnection();
  void Expect(const CallEnd& call, const UpstreamFault::Want& want, const std::string& rpc);
};

template <class Info>
std::string NameOfFault(const Info& info) {
  return info.param.name;
}

}  // namespace modelgates::gateway
