#include "call_metadata.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace modelgates::oauth {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

std::vector<std::pair<std::string, std::string>> Sent(const ClientOptions& client,
                                                      const CallOptions& call) {
  std::vector<std::pair<std::string, std::string>> sent;
  for (const auto& [name, value] : *ToMetadata(client, call))
    sent.emplace_back(name, value.Reveal());
  return sent;
}

TEST(CallMetadata, IsNothingUnlessToldSo) { EXPECT_THAT(Sent({}, {}), IsEmpty()); }

TEST(CallMetadata, HasAllThatTheGatewayReads) {
  CallOptions call;
  call.request_id = "r-1";
  call.traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  call.once_only = true;
  EXPECT_THAT(Sent({.bearer = SecretText("sk-1")}, call),
              ElementsAre(Pair("authorization", "Bearer sk-1"), Pair("x-request-id", "r-1"),
                          Pair("traceparent", call.traceparent),
                          Pair("x-modelgates-exchange", "once-only")));
}

TEST(CallMetadata, TakesTheBearerOfTheCallInPlaceOfTheClients) {
  const ClientOptions client{.bearer = SecretText("sk-client")};
  EXPECT_THAT(Sent(client, {.bearer = SecretText("sk-call")}),
              ElementsAre(Pair("authorization", "Bearer sk-call")));
  EXPECT_THAT(Sent(client, {.bearer = SecretText()}), IsEmpty());
}

TEST(CallMetadata, AddsNoSecondScheme) {
  for (const char* bearer : {"Bearer sk", "bearer sk", "BEARER sk"}) {
    EXPECT_THAT(Sent({.bearer = SecretText(bearer)}, {}),
                ElementsAre(Pair("authorization", bearer)));
  }
}

// gRPC ends the program over metadata that it cannot send.
TEST(CallMetadata, NamesAllThatCannotBeSent) {
  CallOptions call;
  call.bearer = SecretText("sk\r\n");
  call.request_id = "a b";
  call.traceparent = "\x7f";
  const Result<Metadata> metadata = ToMetadata({}, call);
  ASSERT_FALSE(metadata.ok());
  EXPECT_EQ(metadata.error().reason, ErrorReason::kFieldInvalid);
  EXPECT_EQ(metadata.error().grpc_code, GrpcCode::kInvalidArgument);
  std::vector<std::string> fields;
  for (const auto& violation : metadata.error().field_violations) fields.push_back(violation.field);
  EXPECT_THAT(fields, ElementsAre("bearer", "request_id", "traceparent"));
  EXPECT_THAT(metadata.error().message, testing::Not(testing::HasSubstr("sk")));
}

TEST(CallMetadata, BoundsTheRequestId) {
  CallOptions call;
  call.request_id = "Root=1-67891233-abc;a:b/\"c\"";
  EXPECT_TRUE(ToMetadata({}, call).ok());
  call.request_id = std::string(128, 'a');
  EXPECT_TRUE(ToMetadata({}, call).ok());
  call.request_id += 'a';
  EXPECT_FALSE(ToMetadata({}, call).ok());
}

}  // namespace
}  // namespace modelgates::oauth
