#include "tls/handshake_watch.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "support/test_authority.h"

namespace modelgates::gateway {
namespace {

using namespace std::chrono_literals;

using Context = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;
using Ssl = std::unique_ptr<SSL, decltype(&SSL_free)>;

void Use(SSL_CTX* context, const TestIdentity& identity) {
  using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
  const Bio cert(BIO_new_mem_buf(identity.certificate.data(), -1), &BIO_free);
  const Bio key(BIO_new_mem_buf(identity.key.data(), -1), &BIO_free);
  X509* const x509 = PEM_read_bio_X509(cert.get(), nullptr, nullptr, nullptr);
  EVP_PKEY* const pkey = PEM_read_bio_PrivateKey(key.get(), nullptr, nullptr, nullptr);
  SSL_CTX_use_certificate(context, x509);
  SSL_CTX_use_PrivateKey(context, pkey);
  X509_free(x509);
  EVP_PKEY_free(pkey);
}

void Trust(SSL_CTX* context, const TestAuthority& authority) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new_mem_buf(authority.pem().data(), -1),
                                                      &BIO_free);
  X509* const x509 = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr);
  X509_STORE_add_cert(SSL_CTX_get_cert_store(context), x509);
  X509_free(x509);
}

PeerAddress Peer() {
  sockaddr_storage storage{};
  auto& address = reinterpret_cast<sockaddr_in&>(storage);
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(0xc0000201);
  address.sin_port = htons(4711);
  return *PeerAddress::From(storage);
}

