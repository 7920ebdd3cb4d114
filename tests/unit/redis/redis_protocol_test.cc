#include "redis/redis_protocol.h"

#include <gtest/gtest.h>

#include <random>

#include "unit/redis/client_runner.h"

namespace modelgates::gateway {
namespace {

constexpr size_t kMaxReplyBytes = 1000;

// The answers in `bytes`, put in `step` bytes at a time; "..." at the end when more is needed,
// "garbage" when it can be no answer.
std::string Read(std::string_view bytes, size_t step) {
  RedisReplyReader reader(kMaxReplyBytes);
  std::string read;
  while (!bytes.empty()) {
    reader.Put(bytes.substr(0, step));
    bytes.remove_prefix(std::min(step, bytes.size()));
    for (;;) {
      const RedisReplyReader::State state = reader.Next();
      if (state == RedisReplyReader::State::kGarbage) return read + "garbage";
      if (state == RedisReplyReader::State::kNeedMore) break;
      read += Shown(reader.Take()) + ";";
    }
  }
  return read;
}

std::string Repeated(std::string_view text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

struct ReplyCase {
  std::string name;
  std::string bytes;
  std::string read;
};

class RedisReplies : public testing::TestWithParam<ReplyCase> {};

TEST_P(RedisReplies, AreReadHoweverTheyAreCut) {
  for (const size_t step : {1, 2, 3, 7, 100'000}) {
    EXPECT_EQ(Read(GetParam().bytes, step), GetParam().read) << step;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Bytes, RedisReplies,
    testing::Values(
        ReplyCase{"Status", "+OK\r\n", "+OK;"}, ReplyCase{"Error", "-ERR no\r\n", "-ERR no;"},
        ReplyCase{"Integer", ":-7\r\n", ":-7;"},
        ReplyCase{"Largest", ":9223372036854775807\r\n", ":9223372036854775807;"},
        ReplyCase{"Bulk", "$3\r\na\r\n\r\n", "$a\r\n;"}, ReplyCase{"EmptyBulk", "$0\r\n\r\n", "$;"},
        ReplyCase{"NilBulk", "$-1\r\n", "nil;"}, ReplyCase{"NilArray", "*-1\r\n", "nil;"},
        ReplyCase{"EmptyArray", "*0\r\n", "[];"},
        ReplyCase{"Array", "*3\r\n:1\r\n$1\r\na\r\n$-1\r\n", "[:1 $a nil];"},
        ReplyCase{"Nested", "*2\r\n*1\r\n*0\r\n:1\r\n", "[[[]] :1];"},
        ReplyCase{"ErrorInArray", "*1\r\n-ERR\r\n", "[-ERR];"},
        ReplyCase{"Several", "+A\r\n:1\r\n*0\r\n", "+A;:1;[];"},
        ReplyCase{"ManySmall", Repeated(":1\r\n", 1000), Repeated(":1;", 1000)},
        ReplyCase{"Deepest", Repeated("*1\r\n", 8) + ":1\r\n",
                  Repeated("[", 8) + ":1" + Repeated("]", 8) + ";"},
        ReplyCase{"MostElements", "*128\r\n" + Repeated(":1\r\n", 128),
                  "[:1" + Repeated(" :1", 127) + "];"},
        ReplyCase{"Incomplete", "*2\r\n:1\r\n", ""},
        ReplyCase{"HugeBulkThatNeverComes", "$9223372036854775807\r\nabc", ""},
        ReplyCase{"Http", "HTTP/1.1 400 Bad Request\r\n", "garbage"},
        ReplyCase{"Tls", "\x15\x03\x01\x00\x02", "garbage"},
        ReplyCase{"Version3", "%1\r\n+a\r\n:1\r\n", "garbage"},
        ReplyCase{"Push", ">1\r\n+a\r\n", "garbage"},
        ReplyCase{"AfterAReply", "+OK\r\nnonsense\r\n", "+OK;garbage"},
        ReplyCase{"IntegerOfLetters", ":one\r\n", "garbage"},
        ReplyCase{"IntegerTooLarge", ":9223372036854775808\r\n", "garbage"},
        ReplyCase{"BulkOfNegativeLength", "$-2\r\n", "garbage"},
        ReplyCase{"BulkWithoutLength", "$\r\n", "garbage"},
        ReplyCase{"BulkOfLetters", "$abc\r\n", "garbage"},
        ReplyCase{"ArrayOfNegativeLength", "*-2\r\n", "garbage"},
        ReplyCase{"ArrayTooLong", "*129\r\n", "garbage"},
        ReplyCase{"HugeArray", "*2147483647\r\n", "garbage"},
        ReplyCase{"HugerArray", "*9223372036854775807\r\n", "garbage"},
        ReplyCase{"TooManyElementsInAll", "*100\r\n*29\r\n", "garbage"},
        ReplyCase{"TooDeep", Repeated("*1\r\n", 9), "garbage"},
        ReplyCase{"FarTooDeep", Repeated("*1\r\n", 100), "garbage"},
        ReplyCase{"EndlessLine", "+" + std::string(5000, 'x'), "garbage"},
        ReplyCase{"EndlessLength", "$" + std::string(5000, '1'), "garbage"},
        ReplyCase{"EndlessBulk", "$100000\r\n" + std::string(5000, 'x'), "garbage"}),
    [](const auto& row) { return row.param.name; });

// What comes in one piece must be no larger than what comes in many.
TEST(RedisReplyReaderTest, AReplyThatIsTooLargeIsGarbageWhenWholeToo) {
  EXPECT_EQ(Read("$2000\r\n" + std::string(2000, 'x') + "\r\n", 100'000), "garbage");
  const std::string most = "$900\r\n" + std::string(900, 'x') + "\r\n";
  EXPECT_EQ(Read(most + most + most, 100'000).size(), 3 * 902u);
}

TEST(RedisReplyReaderTest, NothingIsReadAfterGarbage) {
  RedisReplyReader reader(kMaxReplyBytes);
  reader.Put("nonsense\r\n");
  EXPECT_EQ(reader.Next(), RedisReplyReader::State::kGarbage);
  reader.Put("+OK\r\n");
  EXPECT_EQ(reader.Next(), RedisReplyReader::State::kGarbage);
}

// For the sanitizers: whatever comes is read, waited for or refused.
TEST(RedisReplyReaderTest, RandomBytesOfTheProtocolDoNoHarm) {
  std::mt19937 random(1);
  constexpr std::string_view kPieces[] = {"*",  "$",      "+",           "-",     ":",  "\r\n",
                                          "\r", "\n",     "1",           "2",     "-1", "0",
                                          "x",  "*2\r\n", "$1\r\nx\r\n", ":1\r\n"};
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes;
    for (unsigned i = random() % 20; i > 0; --i) bytes += kPieces[random() % std::size(kPieces)];
    Read(bytes, 1 + random() % 8);
  }
}

TEST(RedisCommandTest, IsAnArrayOfItsParts) {
  const auto format = [](std::vector<std::string_view> args, size_t max_bytes = 1000) {
    return FormatRedisCommand(args, max_bytes);
  };
  EXPECT_EQ(format({"GET", "key"}), "*2\r\n$3\r\nGET\r\n$3\r\nkey\r\n");
  EXPECT_EQ(format({"SET", "", "a\r\n"}), "*3\r\n$3\r\nSET\r\n$0\r\n\r\n$3\r\na\r\n\r\n");
  EXPECT_EQ(format({"SET", std::string_view()}), "*2\r\n$3\r\nSET\r\n$0\r\n\r\n");
  const std::string large(990, 'x');
  EXPECT_EQ(format({"SET", large}), "");
  EXPECT_EQ(format({"SET", large}, 2000).size(), 1011u);
}

TEST(RedisErrorTest, ShowsItsFirstWordAndNoMore) {
  const auto word = [](std::string text) {
    return ErrorWord({RedisReply::Type::kError, std::move(text), 0, {}});
  };
  EXPECT_EQ(word("WRONGPASS invalid username-password pair"), "WRONGPASS");
  EXPECT_EQ(word("LOADING"), "LOADING");
  EXPECT_EQ(word("ERR unknown command 'AUTH', with args beginning with: 'pw'"), "ERR");
  EXPECT_EQ(word(""), "ERR");
  EXPECT_EQ(word("secret"), "ERR");
  EXPECT_EQ(word("SECRET1 x"), "ERR");
  EXPECT_EQ(word(std::string(100, 'A')), "ERR");
}

}  // namespace
}  // namespace modelgates::gateway
