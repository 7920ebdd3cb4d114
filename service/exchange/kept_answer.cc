#include "exchange/kept_answer.h"

#include <cstring>
#include <utility>

#include "base/secret.h"

namespace modelgates::gateway {
namespace {

// Those that may be long.
size_t SizeOfFields(const HttpResponse& response) {
  return response.content_type.size() + response.retry_after.size() +
         response.retry_after_ms.size() + response.date.size() + response.location.size() +
         response.request_id.size();
}

}  // namespace

void WipeAndDelete::operator()(Outcome* outcome) const {
  if (auto* response = std::get_if<HttpResponse>(&outcome->last)) Wipe(response->body);
  delete outcome;
}

KeptAnswer::KeptAnswer(Outcome outcome, std::pmr::memory_resource& memory)
    : outcome_(std::move(outcome)), memory_(memory) {
  auto* response = std::get_if<HttpResponse>(&outcome_.last);
  if (response == nullptr) return;
  bytes_ = SizeOfFields(*response) + response->body.size();
  if (response->body.empty()) return;
  const size_t size = response->body.size();
  body_ = {static_cast<char*>(memory_.allocate(size, 1)), size};
  std::memcpy(body_.data(), response->body.data(), size);
  Wipe(response->body);
  response->body.shrink_to_fit();
}

KeptAnswer::~KeptAnswer() {
  if (body_.empty()) return;
  explicit_bzero(body_.data(), body_.size());
  memory_.deallocate(body_.data(), body_.size(), 1);
}

SecretOutcome KeptAnswer::Copy() const {
  SecretOutcome copy(new Outcome(outcome_));
  if (!body_.empty()) std::get<HttpResponse>(copy->last).body.assign(body_.data(), body_.size());
  return copy;
}

}  // namespace modelgates::gateway
