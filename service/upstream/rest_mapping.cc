#include "upstream/rest_mapping.h"

#include <algorithm>
#include <optional>

#include "base/ascii.h"
#include "base/json_reader.h"
#include "base/json_writer.h"
#include "upstream/lax_integer.h"
#include "upstream/media_type.h"
#include "upstream/rfc3339.h"

namespace modelgates::gateway {
namespace {

namespace v1 = oauth::v1;

// Room for names and punctuation of all members, a timestamp and a number.
constexpr size_t kRoomForBody = 256;

void AddBearer(HttpRequest& http_request, std::string_view bearer) {
  if (bearer.empty()) return;
  constexpr std::string_view kPrefix = "bearer ";
  if (EqualsIgnoringCase(bearer.substr(0, kPrefix.size()), kPrefix)) {
    http_request.AddHeader("Authorization", bearer);
    return;
  }
  std::string value;
  value.reserve(kPrefix.size() + bearer.size());
  value.append("Bearer ").append(bearer);
  http_request.AddHeader("Authorization", value);
  Wipe(value);
}

void AddAppHeader(HttpRequest& http_request, std::string_view name, bool in_request,
                  std::string_view from_request, std::string_view from_defaults) {
  const std::string_view value = in_request ? from_request : from_defaults;
  if (!value.empty()) http_request.AddHeader(name, value);
}

template <class Request>
void AddHeaders(const Request& request, const UpstreamDefaults& defaults, const Secret& bearer,
                HttpRequest& http_request) {
  AddAppHeader(http_request, "HTTP-Referer", request.has_http_referer(), request.http_referer(),
               defaults.http_referer);
  AddAppHeader(http_request, defaults.title_header, request.has_x_open_router_title(),
               request.x_open_router_title(), defaults.x_open_router_title);
  AddAppHeader(http_request, defaults.categories_header, request.has_x_open_router_categories(),
               request.x_open_router_categories(), defaults.x_open_router_categories);
  // Last, so that no later field reallocates the text with the secret.
  AddBearer(http_request, bearer.Reveal());
}

// The REST name of an enumerator; empty for unspecified and unknown numbers.
std::string_view RestName(v1::CodeChallengeMethod method) {
  if (method == v1::S256) return "S256";
  if (method == v1::PLAIN) return "plain";
  return {};
}

std::string_view RestName(v1::UsageLimitType type) {
  if (type == v1::DAILY) return "daily";
  if (type == v1::WEEKLY) return "weekly";
  if (type == v1::MONTHLY) return "monthly";
  return {};
}

bool ReadBody(HttpResponse& response, absl::FunctionRef<void(std::string_view, JsonValue&)> visit) {
  if (!IsSuccess(response.status) || response.body_state != BodyState::kComplete ||
      IsProblemMediaType(response.content_type)) {
    return false;
  }
  if (DecodeToUtf8(response.content_type, response.body)) {
    // The body no longer has that charset.
    response.content_type.resize(response.content_type.find(';'));
  }
  return VisitJson(response.body, [visit](JsonValue& root) { root.ForEachMember(visit); });
}

// Whether a key or a code is not blank and contains no line break or other control character.
bool IsUsable(const std::optional<std::string_view>& text) {
  if (!text || text->find_first_not_of(' ') == std::string_view::npos) return false;
  return std::none_of(text->begin(), text->end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7F;
  });
}

// The members of a reply that were found; a duplicate member replaces the earlier one.
struct CreateFindings {
  bool id = false;
  bool app_id = false;
  bool created_at = false;
};

void ReadData(JsonValue& value, v1::AuthCode& data, CreateFindings& found) {
  data.Clear();
  found = {};
  value.ForEachMember([&](std::string_view name, JsonValue& member) {
    if (name == "id") {
      const auto id = member.String();
      found.id = IsUsable(id);
      data.clear_id();
      if (found.id) data.mutable_id()->assign(*id);
    } else if (name == "app_id") {
      const LaxInteger app_id = ReadLaxInteger(member);
      found.app_id = app_id.kind == LaxInteger::Kind::kFits;
      data.set_app_id(app_id.value);
    } else if (name == "created_at") {
      const auto text = member.String();
      auto created_at = text ? ParseRfc3339(*text) : std::nullopt;
      found.created_at = created_at.has_value();
      data.clear_created_at();
      if (created_at) *data.mutable_created_at() = std::move(*created_at);
    }
  });
}

}  // namespace

