// Asks an error-server for every error of the contract and compares what arrives, decoded as
// client/examples/go does, with the text that the server says it has to be (error_text.h).
package main

import (
	"context"
	"fmt"
	"os"
	"sort"
	"strings"

	oauthv1 "example.com/oauth/gen/modelgates/oauth/v1"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
)

func textOf(err error) string {
	s := status.Convert(err)
	var types, texts strings.Builder
	metadata := []string{}
	for i, detail := range s.Details() {
		fmt.Fprint(&types, " ", s.Proto().Details[i].MessageName().Name())
		switch d := detail.(type) {
		case *errdetails.ErrorInfo:
			metadata = append(metadata, fmt.Sprintf("reason %s of %s\n", d.Reason, d.Domain))
			for name, value := range d.Metadata {
				metadata = append(metadata, fmt.Sprintf("metadata %s=%s\n", name, value))
			}
			sort.Strings(metadata[1:])
		case *errdetails.BadRequest:
			for _, v := range d.FieldViolations {
				fmt.Fprintf(&texts, "violation %s: %s\n", v.Field, v.Description)
			}
		case *errdetails.RetryInfo:
			fmt.Fprintf(&texts, "retry_delay %d ms\n", d.RetryDelay.AsDuration().Milliseconds())
		case *errdetails.RequestInfo:
			fmt.Fprintf(&texts, "request_id %s\n", d.RequestId)
		case *oauthv1.UpstreamError:
			fmt.Fprintf(&texts, "upstream %d auth_code_state %v attempts %d logged %d message %s\n",
				d.HttpStatus, d.AuthCodeState, d.Attempts, len(d.AttemptLog), d.Message)
		}
	}
	return fmt.Sprintf("code %d\nmessage %s\ndetails%s\n%s%s", s.Code(), s.Message(), types.String(),
		strings.Join(metadata, ""), texts.String())
}

// check says what differs, or nothing.
func check(oauth oauthv1.OAuthServiceClient, name string) string {
	expected, err := oauth.ExchangeAuthCode(context.Background(), &oauthv1.ExchangeAuthCodeRequest{Code: name})
	if err != nil {
		return err.Error()
	}
	_, err = oauth.CreateAuthCode(context.Background(), &oauthv1.CreateAuthCodeRequest{CallbackUrl: name})
	if found := textOf(err); found != expected.Key {
		return fmt.Sprintf("--- expected\n%s--- found\n%s", expected.Key, found)
	}
	return ""
}

func main() {
	conn, err := grpc.NewClient(os.Args[1], grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		panic(err)
	}
	oauth := oauthv1.NewOAuthServiceClient(conn)
	passed, failed := 0, 0
	reasons := oauthv1.ErrorReason(0).Descriptor().Values()
	for i := 0; i < reasons.Len(); i++ {
		if reasons.Get(i).Number() == 0 {
			continue
		}
		for _, size := range []string{"usual", "largest"} {
			name := fmt.Sprintf("%s/%s", reasons.Get(i).Name(), size)
			if difference := check(oauth, name); difference != "" {
				fmt.Println("FAILED", name, "\n"+difference)
				failed++
			} else {
				passed++
			}
		}
	}
	fmt.Printf("%d passed, %d failed\n", passed, failed)
	if failed > 0 {
		os.Exit(1)
	}
}
