package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	v1 "grpc-go-peer/v1"
)

type upstream struct {
	client       *http.Client
	base, bearer string
}

func upstreamFromEnvironment() (*upstream, error) {
	// The default keeps two idle connections a host, and would connect anew for most calls.
	transport := &http.Transport{MaxIdleConnsPerHost: 4096, DisableCompression: true}
	if file := os.Getenv("UPSTREAM_CA_FILE"); file != "" {
		pem, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		roots := x509.NewCertPool()
		if !roots.AppendCertsFromPEM(pem) {
			return nil, errors.New("no certificate in " + file)
		}
		transport.TLSClientConfig = &tls.Config{RootCAs: roots}
	}
	return &upstream{
		client: &http.Client{Transport: transport},
		base:   os.Getenv("UPSTREAM"),
		bearer: "Bearer " + os.Getenv("MODELGATES_API_KEY"),
	}, nil
}

// app holds the values of the three headers that describe the calling application.
type app struct{ referer, title, categories *string }

func appOf(request any) app {
	switch r := request.(type) {
	case *v1.CreateAuthCodeRequest:
		return app{r.HttpReferer, r.XOpenRouterTitle, r.XOpenRouterCategories}
	case *v1.ExchangeAuthCodeRequest:
		return app{r.HttpReferer, r.XOpenRouterTitle, r.XOpenRouterCategories}
	}
	return app{}
}

func (u *upstream) post(ctx context.Context, path string, app app, body, reply any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return status.Error(codes.Internal, err.Error())
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, u.base+path, bytes.NewReader(text))
	if err != nil {
		return status.Error(codes.Internal, err.Error())
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "application/json")
	request.Header.Set("Authorization", u.bearer)
	setIfPresent(request.Header, "HTTP-Referer", app.referer)
	setIfPresent(request.Header, "X-OpenRouter-Title", app.title)
	setIfPresent(request.Header, "X-OpenRouter-Categories", app.categories)
	response, err := u.client.Do(request)
	if err != nil {
		return status.Error(codes.Unavailable, err.Error())
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return status.Error(codes.Unavailable, err.Error())
	}
	if response.StatusCode != http.StatusOK {
		return status.Error(grpcCode(response.StatusCode), string(answer))
	}
	if err := json.Unmarshal(answer, reply); err != nil {
		return status.Error(codes.Internal, err.Error())
	}
	return nil
}

func setIfPresent(header http.Header, name string, value *string) {
	if value != nil {
		header.Set(name, *value)
	}
}

func grpcCode(httpStatus int) codes.Code {
	switch httpStatus {
	case 400, 422:
		return codes.InvalidArgument
	case 401:
		return codes.Unauthenticated
	case 403:
		return codes.PermissionDenied
	case 404:
		return codes.NotFound
	case 409:
		return codes.Aborted
	case 429:
		return codes.ResourceExhausted
	case 502, 503, 504:
		return codes.Unavailable
	}
	return codes.Unknown
}
