#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

struct redisReader;

namespace modelgates::gateway {

// An answer in the Redis serialization protocol, version 2.
struct RedisReply {
  enum class Type : uint8_t { kNil, kStatus, kError, kInteger, kString, kArray };

  Type type = Type::kNil;
  std::string text;  // of kStatus, kError and kString; any bytes
  int64_t integer = 0;
  std::vector<RedisReply> elements;

  bool IsStatus(std::string_view expected) const {
    return type == Type::kStatus && text == expected;
  }
};

// The first word of an error, such as "NOSCRIPT", for the log; the rest may repeat what was sent,
// including a password. "ERR" if there is no such word.
std::string ErrorWord(const RedisReply& error);

// Whether it is an error with this first word. Before Redis 7 that of a command in a script is
// within the text.
bool IsRefusal(const RedisReply& reply, std::string_view word);

// The bytes of a command. They may contain a password, so the caller must wipe them. Empty: the
// command is longer than `max_bytes`, which must be less than 2^30.
std::string FormatRedisCommand(std::span<const std::string_view> args, size_t max_bytes);

// Parses answers from the bytes of an untrusted server. An answer is bounded in bytes, in elements
// of all levels, and in depth (8).
class RedisReplyReader {
 public:
  enum class State : uint8_t {
    kNeedMore,
    kReply,    // see Take
    kGarbage,  // not an answer, or too large; final
  };

  explicit RedisReplyReader(size_t max_reply_bytes);
  RedisReplyReader(const RedisReplyReader&) = delete;
  RedisReplyReader& operator=(const RedisReplyReader&) = delete;
  ~RedisReplyReader();

  // Takes the next received bytes; Next returns their answers.
  void Put(std::string_view bytes);
  // The next answer, if there is one.
  State Next();
  RedisReply Take();

 private:
  struct Free {
    void operator()(redisReader* reader) const;
  };

  const size_t max_reply_bytes_;
  std::unique_ptr<redisReader, Free> reader_;
  size_t unread_bytes_ = 0;  // of the incomplete answer and what follows it
  size_t elements_ = 0;      // of that answer
  bool garbage_ = false;
  RedisReply reply_;
};

}  // namespace modelgates::gateway
