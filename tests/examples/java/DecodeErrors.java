import ai.modelgates.oauth.v1.*;
import com.google.rpc.*;
import io.grpc.*;
import io.grpc.protobuf.StatusProto;
import java.util.TreeMap;

/**
 * Asks an error-server for every error of the contract and compares what arrives, decoded as
 * client/examples/java does, with the text that the server says it has to be (error_text.h). The
 * channel keeps its own bound on metadata, 8,192 bytes.
 */
public class DecodeErrors {
  static String textOf(StatusRuntimeException error) throws Exception {
    var types = new StringBuilder();
    var infos = new StringBuilder();
    var texts = new StringBuilder();
    for (var detail : StatusProto.fromThrowable(error).getDetailsList()) {
      types.append(' ').append(detail.getTypeUrl().replaceFirst(".*\\.", ""));
      if (detail.is(ErrorInfo.class)) {
        var info = detail.unpack(ErrorInfo.class);
        infos.append("reason " + info.getReason() + " of " + info.getDomain() + "\n");
        new TreeMap<>(info.getMetadataMap())
            .forEach((name, value) -> infos.append("metadata " + name + "=" + value + "\n"));
      } else if (detail.is(BadRequest.class)) {
        for (var field : detail.unpack(BadRequest.class).getFieldViolationsList())
          texts.append("violation " + field.getField() + ": " + field.getDescription() + "\n");
      } else if (detail.is(RetryInfo.class)) {
        var delay = detail.unpack(RetryInfo.class).getRetryDelay();
        var milliseconds = delay.getSeconds() * 1000 + delay.getNanos() / 1_000_000;
        texts.append("retry_delay " + milliseconds + " ms\n");
      } else if (detail.is(RequestInfo.class)) {
        texts.append("request_id " + detail.unpack(RequestInfo.class).getRequestId() + "\n");
      } else if (detail.is(UpstreamError.class)) {
        var upstream = detail.unpack(UpstreamError.class);
        texts.append("upstream " + upstream.getHttpStatus()
            + " auth_code_state " + upstream.getAuthCodeState()
            + " attempts " + upstream.getAttempts() + " logged " + upstream.getAttemptLogCount()
            + " message " + upstream.getMessage() + "\n");
      }
    }
    return "code " + error.getStatus().getCode().value()
        + "\nmessage " + error.getStatus().getDescription()
        + "\ndetails" + types + "\n" + infos + texts;
  }

  /** What differs, or nothing. */
  static String difference(OAuthServiceGrpc.OAuthServiceBlockingStub oauth, String name)
      throws Exception {
    var expected =
        oauth.exchangeAuthCode(ExchangeAuthCodeRequest.newBuilder().setCode(name).build()).getKey();
    var found = "no error\n";
    try {
      oauth.createAuthCode(CreateAuthCodeRequest.newBuilder().setCallbackUrl(name).build());
    } catch (StatusRuntimeException error) {
      found = textOf(error);
    }
    return found.equals(expected) ? "" : "--- expected\n" + expected + "--- found\n" + found;
  }

  public static void main(String[] arguments) throws Exception {
    var credentials = InsecureChannelCredentials.create();
    var channel = Grpc.newChannelBuilder(arguments[0], credentials).build();
    var oauth = OAuthServiceGrpc.newBlockingStub(channel);
    int passed = 0;
    int failed = 0;
    for (var reason : ErrorReason.getDescriptor().getValues()) {
      if (reason.getNumber() == 0) continue;
      for (var size : new String[] {"usual", "largest"}) {
        var name = reason.getName() + "/" + size;
        var difference = difference(oauth, name);
        if (difference.isEmpty()) {
          passed++;
        } else {
          failed++;
          System.out.println("FAILED " + name + "\n" + difference);
        }
      }
    }
    System.out.println(passed + " passed, " + failed + " failed");
    System.exit(failed == 0 ? 0 : 1);
  }
}
