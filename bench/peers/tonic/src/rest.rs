//! The REST side: bodies as serde writes and reads them, and the POST.
use std::error::Error;
use std::{env, fs};

use prost_types::Timestamp;
use reqwest::header::{HeaderValue, ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use serde::{de::DeserializeOwned, Deserialize, Serialize};
use tonic::{Code, Status};

use crate::v1;

#[derive(Serialize)]
pub struct CreateBody<'a> {
    callback_url: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    code_challenge: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code_challenge_method: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_label: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage_limit_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    workspace_id: Option<&'a str>,
}

impl<'a> From<&'a v1::CreateAuthCodeRequest> for CreateBody<'a> {
    fn from(request: &'a v1::CreateAuthCodeRequest) -> Self {
        CreateBody {
            callback_url: &request.callback_url,
            code_challenge: request.code_challenge.as_deref(),
            code_challenge_method: request.code_challenge_method.and_then(challenge_method),
            expires_at: request.expires_at.as_ref().map(Timestamp::to_string),
            key_label: request.key_label.as_deref(),
            limit: request.limit,
            usage_limit_type: request.usage_limit_type.and_then(usage_limit_type),
            workspace_id: request.workspace_id.as_deref(),
        }
    }
}

#[derive(Serialize)]
pub struct ExchangeBody<'a> {
    code: &'a str,
    // The outer option is absence, the inner one JSON null.
    #[serde(skip_serializing_if = "Option::is_none")]
    code_challenge_method: Option<Option<&'static str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code_verifier: Option<&'a str>,
}

impl<'a> From<&'a v1::ExchangeAuthCodeRequest> for ExchangeBody<'a> {
    fn from(request: &'a v1::ExchangeAuthCodeRequest) -> Self {
        ExchangeBody {
            code: &request.code,
            code_challenge_method: request.code_challenge_method.map(challenge_method),
            code_verifier: request.code_verifier.as_deref(),
        }
    }
}

fn challenge_method(number: i32) -> Option<&'static str> {
    match v1::CodeChallengeMethod::try_from(number).ok()? {
        v1::CodeChallengeMethod::S256 => Some("S256"),
        v1::CodeChallengeMethod::Plain => Some("plain"),
        v1::CodeChallengeMethod::Unspecified => None,
    }
}

fn usage_limit_type(number: i32) -> Option<&'static str> {
    match v1::UsageLimitType::try_from(number).ok()? {
        v1::UsageLimitType::Daily => Some("daily"),
        v1::UsageLimitType::Weekly => Some("weekly"),
        v1::UsageLimitType::Monthly => Some("monthly"),
        v1::UsageLimitType::Unspecified => None,
    }
}

#[derive(Deserialize)]
pub struct CreateReply {
    data: AuthCode,
}

#[derive(Deserialize)]
struct AuthCode {
    id: String,
    app_id: i64,
    created_at: String,
}

impl TryFrom<CreateReply> for v1::CreateAuthCodeResponse {
    type Error = Status;

    fn try_from(reply: CreateReply) -> Result<Self, Status> {
        let created_at: Timestamp = reply
            .data
            .created_at
            .parse()
            .map_err(|_| Status::internal("created_at is no RFC 3339 time"))?;
        Ok(v1::CreateAuthCodeResponse {
            data: Some(v1::AuthCode {
                id: reply.data.id,
                app_id: reply.data.app_id,
                created_at: Some(created_at),
            }),
        })
    }
}

#[derive(Deserialize)]
pub struct ExchangeReply {
    pub key: String,
    pub user_id: Option<String>,
}

pub struct Upstream {
    client: reqwest::Client,
    base: String,
    bearer: HeaderValue,
}

impl Upstream {
    pub fn from_environment() -> Result<Self, Box<dyn Error>> {
        let mut builder = reqwest::Client::builder();
        if let Ok(file) = env::var("UPSTREAM_CA_FILE") {
            builder = builder.tls_certs_only([reqwest::Certificate::from_pem(&fs::read(file)?)?]);
        }
        Ok(Upstream {
            client: builder.build()?,
            base: env::var("UPSTREAM")?,
            bearer: format!("Bearer {}", env::var("MODELGATES_API_KEY")?).parse()?,
        })
    }

    pub async fn post<Reply: DeserializeOwned>(
        &self,
        path: &str,
        app: [&Option<String>; 3],
        body: &impl Serialize,
    ) -> Result<Reply, Status> {
        let mut request = self
            .client
            .post(format!("{}{path}", self.base))
            .header(CONTENT_TYPE, "application/json")
            .header(ACCEPT, "application/json")
            .header(AUTHORIZATION, self.bearer.clone());
        let names = ["http-referer", "x-openrouter-title", "x-openrouter-categories"];
        for (name, value) in names.into_iter().zip(app) {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        let body = serde_json::to_vec(body).map_err(|error| Status::internal(error.to_string()))?;
        let response = request.body(body).send().await.map_err(unavailable)?;
        let http_status = response.status().as_u16();
        let bytes = response.bytes().await.map_err(unavailable)?;
        if http_status != 200 {
            return Err(Status::new(grpc_code(http_status), String::from_utf8_lossy(&bytes)));
        }
        serde_json::from_slice(&bytes).map_err(|error| Status::internal(error.to_string()))
    }
}

fn unavailable(error: reqwest::Error) -> Status {
    Status::unavailable(error.to_string())
}

fn grpc_code(http_status: u16) -> Code {
    match http_status {
        400 | 422 => Code::InvalidArgument,
        401 => Code::Unauthenticated,
        403 => Code::PermissionDenied,
        404 => Code::NotFound,
        409 => Code::Aborted,
        429 => Code::ResourceExhausted,
        502..=504 => Code::Unavailable,
        _ => Code::Unknown,
    }
}
