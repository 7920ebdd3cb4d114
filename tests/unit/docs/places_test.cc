#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>
#include <modelgates/oauth/v1/oauth.pb.h>

#include <filesystem>
#include <regex>
#include <sstream>
#include <string>

#include "base/log_table.h"
#include "config/settings.h"
#include "telemetry/metrics.h"
#include "unit/docs/page.h"

namespace modelgates::gateway {
namespace {

namespace fs = std::filesystem;
namespace v1 = modelgates::oauth::v1;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

// Places that a new field, RPC, setting, reason or metric has to reach, and that no compiler and no
// other test asks for. CONTRIBUTING.md lists them all.

bool HasWord(const std::string& text, const std::string& word) {
  return std::regex_search(text, std::regex("\\b" + word + "\\b"));
}

// Names of the fields, those of messages of the contract within them included.
void ForEachField(const Descriptor& message, const std::function<void(const std::string&)>& visit) {
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    const Descriptor* const inner = field.message_type();
    if (inner != nullptr && inner->file() == message.file()) {
      ForEachField(*inner, visit);
    } else {
      visit(field.name());
    }
  }
}

TEST(Places, OfAFieldIncludeTheRestContract) {
  const std::string page = ReadPage("docs/contract/rest-contract.md");
  const auto expect = [&](const std::string& field) {
    if (field.starts_with("x_open_router_") || field == "http_referer") return;  // headers
    EXPECT_TRUE(page.find("`" + field + "`") != std::string::npos ||
                page.find("`data." + field + "`") != std::string::npos)
        << field;
  };
  for (const Descriptor* const request :
       {v1::CreateAuthCodeRequest::descriptor(), v1::ExchangeAuthCodeRequest::descriptor()}) {
    for (int i = 0; i < request->field_count(); ++i) {
      if (request->field(i)->name() != "retries") expect(request->field(i)->name());
    }
  }
  ForEachField(*v1::CreateAuthCodeResponse::descriptor(), expect);
  ForEachField(*v1::ExchangeAuthCodeResponse::descriptor(), expect);
}

TEST(Places, OfAFieldIncludeWhatTheBenchmarkSends) {
  v1::CreateAuthCodeRequest request;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(ReadPage("bench/load/create.textproto"),
                                                            &request));
  const Descriptor& type = *request.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (field.name() == "retries") continue;
    EXPECT_TRUE(request.GetReflection()->HasField(request, &field)) << field.name();
  }
}

TEST(Places, OfAReplyFieldIncludeTheClient) {
  const std::string header = ReadPage("client/include/modelgates/oauth/messages.h");
  const std::string mapping = ReadPage("client/src/message_mapping.cc");
  const std::string command = ReadPage("client/cli/commands.cc");
  const auto expect = [&](const std::string& field) {
    EXPECT_TRUE(HasWord(header, field)) << "messages.h: " << field;
    EXPECT_TRUE(mapping.find("." + field + "()") != std::string::npos)
        << "message_mapping.cc: " << field;
    EXPECT_TRUE(HasWord(command, field)) << "commands.cc: " << field;
  };
  ForEachField(*v1::CreateAuthCodeResponse::descriptor(), expect);
  ForEachField(*v1::ExchangeAuthCodeResponse::descriptor(), expect);
}

// A reply of an exchange is kept and shared with other gateways before a caller receives it.
TEST(Places, OfAnExchangeReplyIncludeWhatIsKept) {
  for (const char* file :
       {"service/exchange/exchange_result.h", "service/exchange/shared/exchange_record.proto",
        "service/exchange/shared/exchange_record.cc", "service/rpc/read_exchange.cc",
        "service/rpc/exchange_auth_code.cc"}) {
    const std::string text = ReadPage(file);
    ForEachField(*v1::ExchangeAuthCodeResponse::descriptor(), [&](const std::string& field) {
      EXPECT_TRUE(HasWord(text, field)) << file << ": " << field;
    });
  }
}

TEST(Places, OfAnRpcIncludeTheClientAndThePages) {
  const std::string client = ReadPage("client/include/modelgates/oauth/client.h");
  const std::string awaitable = ReadPage("client/include/modelgates/oauth/awaitable.h");
  const std::string contract = ReadPage("docs/contract/rest-contract.md");
  const auto& service = *v1::CreateAuthCodeRequest::descriptor()->file()->service(0);
  for (int i = 0; i < service.method_count(); ++i) {
    const std::string& name = service.method(i)->name();
    EXPECT_TRUE(HasWord(client, name)) << "client.h: " << name;
    EXPECT_TRUE(HasWord(awaitable, "Await" + name)) << "awaitable.h: " << name;
    EXPECT_TRUE(HasWord(contract, name)) << "rest-contract.md: " << name;
    EXPECT_TRUE(HasWord(ReadPage("README.md"), name)) << "README.md: " << name;
  }
}

// A setting that nothing reads has no effect. Its row and its member do not count.
TEST(Places, OfASettingIncludeItsReader) {
  std::string sources;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(kRoot / "service")) {
    const std::string name = entry.path().filename();
    if (entry.path().extension() == ".cc" && name != "settings.cc") {
      sources += ReadPage(entry.path());
    }
  }
  for (const Setting& setting : Settings()) {
    const std::regex member("config(_|\\(\\))?(\\.|->)" + std::string(setting.name) + "\\b");
    EXPECT_TRUE(std::regex_search(sources, member)) << setting.name;
  }
}

TEST(Places, OfAReasonIncludeTheContract) {
  const std::string page = ReadPage("docs/contract/errors.md");
  const auto& reasons = *v1::ErrorReason_descriptor();
  for (int i = 1; i < reasons.value_count(); ++i) {
    EXPECT_TRUE(HasWord(page, reasons.value(i)->name())) << reasons.value(i)->name();
  }
}

TEST(Places, OfAMetricIncludeTheContract) {
  const std::string page = ReadPage("docs/contract/operations.md");
  std::istringstream lines(Metrics().Render());
  int found = 0;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("# TYPE ")) continue;
    const std::string name = line.substr(7, line.find(' ', 7) - 7);
    EXPECT_TRUE(HasWord(page, name)) << name;
    ++found;
  }
  EXPECT_GT(found, 25);
}

TEST(Places, OfALogEventOrFieldIncludeTheContract) {
  const std::string page = ReadPage("docs/contract/operations.md");
  for (const LogEventRow& row : kLogEvents) {
    EXPECT_TRUE(HasWord(page, std::string(row.name))) << row.name;
  }
  for (const LogFieldRow& row : kLogFields) {
    EXPECT_TRUE(HasWord(page, std::string(row.name))) << row.name;
  }
}

}  // namespace
}  // namespace modelgates::gateway
