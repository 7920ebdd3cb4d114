#include <absl/strings/ascii.h>

#include "integration/gateway_fixture.h"
#include "support/raw_http2.h"

namespace modelgates::gateway {
namespace {

// Metadata as no gRPC client would send it, in the fields that the gateway reads. A bad value may
// cost its own call, even its own connection, and reaches neither the upstream nor the log.
class HostileMetadata : public GatewayTest {
 protected:
  HostileMetadata() {
    config_.credential_mode = CredentialMode::kPassthrough;
    config_.exchange_replay_ttl = std::chrono::seconds(0);
  }

  RawHttp2::End Call(const RawHttp2::Fields& fields) {
    if (!raw_) raw_.emplace(server().grpc_address());
    raw_->Send(raw_->Call("ExchangeAuthCode", MinimalExchange("code").SerializeAsString(), fields));
    const RawHttp2::End end = raw_->WaitForEnd(raw_->stream());
    if (end == RawHttp2::End::kGone) raw_.reset();
    return end;
  }

  static RawHttp2::Fields With(const std::string& name, const std::string& value) {
    if (name == "authorization") return {{name, value}};
    return {{"authorization", "Bearer sk-caller"}, {name, value}};
  }

  static bool HasControl(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) {
      return c != '\t' && absl::ascii_iscntrl(static_cast<unsigned char>(c));
    });
  }

  std::optional<RawHttp2> raw_;
};

TEST_F(HostileMetadata, ReachesNeitherUpstreamNorLog) {
  ASSERT_EQ(Call(With("x-request-id", "clean")), RawHttp2::End::kAnswered);
  ASSERT_EQ(upstream_.Requests().size(), 1u);
  const auto lines_of = [](const ReceivedRequest& request) {
    return std::count(request.head.begin(), request.head.end(), '\n');
  };
  const auto clean_lines = lines_of(upstream_.Requests().front());

  std::vector<std::string> inserts = {"\r\nX-Evil: 1", "\nX-Evil: 1", "\xff\xfe", "\xc3\xa4"};
  for (char c = 0; c < 0x20; ++c) inserts.emplace_back(1, c);
  inserts.emplace_back(1, '\x7f');
  for (const std::string name :
       {"authorization", "x-request-id", "traceparent", "x-modelgates-exchange"}) {
    for (const std::string& insert : inserts) {
      SCOPED_TRACE(name + " with " + testing::PrintToString(insert));
      EXPECT_NE(Call(With(name, "Bearer a" + insert + "b")), RawHttp2::End::kSilent);
    }
  }

  for (const ReceivedRequest& request : upstream_.Requests()) {
    EXPECT_EQ(lines_of(request), clean_lines) << request.head;
    EXPECT_FALSE(HasControl(request.Header("authorization").value_or("")));
  }
  for (const nlohmann::json& line : log_.Lines("call")) {
    EXPECT_FALSE(HasControl(line.value("request_id", "")));
    EXPECT_FALSE(HasControl(line.value("trace_id", "")));
  }
  EXPECT_EQ(log_.text().find("X-Evil"), std::string::npos);
  EXPECT_EQ(Call(With("x-request-id", "clean")), RawHttp2::End::kAnswered);
}

}  // namespace
}  // namespace modelgates::gateway
