#include <gmock/gmock.h>

#include <algorithm>
#include <functional>

#include "integration/call_messages.h"
#include "support/fake_upstream.h"
#include "support/gateway_client.h"
#include "support/gateway_process.h"
#include "support/http_get.h"
#include "support/typed_error.h"

namespace modelgates::gateway {
namespace {

using std::chrono::milliseconds;
namespace v1 = modelgates::oauth::v1;

// Every secret holds this word and nothing else does, so one search finds them all.
constexpr char kCanary[] = "canary";
constexpr char kCanaryVerifier[] = "canary-verifier-0123456789-0123456789-012345";
constexpr char kCanaryChallenge[] = "canary-challenge-0123456789-0123456789-01234";
constexpr char kServiceKey[] = "sk-canary-service-key";
constexpr char kCallerBearer[] = "Bearer sk-canary-caller-key";
constexpr char kUserKey[] = "sk-canary-user-key";
constexpr char kCreatedCode[] = "canary-created-code";
constexpr char kAuthCode[] = "canary-auth-code";
// What is no secret: found where secrets are looked for, or the search proves nothing.
constexpr char kPublic[] = "public-marker";

bool Holds(const std::string& text, const std::string& word) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower.find(word) != std::string::npos;
}

// What the upstream learns from one request, and how it quotes all of it.
struct Learned {
  std::string secret;
  std::string other;
  std::string bearer;

  std::string Echo() const {
    const std::string token = bearer.substr(bearer.find(' ') + 1);
    return std::string(kPublic) + " " + secret + " '" + other + "'; Authorization: " + bearer +
           ", " + token + " " + token;
  }
};

using MakeAnswer = std::function<Answer(const Learned& learned)>;

// The service's key with `service`, the caller's bearer with `passthrough`.
class Secrecy : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    AnswerBoth(upstream_);
    gateway_.emplace(std::vector<std::string>{"--upstream=" + upstream_.url() + "/api/v1",
                                              "--credential_mode=" + std::string(GetParam()),
                                              "--log_level=debug", "--initial_interval=10ms",
                                              "--max_interval=10ms", "--max_attempts=2",
                                              "--attempt_timeout=200ms", "--exchange_cap=300ms",
                                              "--exchange_replay_ttl=0s"},
                     std::vector<std::string>{"MODELGATES_API_KEY=" + std::string(kServiceKey),
                                              "GRPC_VERBOSITY=debug",
                                              "GRPC_TRACE=api,http,call_error,server_channel"});
    ASSERT_TRUE(gateway_->WaitUntilListening()) << gateway_->err();
    client_.emplace(gateway_->grpc_address());
  }

  static CallSettings Settings() {
    return {.metadata = {{"authorization", kCallerBearer},
                         {"x-request-id", kPublic},
                         // An identity of its own for each call: nothing is answered from memory.
                         {"x-modelgates-exchange", "once-only"}}};
  }

  static v1::CreateAuthCodeRequest CreateWithSecrets() {
    v1::CreateAuthCodeRequest request = MinimalCreate();
    request.set_code_challenge(kCanaryChallenge);
    request.set_code_challenge_method(v1::PLAIN);
    return request;
  }

  static v1::ExchangeAuthCodeRequest ExchangeWithSecrets() {
    v1::ExchangeAuthCodeRequest request;
    request.set_code(kAuthCode);
    request.set_code_verifier(kCanaryVerifier);
    request.set_code_challenge_method(v1::PLAIN);
    return request;
  }

  // Both calls against an upstream that answers like this to what it was sent; both have to fail
  // without a secret.
  void ExpectBothSilent(const MakeAnswer& make_answer) {
    const std::string bearer =
        std::string(GetParam()) == "service" ? std::string("Bearer ") + kServiceKey : kCallerBearer;
    upstream_.SetDefault(kCreatePath, make_answer({kCanaryChallenge, kCanaryChallenge, bearer}));
    upstream_.SetDefault(kExchangePath, make_answer({kAuthCode, kCanaryVerifier, bearer}));
    ExpectSilent(client_->Create(CreateWithSecrets(), Settings()));
    ExpectSilent(client_->Exchange(ExchangeWithSecrets(), Settings()));
  }

  void ExpectSilent(const CallEnd& call) {
    SCOPED_TRACE(testing::PrintToString(call));
    EXPECT_FALSE(call.ok());
    ErrorOf(call);
    EXPECT_FALSE(Holds(call.status.error_message(), kCanary));
    EXPECT_FALSE(Holds(call.status.error_details(), kCanary));
    for (const auto& [name, value] : call.trailers) {
      EXPECT_FALSE(Holds(name + value, kCanary)) << name;
    }
    public_markers_ += Holds(call.status.error_details(), kPublic) ? 1 : 0;
  }

  // The rest of what anybody can see of the process, to be called last.
  void ExpectProcessSilent() {
    const HttpGetResult metrics = HttpGet(gateway_->admin_address(), "/metrics");
    EXPECT_EQ(metrics.status, 200);
    EXPECT_FALSE(Holds(metrics.body, kCanary));
    EXPECT_TRUE(Holds(metrics.body, "oauth_gateway_errors_total"));
    EXPECT_FALSE(Holds(HttpGet(gateway_->admin_address(), "/configz").body, kCanary));
    EXPECT_EQ(gateway_->Terminate(), 0);
    EXPECT_FALSE(Holds(gateway_->out(), kCanary));
    EXPECT_FALSE(Holds(gateway_->err(), kCanary));
    EXPECT_TRUE(Holds(gateway_->out(), kPublic));
    EXPECT_FALSE(gateway_->Lines("call").empty());

    // The secrets were there to be told.
    bool code_seen = false;
    bool verifier_seen = false;
    bool challenge_seen = false;
    bool bearer_seen = false;
    for (const ReceivedRequest& request : upstream_.Requests()) {
      code_seen |= Holds(request.body, kAuthCode);
      verifier_seen |= Holds(request.body, kCanaryVerifier);
      challenge_seen |= Holds(request.body, kCanaryChallenge);
      bearer_seen |= Holds(request.Header("authorization").value_or(""), kCanary);
    }
    EXPECT_TRUE(code_seen && verifier_seen && challenge_seen && bearer_seen);
  }

  FakeUpstream upstream_;
  std::optional<GatewayProcess> gateway_;
  std::optional<GatewayClient> client_;
  int public_markers_ = 0;
};

