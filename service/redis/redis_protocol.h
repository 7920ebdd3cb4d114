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

// The first word of an error, such as "NOSCRIPT", fit to be logged: the rest may repeat what was
// sent, a password too. "ERR" when it has no such word.
std::string ErrorWord(const RedisReply& error);

// A command as it goes over the wire. It may hold a password: whoever gets it wipes it. Empty: it
// would be longer than `max_bytes`, which is less than 2^30.
std::string FormatRedisCommand(std::span<const std::string_view> args, size_t max_bytes);

// Reads answers out of what a server sends, whatever that is. All that one answer may take is
// bounded: its bytes, its elements in all levels, and its depth, 8.
class RedisReplyReader {
 public:
  enum class State : uint8_t {
    kNeedMore,
    kReply,    // see Take
    kGarbage,  // no answer, or too large a one; for good
  };

  explicit RedisReplyReader(size_t max_reply_bytes);
  RedisReplyReader(const RedisReplyReader&) = delete;
  RedisReplyReader& operator=(const RedisReplyReader&) = delete;
  ~RedisReplyReader();

  // Takes `bytes`; what they say is asked for by Next.
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
  size_t unread_bytes_ = 0;  // of the answer that has begun, and of what follows it
  size_t elements_ = 0;      // of that answer
  bool garbage_ = false;
  RedisReply reply_;
};

}  // namespace modelgates::gateway
