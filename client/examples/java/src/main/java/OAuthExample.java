import ai.modelgates.oauth.v1.*;
import com.google.rpc.*;
import io.grpc.*;
import io.grpc.protobuf.StatusProto;
import io.grpc.util.*;
import java.io.File;
import java.security.*;
import java.util.*;
import java.util.concurrent.Callable;

/** The PKCE flow through the gateway, and what its errors say. */
public class OAuthExample {
  static boolean fails(Runnable calls) throws Exception {
    try {
      calls.run();
      return false;
    } catch (StatusRuntimeException error) {
      System.out.println(error.getMessage()); // for people; programs use code and details
      for (var detail : StatusProto.fromThrowable(error).getDetailsList()) {
        if (detail.is(ErrorInfo.class)) {
          var info = detail.unpack(ErrorInfo.class);
          System.out.println("  reason " + info.getReason()
              + " retryable " + info.getMetadataMap().get("retryable"));
        } else if (detail.is(BadRequest.class)) {
          for (var field : detail.unpack(BadRequest.class).getFieldViolationsList())
            System.out.println("  field " + field.getField() + " " + field.getDescription());
        } else if (detail.is(RetryInfo.class)) {
          var delay = detail.unpack(RetryInfo.class).getRetryDelay();
          System.out.println("  repeat after " + delay.getSeconds() + " s");
        } else if (detail.is(UpstreamError.class)) {
          var upstream = detail.unpack(UpstreamError.class);
          System.out.println("  upstream status " + upstream.getHttpStatus()
              + " code is " + upstream.getAuthCodeState());
        }
      }
      return true;
    }
  }

  /** With files from the environment where it names them; --plaintext is for loopback. */
  static ChannelCredentials tls() throws Exception {
    var ca = System.getenv("MODELGATES_OAUTH_CA_FILE");
    var cert = System.getenv("MODELGATES_OAUTH_CLIENT_CERT_FILE");
    var key = System.getenv("MODELGATES_OAUTH_CLIENT_KEY_FILE");
    var trusted = AdvancedTlsX509TrustManager.newBuilder().build();
    var identity = new AdvancedTlsX509KeyManager();
    Callable<Object> read = () -> {
      if (ca != null) trusted.updateTrustCredentials(new File(ca));
      if (cert != null) identity.updateIdentityCredentials(new File(cert), new File(key));
      return null;
    };
    read.call();
    // Again each second, so that renewed files are used; one that is half-written is not.
    new Timer(true).schedule(new TimerTask() {
      public void run() { try { read.call(); } catch (Exception e) { System.err.println(e); } }
    }, 1000, 1000);
    var tls = TlsChannelCredentials.newBuilder();
    if (ca != null) tls.trustManager(trusted);
    if (cert != null) tls.keyManager(identity);
    return tls.build();
  }

  public static void main(String[] arguments) throws Exception {
    var gateway = System.getenv("MODELGATES_OAUTH_GATEWAY");
    var plaintext = arguments.length > 0 && arguments[0].equals("--plaintext");
    var security = plaintext ? InsecureChannelCredentials.create() : tls();
    var channel = Grpc.newChannelBuilder(gateway, security).build();
    var oauth = OAuthServiceGrpc.newBlockingStub(channel);
    var random = new byte[32];
    new SecureRandom().nextBytes(random);
    var base64 = Base64.getUrlEncoder().withoutPadding();
    var verifier = base64.encodeToString(random);
    var digest = MessageDigest.getInstance("SHA-256").digest(verifier.getBytes());

    var create = CreateAuthCodeRequest.newBuilder().setCallbackUrl("https://myapp.example/callback")
        .setCodeChallenge(base64.encodeToString(digest))
        .setCodeChallengeMethod(CodeChallengeMethod.S256);
    var exchange = ExchangeAuthCodeRequest.newBuilder().setCodeVerifier(verifier);
    // In an app, the user's browser brings the code back to the callback URL.
    if (fails(() -> {
      exchange.setCode(oauth.createAuthCode(create.build()).getData().getId());
      System.out.println("a key of " + oauth.exchangeAuthCode(exchange.build()).getUserId());
    })) System.exit(1);
    fails(() -> oauth.createAuthCode(create.setCallbackUrl("nowhere").build()));
    fails(() -> oauth.exchangeAuthCode(exchange.setCode("nobody's").build()));
  }
}
