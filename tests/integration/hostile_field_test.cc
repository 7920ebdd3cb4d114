#include <google/protobuf/message.h>

#include <climits>
#include <nlohmann/json.hpp>

#include "integration/gateway_fixture.h"
#include "integration/request_fields.h"

namespace modelgates::gateway {
namespace {

namespace v1 = modelgates::oauth::v1;
using google::protobuf::FieldDescriptor;

// Whatever stands in a field: it is refused by name before anything is sent, or it reaches the
// upstream as the text it is and as nothing else. Holds for the fields of today and tomorrow.
template <class Request>
class HostileFields : public GatewayTest {
 protected:
  HostileFields() { config_.exchange_replay_ttl = std::chrono::seconds(0); }

  static constexpr bool kIsCreate = std::is_same_v<Request, v1::CreateAuthCodeRequest>;

  // Every text of the contract set to something that is served.
  static Request Served() {
    Request request;
    if constexpr (kIsCreate) {
      request = MinimalCreate();
      request.set_code_challenge("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
      request.set_code_challenge_method(v1::S256);
      request.set_key_label("label");
      request.set_workspace_id("workspace");
    } else {
      request = MinimalExchange("code-1");
    }
    request.set_http_referer("https://app.example.com");
    request.set_x_open_router_title("Title");
    request.set_x_open_router_categories("cli-agent");
    return request;
  }

  CallEnd Call(const Request& request) {
    if constexpr (kIsCreate) {
      return client().Create(request);
    } else {
      return client().Exchange(request);
    }
  }

  static std::vector<RequestField> Fields(FieldDescriptor::CppType type) {
    return RequestField::AllOf(*Request::descriptor(), type);
  }

  void ExpectRefused(const CallEnd& call, const RequestField& field) {
    EXPECT_EQ(call.status.error_code(), grpc::INVALID_ARGUMENT);
    ExpectEnvelope(call, kIsCreate ? "CreateAuthCode" : "ExchangeAuthCode");
    EXPECT_THAT(ErrorOf(call).Fields(), testing::ElementsAre(field.name()));
  }

  void ExpectRefusedOrSentAsItIs(const RequestField& field, const std::string& value) {
    SCOPED_TRACE(field.name() + " = " + testing::PrintToString(value.substr(0, 40)));
    Request request = Served();
    field.SetText(request, value);
    const size_t before = upstream_.Requests().size();
    const CallEnd call = Call(request);
    const std::vector<ReceivedRequest> requests = upstream_.Requests();
    if (!call.ok()) {
      ExpectRefused(call, field);
      EXPECT_EQ(requests.size(), before);
      return;
    }
    ASSERT_EQ(requests.size(), before + 1);
    const std::vector<std::string> lines = LinesOf(requests.back().head);
    EXPECT_EQ(NamesIn(lines), clean_names_);
    EXPECT_TRUE(StandsIn(requests.back().body, value) || StandsIn(lines, value));
  }

  // What a head looks like when nobody plays with it.
  void LearnTheCleanHead() {
    ASSERT_THAT(Call(Served()), Succeeds());
    clean_names_ = NamesIn(LinesOf(upstream_.Requests().back().head));
    ASSERT_GT(clean_names_.size(), 5u);
  }

  // What callers send is in the log too, or could be.
  void ExpectAnOrderlyLog() {
    std::istringstream log(log_.text());
    for (std::string line; std::getline(log, line);) {
      EXPECT_TRUE(nlohmann::json::accept(line)) << line;
    }
  }

 private:
  static std::vector<std::string> LinesOf(const std::string& head) {
    std::vector<std::string> lines;
    for (size_t at = head.find("\r\n") + 2; at < head.size();) {
      const size_t end = head.find("\r\n", at);
      lines.push_back(head.substr(at, end - at));
      at = end + 2;
    }
    return lines;
  }

  static std::vector<std::string> NamesIn(const std::vector<std::string>& lines) {
    std::vector<std::string> names;
    for (const std::string& line : lines) names.push_back(line.substr(0, line.find(": ")));
    return names;
  }

  static bool StandsIn(const std::vector<std::string>& lines, const std::string& value) {
    return std::any_of(lines.begin(), lines.end(), [&](const std::string& line) {
      return line.substr(line.find(": ") + 2) == value;
    });
  }

  static bool StandsIn(const std::string& body, const std::string& value) {
    const auto json = nlohmann::json::parse(body, nullptr, false);
    if (!json.is_object()) return false;
    return std::any_of(json.begin(), json.end(), [&](const auto& member) {
      return member.is_string() && member.template get<std::string>() == value;
    });
  }

  std::vector<std::string> clean_names_;
};

using Requests = testing::Types<v1::CreateAuthCodeRequest, v1::ExchangeAuthCodeRequest>;
struct RpcName {
  template <class Request>
  static std::string GetName(int) {
    return HasCallback<Request>() ? "CreateAuthCode" : "ExchangeAuthCode";
  }
  template <class Request>
  static bool HasCallback() {
    return Request::descriptor()->FindFieldByName("callback_url") != nullptr;
  }
};
TYPED_TEST_SUITE(HostileFields, Requests, RpcName);

TYPED_TEST(HostileFields, HoldControlBytes) {
  constexpr unsigned char kDelete = 0x7f;
  this->LearnTheCleanHead();
  for (const RequestField& field : this->Fields(FieldDescriptor::CPPTYPE_STRING)) {
    std::string text = field.Text(this->Served());
    if (text.empty()) text = "ab";
    const size_t middle = text.size() / 2;
    for (unsigned char c = 0; c <= kDelete; c = c == 0x1f ? kDelete : c + 1) {
      const std::string byte(1, static_cast<char>(c));
      this->ExpectRefusedOrSentAsItIs(field, std::string(text).insert(middle, byte));
      this->ExpectRefusedOrSentAsItIs(field, text + byte);
    }
    for (const char* lines : {"\r\nX-Evil: 1", "\r\n\r\n{}", "\nX-Evil: 1", "\", \"evil\": \"1"}) {
      this->ExpectRefusedOrSentAsItIs(field, std::string(text).insert(middle, lines));
    }
  }
  this->ExpectAnOrderlyLog();
  EXPECT_THAT(this->Call(this->Served()), Succeeds());
}

TYPED_TEST(HostileFields, HoldTenThousandCharacters) {
  this->LearnTheCleanHead();
  for (const RequestField& field : this->Fields(FieldDescriptor::CPPTYPE_STRING)) {
    this->ExpectRefusedOrSentAsItIs(field, std::string(10'000, 'x'));
    this->ExpectRefusedOrSentAsItIs(field, field.Text(this->Served()) + std::string(10'000, 'x'));
  }
  EXPECT_THAT(this->Call(this->Served()), Succeeds());
}

TYPED_TEST(HostileFields, HoldNumbersThatNoEnumHas) {
  const std::vector<RequestField> fields = this->Fields(FieldDescriptor::CPPTYPE_ENUM);
  EXPECT_GE(fields.size(), 2u);
  for (const RequestField& field : fields) {
    for (const int number : {-1, 99, INT_MAX, INT_MIN}) {
      SCOPED_TRACE(field.name() + " = " + std::to_string(number));
      auto request = this->Served();
      field.SetEnum(request, number);
      this->ExpectRefused(this->Call(request), field);
    }
  }
  EXPECT_EQ(this->upstream_.connections(), 0);
}

}  // namespace
}  // namespace modelgates::gateway
