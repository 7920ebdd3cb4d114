#include "base/log.h"

#include <gmock/gmock.h>
#include <pty.h>
#include <spdlog/sinks/ostream_sink.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <limits>
#include <nlohmann/json.hpp>
#include <random>
#include <sstream>
#include <thread>
#include <vector>

namespace modelgates::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using Json = nlohmann::ordered_json;

// A log into memory.
class Captured {
 public:
  explicit Captured(LogFormat format = LogFormat::kJson, Severity min_severity = Severity::kDebug)
      : log({min_severity, format, std::make_shared<spdlog::sinks::ostream_sink_mt>(out_)}) {}

  std::string text() const { return out_.str(); }

  // The only line, parsed back. nlohmann checks UTF-8 too.
  Json Line() const {
    EXPECT_EQ(text().find('\n'), text().size() - 1);
    return Json::parse(text());
  }

 private:
  std::ostringstream out_;

 public:
  Log log;
};

template <class T>
Json WrittenAs(const T& value) {
  Captured captured;
  LogLine line = captured.log.Line(Severity::kInfo, "setting", "message");
  captured.log.Write(line.Add("warning", value));
  return captured.Line()["warning"];
}

TEST(Log, WritesOneJsonObjectWithTheFieldsInOrder) {
  Captured captured;
  LogLine line = captured.log.Line(Severity::kInfo, "call", "call finished");
  line.Add("rpc", "CreateAuthCode")
      .Add("attempts", 2)
      .AddMilliseconds("duration_ms", std::chrono::microseconds(1250))
      .Add("joined", true);
  captured.log.Write(line);
  const Json json = captured.Line();
  std::vector<std::string> names;
  for (const auto& [name, value] : json.items()) names.push_back(name);
  EXPECT_THAT(names, ElementsAre("timestamp", "severity", "event", "message", "rpc", "attempts",
                                 "duration_ms", "joined"));
  EXPECT_EQ(json["severity"], "INFO");
  EXPECT_EQ(json["event"], "call");
  EXPECT_EQ(json["message"], "call finished");
  EXPECT_EQ(json["rpc"], "CreateAuthCode");
  EXPECT_EQ(json["attempts"], 2);
  EXPECT_EQ(json["duration_ms"], 1.25);
  EXPECT_EQ(json["joined"], true);
  EXPECT_THAT(json["timestamp"].get<std::string>(),
              MatchesRegex("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{6}Z"));
}

TEST(Log, WritesNumbersExactly) {
  EXPECT_EQ(WrittenAs(std::numeric_limits<int64_t>::min()), std::numeric_limits<int64_t>::min());
  EXPECT_EQ(WrittenAs(std::numeric_limits<uint64_t>::max()), std::numeric_limits<uint64_t>::max());
}

TEST(Log, WritesMillisecondsWithMicroseconds) {
  using std::chrono::nanoseconds;
  const std::pair<nanoseconds, const char*> durations[] = {
      {nanoseconds(0), "open_ms=0.000"},
      {nanoseconds(999), "open_ms=0.000"},
      {nanoseconds(7'001'999), "open_ms=7.001"},
      {std::chrono::hours(1000), "open_ms=3600000000.000"},
  };
  for (const auto& [duration, written] : durations) {
    Captured captured(LogFormat::kText);
    LogLine line = captured.log.Line(Severity::kInfo, "setting", "message");
    captured.log.Write(line.AddMilliseconds("open_ms", duration));
    EXPECT_THAT(captured.text(), HasSubstr(written));
  }
}

TEST(Log, KeepsTextAndReplacesWhatIsNotUtf8) {
  const std::string text = "a \"quoted\" \\ tab\t line\n \x01 \x7f é € 😀 \u0085 \u2028";
  EXPECT_EQ(WrittenAs(text), text);
  EXPECT_EQ(WrittenAs(std::string("a\0b", 3)), std::string("a\0b", 3));
  EXPECT_EQ(WrittenAs("\xff"), "\uFFFD");
  EXPECT_EQ(WrittenAs("a\xc3"), "a\uFFFD");
  EXPECT_EQ(WrittenAs("\xc0\xaf"), "\uFFFD\uFFFD");
  EXPECT_EQ(WrittenAs("\xed\xa0\x80"), "\uFFFD\uFFFD\uFFFD");
  EXPECT_EQ(WrittenAs("\xf4\x90\x80\x80"), "\uFFFD\uFFFD\uFFFD\uFFFD");
}

