#include <google/protobuf/descriptor.h>
#include <google/rpc/code.pb.h>
#include <gtest/gtest.h>
#include <modelgates/oauth/v1/oauth.pb.h>

#include <cctype>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <sstream>
#include <string>

// The public header needs no protobuf, so its enums repeat those of the protos: each value, by its
// number, under its name.

namespace modelgates::oauth {
namespace {

std::string ErrorHeader() {
  std::ifstream file(std::filesystem::path(PROJECT_ROOT) /
                     "client/include/modelgates/oauth/error.h");
  EXPECT_TRUE(file.is_open());
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// The enumerators of the header's enum by number, those of the library's own (below 0) left out.
std::map<int, std::string> EnumeratorsOf(const std::string& enum_name) {
  const std::string header = ErrorHeader();
  const size_t begin = header.find("enum class " + enum_name + " ");
  const std::string body = header.substr(begin, header.find("};", begin) - begin);
  const std::regex enumerator(R"((k\w+) = (\d+),)");
  std::map<int, std::string> found;
  for (std::sregex_iterator it(body.begin(), body.end(), enumerator), end; it != end; ++it) {
    EXPECT_TRUE(found.emplace(std::stoi((*it)[2]), (*it)[1]).second) << it->str();
  }
  return found;
}

// FIELD_REQUIRED -> kFieldRequired
std::string ToEnumerator(const std::string& name) {
  std::string enumerator = "k";
  bool starts_word = true;
  for (const char c : name) {
    if (c == '_') {
      starts_word = true;
      continue;
    }
    const auto letter = static_cast<unsigned char>(c);
    enumerator += starts_word ? c : static_cast<char>(std::tolower(letter));
    starts_word = false;
  }
  return enumerator;
}

std::map<int, std::string> EnumeratorsOf(const google::protobuf::EnumDescriptor& values) {
  std::map<int, std::string> wanted;
  for (int i = 0; i < values.value_count(); ++i) {
    const bool is_none = values.value(i)->name().ends_with("_UNSPECIFIED");
    wanted.emplace(values.value(i)->number(),
                   is_none ? "kUnspecified" : ToEnumerator(values.value(i)->name()));
  }
  return wanted;
}

TEST(ErrorEnums, HaveEveryValueOfTheProtosUnderItsName) {
  EXPECT_EQ(EnumeratorsOf("ErrorReason"), EnumeratorsOf(*v1::ErrorReason_descriptor()));
  EXPECT_EQ(EnumeratorsOf("AuthCodeState"),
            EnumeratorsOf(*v1::UpstreamError::AuthCodeState_descriptor()));
  EXPECT_EQ(EnumeratorsOf("GrpcCode"), EnumeratorsOf(*google::rpc::Code_descriptor()));
}

}  // namespace
}  // namespace modelgates::oauth
