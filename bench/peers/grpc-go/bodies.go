package main

import (
	"encoding/json"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	v1 "grpc-go-peer/v1"
)

type createBody struct {
	CallbackURL         string   `json:"callback_url"`
	CodeChallenge       *string  `json:"code_challenge,omitempty"`
	CodeChallengeMethod string   `json:"code_challenge_method,omitempty"`
	ExpiresAt           string   `json:"expires_at,omitempty"`
	KeyLabel            *string  `json:"key_label,omitempty"`
	Limit               *float64 `json:"limit,omitempty"`
	UsageLimitType      string   `json:"usage_limit_type,omitempty"`
	WorkspaceID         *string  `json:"workspace_id,omitempty"`
}

type exchangeBody struct {
	Code string `json:"code"`
	// Raw, because JSON null differs from absence.
	CodeChallengeMethod json.RawMessage `json:"code_challenge_method,omitempty"`
	CodeVerifier        *string         `json:"code_verifier,omitempty"`
}

type createReply struct {
	Data struct {
		ID        string    `json:"id"`
		AppID     int64     `json:"app_id"`
		CreatedAt time.Time `json:"created_at"`
	} `json:"data"`
}

type exchangeReply struct {
	Key    string  `json:"key"`
	UserID *string `json:"user_id"`
}

func challengeMethod(method v1.CodeChallengeMethod) string {
	switch method {
	case v1.CodeChallengeMethod_S256:
		return "S256"
	case v1.CodeChallengeMethod_PLAIN:
		return "plain"
	}
	return ""
}

func usageLimitType(limitType v1.UsageLimitType) string {
	switch limitType {
	case v1.UsageLimitType_DAILY:
		return "daily"
	case v1.UsageLimitType_WEEKLY:
		return "weekly"
	case v1.UsageLimitType_MONTHLY:
		return "monthly"
	}
	return ""
}

func toCreateBody(request *v1.CreateAuthCodeRequest) *createBody {
	body := &createBody{
		CallbackURL:         request.GetCallbackUrl(),
		CodeChallenge:       request.CodeChallenge,
		CodeChallengeMethod: challengeMethod(request.GetCodeChallengeMethod()),
		KeyLabel:            request.KeyLabel,
		Limit:               request.Limit,
		UsageLimitType:      usageLimitType(request.GetUsageLimitType()),
		WorkspaceID:         request.WorkspaceId,
	}
	if request.ExpiresAt != nil {
		body.ExpiresAt = request.ExpiresAt.AsTime().Format(time.RFC3339Nano)
	}
	return body
}

func toExchangeBody(request *v1.ExchangeAuthCodeRequest) *exchangeBody {
	body := &exchangeBody{Code: request.GetCode(), CodeVerifier: request.CodeVerifier}
	if request.CodeChallengeMethod != nil {
		body.CodeChallengeMethod = json.RawMessage("null")
		if name := challengeMethod(request.GetCodeChallengeMethod()); name != "" {
			body.CodeChallengeMethod = json.RawMessage(`"` + name + `"`)
		}
	}
	return body
}

func (reply *createReply) message() *v1.CreateAuthCodeResponse {
	return &v1.CreateAuthCodeResponse{Data: &v1.AuthCode{
		Id:        reply.Data.ID,
		AppId:     reply.Data.AppID,
		CreatedAt: timestamppb.New(reply.Data.CreatedAt),
	}}
}
