#include "trace/trace_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace modelgates::gateway {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

Environment WithEndpoint(const Environment& more) {
  Environment all{{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318"}};
  for (const auto& [name, value] : more) all[name] = value;
  return all;
}

struct EndpointCase {
  std::string name;
  Environment variables;
  std::string url;  // empty: there are no traces
  std::string warning{};
};

class EndpointTest : public testing::TestWithParam<EndpointCase> {};

TEST_P(EndpointTest, IsUsedOrThereAreNoTraces) {
  const ReadTraceSettings read = ReadTraceVariables(GetParam().variables);
  EXPECT_EQ(read.settings.origin + read.settings.path, GetParam().url);
  EXPECT_EQ(read.settings.enabled(), !GetParam().url.empty());
  if (GetParam().warning.empty()) {
    EXPECT_THAT(read.warnings, IsEmpty());
  } else {
    EXPECT_THAT(read.warnings, ElementsAre(HasSubstr(GetParam().warning)));
  }
}

constexpr char kBase[] = "OTEL_EXPORTER_OTLP_ENDPOINT";
constexpr char kOwn[] = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";

INSTANTIATE_TEST_SUITE_P(
    Endpoints, EndpointTest,
    testing::Values(
        EndpointCase{"None", {}, ""}, EndpointCase{"Empty", {{kBase, ""}, {kOwn, " "}}, ""},
        EndpointCase{"Base", {{kBase, "http://c:4318"}}, "http://c:4318/v1/traces"},
        EndpointCase{"BaseWithSlash", {{kBase, "http://c:4318/"}}, "http://c:4318/v1/traces"},
        EndpointCase{"BaseWithPath", {{kBase, "https://c/otlp"}}, "https://c:443/otlp/v1/traces"},
        EndpointCase{"OwnAsItIs", {{kOwn, "http://c:4318/in"}}, "http://c:4318/in"},
        EndpointCase{"OwnWithoutPath", {{kOwn, "http://c:4318"}}, "http://c:4318/"},
        EndpointCase{"OwnWins", {{kBase, "http://a:1"}, {kOwn, "http://b:2/t"}}, "http://b:2/t"},
        EndpointCase{"Disabled", {{kBase, "http://c:1"}, {"OTEL_SDK_DISABLED", "TRUE"}}, ""},
        EndpointCase{"NotDisabled",
                     {{kBase, "http://c:1"}, {"OTEL_SDK_DISABLED", "1"}},
                     "http://c:1/v1/traces"},
        EndpointCase{"NoExporter", {{kBase, "http://c:1"}, {"OTEL_TRACES_EXPORTER", "none"}}, ""},
        EndpointCase{"Otlp",
                     {{kBase, "http://c:1"}, {"OTEL_TRACES_EXPORTER", "otlp"}},
                     "http://c:1/v1/traces"},
        EndpointCase{"OtherExporter",
                     {{kBase, "http://c:1"}, {"OTEL_TRACES_EXPORTER", "zipkin"}},
                     "",
                     "OTEL_TRACES_EXPORTER"},
        EndpointCase{"Json",
                     {{kBase, "http://c:1"}, {"OTEL_EXPORTER_OTLP_PROTOCOL", "http/json"}},
                     "http://c:1/v1/traces"},
        EndpointCase{"Grpc",
                     {{kBase, "http://c:1"}, {"OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"}},
                     "",
                     "OTEL_EXPORTER_OTLP_PROTOCOL"},
        EndpointCase{"OwnProtocolWins",
                     {{kBase, "http://c:1"},
                      {"OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"},
                      {"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/json"}},
                     "http://c:1/v1/traces"},
        EndpointCase{"ClientCertificate",
                     {{kBase, "https://c"}, {"OTEL_EXPORTER_OTLP_CLIENT_KEY", "/key.pem"}},
                     "",
                     "OTEL_EXPORTER_OTLP_CLIENT_KEY"},
        EndpointCase{"NoUrl", {{kBase, "collector:4318"}}, "", kBase},
        EndpointCase{"UserInfo", {{kBase, "http://user:canary@c:1"}}, "", kBase}),
    [](const auto& row) { return row.param.name; });

TEST(TraceSettings, HaveTheDefaultsOfTheSpecification) {
  const TraceSettings settings = ReadTraceVariables(WithEndpoint({})).settings;
  EXPECT_TRUE(settings.sampler.parent_based);
  EXPECT_EQ(settings.sampler.ratio, 1);
  EXPECT_EQ(settings.timeout, 10s);
  EXPECT_EQ(settings.schedule_delay, 5s);
  EXPECT_EQ(settings.export_timeout, 30s);
  EXPECT_EQ(settings.max_queue, 2048u);
  EXPECT_EQ(settings.max_batch, 512u);
  EXPECT_THAT(settings.resource, ElementsAre(Pair("service.name", "oauth-gateway")));
  EXPECT_THAT(settings.headers, IsEmpty());
}

TEST(TraceSettings, TakeWhatIsSet) {
  const ReadTraceSettings read = ReadTraceVariables(
      WithEndpoint({{"OTEL_EXPORTER_OTLP_TIMEOUT", "500"},
                    {"OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "700"},
                    {"OTEL_BSP_SCHEDULE_DELAY", "100"},
                    {"OTEL_BSP_EXPORT_TIMEOUT", "2000"},
                    {"OTEL_BSP_MAX_QUEUE_SIZE", "64"},
                    {"OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "16"},
                    {"OTEL_RESOURCE_ATTRIBUTES", " a=1 , b=x%2Cy,service.name=other,"},
                    {"OTEL_SERVICE_NAME", "gateway-eu"}}));
  EXPECT_THAT(read.warnings, IsEmpty());
  const TraceSettings& settings = read.settings;
  EXPECT_EQ(settings.timeout, 700ms);
  EXPECT_EQ(settings.schedule_delay, 100ms);
  EXPECT_EQ(settings.export_timeout, 2s);
  EXPECT_EQ(settings.max_queue, 64u);
  EXPECT_EQ(settings.max_batch, 16u);
  EXPECT_THAT(settings.resource,
              ElementsAre(Pair("service.name", "gateway-eu"), Pair("a", "1"), Pair("b", "x,y")));
}

TEST(TraceSettings, KeepABatchWithinTheQueue) {
  EXPECT_EQ(
      ReadTraceVariables(WithEndpoint({{"OTEL_BSP_MAX_QUEUE_SIZE", "100"}})).settings.max_batch,
      100u);
}

struct SamplerCase {
  std::string name;
  std::string value;
  std::string argument;
  bool parent_based;
  double ratio;
  bool warns = false;
};

class SamplerNameTest : public testing::TestWithParam<SamplerCase> {};

TEST_P(SamplerNameTest, IsOneOfTheSpecification) {
  const ReadTraceSettings read =
      ReadTraceVariables(WithEndpoint({{"OTEL_TRACES_SAMPLER", GetParam().value},
                                       {"OTEL_TRACES_SAMPLER_ARG", GetParam().argument}}));
  EXPECT_EQ(read.settings.sampler.parent_based, GetParam().parent_based);
  EXPECT_EQ(read.settings.sampler.ratio, GetParam().ratio);
  EXPECT_EQ(read.warnings.size(), GetParam().warns ? 1u : 0u);
}

INSTANTIATE_TEST_SUITE_P(
    Names, SamplerNameTest,
    testing::Values(SamplerCase{"AlwaysOn", "always_on", "", false, 1},
                    SamplerCase{"AlwaysOff", "always_off", "", false, 0},
                    SamplerCase{"Ratio", "traceidratio", "0.25", false, 0.25},
                    SamplerCase{"RatioWithoutNumber", "traceidratio", "", false, 1},
                    SamplerCase{"ParentOn", "parentbased_always_on", "", true, 1},
                    SamplerCase{"ParentOff", "parentbased_always_off", "", true, 0},
                    SamplerCase{"ParentRatio", "parentbased_traceidratio", "0", true, 0},
                    SamplerCase{"UnusedNumber", "always_on", "0.5", false, 1},
                    SamplerCase{"TooMuch", "traceidratio", "1.5", false, 1, true},
                    SamplerCase{"NotANumber", "traceidratio", "nan", false, 1, true},
                    SamplerCase{"Rest", "traceidratio", "0.5x", false, 1, true},
                    SamplerCase{"Unknown", "jaeger_remote", "", true, 1, true}),
    [](const auto& row) { return row.param.name; });

struct HeadersCase {
  std::string name;
  std::string value;
  std::vector<std::pair<std::string, std::string>> headers;
};

class CollectorHeadersTest : public testing::TestWithParam<HeadersCase> {};

// Where the endpoint is http, a header that may be a secret deserves a look.
TEST_P(CollectorHeadersTest, AreFieldsOrAreNotUsed) {
  const ReadTraceSettings read =
      ReadTraceVariables(WithEndpoint({{"OTEL_EXPORTER_OTLP_HEADERS", GetParam().value}}));
  std::vector<std::pair<std::string, std::string>> headers;
  for (const auto& [name, value] : read.settings.headers)
    headers.emplace_back(name, value.Reveal());
  EXPECT_EQ(headers, GetParam().headers);
  ASSERT_EQ(read.warnings.size(), size_t{1});
  EXPECT_THAT(read.warnings[0], HasSubstr("OTEL_EXPORTER_OTLP_HEADERS"));
  EXPECT_THAT(read.warnings[0], testing::Not(HasSubstr("canary")));
}

INSTANTIATE_TEST_SUITE_P(
    Headers, CollectorHeadersTest,
    testing::Values(
        HeadersCase{
            "Bearer", "authorization=Bearer%20canary", {{"authorization", "Bearer canary"}}},
        HeadersCase{"Two", "a=canary , b = 2", {{"a", "canary"}, {"b", "2"}}},
        HeadersCase{"EqualsInValue", "a=canary==", {{"a", "canary=="}}},
        HeadersCase{"NoEquals", "canary", {}}, HeadersCase{"LineEnd", "a=canary%0d%0ab:1", {}},
        HeadersCase{"BadEscape", "a=canary%2", {}}, HeadersCase{"BadName", "a b=canary", {}},
        HeadersCase{"OwnField", "content-length=0,a=canary", {}}),
    [](const auto& row) { return row.param.name; });

struct NumberCase {
  std::string name;
  std::string value;
};

class BadNumberTest : public testing::TestWithParam<NumberCase> {};

TEST_P(BadNumberTest, IsNamedAndNotUsed) {
  const ReadTraceSettings read =
      ReadTraceVariables(WithEndpoint({{"OTEL_BSP_MAX_QUEUE_SIZE", GetParam().value}}));
  EXPECT_EQ(read.settings.max_queue, 2048u);
  EXPECT_THAT(read.warnings, ElementsAre(HasSubstr("OTEL_BSP_MAX_QUEUE_SIZE")));
}

INSTANTIATE_TEST_SUITE_P(Numbers, BadNumberTest,
                         testing::Values(NumberCase{"Zero", "0"}, NumberCase{"Negative", "-1"},
                                         NumberCase{"Text", "many"}, NumberCase{"Rest", "10s"},
                                         NumberCase{"TooMany", "65537"},
                                         NumberCase{"Huge", "99999999999999999999"}),
                         [](const auto& row) { return row.param.name; });

TEST(TraceSettings, NameAFileThatIsNoCertificate) {
  const ReadTraceSettings read =
      ReadTraceVariables(WithEndpoint({{"OTEL_EXPORTER_OTLP_CERTIFICATE", "/no/such/file"},
                                       {"OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"}}));
  EXPECT_EQ(read.settings.ca_file, "/no/such/file");
  EXPECT_THAT(read.warnings, ElementsAre(HasSubstr("OTEL_EXPORTER_OTLP_CERTIFICATE"),
                                         HasSubstr("OTEL_EXPORTER_OTLP_COMPRESSION")));
}

TEST(TraceSettings, AreDescribedWithoutSecrets) {
  EXPECT_EQ(Describe({}), "traces: off");
  const TraceSettings settings =
      ReadTraceVariables(WithEndpoint({{"OTEL_EXPORTER_OTLP_HEADERS", "a=canary"},
                                       {"OTEL_TRACES_SAMPLER", "parentbased_traceidratio"},
                                       {"OTEL_TRACES_SAMPLER_ARG", "0.1"}}))
          .settings;
  EXPECT_EQ(Describe(settings),
            "traces: to http://collector:4318/v1/traces, of 0.1 of the calls whose caller does not "
            "decide, as oauth-gateway");
}

}  // namespace
}  // namespace modelgates::gateway
