#include <fmt/format.h>

#include "integration/upstream_fault.h"

namespace modelgates::gateway {
namespace {

// Answers that are not HTTP, or not what their own framing says. Once a 200 was read the code is
// spent, whatever follows.
constexpr char kOk[] = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";

// A 200 with these field lines, then this.
Answer Framed(const std::string& fields, const std::string& rest) {
  return Answer::Bytes(kOk + fields + "\r\n" + rest);
}

Answer Chunked(const std::string& chunks) {
  return Framed("Transfer-Encoding: chunked\r\n", chunks);
}

std::string Repeated(const std::string& text, int count) {
  std::string all;
  for (int i = 0; i < count; ++i) all += text;
  return all;
}

std::string TenThousandFields() {
  std::string fields;
  for (int i = 0; i < 10'000; ++i) fields += "X-" + std::to_string(i) + ": y\r\n";
  return fields;
}

std::string LengthOf(const std::string& body) {
  return "Content-Length: " + std::to_string(body.size()) + "\r\n";
}

const std::string kLength = LengthOf(kBodyOfBoth);
const std::string kOneChunk =
    fmt::format("{:x}\r\n{}\r\n", std::string_view(kBodyOfBoth).size(), kBodyOfBoth);
constexpr char kEarlyHints[] = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";

class FramingFaults : public UpstreamFaultTest {};

TEST_P(FramingFaults, AreWhatTheTableSays) { ExpectTheRow(); }

const UpstreamFault kNoHttp[] = {
    {"AnotherProtocol", Answer::Bytes("SSH-2.0-OpenSSH_9.2\r\n"), kMalformed, kOutcomeUnknown,
     "UNKNOWN"},
    {"Http2", Answer::Bytes(std::string("\0\0\6\4\0\0\0\0\0\0\3\0\0\0\x80", 15)), kMalformed,
     kOutcomeUnknown, "UNKNOWN"},
    {"TlsAlert", Answer::Bytes("\x15\x03\x01\x02\x02\x02\x46"), kMalformed, kOutcomeUnknown,
     "UNKNOWN"},
    {"Http09", Answer::Bytes(kBodyOfBoth).ThenClose(), kMalformed, kOutcomeUnknown, "UNKNOWN"},
    {"EndlessGarbage", Answer().ThenForever(std::string(1000, '\xa5')), kMalformed, kOutcomeUnknown,
     "UNKNOWN"},
    {"NoReason",
     Answer::Bytes("HTTP/1.1 200\r\nContent-Type: application/json\r\n" + kLength + "\r\n" +
                   kBodyOfBoth),
     kServed, kServed},
    {"LineFeedsAlone",
     Answer::Bytes("HTTP/1.1 200 OK\nContent-Type: application/json\n\n" + std::string(kBodyOfBoth))
         .ThenClose(),
     kServed, kServed},
    {"NoStatus", Answer::Bytes("HTTP/1.1 OK\r\n\r\n"), kMalformed, kOutcomeUnknown, "UNKNOWN"},
    {"NulInTheHead", Answer::Bytes(std::string("HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n", 28)),
     kMalformed, kOutcomeUnknown, "SPENT"},
    {"SwitchingProtocols",
     Answer::Bytes("HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n"), kMalformed,
     kOutcomeUnknown, "UNKNOWN"},
    {"AStormOfInterimAnswers", Answer::Bytes(Repeated(kEarlyHints, 1000)), kMalformed,
     kOutcomeUnknown, "UNKNOWN"},
    {"EndlessInterimAnswers", Answer().ThenForever(kEarlyHints), kMalformed, kOutcomeUnknown,
     "UNKNOWN"},
    {"AHundredInterimAnswersAreFine",
     Answer::Bytes(Repeated(kEarlyHints, 100)).Then(kOk + kLength + "\r\n" + kBodyOfBoth), kServed,
     kServed},
    {"TenThousandFields", Framed(TenThousandFields() + kLength, kBodyOfBoth), kMalformed,
     kOutcomeUnknown, "SPENT"},
    {"EndlessFields", Answer::Bytes(kOk).ThenForever("X-More: of the same\r\n"), kMalformed,
     kOutcomeUnknown, "SPENT"},
    {"AnEndlessField", Answer::Bytes(std::string(kOk) + "X: ").ThenForever(std::string(1000, 'x')),
     kMalformed, kOutcomeUnknown, "SPENT"},
    {"AnEndlessReason", Answer::Bytes("HTTP/1.1 200 ").ThenForever(std::string(1000, 'x')),
     kMalformed, kOutcomeUnknown, "SPENT"},
    {"AHundredFieldsAreFine",
     Framed(Repeated("X-More: of the same\r\n", 100) + kLength, kBodyOfBoth), kServed, kServed},
};

const UpstreamFault kLengths[] = {
    {"Negative", Framed("Content-Length: -1\r\n", kBodyOfBoth), kMalformed, kOutcomeUnknown,
     "SPENT"},
    {"NoNumber", Framed("Content-Length: many\r\n", kBodyOfBoth), kMalformed, kOutcomeUnknown,
     "SPENT"},
    {"BeyondAnyNumber", Framed("Content-Length: 99999999999999999999999\r\n", kBodyOfBoth),
     kMalformed, kOutcomeUnknown, "SPENT"},
    {"TwoThatDiffer", Framed(kLength + "Content-Length: 3\r\n", kBodyOfBoth), kMalformed,
     kOutcomeUnknown, "SPENT"},
    {"TooLong", Framed("Content-Length: 5000\r\n", kBodyOfBoth).ThenClose(), kTruncatedTwice,
     kOutcomeUnknown, "SPENT"},
    {"TooLongAndOpen", Framed("Content-Length: 5000\r\n", kBodyOfBoth).ThenHang(), kTimeoutTwice,
     kOutcomeUnknown, "SPENT", true},
    // The rest is not looked at, and never taken for the next answer.
    {"TooShort",
     Framed("Content-Length: 9\r\n", kBodyOfBoth),
     kMalformed,
     {grpc::INTERNAL, "UPSTREAM_RESPONSE_MALFORMED", 1},
     "SPENT"},
    {"TooShortByWhatFollows", Framed(kLength, std::string(kBodyOfBoth) + "HTTP/1.1 403 No\r\n\r\n"),
     kServed, kServed},
    {"AThousandGigabytes", Framed("Content-Length: 1000000000000\r\n", kBodyOfBoth), kTooLarge,
     kTooLarge, "SPENT"},
    {"None", Framed("", kBodyOfBoth).ThenClose(), kServed, kServed},
    {"NoneAndOpen", Framed("", kBodyOfBoth).ThenHang(), kTimeoutTwice, kOutcomeUnknown, "SPENT",
     true},
};

const UpstreamFault kChunks[] = {
    {"BadSize", Chunked("zz\r\n"), kMalformed, kOutcomeUnknown, "SPENT"},
    {"NegativeSize", Chunked("-1\r\n" + std::string(kBodyOfBoth)), kMalformed, kOutcomeUnknown,
     "SPENT"},
    {"SizeBeyondAnyNumber", Chunked("fffffffffffffffff\r\n" + std::string(kBodyOfBoth)), kMalformed,
     kOutcomeUnknown, "SPENT"},
    {"NoEndOfTheData", Chunked("3\r\n" + std::string(kBodyOfBoth)), kMalformed, kOutcomeUnknown,
     "SPENT"},
    {"NoLastChunk", Chunked(kOneChunk).ThenClose(), kTruncatedTwice, kOutcomeUnknown, "SPENT"},
    {"NoLastChunkAndOpen", Chunked(kOneChunk).ThenHang(), kTimeoutTwice, kOutcomeUnknown, "SPENT",
     true},
    {"EndlessExtension", Chunked("3;").ThenForever(std::string(1000, 'x')), kMalformed,
     kOutcomeUnknown, "SPENT"},
    {"EndlessTrailer", Chunked(kOneChunk + "0\r\n").ThenForever("X-More: of the same\r\n"),
     kMalformed, kOutcomeUnknown, "SPENT"},
    {"EndlessEmptyLine", Chunked("").ThenForever("0"), kMalformed, kOutcomeUnknown, "SPENT"},
    {"AnotherCoding",
     Framed("Transfer-Encoding: gzip, chunked\r\n", kOneChunk + "0\r\n\r\n"),
     kMalformed,
     {grpc::INTERNAL, "UPSTREAM_RESPONSE_MALFORMED", 1},
     "SPENT"},
    {"WithALength", Framed("Transfer-Encoding: chunked\r\n" + kLength, kOneChunk + "0\r\n\r\n"),
     kMalformed, kOutcomeUnknown, "SPENT"},
    {"AsItShouldBe", Chunked(kOneChunk + "0\r\n\r\n"), kServed, kServed},
    {"AsItShouldBeByteByByte",
     Framed("Transfer-Encoding: chunked\r\n", "")
         .ThenDribble(kOneChunk + "0\r\nX-Sum: 1\r\n\r\n", std::chrono::milliseconds(1)),
     kServed, kServed},
};

INSTANTIATE_TEST_SUITE_P(Head, FramingFaults, testing::ValuesIn(kNoHttp),
                         NameOfFault<testing::TestParamInfo<UpstreamFault>>);
INSTANTIATE_TEST_SUITE_P(
    HeadHttp2, FramingFaults,
    testing::ValuesIn(OnlyOverHttp2(kNoHttp, {"SwitchingProtocols", "AStormOfInterimAnswers",
                                              "AHundredInterimAnswersAreFine", "TenThousandFields",
                                              "AHundredFieldsAreFine"})),
    NameOfFault<testing::TestParamInfo<UpstreamFault>>);
INSTANTIATE_TEST_SUITE_P(LengthHttp2, FramingFaults,
                         testing::ValuesIn(OnlyOverHttp2(
                             kLengths, {"Negative", "NoNumber", "BeyondAnyNumber", "TwoThatDiffer",
                                        "TooLong", "TooLongAndOpen", "AThousandGigabytes"})),
                         NameOfFault<testing::TestParamInfo<UpstreamFault>>);
INSTANTIATE_TEST_SUITE_P(Length, FramingFaults, testing::ValuesIn(kLengths),
                         NameOfFault<testing::TestParamInfo<UpstreamFault>>);
INSTANTIATE_TEST_SUITE_P(Chunk, FramingFaults, testing::ValuesIn(kChunks),
                         NameOfFault<testing::TestParamInfo<UpstreamFault>>);

}  // namespace
}  // namespace modelgates::gateway
