#pragma once

#include "http/http.h"

namespace modelgates::gateway {

// Keeps the last progress of a request.
struct SendRecorder final : SendObserver {
  void OnSendProgress(SendProgress progress) override { last = progress; }
  bool offered() const { return last == SendProgress::kBytesOffered; }

  SendProgress last = SendProgress::kConnecting;
};

}  // namespace modelgates::gateway
