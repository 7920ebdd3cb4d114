#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "integration/gateway_fixture.h"
#include "support/temporary_folder.h"

namespace modelgates::gateway {
namespace {

using ::testing::Eq;
using ::testing::Optional;

class CredentialsFlow : public GatewayTest {
 protected:
  CredentialsFlow() { key_file_ = folder_ / "key"; }

  // Replaces the file in one step, as secret mounts do.
  void WriteKey(const std::string& key) {
    const std::filesystem::path fresh = folder_ / "fresh";
    std::ofstream(fresh) << key << "\n";
    std::filesystem::permissions(fresh, std::filesystem::perms::owner_read);
    std::filesystem::rename(fresh, key_file_);
  }

  void UseKeyFile(const std::string& key) {
    WriteKey(key);
    config_.api_key_file = key_file_;
    config_.api_key = Secret(key);
  }

  std::optional<std::string> LastAuthorization() {
    const std::vector<ReceivedRequest> requests = upstream_.Requests();
    return requests.empty() ? std::nullopt : requests.back().Header("authorization");
  }

  static CallSettings With(const std::string& authorization) {
    return {.metadata = {{"authorization", authorization}}};
  }

  const TemporaryFolder folder_{"gateway-key"};
  std::filesystem::path key_file_;
};

TEST_F(CredentialsFlow, SendsTheServicesKeyWhateverTheCallerSends) {
  config_.api_key = Secret(std::string("sk-service"));
  ASSERT_THAT(client().Create(MinimalCreate(), With("Bearer sk-caller")), Succeeds());
  EXPECT_THAT(LastAuthorization(), Optional(Eq("Bearer sk-service")));
  EXPECT_EQ(upstream_.Requests().back().CountHeader("authorization"), 1);
}

TEST_F(CredentialsFlow, SendsTheCallersBearerInPassthrough) {
  config_.credential_mode = CredentialMode::kPassthrough;
  config_.api_key = Secret(std::string("sk-service"));
  ASSERT_THAT(client().Create(MinimalCreate(), With("bearer sk-caller")), Succeeds());
  EXPECT_THAT(LastAuthorization(), Optional(Eq("bearer sk-caller")));
  ASSERT_THAT(client().Exchange(MinimalExchange("code-1"), With("Bearer sk-caller")), Succeeds());
  EXPECT_THAT(LastAuthorization(), Optional(Eq("Bearer sk-caller")));
}

TEST_F(CredentialsFlow, NeedsABearerInPassthrough) {
  config_.credential_mode = CredentialMode::kPassthrough;
  for (const char* not_a_bearer : {"Basic dTpw", "Bearer ", "sk-caller"}) {
    EXPECT_THAT(client().Create(MinimalCreate(), With(not_a_bearer)),
                FailsWith(grpc::UNAUTHENTICATED, "CREDENTIAL_MISSING"));
  }
  EXPECT_THAT(Exchange("code-1"), FailsWith(grpc::UNAUTHENTICATED, "CREDENTIAL_MISSING"));
  EXPECT_TRUE(upstream_.Requests().empty());
}

// The mode itself is refused at the start, until callers can be authenticated.
TEST_F(CredentialsFlow, NeverLendsItsKeyToWhoTriedToBeSomebody) {
  config_.credential_mode = CredentialMode::kEither;
  config_.api_key = Secret(std::string("sk-service"));
  for (const char* not_a_bearer : {"Basic dTpw", "Bearer ", "sk-caller", ""}) {
    EXPECT_THAT(client().Create(MinimalCreate(), With(not_a_bearer)),
                FailsWith(grpc::UNAUTHENTICATED, "CREDENTIAL_MISSING"));
    EXPECT_THAT(client().Exchange(MinimalExchange("code-1"), With(not_a_bearer)),
                FailsWith(grpc::UNAUTHENTICATED, "CREDENTIAL_MISSING"));
  }
  const CallSettings two{
      .metadata = {{"authorization", "Bearer sk-one"}, {"authorization", "Bearer sk-two"}}};
  EXPECT_THAT(client().Create(MinimalCreate(), two),
              FailsWith(grpc::UNAUTHENTICATED, "CREDENTIAL_MISSING"));
  EXPECT_TRUE(upstream_.Requests().empty());
}

TEST_F(CredentialsFlow, PrefersTheCallersBearerInEither) {
  config_.credential_mode = CredentialMode::kEither;
  config_.api_key = Secret(std::string("sk-service"));
  ASSERT_THAT(client().Create(MinimalCreate(), With("Bearer sk-caller")), Succeeds());
  EXPECT_THAT(LastAuthorization(), Optional(Eq("Bearer sk-caller")));
  ASSERT_THAT(Create(), Succeeds());
  EXPECT_THAT(LastAuthorization(), Optional(Eq("Bearer sk-service")));
}

// Another credential makes another exchange: nobody gets a key by repeating what others sent.
TEST_F(CredentialsFlow, ReplaysNothingToAnotherBearer) {
  config_.credential_mode = CredentialMode::kPassthrough;
  ASSERT_THAT(client().Exchange(MinimalExchange("code-1"), With("Bearer sk-one")), Succeeds());
  ASSERT_THAT(client().Exchange(MinimalExchange("code-1"), With("Bearer sk-two")), Succeeds());
  EXPECT_EQ(upstream_.CountRequests(kExchangePath), 2u);
}

TEST_F(CredentialsFlow, TakesUpAChangedKeyFile) {
  UseKeyFile("sk-before");
  ASSERT_THAT(Create(), Succeeds());
  EXPECT_THAT(LastAuthorization(), Optional(Eq("Bearer sk-before")));

  WriteKey("sk-afterwards");
  // The file is looked at once a second; the log says when.
  while (log_.Lines("reloaded").empty() && upstream_.Requests().size() < 100'000) {
    ASSERT_THAT(Create(), Succeeds());
  }
  ASSERT_THAT(Create(), Succeeds());
  EXPECT_THAT(LastAuthorization(), Optional(Eq("Bearer sk-afterwards")));
}

// Given a key that was replaced in the file since it was read, when the upstream answers 401 to it,
// then the call is tried once with the new one and succeeds, for both RPCs.
TEST_F(CredentialsFlow, TriesARefusedCallOnceWithTheNewKey) {
  UseKeyFile("sk-before");
  ASSERT_THAT(Create(), Succeeds());
  for (const char* path : {kCreatePath, kExchangePath}) {
    const bool create = path == kCreatePath;
    const std::string fresh = create ? "sk-second" : "sk-third";
    WriteKey(fresh);
    upstream_.Enqueue(path, Answer::Json(401, ErrorBody(401, "no such key")));
    const size_t before = upstream_.CountRequests(path);
    if (create) {
      EXPECT_THAT(Create(), Succeeds());
    } else {
      EXPECT_THAT(Exchange("code-1"), Succeeds());
    }
    // One request when the file was looked at before it was sent, else two.
    EXPECT_LE(upstream_.CountRequests(path), before + 2);
    EXPECT_THAT(LastAuthorization(), Optional(Eq("Bearer " + fresh)));
  }
}

TEST_F(CredentialsFlow, DoesNotTryTheSameKeyTwice) {
  UseKeyFile("sk-before");
  upstream_.SetDefault(Answer::Json(401, ErrorBody(401, "no such key")));
  upstream_.SetDefault(kCreatePath, Answer::Json(401, ErrorBody(401, "no such key")));
  upstream_.SetDefault(kExchangePath, Answer::Json(401, ErrorBody(401, "no such key")));
  EXPECT_THAT(Create(), FailsWith(grpc::UNAUTHENTICATED, "UNAUTHORIZED"));
  EXPECT_THAT(Exchange("code-1"), FailsWith(grpc::UNAUTHENTICATED, "UNAUTHORIZED"));
  EXPECT_EQ(upstream_.Requests().size(), 2u);
}

// A new key that is refused too ends the call: two requests, both in `attempts`.
TEST_F(CredentialsFlow, TriesANewKeyOnlyOnce) {
  UseKeyFile("sk-before");
  ASSERT_THAT(Create(), Succeeds());  // the file was looked at just now
  WriteKey("sk-second");
  upstream_.SetDefault(kCreatePath, Answer::Json(401, ErrorBody(401, "no such key")));
  const auto created = Create();
  EXPECT_THAT(created, FailsWith(grpc::UNAUTHENTICATED, "UNAUTHORIZED"));
  ExpectEnvelope(created, "CreateAuthCode");
  EXPECT_LE(upstream_.Requests().size(), 3u);
  EXPECT_EQ(ErrorOf(created).Metadata("attempts"), std::to_string(upstream_.Requests().size() - 1));
}

TEST_F(CredentialsFlow, KeepsTheKeyWhenTheFileIsGone) {
  UseKeyFile("sk-before");
  ASSERT_THAT(Create(), Succeeds());
  std::filesystem::remove(key_file_);
  upstream_.Enqueue(Answer::Json(401, ErrorBody(401, "no such key")));
  EXPECT_THAT(Create(), FailsWith(grpc::UNAUTHENTICATED, "UNAUTHORIZED"));
  EXPECT_EQ(log_.Lines("reload_failed").size(), 1u);
  ASSERT_THAT(Create(), Succeeds());
  EXPECT_THAT(LastAuthorization(), Optional(Eq("Bearer sk-before")));
}

}  // namespace
}  // namespace modelgates::gateway
