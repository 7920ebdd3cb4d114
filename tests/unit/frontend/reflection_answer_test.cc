#include "frontend/reflection_answer.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.pb.h>
#include <grpc/health/v1/health.pb.h>
#include <modelgates/oauth/v1/oauth.pb.h>

#include <algorithm>

namespace modelgates::gateway {
namespace {

namespace pb = google::protobuf;
namespace v1 = grpc::reflection::v1;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::SizeIs;

constexpr char kOAuthFile[] = "modelgates/oauth/v1/oauth.proto";
constexpr int kNotFound = 5;
constexpr int kInvalidArgument = 3;

class ReflectionAnswer : public testing::Test {
 protected:
  // Links their descriptors in.
  ReflectionAnswer() {
    oauth::v1::CreateAuthCodeRequest::descriptor();
    grpc::health::v1::HealthCheckRequest::descriptor();
  }

  v1::ServerReflectionResponse Ask() const { return AnswerReflection(request_, {"a.B", "c.D"}); }

  static std::vector<std::string> FileNames(const v1::ServerReflectionResponse& response) {
    std::vector<std::string> names;
    for (const std::string& bytes : response.file_descriptor_response().file_descriptor_proto()) {
      pb::FileDescriptorProto file;
      EXPECT_TRUE(file.ParseFromString(bytes));
      names.push_back(file.name());
    }
    return names;
  }

  v1::ServerReflectionRequest request_;
};

TEST_F(ReflectionAnswer, RepeatsHostAndQuestion) {
  request_.set_host("gateway.example");
  request_.set_list_services("*");
  const auto response = Ask();
  EXPECT_EQ(response.valid_host(), "gateway.example");
  EXPECT_EQ(response.original_request().SerializeAsString(), request_.SerializeAsString());
}

TEST_F(ReflectionAnswer, ListsTheServicesInTheirOrder) {
  request_.set_list_services("");
  const auto response = Ask();
  ASSERT_THAT(response.list_services_response().service(), SizeIs(2));
  EXPECT_EQ(response.list_services_response().service(0).name(), "a.B");
  EXPECT_EQ(response.list_services_response().service(1).name(), "c.D");
}

TEST_F(ReflectionAnswer, GivesAFileWithItsImportsEachOnce) {
  request_.set_file_by_filename(kOAuthFile);
  const std::vector<std::string> names = FileNames(Ask());
  ASSERT_FALSE(names.empty());
  EXPECT_EQ(names.front(), kOAuthFile);
  EXPECT_THAT(names, Contains("google/protobuf/timestamp.proto").Times(1));
}

TEST_F(ReflectionAnswer, GivesTheFileOfASymbol) {
  for (const char* symbol : {"modelgates.oauth.v1.OAuthService", "modelgates.oauth.v1.ErrorReason",
                             "modelgates.oauth.v1.OAuthService.CreateAuthCode",
                             "modelgates.oauth.v1.CreateAuthCodeRequest.callback_url"}) {
    request_.set_file_containing_symbol(symbol);
    EXPECT_EQ(FileNames(Ask()).at(0), kOAuthFile) << symbol;
  }
  request_.set_file_containing_symbol("grpc.health.v1.Health");
  EXPECT_THAT(FileNames(Ask()), ElementsAre("grpc/health/v1/health.proto"));
}

TEST_F(ReflectionAnswer, NamesFieldsInJson) {
  request_.set_file_containing_symbol("modelgates.oauth.v1.CreateAuthCodeRequest");
  pb::FileDescriptorProto file;
  ASSERT_TRUE(file.ParseFromString(Ask().file_descriptor_response().file_descriptor_proto(0)));
  const auto message = std::find_if(
      file.message_type().begin(), file.message_type().end(),
      [](const pb::DescriptorProto& type) { return type.name() == "CreateAuthCodeRequest"; });
  ASSERT_NE(message, file.message_type().end());
  const auto field = std::find_if(
      message->field().begin(), message->field().end(),
      [](const pb::FieldDescriptorProto& each) { return each.name() == "callback_url"; });
  ASSERT_NE(field, message->field().end());
  EXPECT_EQ(field->json_name(), "callbackUrl");
}

// No message here is extended, but those of protobuf's own options can be.
TEST_F(ReflectionAnswer, KnowsThatAMessageHasNoExtensions) {
  request_.set_all_extension_numbers_of_type("google.protobuf.FieldOptions");
  const auto response = Ask();
  EXPECT_EQ(response.all_extension_numbers_response().base_type_name(),
            "google.protobuf.FieldOptions");
  EXPECT_THAT(response.all_extension_numbers_response().extension_number(), SizeIs(0));
}

TEST_F(ReflectionAnswer, SaysWhatIsNotThere) {
  request_.set_file_by_filename("no/such.proto");
  EXPECT_EQ(Ask().error_response().error_code(), kNotFound);
  request_.set_file_containing_symbol("no.such.Symbol");
  EXPECT_EQ(Ask().error_response().error_code(), kNotFound);
  request_.set_all_extension_numbers_of_type("no.such.Type");
  EXPECT_EQ(Ask().error_response().error_code(), kNotFound);
  request_.mutable_file_containing_extension()->set_containing_type("no.such.Type");
  EXPECT_EQ(Ask().error_response().error_code(), kNotFound);
  request_.mutable_file_containing_extension()->set_containing_type("google.protobuf.FieldOptions");
  request_.mutable_file_containing_extension()->set_extension_number(50'000);
  EXPECT_EQ(Ask().error_response().error_code(), kNotFound);
}

TEST_F(ReflectionAnswer, SaysThatNothingWasAsked) {
  EXPECT_EQ(Ask().error_response().error_code(), kInvalidArgument);
}

}  // namespace
}  // namespace modelgates::gateway
