#include "config/command_line.h"

#include <gmock/gmock.h>

#include "unit/config/load_support.h"

namespace modelgates::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// What `args` make of one setting; "(unset)" when nothing.
std::string ValueOf(std::string_view name, const std::vector<std::string>& args) {
  const CommandLine command_line = ReadCommandLine(args);
  EXPECT_THAT(command_line.errors, IsEmpty());
  const auto found = command_line.values.find(name);
  return found == command_line.values.end() ? "(unset)" : found->second.text;
}

TEST(CommandLine, UnderstandsTheSpellingsOfAbseil) {
  EXPECT_EQ(ValueOf("listen", {"--listen=a:1"}), "a:1");
  EXPECT_EQ(ValueOf("listen", {"--listen", "a:1"}), "a:1");
  EXPECT_EQ(ValueOf("listen", {"-listen=a:1"}), "a:1");
  EXPECT_EQ(ValueOf("listen", {"--listen="}), "");
  EXPECT_EQ(ValueOf("http_referer", {"--http_referer=a=b"}), "a=b");
  EXPECT_EQ(ValueOf("reflection", {"--reflection"}), "true");
  EXPECT_EQ(ValueOf("reflection", {"--reflection=no"}), "no");
  EXPECT_EQ(ValueOf("reflection", {"--noreflection"}), "false");
  EXPECT_EQ(ValueOf("reflection", {"-noreflection"}), "false");
  EXPECT_EQ(ValueOf("listen", {"--listen=a:1", "--listen=b:1"}), "b:1");
  EXPECT_EQ(ValueOf("listen", {"--listen=a:1", "--"}), "a:1");
  EXPECT_EQ(ValueOf("listen", {}), "(unset)");
}

struct WrongCase {
  std::string name;
  std::vector<std::string> args;
  std::string error;
};

class WrongCommandLine : public ::testing::TestWithParam<WrongCase> {};

TEST_P(WrongCommandLine, IsReportedWithoutTheValue) {
  EXPECT_THAT(ReadCommandLine(GetParam().args).errors,
              ElementsAre(AllOf(HasSubstr(GetParam().error), HasSubstr("argument"),
                                Not(HasSubstr("canary")))));
}

INSTANTIATE_TEST_SUITE_P(
    All, WrongCommandLine,
    ::testing::Values(
        WrongCase{"Unknown", {"--bogus=canary"}, "--bogus is no flag that is known"},
        WrongCase{"Misspelt", {"--atempt_timeout=canary"}, "did you mean --attempt_timeout?"},
        WrongCase{"WithDashes", {"--attempt-timeout=canary"}, "did you mean --attempt_timeout?"},
        WrongCase{"KeyInPlaceOfItsFile", {"--api_key=canary"}, "did you mean --api_key_file?"},
        WrongCase{"NegatedWithADash", {"--no-breaker"}, "did you mean --nobreaker?"},
        WrongCase{"UnknownNegated", {"--nobogus"}, "--nobogus is no flag that is known"},
        WrongCase{"NegatedThatIsNoSwitch", {"--nolisten"}, "--nolisten is no flag"},
        WrongCase{"NegatedWithValue", {"--noreflection=true"}, "--noreflection is no flag"},
        WrongCase{"Stray", {"canary"}, "is not a flag"}, WrongCase{"ADash", {"-"}, "is not a flag"},
        WrongCase{"NoName", {"--=canary"}, "is no flag"},
        WrongCase{"ControlCharacters", {"--a\n\x1b[31m=canary"}, "--a\\x0a\\x1b[31m is no flag"},
        WrongCase{"NoValueAtTheEnd", {"--listen"}, "--listen needs a value"},
        WrongCase{"NoValueBeforeAFlag", {"--listen", "--reflection"}, "--listen needs a value"},
        WrongCase{"SwitchWithASeparateValue", {"--reflection", "canary"}, "is not a flag"},
        WrongCase{"NoFlagfile", {"--flagfile"}, "--flagfile needs a value"},
        WrongCase{"UnreadableFlagfile", {"--flagfile=/nonexistent"}, "can be read"},
        WrongCase{"DirectoryAsFlagfile", {"--flagfile=/"}, "can be read"}),
    [](const auto& row) { return row.param.name; });

TEST(CommandLine, GoesOnAfterAMistake) {
  const CommandLine command_line = ReadCommandLine({"--bogus", "--listen=a:1", "stray", "-x"});
  EXPECT_THAT(command_line.errors, ElementsAre(HasSubstr("argument 1"), HasSubstr("argument 3"),
                                               HasSubstr("argument 4")));
  EXPECT_EQ(command_line.values.at("listen").text, "a:1");
}

TEST(Flagfile, IsReadWhereItStands) {
  const TemporaryFile file("--listen=file:1\n");
  const std::string flag = "--flagfile=" + file.path();
  EXPECT_EQ(ValueOf("listen", {"--listen=a:1", flag}), "file:1");
  EXPECT_EQ(ValueOf("listen", {flag, "--listen=a:1"}), "a:1");
}

TEST(Flagfile, MayNameOthers) {
  const TemporaryFile inner("--listen=inner:1\n");
  const TemporaryFile outer("--flagfile=" + inner.path() + "\n--reflection=false\r\n");
  const TemporaryFile other("--channelz\n");
  const std::string flag = "--flagfile=" + outer.path() + "," + other.path();
  EXPECT_EQ(ValueOf("listen", {flag}), "inner:1");
  EXPECT_EQ(ValueOf("reflection", {flag}), "false");
  EXPECT_EQ(ValueOf("channelz", {flag}), "true");
}

TEST(Flagfile, ThatNamesItselfEnds) {
  const TemporaryFile file("");
  std::ofstream(file.path()) << "--flagfile=" << file.path() << "\n";
  EXPECT_THAT(ReadCommandLine({"--flagfile=" + file.path()}).errors,
              ElementsAre(HasSubstr("at most 8 within each other")));
}

TEST(Flagfile, MistakesNameTheLine) {
  const TemporaryFile file("--listen=a:1\n\n--bogus=canary\ncanary\n");
  EXPECT_THAT(
      ReadCommandLine({"--flagfile=" + file.path()}).errors,
      ElementsAre("--bogus is no flag that is known, see --help (flagfile " + file.path() + ":3)",
                  "an argument is not a flag (flagfile " + file.path() + ":4)"));
}

}  // namespace
}  // namespace modelgates::gateway
