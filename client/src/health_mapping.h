#pragma once

#include <google/protobuf/empty.pb.h>

#include <string>

#include "message_mapping.h"
#include "modelgates/oauth/client.h"

namespace modelgates::oauth {

// grpc.health.v1.Health. Each of its messages has one field, which is written and read as an
// unknown field of Empty: generated code of the messages would conflict with a copy in the program
// that uses this library.

struct HealthRequest {};

struct HealthReply {
  ServingStatus status = ServingStatus::kUnknown;
  std::string request_id{};
};

google::protobuf::Empty ToProto(const HealthRequest& request, const AppAttribution& defaults);

HealthReply FromProto(const google::protobuf::Empty& reply);

// There are no secrets.
inline void WipeSecrets(const google::protobuf::Empty&) {}

}  // namespace modelgates::oauth
