#include "trace/span_queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "unit/trace/span_ledger.h"

namespace modelgates::gateway {
namespace {

Span Named(std::string_view name) {
  Span span;
  span.name = name;
  return span;
}

std::vector<std::string> TakenNames(SpanQueue& queue, size_t most) {
  std::vector<Span> spans;
  queue.Take(most, spans);
  std::vector<std::string> names;
  for (const Span& span : spans) names.emplace_back(span.name);
  return names;
}

TEST(SpanQueue, GivesTheOldestFirst) {
  SpanLedger ledger;
  SpanQueue queue(
      3, 100, [] {}, ledger);
  for (const char* name : {"a", "b", "c"}) queue.Put(Named(name));
  EXPECT_EQ(TakenNames(queue, 2), (std::vector<std::string>{"a", "b"}));
  queue.Put(Named("d"));
  EXPECT_EQ(TakenNames(queue, 10), (std::vector<std::string>{"c", "d"}));
  EXPECT_EQ(queue.size(), 0u);
  EXPECT_EQ(TakenNames(queue, 10), std::vector<std::string>());
}

TEST(SpanQueue, LosesAndCountsWhatHasNoRoom) {
  SpanLedger ledger;
  SpanQueue queue(
      2, 100, [] {}, ledger);
  for (const char* name : {"a", "b", "c", "d"}) queue.Put(Named(name));
  EXPECT_EQ(ledger.lost(SpanLoss::kQueueFull), 2u);
  EXPECT_EQ(TakenNames(queue, 10), (std::vector<std::string>{"a", "b"}));
  queue.Put(Named("e"));
  EXPECT_EQ(ledger.lost(SpanLoss::kQueueFull), 2u);
}

TEST(SpanQueue, TellsOnceOfABatch) {
  SpanLedger ledger;
  int told = 0;
  SpanQueue queue(
      5, 2, [&] { ++told; }, ledger);
  queue.Put(Named("a"));
  EXPECT_EQ(told, 0);
  queue.Put(Named("b"));
  queue.Put(Named("c"));
  EXPECT_EQ(told, 1);
  TakenNames(queue, 3);
  queue.Put(Named("d"));
  queue.Put(Named("e"));
  EXPECT_EQ(told, 2);
}

TEST(SpanQueue, LosesNothingUncountedBetweenThreads) {
  constexpr int kThreads = 4;
  constexpr int kSpans = 5'000;
  SpanLedger ledger;
  SpanQueue queue(
      64, 32, [] {}, ledger);
  std::atomic<int> writing{kThreads};
  std::vector<std::thread> writers;
  for (int i = 0; i < kThreads; ++i) {
    writers.emplace_back([&] {
      for (int k = 0; k < kSpans; ++k) queue.Put(Named("a"));
      --writing;
    });
  }
  size_t taken = 0;
  std::vector<Span> spans;
  while (writing > 0 || queue.size() > 0) {
    queue.Take(32, spans);
    taken += spans.size();
    spans.clear();
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(taken + ledger.lost(SpanLoss::kQueueFull), size_t{kThreads * kSpans});
}

}  // namespace
}  // namespace modelgates::gateway
