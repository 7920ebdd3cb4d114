#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "trace/trace_context.h"

namespace modelgates::gateway {
namespace {

std::string Repeated(const std::string& text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

// "k0=v,k1=v,..."
std::string Entries(int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += "k" + std::to_string(i) + "=v,";
  out.pop_back();
  return out;
}

struct StateCase {
  std::string name;
  std::vector<std::string_view> values;
  std::string joined;
};

class TracestateTest : public testing::TestWithParam<StateCase> {};

TEST_P(TracestateTest, IsReadWholeOrDropped) {
  EXPECT_EQ(JoinTracestate(GetParam().values), GetParam().joined);
}

const std::string kLongest = "k=" + std::string(256, 'v');
const std::string kTooLongValue = "k=" + std::string(257, 'v');
const std::string kLongestKey = std::string(256, 'k') + "=v";
const std::string kTooLongKey = std::string(257, 'k') + "=v";
const std::string k32 = Entries(32);
const std::string k33 = Entries(33);
const std::string k512 = "a=" + std::string(254, 'v') + ",b=" + std::string(253, 'v');
const std::string k513 = "a=" + std::string(254, 'v') + ",b=" + std::string(254, 'v');
const std::string kManyCommas = Repeated(", ", 1000) + "a=1";

INSTANTIATE_TEST_SUITE_P(
    States, TracestateTest,
    testing::Values(
        StateCase{"None", {}, ""}, StateCase{"Empty", {""}, ""},
        StateCase{"One", {"congo=t61rcWkgMzE"}, "congo=t61rcWkgMzE"},
        StateCase{"SpaceAround", {" a=1 ,\tb=2\t"}, "a=1,b=2"},
        StateCase{"EmptyEntries", {",a=1,,b=2,"}, "a=1,b=2"},
        StateCase{"ManyEmptyEntries", {kManyCommas}, "a=1"},
        StateCase{"TwoFields", {"a=1", "b=2,c=3"}, "a=1,b=2,c=3"},
        StateCase{"Tenant", {"fw529a3039@dt=FfSW"}, "fw529a3039@dt=FfSW"},
        StateCase{"KeyAlphabet", {"0a_-*/@z=1"}, "0a_-*/@z=1"},
        StateCase{"ValueAlphabet", {"a=!\"#$ ~"}, "a=!\"#$ ~"},
        StateCase{"SpaceBeforeValue", {"a= 1"}, "a= 1"}, StateCase{"UpperCaseKey", {"A=1"}, ""},
        StateCase{"KeyBeginsWithSign", {"_a=1"}, ""}, StateCase{"SpaceInKey", {"a b=1"}, ""},
        StateCase{"NoKey", {"=1"}, ""}, StateCase{"NoValue", {"a="}, ""},
        StateCase{"NoEquals", {"a=1,b"}, ""}, StateCase{"TwoEquals", {"a=1=2"}, ""},
        StateCase{"ControlCharacter", {"a=1\x01"}, ""}, StateCase{"LineEnd", {"a=1\nb=2"}, ""},
        StateCase{"NotAscii", {"a=\xc3\xa4"}, ""}, StateCase{"Delete", {"a=\x7f"}, ""},
        StateCase{"SameKeyTwice", {"a=1,b=2,a=3"}, ""},
        StateCase{"SameKeyInTwoFields", {"a=1", "a=1"}, ""},
        StateCase{"LongestValue", {kLongest}, kLongest},
        StateCase{"TooLongValue", {kTooLongValue}, ""},
        StateCase{"LongestKey", {kLongestKey}, kLongestKey},
        StateCase{"TooLongKey", {kTooLongKey}, ""}, StateCase{"MostEntries", {k32}, k32},
        StateCase{"TooManyEntries", {k33}, ""}, StateCase{"MostBytes", {k512}, k512},
        StateCase{"TooManyBytes", {k513}, ""}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace modelgates::gateway
