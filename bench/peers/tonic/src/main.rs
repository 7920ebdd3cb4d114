//! What somebody would write in Rust instead of running the gateway: tonic in, one shared reqwest
//! client out. It maps every field, and has no retries, log, metrics or checks.
mod rest;

use std::env;
use std::error::Error;
use std::fs;

use tonic::transport::{Certificate, Identity, Server, ServerTlsConfig};
use tonic::{Request, Response, Status};

pub mod v1 {
    tonic::include_proto!("modelgates.oauth.v1");
}
use v1::o_auth_service_server::{OAuthService, OAuthServiceServer};

struct Gateway {
    upstream: rest::Upstream,
}

#[tonic::async_trait]
impl OAuthService for Gateway {
    async fn create_auth_code(
        &self,
        request: Request<v1::CreateAuthCodeRequest>,
    ) -> Result<Response<v1::CreateAuthCodeResponse>, Status> {
        let request = request.into_inner();
        let app = [
            &request.http_referer,
            &request.x_open_router_title,
            &request.x_open_router_categories,
        ];
        let body = rest::CreateBody::from(&request);
        let reply: rest::CreateReply = self.upstream.post("/auth/keys/code", app, &body).await?;
        Ok(Response::new(reply.try_into()?))
    }

    async fn exchange_auth_code(
        &self,
        request: Request<v1::ExchangeAuthCodeRequest>,
    ) -> Result<Response<v1::ExchangeAuthCodeResponse>, Status> {
        let request = request.into_inner();
        let app = [
            &request.http_referer,
            &request.x_open_router_title,
            &request.x_open_router_categories,
        ];
        let body = rest::ExchangeBody::from(&request);
        let reply: rest::ExchangeReply = self.upstream.post("/auth/keys", app, &body).await?;
        Ok(Response::new(v1::ExchangeAuthCodeResponse { key: reply.key, user_id: reply.user_id }))
    }
}

// Mutual TLS by rustls, if the variables name its files.
fn tls_from_environment() -> Result<Option<ServerTlsConfig>, Box<dyn Error>> {
    let Ok(certificate) = env::var("TLS_CERT_FILE") else { return Ok(None) };
    let identity = Identity::from_pem(fs::read(certificate)?, fs::read(env::var("TLS_KEY_FILE")?)?);
    let callers = Certificate::from_pem(fs::read(env::var("TLS_CLIENT_CA_FILE")?)?);
    Ok(Some(ServerTlsConfig::new().identity(identity).client_ca_root(callers)))
}

// One worker, because one CPU is what every row is given.
#[tokio::main(flavor = "multi_thread", worker_threads = 1)]
async fn main() -> Result<(), Box<dyn Error>> {
    let upstream = rest::Upstream::from_environment()?;
    let mut server = Server::builder();
    if let Some(tls) = tls_from_environment()? {
        server = server.tls_config(tls)?;
    }
    server
        .add_service(OAuthServiceServer::new(Gateway { upstream }))
        .serve(env::var("LISTEN")?.parse()?)
        .await?;
    Ok(())
}
