#include "frontend/health_service.h"

#include <algorithm>
#include <utility>

#include "frontend/refused_stream.h"

namespace modelgates::gateway {

// Writes the state, and the latest state after each completed write if it has changed meanwhile.
class HealthService::Watcher final : public grpc::ServerWriteReactor<Response>, public Hook {
 public:
  Watcher(HealthService& health, bool known) : health_(health), known_(known) {}

  void Begin() {
    const std::scoped_lock lock(health_.mutex_);
    health_.watchers_.push_back(*this);
    WriteChange();
  }

  // Called under the lock. gRPC calls back on another thread or later, so this cannot deadlock.
  void WriteChange() {
    const auto status = health_.StatusOf(known_);
    if (writing_ || finished_ || written_ == status) return;
    writing_ = true;
    written_ = status;
    response_.set_status(status);
    StartWrite(&response_);
  }

  void OnWriteDone(bool ok) override {
    const std::scoped_lock lock(health_.mutex_);
    writing_ = false;
    if (ok) {
      WriteChange();
    } else {
      End();
    }
  }

  void OnCancel() override {
    const std::scoped_lock lock(health_.mutex_);
    End();
  }

  void OnDone() override {
    {
      const std::scoped_lock lock(health_.mutex_);
      health_.watchers_.erase(health_.watchers_.iterator_to(*this));
    }
    delete this;
  }

 private:
  void End() {
    if (!std::exchange(finished_, true)) Finish(grpc::Status::CANCELLED);
  }

  HealthService& health_;
  const bool known_;
  Response response_;
  Response::ServingStatus written_ = Response::UNKNOWN;
  bool writing_ = false;
  bool finished_ = false;
};

HealthService::HealthService(std::vector<std::string> services, const CallerAccess& access)
    : services_(std::move(services)), access_(access) {}

HealthService::~HealthService() = default;

void HealthService::SetServing(bool serving) {
  const std::scoped_lock lock(mutex_);
  serving_ = serving;
  for (Hook& hook : watchers_) static_cast<Watcher&>(hook).WriteChange();
}

grpc::ServerUnaryReactor* HealthService::Check(grpc::CallbackServerContext* context,
                                               const Request* request, Response* response) {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  if (grpc::Status status = access_.Check(*context, "/grpc.health.v1.Health/Check"); !status.ok()) {
    reactor->Finish(std::move(status));
    return reactor;
  }
  if (!IsKnown(request->service())) {
    reactor->Finish({grpc::StatusCode::NOT_FOUND, "service name unknown"});
    return reactor;
  }
  {
    const std::scoped_lock lock(mutex_);
    response->set_status(StatusOf(true));
  }
  reactor->Finish(grpc::Status::OK);
  return reactor;
}

grpc::ServerWriteReactor<HealthService::Response>* HealthService::Watch(
    grpc::CallbackServerContext* context, const Request* request) {
  if (grpc::Status status = access_.Check(*context, "/grpc.health.v1.Health/Watch"); !status.ok()) {
    return new RefusedStream<grpc::ServerWriteReactor<Response>>(std::move(status));
  }
  auto* const watcher = new Watcher(*this, IsKnown(request->service()));
  watcher->Begin();
  return watcher;
}

bool HealthService::IsKnown(std::string_view service) const {
  return service.empty() ||
         std::find(services_.begin(), services_.end(), service) != services_.end();
}

HealthService::Response::ServingStatus HealthService::StatusOf(bool known) const {
  if (!known) return Response::SERVICE_UNKNOWN;
  return serving_ ? Response::SERVING : Response::NOT_SERVING;
}

}  // namespace modelgates::gateway
