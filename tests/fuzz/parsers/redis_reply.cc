#include "fuzz/parsers/input.h"
#include "fuzz/parsers/targets.h"
#include "redis/redis_protocol.h"

namespace modelgates::gateway {
namespace {

void Describe(const RedisReply& reply, std::string& text) {
  text += "(" + std::to_string(static_cast<int>(reply.type)) + " " + std::to_string(reply.integer) +
          " " + std::to_string(reply.text.size()) + " " + reply.text;
  for (const RedisReply& element : reply.elements) Describe(element, text);
  text += ")";
}

// Every answer in `bytes`, as one text.
std::string Read(std::string_view bytes, size_t piece, size_t max_reply_bytes) {
  RedisReplyReader reader(max_reply_bytes);
  std::string found;
  while (!bytes.empty()) {
    const std::string_view next = bytes.substr(0, piece);
    bytes.remove_prefix(next.size());
    reader.Put(next);
    auto state = reader.Next();
    for (; state == RedisReplyReader::State::kReply; state = reader.Next()) {
      Describe(reader.Take(), found);
    }
    if (state == RedisReplyReader::State::kGarbage) return found + "garbage";
  }
  return found;
}

}  // namespace

// The network cuts answers anywhere: into which pieces must not matter.
std::string RedisReplyBrokenBy(std::string_view bytes) {
  Input input(bytes);
  const size_t piece = 1 + input.Below(32);
  constexpr size_t kMaxBytes = 64 * 1024;
  if (Read(input.Rest(), piece, kMaxBytes) != Read(input.Rest(), bytes.size() + 1, kMaxBytes)) {
    return "the answers depend on the pieces";
  }
  return {};
}

}  // namespace modelgates::gateway
