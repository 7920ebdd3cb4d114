#include "base/json_reader.h"
#include "base/json_writer.h"
#include "bench/micro/allocation_report.h"
#include "support/documented_messages.h"

namespace modelgates::gateway {
namespace {

// Writes strings of 43 characters, the length of a challenge, with the characters of `text`.
void Write(benchmark::State& state, std::string_view text) {
  std::string value;
  while (value.size() < 43) value += text;
  std::string out;
  const AllocationReport report(state);
  for (auto _ : state) {
    out.clear();
    JsonWriter json(out);
    json.BeginObject();
    for (int64_t i = 0; i < state.range(0); ++i) json.Member("code_challenge", value);
    json.EndObject();
    benchmark::DoNotOptimize(out.data());
  }
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(out.size()));
}

void JsonWriterPlain(benchmark::State& state) { Write(state, "a"); }
BENCHMARK(JsonWriterPlain)->ArgName("members")->Arg(1)->Arg(8)->Arg(64);

void JsonWriterEscapes(benchmark::State& state) { Write(state, "a\"\n"); }
BENCHMARK(JsonWriterEscapes)->ArgName("members")->Arg(1)->Arg(8)->Arg(64);

void JsonWriterUnicode(benchmark::State& state) { Write(state, "é😀"); }
BENCHMARK(JsonWriterUnicode)->ArgName("members")->Arg(1)->Arg(8)->Arg(64);

void JsonWriterNumber(benchmark::State& state) {
  std::string out;
  const AllocationReport report(state);
  for (auto _ : state) {
    out.clear();
    JsonWriter json(out);
    json.BeginObject();
    json.Member("limit", 1.0 / 3);
    json.EndObject();
    benchmark::DoNotOptimize(out.data());
  }
}
BENCHMARK(JsonWriterNumber);

// Reads every member of the root and of the objects in it, as a mapping does.
void ReadStrings(JsonValue& value) {
  value.ForEachMember([](std::string_view, JsonValue& member) {
    if (member.type() == JsonType::kObject) return ReadStrings(member);
    benchmark::DoNotOptimize(member.String());
  });
}

// The reader modifies its text, so each iteration has a copy.
void Read(benchmark::State& state, const std::string& text) {
  std::string copy;
  const AllocationReport report(state);
  for (auto _ : state) {
    copy.assign(text);
    benchmark::DoNotOptimize(VisitJson(copy, [](JsonValue& root) { ReadStrings(root); }));
  }
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(text.size()));
}

void VisitJsonAnswer(benchmark::State& state) { Read(state, CreateAnswer().body); }
BENCHMARK(VisitJsonAnswer);

std::string Members(int64_t count, std::string_view value) {
  std::string text = "{";
  for (int64_t i = 0; i < count; ++i) {
    text += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":" + std::string(value);
  }
  return text + "}";
}

void VisitJsonPlain(benchmark::State& state) {
  Read(state, Members(state.range(0), "\"" + std::string(43, 'a') + "\""));
}
BENCHMARK(VisitJsonPlain)->ArgName("members")->Arg(1)->Arg(64)->Arg(4096);

void VisitJsonEscapes(benchmark::State& state) {
  Read(state, Members(state.range(0), R"("\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00")"));
}
BENCHMARK(VisitJsonEscapes)->ArgName("members")->Arg(1)->Arg(64)->Arg(4096);

void VisitJsonNested(benchmark::State& state) {
  const auto depth = static_cast<size_t>(state.range(0));
  Read(state, std::string(depth, '[') + std::string(depth, ']'));
}
BENCHMARK(VisitJsonNested)->ArgName("depth")->Arg(1)->Arg(64)->Arg(4096);

}  // namespace
}  // namespace modelgates::gateway
