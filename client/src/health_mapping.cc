#include "health_mapping.h"

#include <google/protobuf/unknown_field_set.h>

namespace modelgates::oauth {
namespace {

using google::protobuf::Empty;
using google::protobuf::UnknownField;

constexpr int kServiceField = 1;  // of HealthCheckRequest
constexpr int kStatusField = 1;   // of HealthCheckResponse

}  // namespace

Empty ToProto(const HealthRequest&, const AppAttribution&) {
  Empty request;
  request.GetReflection()->MutableUnknownFields(&request)->AddLengthDelimited(
      kServiceField, "modelgates.oauth.v1.OAuthService");
  return request;
}

HealthReply FromProto(const Empty& reply) {
  HealthReply health;
  const auto& fields = reply.GetReflection()->GetUnknownFields(reply);
  for (int i = 0; i < fields.field_count(); ++i) {
    const UnknownField& field = fields.field(i);
    if (field.number() != kStatusField || field.type() != UnknownField::TYPE_VARINT) continue;
    const bool known = field.varint() <= static_cast<uint64_t>(ServingStatus::kServiceUnknown);
    health.status = known ? static_cast<ServingStatus>(field.varint()) : ServingStatus::kUnknown;
  }
  return health;
}

}  // namespace modelgates::oauth
