// The PKCE flow through the gateway, and two errors with their details.
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"

	oauthv1 "example.com/oauth/gen/modelgates/oauth/v1"
	"golang.org/x/oauth2"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
)

func explain(_ any, err error) {
	s := status.Convert(err)
	fmt.Println(s.Code(), "-", s.Message()) // a message is for people; programs use code and details
	for _, detail := range s.Details() {
		switch d := detail.(type) {
		case *errdetails.ErrorInfo:
			fmt.Println("  reason", d.Reason, "retryable", d.Metadata["retryable"])
		case *errdetails.BadRequest:
			for _, v := range d.FieldViolations {
				fmt.Println("  field", v.Field, v.Description)
			}
		case *errdetails.RetryInfo:
			fmt.Println("  repeat after", d.RetryDelay.GetSeconds(), "s")
		case *oauthv1.UpstreamError:
			fmt.Println("  upstream status", d.HttpStatus, "code is", d.AuthCodeState)
		}
	}
}

func must[T any](reply T, err error) T {
	if err != nil {
		explain(reply, err)
		os.Exit(1)
	}
	return reply
}

// TLS, with the files that environment variables name; --plaintext is for loopback.
func security() credentials.TransportCredentials {
	if len(os.Args) > 1 && os.Args[1] == "--plaintext" {
		return insecure.NewCredentials()
	}
	config := &tls.Config{}
	if ca := os.Getenv("MODELGATES_OAUTH_CA_FILE"); ca != "" {
		config.RootCAs = x509.NewCertPool()
		config.RootCAs.AppendCertsFromPEM(must(os.ReadFile(ca)))
	}
	if cert := os.Getenv("MODELGATES_OAUTH_CLIENT_CERT_FILE"); cert != "" {
		// Read for each connection, so that a renewed certificate is used.
		config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			pair, err := tls.LoadX509KeyPair(cert, os.Getenv("MODELGATES_OAUTH_CLIENT_KEY_FILE"))
			return &pair, err
		}
	}
	return credentials.NewTLS(config)
}

func main() {
	transport := grpc.WithTransportCredentials(security())
	conn := must(grpc.NewClient(os.Getenv("MODELGATES_OAUTH_GATEWAY"), transport))
	oauth, ctx := oauthv1.NewOAuthServiceClient(conn), context.Background()
	verifier, method := oauth2.GenerateVerifier(), oauthv1.CodeChallengeMethod_S256.Enum()
	challenge := oauth2.S256ChallengeFromVerifier(verifier)
	create := &oauthv1.CreateAuthCodeRequest{CallbackUrl: "https://myapp.example/callback",
		CodeChallenge: &challenge, CodeChallengeMethod: method}
	created := must(oauth.CreateAuthCode(ctx, create)) // in an app, the browser brings the code back
	exchange := &oauthv1.ExchangeAuthCodeRequest{Code: created.Data.Id, CodeVerifier: &verifier}
	fmt.Println("a key of", must(oauth.ExchangeAuthCode(ctx, exchange)).GetUserId())

	explain(oauth.CreateAuthCode(ctx, &oauthv1.CreateAuthCodeRequest{CallbackUrl: "nowhere"}))
	exchange.Code = "nobody's"
	explain(oauth.ExchangeAuthCode(ctx, exchange))
}
