#include "exchange/kept_result.h"

#include <cstring>
#include <utility>

namespace modelgates::gateway {
namespace {

size_t SizeOf(const ExchangeFailure& failure) {
  if (failure.outcome == nullptr) return 0;
  const auto* response = std::get_if<HttpResponse>(&failure.outcome->last);
  if (response == nullptr) return 0;
  return response->content_type.size() + response->retry_after.size() +
         response->retry_after_ms.size() + response->date.size() + response->location.size() +
         response->request_id.size() + response->body.size();
}

}  // namespace

KeptResult::KeptResult(ExchangeResult result, std::pmr::memory_resource& memory)
    : result_(std::move(result)), memory_(memory) {
  if (failure() != nullptr) {
    bytes_ = SizeOf(*failure());
    return;
  }
  auto& key = std::get<ApiKey>(result_);
  const std::string_view text = key.key.Reveal();
  key_ = {static_cast<char*>(memory_.allocate(text.size(), 1)), text.size()};
  std::memcpy(key_.data(), text.data(), text.size());
  key.key = Secret();
  bytes_ = key_.size() + (key.user_id ? key.user_id->size() : 0);
}

KeptResult::~KeptResult() {
  if (key_.data() == nullptr) return;
  explicit_bzero(key_.data(), key_.size());
  memory_.deallocate(key_.data(), key_.size(), 1);
}

ExchangeResult KeptResult::Copy() const {
  ExchangeResult copy = result_;
  if (auto* key = std::get_if<ApiKey>(&copy)) {
    key->key = Secret(std::string_view(key_.data(), key_.size()));
  }
  return copy;
}

}  // namespace modelgates::gateway
