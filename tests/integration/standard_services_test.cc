#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <grpc/health/v1/health.grpc.pb.h>
#include <grpcpp/grpcpp.h>

#include <future>

#include "integration/gateway_fixture.h"
#include "support/generic_call.h"

namespace modelgates::gateway {
namespace {

using grpc::health::v1::Health;
using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;

constexpr char kOwnService[] = "modelgates.oauth.v1.OAuthService";

class HealthFlow : public GatewayTest {
 protected:
  HealthFlow() {
    config_.drain_delay = std::chrono::milliseconds(0);
    stub_ = Health::NewStub(client().channel());
  }

  // A stream that watches the health of `service`.
  struct Watch {
    Watch(Health::Stub& stub, const std::string& service) {
      context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
      HealthCheckRequest request;
      request.set_service(service);
      reader = stub.Watch(&context, request);
    }
    // Nullopt: the stream has ended.
    std::optional<HealthCheckResponse::ServingStatus> Next() {
      HealthCheckResponse response;
      if (!reader->Read(&response)) return std::nullopt;
      return response.status();
    }

    grpc::ClientContext context;
    std::unique_ptr<grpc::ClientReader<HealthCheckResponse>> reader;
  };

  std::unique_ptr<Health::Stub> stub_;
};

TEST_F(HealthFlow, KnowsTheServerAndItsService) {
  for (const char* service : {"", kOwnService, "grpc.health.v1.Health"}) {
    grpc::ClientContext context;
    HealthCheckRequest request;
    request.set_service(service);
    HealthCheckResponse response;
    const grpc::Status status = stub_->Check(&context, request, &response);
    const bool known = std::string_view(service) != "grpc.health.v1.Health";
    EXPECT_EQ(status.error_code(), known ? grpc::StatusCode::OK : grpc::StatusCode::NOT_FOUND);
    EXPECT_EQ(response.status(),
              known ? HealthCheckResponse::SERVING : HealthCheckResponse::UNKNOWN);
  }
}

TEST_F(HealthFlow, TellsWatchersOfEveryChangeUntilTheEnd) {
  Watch server_watch(*stub_, "");
  Watch service_watch(*stub_, kOwnService);
  Watch unknown(*stub_, "no.such.Service");
  EXPECT_EQ(server_watch.Next(), HealthCheckResponse::SERVING);
  EXPECT_EQ(service_watch.Next(), HealthCheckResponse::SERVING);
  EXPECT_EQ(unknown.Next(), HealthCheckResponse::SERVICE_UNKNOWN);
  auto drained = std::async(std::launch::async, [this] { return server().Drain(); });
  EXPECT_EQ(server_watch.Next(), HealthCheckResponse::NOT_SERVING);
  EXPECT_EQ(service_watch.Next(), HealthCheckResponse::NOT_SERVING);
  EXPECT_EQ(server_watch.Next(), std::nullopt);
  EXPECT_EQ(unknown.Next(), std::nullopt);
  EXPECT_EQ(drained.get(), DrainEnd::kComplete);
}

TEST_F(HealthFlow, GoesOnWhenWatchersLeave) {
  for (int i = 0; i < 50; ++i) {
    Watch watch(*stub_, "");
    EXPECT_EQ(watch.Next(), HealthCheckResponse::SERVING);
    watch.context.TryCancel();
    EXPECT_EQ(watch.Next(), std::nullopt);
  }
  EXPECT_THAT(Create(), Succeeds());
}

class ChannelzFlow : public GatewayTest {
 protected:
  ChannelzFlow() { config_.channelz = true; }

  GenericReply Ask(const std::string& method, const std::string& request = "") {
    return CallMethod(client().channel(), "/grpc.channelz.v1.Channelz/" + method, request);
  }
};

// The reply in the words of its own descriptor, which is linked in for reflection.
TEST_F(ChannelzFlow, TellsOfTheServer) {
  const GenericReply reply = Ask("GetServers");
  ASSERT_TRUE(reply.ok()) << reply.status.error_message();
  const auto* type = google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(
      "grpc.channelz.v1.GetServersResponse");
  ASSERT_NE(type, nullptr);
  const std::unique_ptr<google::protobuf::Message> message(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
  ASSERT_TRUE(message->ParseFromString(reply.bytes));
  EXPECT_GE(message->GetReflection()->FieldSize(*message, type->FindFieldByName("server")), 1);
}

TEST_F(ChannelzFlow, RefusesWhatItCannotAnswer) {
  const std::string id_of_nobody = "\x08\xff\xff\xff\x7f";  // field 1
  for (const char* method :
       {"GetServer", "GetServerSockets", "GetChannel", "GetSubchannel", "GetSocket"}) {
    EXPECT_EQ(Ask(method, id_of_nobody).status.error_code(), grpc::StatusCode::NOT_FOUND) << method;
  }
  EXPECT_EQ(Ask("GetServer", "\xff").status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_TRUE(Ask("GetTopChannels").ok());
}

TEST_F(GatewayTest, HasNoChannelzUnlessItIsAskedFor) {
  EXPECT_EQ(
      CallMethod(client().channel(), "/grpc.channelz.v1.Channelz/GetServers").status.error_code(),
      grpc::StatusCode::UNIMPLEMENTED);
}

}  // namespace
}  // namespace modelgates::gateway
