//! The parts of a proxy in front of the database. Tests inject faults in one, and benches count calls in one.

use std::io::Error;

use http_body_util::{BodyExt as _, Full};
use hyper::{
    Request, Response,
    body::{Bytes, Incoming},
    client, header, server,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

/// Answers every request of every connection until the task is dropped. An error closes the connection.
pub async fn serve<Answer>(listener: TcpListener, answer: impl Fn(Request<Incoming>) -> Answer + Clone + Send + 'static)
where
    Answer: Future<Output = Result<Response<Full<Bytes>>, Error>> + Send + 'static,
{
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        while connections.try_join_next().is_some() {}
        let answer = answer.clone();
        connections.spawn(async move {
            _ = stream.set_nodelay(true);
            // Either the service failed on purpose, which drops the connection, or the other side did.
            _ = server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service_fn(answer))
                .await;
        });
    }
}

/// The name of the DynamoDB operation that a request calls, such as `GetItem`.
pub fn operation(head: &hyper::http::request::Parts) -> String {
    let target = head.headers.get("x-amz-target").and_then(|value| value.to_str().ok());
    target
        .and_then(|target| target.rsplit('.').next())
        .unwrap_or_default()
        .to_owned()
}

/// Asks the database at `upstream`, such as `127.0.0.1:8000`, over a connection of its own.
pub async fn forward(upstream: &str, mut request: Request<Full<Bytes>>) -> Result<Response<Full<Bytes>>, Error> {
    // The body may differ from the one that arrived, so its length is computed anew.
    request.headers_mut().remove(header::CONTENT_LENGTH);
    let stream = TcpStream::connect(upstream).await?;
    stream.set_nodelay(true)?;
    let (mut sender, connection) = client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .map_err(Error::other)?;
    let connection = tokio::spawn(connection);
    let answer = sender.send_request(request).await.map_err(Error::other)?;
    let (mut head, body) = answer.into_parts();
    let body = body.collect().await.map_err(Error::other)?.to_bytes();
    connection.abort();
    for gone in [header::TRANSFER_ENCODING, header::CONTENT_LENGTH, header::CONNECTION] {
        head.headers.remove(gone);
    }
    Ok(Response::from_parts(head, Full::new(body)))
}
