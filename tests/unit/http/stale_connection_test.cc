#include <gtest/gtest.h>

#include <optional>

#include "support/fake_upstream.h"
#include "unit/http/transport_runner.h"

namespace modelgates::gateway {
namespace {

using namespace std::chrono_literals;

// When a connection that had waited for its next request may be blamed for the loss of that one.
struct Case {
  const char* name;
  bool warm;
  Answer answer;
  bool stale;
  std::optional<Duration> deadline = std::nullopt;
};

void PrintTo(const Case& row, std::ostream* out) { *out << row.name; }

class StaleConnection : public testing::TestWithParam<Case> {};

TEST_P(StaleConnection, IsToldFromALostAnswer) {
  FakeUpstream upstream;
  TransportRunner transport(upstream.url());
  if (GetParam().warm) ExpectOk(transport.Send(), "{}");
  const size_t before = upstream.Requests().size();
  upstream.Enqueue(GetParam().answer);
  TransportRunner::Limits limits;
  limits.deadline = GetParam().deadline;
  const Sent sent = transport.Send("{}", limits);
  EXPECT_EQ(sent.error().stale_connection, GetParam().stale);
  EXPECT_EQ(upstream.Requests().size(), before + 1);
}

INSTANTIATE_TEST_SUITE_P(
    , StaleConnection,
    testing::Values(Case{"ClosedUnread", true, Answer().ReadingOnly(0).ThenClose(), true},
                    Case{"ResetUnread", true, Answer().ReadingOnly(0).ThenReset(), true},
                    Case{"ClosedBeforeAnAnswer", true, Answer().ThenClose(), true},
                    Case{"HalfClosedBeforeAnAnswer", true, Answer().ThenHalfClose(), true},
                    Case{"ANewOne", false, Answer().ThenClose(), false},
                    Case{"ClosedAfterAnInterimAnswer", true,
                         Answer::Bytes("HTTP/1.1 103 Early Hints\r\n\r\n").ThenClose(), false},
                    Case{"ClosedAfterAByte", true, Answer::Bytes("H").ThenClose(), false},
                    Case{"Silent", true, Answer::Hang(), false, 50ms}),
    [](const auto& row) { return row.param.name; });

TEST(FreshConnection, IsMadeAlthoughOthersWait) {
  FakeUpstream upstream;
  TransportRunner transport(upstream.url());
  ExpectOk(transport.Send("first"), "{}");
  TransportRunner::Limits limits;
  limits.fresh_connection = true;
  ExpectOk(transport.Send("second", limits), "{}");
  EXPECT_EQ(upstream.Requests().back().connection, 2);
  EXPECT_EQ(transport.stats().idle, 2u);
}

}  // namespace
}  // namespace modelgates::gateway
