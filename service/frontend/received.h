#pragma once

#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/impl/serialization_traits.h>

namespace modelgates::gateway {

// A request as it came. gRPC answers bytes that are no message of its type with a bare
// UNIMPLEMENTED and calls nobody; a method that takes this is called, and can say what is wrong.
template <class Message>
struct Received {
  Message message;  // empty when malformed
  bool malformed = false;
};

}  // namespace modelgates::gateway

template <class Message>
class grpc::SerializationTraits<modelgates::gateway::Received<Message>> {
 public:
  static grpc::Status Deserialize(grpc::ByteBuffer* bytes,
                                  modelgates::gateway::Received<Message>* received) {
    const grpc::Status parsed =
        grpc::SerializationTraits<Message>::Deserialize(bytes, &received->message);
    received->malformed = !parsed.ok();
    if (received->malformed) received->message.Clear();
    return grpc::Status::OK;
  }
};