TEST_P(Secrecy, OfSuccess) {
  upstream_.SetDefault(
      kCreatePath, Answer::Json(200, R"({"data":{"id":")" + std::string(kCreatedCode) + "\"}}"));
  upstream_.SetDefault(kExchangePath,
                       Answer::Json(200, R"({"key":")" + std::string(kUserKey) + "\"}"));
  const auto created = client_->Create(CreateWithSecrets(), Settings());
  const auto exchanged = client_->Exchange(ExchangeWithSecrets(), Settings());
  ASSERT_THAT(created, Succeeds());
  ASSERT_THAT(exchanged, Succeeds());
  EXPECT_EQ(created.reply.data().id(), kCreatedCode);
  EXPECT_EQ(exchanged.reply.key(), kUserKey);
  for (const auto& [name, value] : created.trailers) EXPECT_FALSE(Holds(value, kCanary)) << name;
  for (const auto& [name, value] : exchanged.trailers) EXPECT_FALSE(Holds(value, kCanary)) << name;
  ExpectProcessSilent();
}

// The upstream quotes what it was sent in every place that an answer has.
TEST_P(Secrecy, OfErrorsThatEchoTheRequest) {
  const auto fields_of = [](const Learned& learned) -> Answer::Fields {
    return {{"x-request-id", "id-" + learned.secret},
            {"Location", "https://" + learned.secret + ".example/" + learned.other},
            {"Retry-After", learned.secret},
            {"retry-after-ms", learned.other},
            {"Date", learned.other},
            {"Set-Cookie", learned.secret},
            {"X-Other", learned.Echo()}};
  };
  const auto plain = [&](const Learned& learned, int status, const std::string& type,
                         const std::string& body) {
    std::string lines;
    for (const auto& [name, value] : fields_of(learned)) lines += name + ": " + value + "\r\n";
    return Answer::Bytes("HTTP/1.1 " + std::to_string(status) + " " + learned.Echo() +
                         "\r\nContent-Type: " + type + "\r\n" + lines +
                         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  };
  for (const int status : {201, 302, 400, 401, 402, 403, 404, 405, 409, 410,
                           418, 422, 429, 451, 500, 501, 502, 503, 529, 599}) {
    SCOPED_TRACE(status);
    ExpectBothSilent([&](const Learned& learned) {
      const std::string echo = learned.Echo();
      const nlohmann::json typed = {{"error",
                                     {{"code", status},
                                      {"message", echo},
                                      {"metadata",
                                       {{"field", learned.secret},
                                        {echo, "name"},
                                        {"nested", {{"list", {echo, {{"deep", echo}}}}}}}}}},
                                    {"user_id", learned.secret}};
      return Answer::Json(status, typed.dump(), fields_of(learned));
    });
    ExpectBothSilent([&](const Learned& learned) {
      return plain(learned, status, "text/html; of=" + learned.secret,
                   "<p>" + learned.Echo() + "</p>");
    });
    ExpectBothSilent([&](const Learned& learned) {
      return plain(learned, status, "application/json", R"({"detail":")" + learned.Echo() + "\"}");
    });
  }
  EXPECT_GT(public_markers_, 0);
  ExpectProcessSilent();
}

