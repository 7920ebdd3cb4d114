#include "frontend/reflection_answer.h"

#include <absl/status/status.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>

#include <unordered_set>

namespace modelgates::gateway {
namespace {

namespace pb = google::protobuf;
namespace v1 = grpc::reflection::v1;

void SetError(absl::StatusCode code, const char* message, v1::ServerReflectionResponse& response) {
  v1::ErrorResponse& error = *response.mutable_error_response();
  error.set_error_code(static_cast<int>(code));
  error.set_error_message(message);
}

void AddFile(const pb::FileDescriptor& file, std::unordered_set<const pb::FileDescriptor*>& added,
             v1::FileDescriptorResponse& files) {
  if (!added.insert(&file).second) return;
  pb::FileDescriptorProto proto;
  file.CopyTo(&proto);
  file.CopyJsonNameTo(&proto);
  files.add_file_descriptor_proto(proto.SerializeAsString());
  for (int i = 0; i < file.dependency_count(); ++i) AddFile(*file.dependency(i), added, files);
}

// `file`: null when it was not found.
void SetFile(const pb::FileDescriptor* file, v1::ServerReflectionResponse& response) {
  if (file == nullptr) {
    SetError(absl::StatusCode::kNotFound, "this gateway has no such file or symbol", response);
    return;
  }
  std::unordered_set<const pb::FileDescriptor*> added;
  AddFile(*file, added, *response.mutable_file_descriptor_response());
}

const pb::FileDescriptor* FileOfExtension(const v1::ExtensionRequest& request) {
  const pb::DescriptorPool& pool = *pb::DescriptorPool::generated_pool();
  const pb::Descriptor* type = pool.FindMessageTypeByName(request.containing_type());
  if (type == nullptr) return nullptr;
  const pb::FieldDescriptor* extension =
      pool.FindExtensionByNumber(type, request.extension_number());
  return extension == nullptr ? nullptr : extension->file();
}

void SetExtensions(const std::string& type_name, v1::ServerReflectionResponse& response) {
  const pb::DescriptorPool& pool = *pb::DescriptorPool::generated_pool();
  const pb::Descriptor* type = pool.FindMessageTypeByName(type_name);
  if (type == nullptr) {
    SetError(absl::StatusCode::kNotFound, "this gateway has no such message", response);
    return;
  }
  std::vector<const pb::FieldDescriptor*> extensions;
  pool.FindAllExtensions(type, &extensions);
  v1::ExtensionNumberResponse& numbers = *response.mutable_all_extension_numbers_response();
  numbers.set_base_type_name(type_name);
  for (const pb::FieldDescriptor* extension : extensions) {
    numbers.add_extension_number(extension->number());
  }
}

}  // namespace

v1::ServerReflectionResponse AnswerReflection(const v1::ServerReflectionRequest& request,
                                              const std::vector<std::string>& services) {
  const pb::DescriptorPool& pool = *pb::DescriptorPool::generated_pool();
  v1::ServerReflectionResponse response;
  response.set_valid_host(request.host());
  *response.mutable_original_request() = request;
  switch (request.message_request_case()) {
    case v1::ServerReflectionRequest::kFileByFilename:
      SetFile(pool.FindFileByName(request.file_by_filename()), response);
      break;
    case v1::ServerReflectionRequest::kFileContainingSymbol:
      SetFile(pool.FindFileContainingSymbol(request.file_containing_symbol()), response);
      break;
    case v1::ServerReflectionRequest::kFileContainingExtension:
      SetFile(FileOfExtension(request.file_containing_extension()), response);
      break;
    case v1::ServerReflectionRequest::kAllExtensionNumbersOfType:
      SetExtensions(request.all_extension_numbers_of_type(), response);
      break;
    case v1::ServerReflectionRequest::kListServices:
      for (const std::string& service : services) {
        response.mutable_list_services_response()->add_service()->set_name(service);
      }
      break;
    case v1::ServerReflectionRequest::MESSAGE_REQUEST_NOT_SET:
      SetError(absl::StatusCode::kInvalidArgument, "the request asks nothing", response);
      break;
  }
  return response;
}

}  // namespace modelgates::gateway
