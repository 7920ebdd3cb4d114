#pragma once

#include <grpcpp/generic/async_generic_service.h>

#include <functional>
#include <string>

#include "base/log.h"

namespace modelgates::gateway {

// Answers calls of methods that the gateway does not serve: another package, a misspelt method.
// UNIMPLEMENTED names the existing methods in its message. The request is not read.
class UnknownMethods final : public grpc::CallbackGenericService {
 public:
  // `on_call`: called for each such call, on any thread. `log` must outlive the server.
  UnknownMethods(Log& log, std::function<void()> on_call)
      : log_(log), on_call_(std::move(on_call)) {}

  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override;

 private:
  Log& log_;
  const std::function<void()> on_call_;
};

}  // namespace modelgates::gateway
