#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "http/http.h"

namespace modelgates::gateway {

// Removes the content codings that `content_encoding` lists in the order they were applied (RFC
// 9110, 8.4): gzip, x-gzip, deflate, identity. The gateway requests none, but some servers use one
// anyway. "deflate" is read with its zlib wrapper and, as many servers send it, without. An empty
// body stays empty with any coding.
//
// `body` never exceeds `max_bytes`. If it would, the result is kTooLarge; an
// unknown or more than three codings, and data that is broken or cut off, give kUndecodable. In
// both cases `body` is wiped and empty.
BodyState RemoveContentCodings(std::string_view content_encoding, size_t max_bytes,
                               std::string& body);

}  // namespace modelgates::gateway
