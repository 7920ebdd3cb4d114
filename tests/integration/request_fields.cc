#include "integration/request_fields.h"

namespace modelgates::gateway {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

std::vector<RequestField> RequestField::AllOf(const Descriptor& request,
                                              FieldDescriptor::CppType type) {
  std::vector<RequestField> found;
  for (int i = 0; i < request.field_count(); ++i) {
    const FieldDescriptor* field = request.field(i);
    if (field->cpp_type() == type) {
      found.emplace_back().path_ = {field};
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      for (RequestField& inner : AllOf(*field->message_type(), type)) {
        inner.path_.insert(inner.path_.begin(), field);
        found.push_back(std::move(inner));
      }
    }
  }
  return found;
}

std::string RequestField::name() const {
  std::string name;
  for (const FieldDescriptor* field : path_) {
    name += (name.empty() ? "" : ".") + field->name() + (field->is_repeated() ? "[0]" : "");
  }
  return name;
}

Message& RequestField::Parent(Message& request) const {
  Message* parent = &request;
  for (size_t i = 0; i + 1 < path_.size(); ++i) {
    const Reflection& reflection = *parent->GetReflection();
    parent = path_[i]->is_repeated() ? reflection.AddMessage(parent, path_[i])
                                     : reflection.MutableMessage(parent, path_[i]);
  }
  return *parent;
}

std::string RequestField::Text(const Message& request) const {
  if (path_.size() > 1 || path_.back()->is_repeated()) return "";
  return request.GetReflection()->GetString(request, path_.back());
}

void RequestField::SetText(Message& request, const std::string& value) const {
  Message& parent = Parent(request);
  if (path_.back()->is_repeated()) {
    parent.GetReflection()->AddString(&parent, path_.back(), value);
  } else {
    parent.GetReflection()->SetString(&parent, path_.back(), value);
  }
}

void RequestField::SetEnum(Message& request, int number) const {
  Message& parent = Parent(request);
  if (path_.back()->is_repeated()) {
    parent.GetReflection()->AddEnumValue(&parent, path_.back(), number);
  } else {
    parent.GetReflection()->SetEnumValue(&parent, path_.back(), number);
  }
}

}  // namespace modelgates::gateway