HttpRequest ToHttpRequest(const v1::CreateAuthCodeRequest& request,
                          const UpstreamDefaults& defaults, const Secret& bearer) {
  HttpRequest http_request(PathOf(Rpc::kCreateAuthCode));
  AddHeaders(request, defaults, bearer, http_request);

  std::string body;
  body.reserve(kRoomForBody + request.callback_url().size() + request.code_challenge().size() +
               request.key_label().size() + request.workspace_id().size());
  JsonWriter json(body);
  json.BeginObject();
  json.Member("callback_url", request.callback_url());
  if (request.has_code_challenge()) json.Member("code_challenge", request.code_challenge());
  if (const auto method = RestName(request.code_challenge_method()); !method.empty()) {
    json.Member("code_challenge_method", method);
  }
  if (request.has_expires_at()) json.Member("expires_at", Rfc3339Text(request.expires_at()).view());
  if (request.has_key_label()) json.Member("key_label", request.key_label());
  if (request.has_limit()) json.Member("limit", request.limit());
  if (const auto type = RestName(request.usage_limit_type()); !type.empty()) {
    json.Member("usage_limit_type", type);
  }
  if (request.has_workspace_id()) json.Member("workspace_id", request.workspace_id());
  json.EndObject();
  http_request.set_body(std::move(body));
  return http_request;
}

HttpRequest ToHttpRequest(const v1::ExchangeAuthCodeRequest& request,
                          const UpstreamDefaults& defaults, const Secret& bearer) {
  HttpRequest http_request(PathOf(Rpc::kExchangeAuthCode));
  AddHeaders(request, defaults, bearer, http_request);

  std::string body;
  body.reserve(kRoomForBody + request.code().size() + request.code_verifier().size());
  JsonWriter json(body);
  json.BeginObject();
  json.Member("code", request.code());
  if (const auto method = RestName(request.code_challenge_method()); !method.empty()) {
    json.Member("code_challenge_method", method);
  } else if (request.has_code_challenge_method()) {
    json.NullMember("code_challenge_method");
  }
  if (request.has_code_verifier()) json.Member("code_verifier", request.code_verifier());
  json.EndObject();
  http_request.set_body(std::move(body));
  return http_request;
}

ReplyReading FromHttpResponse(HttpResponse& response, v1::CreateAuthCodeResponse& reply) {
  reply.Clear();
  CreateFindings found;
  const bool well_formed = ReadBody(response, [&](std::string_view name, JsonValue& member) {
    if (name == "data") ReadData(member, *reply.mutable_data(), found);
  });
  ReplyReading reading;
  reading.ok = well_formed && found.id;
  if (!reading.ok) {
    reply.Clear();
    return reading;
  }
  if (!found.app_id) reading.violations.push_back("app_id");
  if (!found.created_at) reading.violations.push_back("created_at");
  return reading;
}

ReplyReading FromHttpResponse(HttpResponse& response, v1::ExchangeAuthCodeResponse& reply) {
  reply.Clear();
  bool found_key = false;
  bool found_error = false;
  bool found_user_id = false;
  const bool well_formed = ReadBody(response, [&](std::string_view name, JsonValue& member) {
    if (name == "key") {
      const auto key = member.String();
      found_key = IsUsable(key);
      // Not set_key, which makes an intermediate copy that is not wiped.
      if (found_key) reply.mutable_key()->assign(*key);
    } else if (name == "user_id") {
      const auto user_id = member.String();
      found_user_id = user_id.has_value() || member.IsNull();
      reply.clear_user_id();
      if (user_id) reply.mutable_user_id()->assign(*user_id);
    } else if (name == "error") {
      found_error = !member.IsNull();
    }
  });
  ReplyReading reading;
  reading.ok = well_formed && found_key;
  if (!well_formed || found_key || !found_error) Wipe(response.body);
  if (!reading.ok) {
    reply.Clear();
    return reading;
  }
  if (!found_user_id) reading.violations.push_back("user_id");
  return reading;
}

}  // namespace modelgates::gateway