// Wherever the cut of a long text falls, no part of a secret is left before it.
TEST_P(Secrecy, OfTextThatIsCut) {
  for (size_t padding = 0; padding < 1200; padding += 13) {
    ExpectBothSilent([&](const Learned& learned) {
      return Answer::Json(403, ErrorBody(403, std::string(padding, 'x') + " " + learned.Echo()));
    });
    if (padding % 3 != 0) continue;
    ExpectBothSilent([&](const Learned& learned) {
      const std::string text = std::string(padding, 'x') + " " + learned.Echo();
      return Answer::Bytes("HTTP/1.1 403 No\r\nContent-Type: text/plain\r\nContent-Length: " +
                           std::to_string(text.size()) + "\r\n\r\n" + text);
    });
  }
  ExpectProcessSilent();
}

// Frameworks quote in their own spelling: JSON that escapes slashes, pages that escape markup or
// let long words break, links with percent signs.
TEST_P(Secrecy, OfEchoesInOtherSpellings) {
  v1::ExchangeAuthCodeRequest request = ExchangeWithSecrets();
  request.set_code("canary/code+with=&\"<signs>");
  const char* const spellings[] = {
      R"(canary\/code+with=&\"<signs>)",                      // PHP's JSON
      R"(canary/code+with=\u0026\"\u003csigns\u003e)",        // Go's JSON
      "canary%2Fcode%2Bwith%3D%26%22%3Csigns%3E",             // a link
      "canary%2fcode%2bwith%3d%26%22%3csigns%3e",             // the same
      "canary/code+with=&amp;&quot;&lt;signs&gt;",            // a page
      "canary/code+with=&amp;&#34;&lt;signs&gt;",             // the same
      "can<wbr>ary/code<wbr>+with=&amp;&quot;&lt;signs&gt;",  // one that breaks long words
      "<b>can</b>ary/code+with=&\"<signs>",
      "can\x01"
      "ary/code+with=&\"<signs>",
  };
  for (const std::string spelling : spellings) {
    for (const std::string type : {"text/html", "text/plain", "application/json"}) {
      SCOPED_TRACE(spelling + " " + type);
      const std::string body = std::string(kPublic) + " " + spelling + " and so on";
      upstream_.SetDefault(
          kExchangePath,
          Answer::Bytes("HTTP/1.1 403 No\r\nContent-Type: " + type +
                        "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body));
      ExpectSilent(client_->Exchange(request, Settings()));
    }
  }
}

// Answers that may hold a key, and that are no success.
TEST_P(Secrecy, OfAnswersThatCannotBeRead) {
  const std::string key =
      std::string(R"({"key":")") + kUserKey + R"(","data":{"other":")" + kCreatedCode + "\"}";
  for (const int status : {200, 201, 202, 206}) {
    const std::string start = "HTTP/1.1 " + std::to_string(status) + " OK\r\n";
    ExpectBothSilent([&](const Learned&) { return Answer::Json(status, key); });
    ExpectBothSilent([&](const Learned&) {
      return Answer::Json(status, key + ", [" + std::string(300 * 1024, ' '));
    });
    ExpectBothSilent([&](const Learned& learned) {
      return Answer::Bytes(start + "Content-Type: text/" + learned.secret +
                           "\r\nContent-Length: " + std::to_string(key.size()) + "\r\n\r\n" + key);
    });
    ExpectBothSilent([&](const Learned&) {
      return Answer::Bytes(start + "Content-Length: 5000\r\n\r\n" + key).ThenClose();
    });
  }
  ExpectProcessSilent();
}

TEST_P(Secrecy, OfFaults) {
  const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const MakeAnswer& fault : std::initializer_list<MakeAnswer>{
           [](const Learned&) { return Answer().ThenReset(); },
           [](const Learned&) { return Answer().ThenClose(); },
           [](const Learned&) { return Answer::Hang(); },
           [](const Learned& learned) {
             return Answer::Bytes(kUserKey + learned.Echo() + "\r\n\r\n").ThenClose();
           },
           [&](const Learned& learned) {
             return Answer::Bytes(chunked + learned.Echo()).ThenClose();
           },
           [](const Learned& learned) {
             return Answer::Bytes("HTTP/1.1 200 OK\r\n" + learned.Echo() + "\r\n\r\n").ThenClose();
           },
           [](const Learned& learned) {
             return Answer::Bytes("HTTP/1.1 503 Busy\r\nX-Part: " + learned.Echo()).ThenClose();
           }}) {
    ExpectBothSilent(fault);
  }
  ExpectProcessSilent();
}

// What is refused before it is sent is not quoted either.
TEST_P(Secrecy, OfRequestsThatAreRefused) {
  // So that the requests that show the secrets were there at all exist.
  ASSERT_THAT(client_->Create(CreateWithSecrets(), Settings()), Succeeds());
  ASSERT_THAT(client_->Exchange(ExchangeWithSecrets(), Settings()), Succeeds());

  v1::ExchangeAuthCodeRequest exchange = ExchangeWithSecrets();
  exchange.set_code_verifier("canary-short");
  ExpectSilent(client_->Exchange(exchange, Settings()));
  exchange = ExchangeWithSecrets();
  exchange.set_code(kAuthCode + std::string(10'000, '0'));
  const auto long_code = client_->Exchange(exchange, Settings());
  if (!long_code.ok()) ExpectSilent(long_code);
  v1::CreateAuthCodeRequest create = CreateWithSecrets();
  create.set_code_challenge("canary-short");
  create.set_callback_url("https://user:canary@app.example.com/");
  ExpectSilent(client_->Create(create, Settings()));
  ExpectSilent(
      client_->SendRaw("ExchangeAuthCode", std::string("\x0a\x10") + "canary-auth-cod\xff"));
  CallSettings hurried = Settings();
  hurried.deadline = milliseconds(50);
  ExpectSilent(client_->Exchange(ExchangeWithSecrets(), hurried));
  ExpectProcessSilent();
}

INSTANTIATE_TEST_SUITE_P(Modes, Secrecy, testing::Values("service", "passthrough"),
                         [](const auto& mode) { return std::string(mode.param); });

}  // namespace
}  // namespace modelgates::gateway
