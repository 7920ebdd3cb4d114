#pragma once

#include <google/protobuf/struct.pb.h>

#include <cstdint>
#include <optional>
#include <string>

#include "http/http.h"

namespace modelgates::gateway {

// What the upstream says about an error, as it said it: nothing is cleaned or cut yet.
struct ErrorBody {
  std::optional<int32_t> code;  // absent when it is beyond int32: dropped, not wrapped
  std::string message;
  std::optional<google::protobuf::Struct> metadata;
  std::optional<std::string> user_id;
  // There was metadata, but it was nested deeper than 16 levels or larger than the 4 KiB that all
  // error details together may take.
  bool metadata_dropped = false;
};

// Reads an error answer (REST contract, section 4, errors). Nullopt when it is not what the SDK
// turns into a typed error: another media type, a body that was dropped or is not JSON, no integer
// `error.code`, no string `error.message`, or `error.metadata` or `user_id` of a wrong type.
std::optional<ErrorBody> ParseErrorBody(const HttpResponse& response);

}  // namespace modelgates::gateway