// Handshakes over memory, of a server that requires clients to have a certificate.
class Handshakes : public testing::Test, private HandshakeObserver {
 protected:
  Handshakes() {
    SetHandshakeObserver(this);
    Use(server_.get(), authority_.Issue({.names = {"DNS:localhost"}}));
    Trust(server_.get(), authority_);
    SSL_CTX_set_verify(server_.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    const auto select = [](SSL*, const unsigned char** out, unsigned char* size,
                           const unsigned char* in, unsigned in_size, void*) {
      const bool has_h2 = std::string(reinterpret_cast<const char*>(in), in_size) == "\x02h2";
      *out = in + 1;
      *size = 2;
      return has_h2 ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
    };
    SSL_CTX_set_alpn_select_cb(server_.get(), select, nullptr);
    Use(client_.get(), authority_.Issue({}));
    Offer("\x02h2");
  }
  ~Handshakes() override { SetHandshakeObserver(nullptr); }

  void Offer(const std::string& protocols) {
    SSL_CTX_set_alpn_protos(client_.get(), reinterpret_cast<const unsigned char*>(protocols.data()),
                            static_cast<unsigned>(protocols.size()));
  }

  // Returns when neither side has anything more to say.
  void Run() {
    Ssl client(SSL_new(client_.get()), &SSL_free);
    SSL_set_connect_state(client.get());
    Ssl server = Server();
    BIO* to_server = BIO_new(BIO_s_mem());
    BIO* to_client = BIO_new(BIO_s_mem());
    BIO_up_ref(to_server);
    BIO_up_ref(to_client);
    SSL_set_bio(client.get(), to_client, to_server);
    SSL_set_bio(server.get(), to_server, to_client);
    for (int i = 0; i < 5 && failures_.empty(); ++i) {
      ERR_clear_error();
      SSL_do_handshake(client.get());
      Step(server.get());
    }
  }

  // What a client sends that speaks no TLS.
  void Send(const std::string& bytes) {
    const Ssl server = Server();
    BIO* in = BIO_new(BIO_s_mem());
    BIO_write(in, bytes.data(), static_cast<int>(bytes.size()));
    SSL_set_bio(server.get(), in, BIO_new(BIO_s_mem()));
    Step(server.get());
  }

  Ssl Server() {
    const PeerAddress address = Peer();
    const HandshakePeer peer(address);
    Ssl server(SSL_new(server_.get()), &SSL_free);
    SSL_set_accept_state(server.get());
    return server;
  }

  void Step(SSL* server) {
    if (SSL_is_init_finished(server) == 1) return;
    ERR_clear_error();
    ReportHandshake(server, SSL_do_handshake(server));
  }

  const TestAuthority authority_;
  Context server_{SSL_CTX_new(TLS_server_method()), &SSL_CTX_free};
  Context client_{SSL_CTX_new(TLS_client_method()), &SSL_CTX_free};
  std::vector<HandshakeFailure> failures_;

 private:
  void OnHandshakeFailed(const HandshakeFailure& failure) override { failures_.push_back(failure); }
};

TEST_F(Handshakes, ThatSucceedAreNotReported) {
  Run();
  EXPECT_TRUE(failures_.empty()) << failures_.front().reason;
}

TEST_F(Handshakes, OfAClientAreNotReported) {
  const Ssl client(SSL_new(client_.get()), &SSL_free);
  SSL_set_connect_state(client.get());
  SSL_set_bio(client.get(), BIO_new_mem_buf("HTTP/1.1 200 OK", -1), BIO_new(BIO_s_mem()));
  const int result = SSL_do_handshake(client.get());
  ASSERT_EQ(SSL_get_error(client.get(), result), SSL_ERROR_SSL);
  ReportHandshake(client.get(), result);
  EXPECT_TRUE(failures_.empty());
}

TEST_F(Handshakes, ThatBeganNowhereHaveNoPeer) {
  const Ssl server(SSL_new(server_.get()), &SSL_free);
  SSL_set_accept_state(server.get());
  SSL_set_bio(server.get(), BIO_new_mem_buf("GET / HTTP/1.1\r\n", -1), BIO_new(BIO_s_mem()));
  Step(server.get());
  ASSERT_EQ(failures_.size(), 1u);
  EXPECT_EQ(failures_.front().peer, "");
}

struct FailureCase {
  std::string name;
  HandshakeCause cause;
  std::string reason;
};

class FailedHandshakes : public Handshakes, public testing::WithParamInterface<FailureCase> {
 protected:
  void Act(const std::string& name) {
    if (name == "NoCertificate" || name == "NoCertificateInTls12") {
      client_.reset(SSL_CTX_new(TLS_client_method()));
      Offer("\x02h2");
      if (name == "NoCertificateInTls12") {
        SSL_CTX_set_max_proto_version(client_.get(), TLS1_2_VERSION);
      }
    } else if (name == "OtherAuthority") {
      Use(client_.get(), TestAuthority().Issue({}));
    } else if (name == "Expired") {
      Use(client_.get(), authority_.Issue({.names = {}, .valid_until = -1min}));
    } else if (name == "NotYetValid") {
      Use(client_.get(), authority_.Issue({.names = {}, .valid_from = 1h}));
    } else if (name == "OldVersion") {
      SSL_CTX_set_min_proto_version(server_.get(), TLS1_3_VERSION);
      SSL_CTX_set_max_proto_version(client_.get(), TLS1_2_VERSION);
    } else if (name == "NoHttp2") {
      Offer("\x08http/1.1");
    } else if (name == "ClientDistrustsUs") {
      SSL_CTX_set_verify(client_.get(), SSL_VERIFY_PEER, nullptr);
    } else if (name == "PlainHttp") {
      return Send("GET / HTTP/1.1\r\n");
    } else if (name == "PlainHttp2") {
      return Send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    }
    Run();
  }
};

TEST_P(FailedHandshakes, AreReportedWithCauseReasonAndPeer) {
  Act(GetParam().name);
  ASSERT_EQ(failures_.size(), 1u);
  EXPECT_EQ(ToString(failures_.front().cause), ToString(GetParam().cause));
  EXPECT_EQ(failures_.front().reason, GetParam().reason);
  EXPECT_EQ(failures_.front().peer, "ipv4:192.0.2.1:4711");
}

INSTANTIATE_TEST_SUITE_P(
    All, FailedHandshakes,
    testing::Values(
        FailureCase{"NoCertificate", HandshakeCause::kNone, "peer did not return a certificate"},
        FailureCase{"NoCertificateInTls12", HandshakeCause::kNone,
                    "peer did not return a certificate"},
        FailureCase{"OtherAuthority", HandshakeCause::kUntrusted,
                    "unable to get local issuer certificate"},
        FailureCase{"Expired", HandshakeCause::kExpired, "certificate has expired"},
        FailureCase{"NotYetValid", HandshakeCause::kExpired, "certificate is not yet valid"},
        FailureCase{"OldVersion", HandshakeCause::kProtocol, "unsupported protocol"},
        FailureCase{"NoHttp2", HandshakeCause::kProtocol, "the client does not offer HTTP/2"},
        FailureCase{"ClientDistrustsUs", HandshakeCause::kProtocol, "tlsv1 alert unknown ca"},
        FailureCase{"PlainHttp", HandshakeCause::kProtocol, "http request"},
        FailureCase{"PlainHttp2", HandshakeCause::kProtocol, "wrong version number"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace modelgates::gateway
