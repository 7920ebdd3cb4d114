#include "bench/micro/allocation_report.h"
#include "support/documented_messages.h"
#include "upstream/rest_mapping.h"

namespace modelgates::gateway {
namespace {

namespace v1 = modelgates::oauth::v1;

// `request` with only its first `count` fields.
template <class Request>
Request WithFields(Request request, int64_t count) {
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  request.GetReflection()->ListFields(request, &fields);
  for (size_t i = static_cast<size_t>(count); i < fields.size(); ++i) {
    request.GetReflection()->ClearField(&request, fields[i]);
  }
  return request;
}

template <class Request>
void Write(benchmark::State& state, const Request& request) {
  const UpstreamDefaults defaults;
  const Secret bearer(std::string_view("sk-or-v1-5be1bc2c6b4f8a1d7e3c9f0a2d4b6c8e"));
  const AllocationReport report(state);
  for (auto _ : state) benchmark::DoNotOptimize(ToHttpRequest(request, defaults, bearer));
}

void ToHttpRequestCreate(benchmark::State& state) {
  Write(state, WithFields(DocumentedCreate(), state.range(0)));
}
BENCHMARK(ToHttpRequestCreate)->ArgName("fields")->DenseRange(1, 10, 3);

void ToHttpRequestExchange(benchmark::State& state) {
  Write(state, WithFields(DocumentedExchange(), state.range(0)));
}
BENCHMARK(ToHttpRequestExchange)->ArgName("fields")->Arg(1)->Arg(4)->Arg(6);

template <class Request>
void ToHttpRequestHeaders(benchmark::State& state) {
  Request request;
  request.set_x_open_router_title(std::string(static_cast<size_t>(state.range(0)), 'a'));
  Write(state, request);
}
BENCHMARK_TEMPLATE(ToHttpRequestHeaders, v1::CreateAuthCodeRequest)
    ->ArgName("header_bytes")
    ->RangeMultiplier(16)
    ->Range(16, 4096);
BENCHMARK_TEMPLATE(ToHttpRequestHeaders, v1::ExchangeAuthCodeRequest)
    ->ArgName("header_bytes")
    ->RangeMultiplier(16)
    ->Range(16, 4096);

// The documented answer, with an additional unknown member.
HttpResponse Padded(HttpResponse answer, int64_t bytes) {
  answer.body.pop_back();
  answer.body += R"(,"unknown":")" + std::string(static_cast<size_t>(bytes), 'a') + "\"}";
  return answer;
}

// Reading consumes an answer, so each iteration copies the body, which counts for the time. Its
// buffer is reused, so it does not count for the allocations.
template <class Reply>
void Read(benchmark::State& state, const HttpResponse& answer) {
  HttpResponse response = answer;
  const AllocationReport report(state);
  for (auto _ : state) {
    response.body.assign(answer.body);
    Reply reply;
    benchmark::DoNotOptimize(FromHttpResponse(response, reply));
  }
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(answer.body.size()));
}

void FromHttpResponseCreate(benchmark::State& state) {
  Read<v1::CreateAuthCodeResponse>(state, Padded(CreateAnswer(), state.range(0)));
}
BENCHMARK(FromHttpResponseCreate)
    ->ArgName("unknown_bytes")
    ->Arg(0)
    ->RangeMultiplier(16)
    ->Range(256, 65'536);

void FromHttpResponseExchange(benchmark::State& state) {
  Read<v1::ExchangeAuthCodeResponse>(state, Padded(ExchangeAnswer(), state.range(0)));
}
BENCHMARK(FromHttpResponseExchange)
    ->ArgName("unknown_bytes")
    ->Arg(0)
    ->RangeMultiplier(16)
    ->Range(256, 65'536);

}  // namespace
}  // namespace modelgates::gateway
