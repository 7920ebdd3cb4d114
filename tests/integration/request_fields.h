#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <cstdint>
#include <string>
#include <vector>

namespace modelgates::gateway {

// A field that a request can hold, itself or in a message within it. Found by reflection, so that a
// field of tomorrow is among them.
class RequestField {
 public:
  // All of `type`, in the order of the contract; enums too are told by their CppType.
  static std::vector<RequestField> AllOf(const google::protobuf::Descriptor& request,
                                         google::protobuf::FieldDescriptor::CppType type);

  // As a violation names it: "retries.strategy"; of a repeated field "retries.status_codes[0]".
  std::string name() const;

  std::string Text(const google::protobuf::Message& request) const;
  // Sets it, making the messages around it; of a repeated field the first element.
  void SetText(google::protobuf::Message& request, const std::string& value) const;
  void SetEnum(google::protobuf::Message& request, int number) const;

 private:
  google::protobuf::Message& Parent(google::protobuf::Message& request) const;

  std::vector<const google::protobuf::FieldDescriptor*> path_;
};

}  // namespace modelgates::gateway
