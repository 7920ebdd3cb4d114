#include <modelgates/oauth/v1/oauth.pb.h>

#include "fuzz/parsers/input.h"
#include "fuzz/parsers/targets.h"
#include "upstream/error_body.h"
#include "upstream/rest_mapping.h"

namespace modelgates::gateway {
namespace {

namespace v1 = oauth::v1;

HttpResponse Answer(int status, std::string_view content_type, std::string_view body) {
  HttpResponse response;
  response.status = status;
  response.content_type = content_type;
  response.body = body;
  return response;
}

}  // namespace

// What a caller gets is whole, or there is none of it.
std::string ReplyBrokenBy(std::string_view bytes) {
  Input input(bytes);
  const std::string_view content_type = input.Line();
  constexpr size_t kMetadataBytes = 4 * 1024;
  const auto error = ParseErrorBody(Answer(500, content_type, input.Rest()));
  if (error && error->metadata && error->metadata->ByteSizeLong() > kMetadataBytes) {
    return "the metadata is above its bound";
  }
  if (error && error->typed && (!error->from_api || !error->code)) return "typed without its parts";

  v1::CreateAuthCodeResponse created;
  HttpResponse answer = Answer(200, content_type, input.Rest());
  if (FromHttpResponse(answer, created).ok) {
    if (created.data().id().empty() || HasControl(created.data().id()))
      return "a code that is none";
  } else if (created.ByteSizeLong() != 0) {
    return "a create that failed has a reply";
  }
  v1::ExchangeAuthCodeResponse exchanged;
  answer = Answer(200, content_type, input.Rest());
  if (FromHttpResponse(answer, exchanged).ok) {
    if (exchanged.key().empty() || HasControl(exchanged.key())) return "a key that is none";
    if (!answer.body.empty()) return "a body with a key is left";
  } else if (exchanged.ByteSizeLong() != 0) {
    return "an exchange that failed has a reply";
  }
  return {};
}

}  // namespace modelgates::gateway