TEST(Log, IsOneCleanLineWhateverTheValueHolds) {
  std::mt19937 random(20240607);
  for (int round = 0; round < 5'000; ++round) {
    std::string value(random() % 40, '\0');
    // Half of the bytes from where UTF-8, JSON and terminals are delicate.
    constexpr std::string_view kDelicate = "\"\\\n\r\t\x1b\x7f\xc2\x85\xe2\x80\xa8\xed\xa0\xf0\x9f";
    for (char& c : value) {
      c = random() % 2 ? static_cast<char>(random()) : kDelicate[random() % kDelicate.size()];
    }
    for (const LogFormat format : {LogFormat::kJson, LogFormat::kText}) {
      Captured captured(format);
      LogLine line = captured.log.Line(Severity::kInfo, "setting", value);
      captured.log.Write(line.Add("warning", value).Add("count", 1));
      const std::string text = captured.text();
      ASSERT_EQ(text.find('\n'), text.size() - 1);
      for (const char c : text.substr(0, text.size() - 1)) {
        ASSERT_TRUE(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
      }
      if (format == LogFormat::kJson) {
        ASSERT_EQ(captured.Line()["count"], 1);
      }
    }
  }
}

TEST(Log, HasATextFormForATerminal) {
  Captured captured(LogFormat::kText);
  LogLine line = captured.log.Line(Severity::kWarning, "reloaded", "key file read again");
  captured.log.Write(line.Add("setting", "/a b").Add("count", 3).Add("rpc", "X").Add("error", ""));
  EXPECT_THAT(
      captured.text(),
      MatchesRegex("[-0-9T:.]+Z WARNING reloaded: key file read again setting=\"/a b\" count=3 "
                   "rpc=X error=\"\"\n"));
}

// What a log in `format` writes into `fd`, and `other` reads.
std::string WrittenInto(int fd, int other, LogFormat format) {
  {
    Log log({.format = format, .sink = nullptr, .fd = fd});
    LogLine line = log.Line(Severity::kWarning, "setting", "message");
    log.Write(line.Add("warning", "red"));
  }
  std::string text(1'000, ' ');
  const ssize_t size = read(other, text.data(), text.size());
  return text.substr(0, size < 0 ? 0 : static_cast<size_t>(size));
}

// Given a terminal that has colours, then the severity is in colour and nothing else is, and only
// in text, unless the user wants no colours.
TEST(Log, HasColorsOnATerminalAlone) {
  setenv("COLORTERM", "truecolor", 1);
  unsetenv("NO_COLOR");
  int terminal = -1;
  int screen = -1;
  ASSERT_EQ(openpty(&screen, &terminal, nullptr, nullptr, nullptr), 0);
  int pipe_ends[2];
  ASSERT_EQ(pipe(pipe_ends), 0);
  EXPECT_THAT(WrittenInto(terminal, screen, LogFormat::kText),
              MatchesRegex("[-0-9T:.]+Z \x1b\\[33m\x1b\\[1mWARNING\x1b\\[m setting: message "
                           "warning=red\r\n"));
  const auto has_no_color = Not(HasSubstr("\x1b"));
  EXPECT_THAT(WrittenInto(terminal, screen, LogFormat::kJson), has_no_color);
  EXPECT_THAT(WrittenInto(pipe_ends[1], pipe_ends[0], LogFormat::kText), has_no_color);
  setenv("NO_COLOR", "1", 1);
  EXPECT_THAT(WrittenInto(terminal, screen, LogFormat::kText), has_no_color);
  for (const int fd : {terminal, screen, pipe_ends[0], pipe_ends[1]}) close(fd);
}

TEST(Log, LeavesOutWhatIsBelowItsLevel) {
  Captured captured(LogFormat::kJson, Severity::kWarning);
  for (const Severity severity :
       {Severity::kDebug, Severity::kInfo, Severity::kWarning, Severity::kError}) {
    EXPECT_EQ(captured.log.Enabled(severity), severity >= Severity::kWarning);
    LogLine line = captured.log.Line(severity, "call", "message");
    captured.log.Write(line);
  }
  EXPECT_THAT(captured.text(), HasSubstr("WARNING"));
  EXPECT_THAT(captured.text(), HasSubstr("ERROR"));
  EXPECT_THAT(captured.text(), Not(HasSubstr("DEBUG")));
  EXPECT_THAT(captured.text(), Not(HasSubstr("INFO")));
}

TEST(Log, WritesLongLinesWhole) {
  const std::string value(100'000, 'x');
  EXPECT_EQ(WrittenAs(value), value);
}

TEST(Log, NeverMixesLinesOfTwoThreads) {
  Captured captured;
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 4; ++thread) {
      threads.emplace_back([&captured] {
        for (int i = 0; i < 200; ++i) {
          LogLine line = captured.log.Line(Severity::kInfo, "setting", "message");
          captured.log.Write(line.Add("count", i));
        }
      });
    }
  }
  std::istringstream lines(captured.text());
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    EXPECT_TRUE(Json::accept(line)) << line;
  }
  EXPECT_EQ(count, 800);
}

// Given a reader that stops for longer than the log can keep lines for it, when it goes on, then
// the log itself says how many it has lost.
TEST(Log, SaysHowManyLinesItsReaderHasLost) {
  constexpr size_t kLines = 30'000;
  const std::string value(200, 'x');
  int fds[2];
  ASSERT_EQ(pipe(fds), 0);
  std::string text;
  std::thread reader;
  {
    Log log({.sink = nullptr, .fd = fds[1]});
    for (size_t i = 0; i < kLines; ++i) {
      LogLine line = log.Line(Severity::kInfo, "setting", "message");
      log.Write(line.Add("warning", value));
    }
    EXPECT_GT(log.dropped(), 0u);
    reader = std::thread([&] {
      std::vector<char> some(65'536);
      for (ssize_t count = 0; (count = read(fds[0], some.data(), some.size())) > 0;) {
        text.append(some.data(), static_cast<size_t>(count));
      }
    });
    for (int i = 0; i < 30; ++i) log.Flush();  // each waits for two seconds at most
  }
  close(fds[1]);
  reader.join();
  close(fds[0]);

  size_t read = 0;
  size_t said = 0;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const Json json = Json::parse(line);
    if (json["event"] == "setting") {
      ++read;
    } else {
      EXPECT_EQ(json["event"], "log_lines_dropped");
      EXPECT_EQ(json["severity"], "WARNING");
      said += json["lines"].get<size_t>();
    }
  }
  // Lines that say so can be lost too, and count.
  EXPECT_GE(read + said, kLines);
  EXPECT_GE(said, 1u);
  EXPECT_LT(said, kLines - read + kLines / 100) << "lines about lost lines crowd out the others";
}

template <class T>
concept CanBeLogged = requires(LogLine& line, const T& value) {
  line.Add("error", value);
};

static_assert(CanBeLogged<std::string>);
static_assert(CanBeLogged<int>);
static_assert(!CanBeLogged<Secret>);

}  // namespace
}  // namespace modelgates::gateway
