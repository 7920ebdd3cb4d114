#pragma once

#include <boost/beast/http/field.hpp>
#include <string>
#include <string_view>

#include "http/http.h"

namespace modelgates::gateway {

// Keeps `value` if it is of one of the few fields of an answer that are needed: in `response`, or
// in `content_encoding`. Values of a repeated field are joined by ", ". `name`: of `name_text`,
// which is in any case.
void KeepField(boost::beast::http::field name, std::string_view name_text, std::string_view value,
               HttpResponse& response, std::string& content_encoding);

}  // namespace modelgates::gateway
