#include "http/kept_field.h"

#include "base/ascii.h"

namespace modelgates::gateway {
namespace {

using boost::beast::http::field;

std::string* Slot(field name, std::string_view name_text, HttpResponse& response,
                  std::string& content_encoding) {
  switch (name) {
    case field::content_type:
      return &response.content_type;
    case field::content_encoding:
      return &content_encoding;
    case field::retry_after:
      return &response.retry_after;
    case field::date:
      return &response.date;
    case field::location:
      return &response.location;
    case field::unknown:
      if (EqualsIgnoringCase(name_text, "x-request-id")) return &response.request_id;
      if (EqualsIgnoringCase(name_text, "retry-after-ms")) return &response.retry_after_ms;
      return nullptr;
    default:  // about 350 more fields that Beast knows
      return nullptr;
  }
}

}  // namespace

void KeepField(field name, std::string_view name_text, std::string_view value,
               HttpResponse& response, std::string& content_encoding) {
  std::string* const slot = Slot(name, name_text, response, content_encoding);
  if (slot == nullptr) return;
  if (!slot->empty()) slot->append(", ");
  slot->append(value);
}

}  // namespace modelgates::gateway
