#pragma once

#include <google/protobuf/empty.pb.h>

#include <string>

#include "message_mapping.h"
#include "modelgates/oauth/client.h"

namespace modelgates::oauth {

// grpc.health.v1.Health. Its messages have one field each, which is written and read as a field
// that Empty does not know: generated code of them would meet the copies that programs bring
// themselves.

struct HealthRequest {};

struct HealthReply {
  ServingStatus status = ServingStatus::kUnknown;
  std::string request_id{};
};

google::protobuf::Empty ToProto(const HealthRequest& request, const AppAttribution& defaults);

HealthReply FromProto(const google::protobuf::Empty& reply);

// There are none.
inline void WipeSecrets(const google::protobuf::Empty&) {}

}  // namespace modelgates::oauth
