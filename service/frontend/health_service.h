#pragma once

#include <grpc/health/v1/health.grpc.pb.h>

#include <boost/intrusive/list.hpp>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "frontend/caller_access.h"

namespace modelgates::gateway {

// The standard health service (gRPC health checking protocol, version 1), with one state for all
// services. Unlike the one in gRPC's library, it can be restricted to some callers
// (docs/adr/0031-standard-services.md). Any thread.
class HealthService final : public grpc::health::v1::Health::CallbackService {
 public:
  // `services`: full names. The empty name, the server as a whole, is added. NOT_SERVING until
  // SetServing. `access` must outlive this.
  HealthService(std::vector<std::string> services, const CallerAccess& access);
  ~HealthService() override;

  void SetServing(bool serving);

 private:
  using Request = grpc::health::v1::HealthCheckRequest;
  using Response = grpc::health::v1::HealthCheckResponse;
  class Watcher;
  struct Hook : boost::intrusive::list_base_hook<> {};

  grpc::ServerUnaryReactor* Check(grpc::CallbackServerContext* context, const Request* request,
                                  Response* response) override;
  grpc::ServerWriteReactor<Response>* Watch(grpc::CallbackServerContext* context,
                                            const Request* request) override;

  bool IsKnown(std::string_view service) const;
  // Requires the lock.
  Response::ServingStatus StatusOf(bool known) const;

  const std::vector<std::string> services_;
  const CallerAccess& access_;
  std::mutex mutex_;  // guards what follows, and every watcher
  bool serving_ = false;
  boost::intrusive::list<Hook> watchers_;
};

}  // namespace modelgates::gateway
