// What somebody would write in Go instead of running the gateway: grpc-go in, net/http out. It maps
// every field, and has no retries, log, metrics or checks.
package main

import (
	"context"
	"log"
	"net"
	"os"

	"google.golang.org/grpc"

	v1 "grpc-go-peer/v1"
)

type gateway struct {
	v1.UnimplementedOAuthServiceServer
	upstream *upstream
}

func (g *gateway) CreateAuthCode(ctx context.Context, request *v1.CreateAuthCodeRequest) (*v1.CreateAuthCodeResponse, error) {
	var reply createReply
	if err := g.upstream.post(ctx, "/auth/keys/code", appOf(request), toCreateBody(request), &reply); err != nil {
		return nil, err
	}
	return reply.message(), nil
}

func (g *gateway) ExchangeAuthCode(ctx context.Context, request *v1.ExchangeAuthCodeRequest) (*v1.ExchangeAuthCodeResponse, error) {
	var reply exchangeReply
	if err := g.upstream.post(ctx, "/auth/keys", appOf(request), toExchangeBody(request), &reply); err != nil {
		return nil, err
	}
	return &v1.ExchangeAuthCodeResponse{Key: reply.Key, UserId: reply.UserID}, nil
}

func main() {
	upstream, err := upstreamFromEnvironment()
	if err != nil {
		log.Fatal(err)
	}
	listener, err := net.Listen("tcp", os.Getenv("LISTEN"))
	if err != nil {
		log.Fatal(err)
	}
	server := grpc.NewServer()
	v1.RegisterOAuthServiceServer(server, &gateway{upstream: upstream})
	log.Fatal(server.Serve(listener))
}
