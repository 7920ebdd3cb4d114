#include "redis/redis_protocol.h"

#include <absl/strings/match.h>
#include <fmt/format.h>
#include <hiredis/hiredis.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <type_traits>
#include <utility>

namespace modelgates::gateway {
namespace {

// The gateway's scripts return at most three.
constexpr size_t kMaxElements = 128;

// The place for the reply of `task`; null: out of memory.
RedisReply* Place(const redisReadTask* task, RedisReply::Type type) {
  RedisReply* place = nullptr;
  if (task->parent == nullptr) {
    place = new (std::nothrow) RedisReply;
  } else {
    place = &static_cast<RedisReply*>(task->parent->obj)->elements[static_cast<size_t>(task->idx)];
  }
  if (place != nullptr) place->type = type;
  return place;
}

RedisReply::Type ToType(int type) {
  if (type == REDIS_REPLY_STATUS) return RedisReply::Type::kStatus;
  return type == REDIS_REPLY_ERROR ? RedisReply::Type::kError : RedisReply::Type::kString;
}

void* CreateString(const redisReadTask* task, char* text, size_t size) {
  RedisReply* const reply = Place(task, ToType(task->type));
  if (reply != nullptr) reply->text.assign(text, size);
  return reply;
}

// Maps, sets and pushes of RESP3 come as arrays of another type since hiredis 1.0, which also has
// no bound of its own on arrays within each other.
bool IsAllowedArray(const redisReadTask& task) {
  constexpr int kMaxDepth = 8;
  int depth = 1;
  for (const redisReadTask* outer = task.parent; outer != nullptr; outer = outer->parent) ++depth;
  return task.type == REDIS_REPLY_ARRAY && depth <= kMaxDepth;
}

// Returning null refuses the reply; the reader then fails for ever.
using ArraySize = std::conditional_t<HIREDIS_MAJOR == 0, int, size_t>;
void* CreateArray(const redisReadTask* task, ArraySize size) {
  if (!IsAllowedArray(*task)) return nullptr;
  size_t& elements = *static_cast<size_t*>(task->privdata);
  elements += static_cast<size_t>(size);
  if (elements > kMaxElements) return nullptr;
  RedisReply* const reply = Place(task, RedisReply::Type::kArray);
  if (reply != nullptr) reply->elements.resize(static_cast<size_t>(size));
  return reply;
}

void* CreateInteger(const redisReadTask* task, long long value) {
  RedisReply* const reply = Place(task, RedisReply::Type::kInteger);
  if (reply != nullptr) reply->integer = value;
  return reply;
}

void* CreateNil(const redisReadTask* task) { return Place(task, RedisReply::Type::kNil); }

// Called for complete answers only.
void FreeReply(void* reply) { delete static_cast<RedisReply*>(reply); }

template <class Functions>
Functions MakeFunctions() {
  Functions functions{};
  functions.createString = CreateString;
  functions.createArray = CreateArray;
  functions.createInteger = CreateInteger;
  functions.createNil = CreateNil;
  functions.freeObject = FreeReply;
  // Types of RESP3, which hiredis has since 1.0 and which nobody asked the server for.
  if constexpr (requires { functions.createDouble; }) {
    functions.createDouble = [](const redisReadTask*, double, char*, size_t) -> void* {
      return nullptr;
    };
    functions.createBool = [](const redisReadTask*, int) -> void* { return nullptr; };
  }
  return functions;
}

redisReplyObjectFunctions functions = MakeFunctions<redisReplyObjectFunctions>();

}  // namespace

std::string ErrorWord(const RedisReply& error) {
  constexpr size_t kMaxBytes = 24;
  const auto is_part = [](char c) { return (c >= 'A' && c <= 'Z') || c == '_'; };
  const auto end = std::find_if_not(error.text.begin(), error.text.end(), is_part);
  std::string word(error.text.begin(), end);
  const bool ends = end == error.text.end() || *end == ' ';
  if (word.empty() || word.size() > kMaxBytes || !ends) word = "ERR";
  return word;
}

bool IsRefusal(const RedisReply& reply, std::string_view word) {
  return reply.type == RedisReply::Type::kError &&
         (ErrorWord(reply) == word || absl::StrContains(reply.text, fmt::format("-{} ", word)));
}

std::string FormatRedisCommand(std::span<const std::string_view> args, size_t max_bytes) {
  constexpr size_t kFramingBytes = 32;  // of an argument, at most
  size_t bytes = kFramingBytes;
  std::vector<const char*> texts;
  std::vector<size_t> lengths;
  for (const std::string_view arg : args) {
    // The order of checks prevents an overflow.
    if (arg.size() > max_bytes || bytes > max_bytes) return {};
    bytes += arg.size() + kFramingBytes;
    texts.push_back(arg.empty() ? "" : arg.data());
    lengths.push_back(arg.size());
  }
  if (bytes > max_bytes) return {};
  char* formatted = nullptr;
  const int length = redisFormatCommandArgv(&formatted, static_cast<int>(args.size()), texts.data(),
                                            lengths.data());
  if (length < 0) throw std::bad_alloc();
  std::string command(formatted, static_cast<size_t>(length));
  explicit_bzero(formatted, command.size());
  redisFreeCommand(formatted);
  return command;
}

void RedisReplyReader::Free::operator()(redisReader* reader) const { redisReaderFree(reader); }

RedisReplyReader::RedisReplyReader(size_t max_reply_bytes)
    : max_reply_bytes_(max_reply_bytes), reader_(redisReaderCreateWithFunctions(&functions)) {
  if (!reader_) throw std::bad_alloc();
  reader_->privdata = &elements_;
}

RedisReplyReader::~RedisReplyReader() = default;

void RedisReplyReader::Put(std::string_view bytes) {
  if (garbage_) return;
  garbage_ = redisReaderFeed(reader_.get(), bytes.data(), bytes.size()) != REDIS_OK;
  unread_bytes_ += bytes.size();
}

RedisReplyReader::State RedisReplyReader::Next() {
  void* reply = nullptr;
  if (!garbage_) garbage_ = redisReaderGetReply(reader_.get(), &reply) != REDIS_OK;
  if (garbage_) return State::kGarbage;
  if (reply == nullptr) {
    garbage_ = unread_bytes_ > max_reply_bytes_;
    return garbage_ ? State::kGarbage : State::kNeedMore;
  }
  const size_t rest = reader_->len - reader_->pos;
  garbage_ = unread_bytes_ - rest > max_reply_bytes_;
  unread_bytes_ = rest;
  elements_ = 0;
  const std::unique_ptr<RedisReply> owned(static_cast<RedisReply*>(reply));
  if (garbage_) return State::kGarbage;
  reply_ = std::move(*owned);
  return State::kReply;
}

RedisReply RedisReplyReader::Take() { return std::exchange(reply_, {}); }

}  // namespace modelgates::gateway
