#include "call/server_call.h"

#include <grpc/byte_buffer.h>
#include <grpc/byte_buffer_reader.h>
#include <grpc/grpc_security.h>
#include <grpc/support/log.h>

#include <memory>
#include <utility>

namespace modelgates::gateway {
namespace {

constexpr std::string_view kDetails = "grpc-status-details-bin";

std::string_view ToText(const grpc_slice& slice) {
  return {reinterpret_cast<const char*>(GRPC_SLICE_START_PTR(slice)), GRPC_SLICE_LENGTH(slice)};
}

// Points to `text`, which must live until gRPC is done with the call.
grpc_slice ToSlice(std::string_view text) {
  return grpc_slice_from_static_buffer(text.data(), text.size());
}

struct DestroyBuffer {
  void operator()(grpc_byte_buffer* buffer) const { grpc_byte_buffer_destroy(buffer); }
};
using ByteBuffer = std::unique_ptr<grpc_byte_buffer, DestroyBuffer>;

ByteBuffer Serialize(const google::protobuf::MessageLite& message) {
  grpc_slice slice = grpc_slice_malloc(message.ByteSizeLong());
  message.SerializeWithCachedSizesToArray(GRPC_SLICE_START_PTR(slice));
  ByteBuffer buffer(grpc_raw_byte_buffer_create(&slice, 1));
  grpc_slice_unref(slice);
  return buffer;
}

// A request in one piece, the usual case, is not copied.
grpc_slice InOnePiece(grpc_byte_buffer& buffer) {
  const grpc_slice_buffer& pieces = buffer.data.raw.slice_buffer;
  if (pieces.count == 1) return grpc_slice_ref(pieces.slices[0]);
  grpc_byte_buffer_reader reader;
  GPR_ASSERT(grpc_byte_buffer_reader_init(&reader, &buffer));
  const grpc_slice all = grpc_byte_buffer_reader_readall(&reader);
  grpc_byte_buffer_reader_destroy(&reader);
  return all;
}

}  // namespace

ServerCall::ServerCall(const Handed& handed)
    : call_(handed.call->call()),
      context_(*handed.server_context),
      give_back_(handed.call_requester),
      handle_(call_) {
  if (call_ != nullptr) grpc_call_ref(call_);
  Prepare<&ServerCall::OnClosed>(closed_);
  Prepare<&ServerCall::OnRead>(read_);
  Prepare<&ServerCall::OnSent>(sent_);
}

template <void (ServerCall::*OnEnd)(bool ok)>
void ServerCall::Prepare(Part& part) {
  part.functor_run = [](grpc_completion_queue_functor* functor, int ok) {
    (static_cast<Part*>(functor)->call->*OnEnd)(ok != 0);
  };
  // Nothing here blocks. Without this flag each part costs a hop to gRPC's executor.
  part.inlineable = 1;
  part.call = this;
}

void ServerCall::AddTrailer(std::string_view name, std::string value) {
  trailers_.push_back({name, std::move(value)});
}

// gRPC makes one security context for each connection, with TLS and without.
const void* ServerCall::Connection() const {
  if (call_ == nullptr) return nullptr;
  grpc_auth_context* const context = grpc_call_auth_context(call_);
  grpc_auth_context_release(context);
  return context;
}

void ServerCall::StartReading() {
  grpc_op close{};
  close.op = GRPC_OP_RECV_CLOSE_ON_SERVER;
  close.data.recv_close_on_server.cancelled = &cancelled_;
  StartBatch(&close, 1, closed_);
  grpc_op read{};
  read.op = GRPC_OP_RECV_MESSAGE;
  read.data.recv_message.recv_message = &request_;
  StartBatch(&read, 1, read_);
}

void ServerCall::Send(grpc::Status status, const google::protobuf::MessageLite& reply) {
  status_ = std::move(status);
  const std::string& text = status_.error_message();
  const std::string& details = status_.error_details();
  const ByteBuffer message = status_.ok() ? Serialize(reply) : nullptr;
  absl::InlinedVector<grpc_metadata, 5> trailers;
  const auto add = [&trailers](std::string_view name, std::string_view value) {
    grpc_metadata& trailer = trailers.emplace_back();
    trailer.key = ToSlice(name);
    trailer.value = ToSlice(value);
  };
  for (const Trailer& trailer : trailers_) add(trailer.name, trailer.value);
  if (!details.empty()) add(kDetails, details);
  grpc_slice text_slice = ToSlice(text);

  // In one batch, so that gRPC writes once.
  grpc_op operations[3] = {};
  size_t count = 0;
  operations[count++].op = GRPC_OP_SEND_INITIAL_METADATA;
  if (message != nullptr) {
    grpc_op& send = operations[count++];
    send.op = GRPC_OP_SEND_MESSAGE;
    send.data.send_message.send_message = message.get();
  }
  grpc_op& end = operations[count++];
  end.op = GRPC_OP_SEND_STATUS_FROM_SERVER;
  end.data.send_status_from_server.status = static_cast<grpc_status_code>(status_.error_code());
  end.data.send_status_from_server.trailing_metadata = trailers.data();
  end.data.send_status_from_server.trailing_metadata_count = trailers.size();
  end.data.send_status_from_server.status_details = text.empty() ? nullptr : &text_slice;
  StartBatch(operations, count, sent_);
}

void ServerCall::Cancel(grpc_status_code code, const char* text) {
  grpc_call* const call = handle_.exchange(nullptr);
  if (call == nullptr) return;
  grpc_call_cancel_with_status(call, code, text, nullptr);
  grpc_call_unref(call);
}

void ServerCall::StartBatch(const grpc_op* operations, size_t count, Part& part) {
  GPR_ASSERT(grpc_call_start_batch(call_, operations, count, &part, nullptr) == GRPC_CALL_OK);
}

void ServerCall::OnRead(bool ok) {
  if (const ByteBuffer request{request_}) {
    const grpc_slice bytes = InOnePiece(*request);
    OnRequest(ToText(bytes));
    grpc_slice_unref(bytes);
  } else if (ok && grpc_call_failed_before_recv_message(call_) == 0) {
    OnRequest(std::nullopt);
  } else {
    OnNoRequest();
  }
  EndPart();
}

void ServerCall::OnSent(bool /*ok*/) { EndPart(); }

void ServerCall::OnClosed(bool /*ok*/) {
  if (cancelled_ != 0) OnCancel();
  EndPart();
}

void ServerCall::EndPart() {
  if (parts_left_.fetch_sub(1) != 1) return;
  if (grpc_call* const call = handle_.exchange(nullptr)) grpc_call_unref(call);
  const std::function<void()> give_back = give_back_;
  OnDone();  // destroys this
  give_back();
}

}  // namespace modelgates::gateway
