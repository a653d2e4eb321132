//! An HTTP/1 server with limits, for the public side and for the Runtime API.

use std::{convert::Infallible, future::Future, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::{
    Request, Response, StatusCode,
    body::{Body, Bytes, Incoming},
    header::{self, HeaderValue},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    task::JoinSet,
    time::{sleep, timeout},
};
use tokio_io_timeout::TimeoutStream;
use tokio_util::sync::CancellationToken;

/// The largest number of public connections. Further ones wait in the listener's backlog.
const MAX_CONNECTIONS: usize = 512;
/// How long a client may take for the head of a request, and how long it may keep an idle connection.
const HEAD_TIMEOUT: Duration = Duration::from_secs(75);
/// How long a client may take for a request's body.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a client may stop reading an answer.
const WRITE_TIMEOUT: Duration = Duration::from_secs(30);
/// How long running requests may take after the server was told to stop.
const STOP_LIMIT: Duration = Duration::from_secs(2);
/// How much of a body that is too large is read and discarded, so that its sender can read the answer.
const DRAIN_LIMIT: usize = 64 * 1024 * 1024;
const DRAIN_TIMEOUT: Duration = Duration::from_secs(10);
/// The largest head that is parsed at all.
const MAX_HEAD_BYTES: usize = 64 * 1024;

/// Answers are held in memory as a whole, because Lambda's are small.
pub(crate) type Reply = Response<Full<Bytes>>;

/// The clients of a listener.
#[derive(Clone, Copy)]
pub(crate) enum Clients {
    /// Anybody. Such clients may be slow, and may close their sending half and still expect the answer.
    Public,
    /// Our own child processes. They wait for work without a limit, and one whose connection breaks has ended.
    Functions,
}

impl Clients {
    fn max_connections(self) -> usize {
        match self {
            Self::Public => MAX_CONNECTIONS,
            // Already bounded by the number of processes.
            Self::Functions => Semaphore::MAX_PERMITS,
        }
    }

    fn protocol(self) -> http1::Builder {
        let mut builder = http1::Builder::new();
        builder.timer(TokioTimer::new()).max_header_size(MAX_HEAD_BYTES);
        match self {
            Self::Public => builder.header_read_timeout(HEAD_TIMEOUT).half_close(true),
            Self::Functions => builder.header_read_timeout(None),
        };
        builder
    }
}

/// Answers requests until `stop`, then gives the running ones a moment to finish.
pub(crate) async fn serve<H, F>(listener: TcpListener, clients: Clients, stop: CancellationToken, handle: H)
where
    H: Fn(SocketAddr, Request<Incoming>) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Reply> + Send,
{
    let slots = Arc::new(Semaphore::new(clients.max_connections()));
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = accept(&listener, &slots) => accepted,
        };
        let Some((stream, peer, slot)) = accepted else { continue };
        while connections.try_join_next().is_some() {}
        let (stop, handle, protocol) = (stop.clone(), handle.clone(), clients.protocol());
        connections.spawn(async move {
            serve_connection(stream, peer, &protocol, &stop, handle).await;
            drop(slot);
        });
    }
    drop(listener);
    _ = timeout(STOP_LIMIT, async { while connections.join_next().await.is_some() {} }).await;
    connections.shutdown().await;
}

/// The next connection; `None` if it could not be accepted, for example for lack of file descriptors.
async fn accept(listener: &TcpListener, slots: &Arc<Semaphore>) -> Option<(TcpStream, SocketAddr, impl Send + use<>)> {
    let slot = Arc::clone(slots).acquire_owned().await.ok()?;
    let Ok((stream, peer)) = listener.accept().await else {
        sleep(Duration::from_millis(10)).await;
        return None;
    };
    stream.set_nodelay(true).ok()?;
    Some((stream, peer, slot))
}

/// Serves a connection. Its errors concern its client only, so they are not reported.
async fn serve_connection<H, F>(stream: TcpStream, peer: SocketAddr, protocol: &http1::Builder, stop: &CancellationToken, handle: H)
where
    H: Fn(SocketAddr, Request<Incoming>) -> F + Send + Sync + 'static,
    F: Future<Output = Reply> + Send,
{
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(WRITE_TIMEOUT));
    let service = service_fn(|request| {
        let reply = handle(peer, request);
        async { Ok::<_, Infallible>(reply.await) }
    });
    let mut connection = pin!(protocol.serve_connection(TokioIo::new(Box::pin(stream)), service));
    tokio::select! {
        _ = connection.as_mut() => return,
        () = stop.cancelled() => connection.as_mut().graceful_shutdown(),
    }
    _ = connection.await;
}

/// Why a request's body could not be read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum BodyError {
    TooLarge,
    TooSlow,
    Broken,
}

/// The request's body, if it has at most `limit` bytes.
pub(crate) async fn read_body(request: &mut Request<Incoming>, limit: usize) -> Result<Bytes, BodyError> {
    let announced = request.body().size_hint().lower();
    if announced > limit as u64 {
        // A client that asks first (`Expect: 100-continue`) has not sent the body yet, and now will not.
        if !request.headers().contains_key(header::EXPECT) {
            drain(request.body_mut()).await;
        }
        return Err(BodyError::TooLarge);
    }
    let collected = Limited::new(request.body_mut(), limit).collect();
    match timeout(BODY_TIMEOUT, collected).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            drain(request.body_mut()).await;
            Err(BodyError::TooLarge)
        }
        Ok(Err(_)) => Err(BodyError::Broken),
        Err(_) => Err(BodyError::TooSlow),
    }
}

/// Reads on for a while. Closing the connection while the client is sending would lose the answer.
async fn drain(body: &mut Incoming) {
    let drained = async {
        let mut left = DRAIN_LIMIT;
        while let Some(Ok(frame)) = body.frame().await {
            let length = frame.data_ref().map_or(0, Bytes::len);
            left = left.saturating_sub(length);
            if left == 0 {
                break;
            }
        }
    };
    _ = timeout(DRAIN_TIMEOUT, drained).await;
}

/// An answer with a JSON text.
pub(crate) fn json(status: StatusCode, text: impl Into<Bytes>) -> Reply {
    let mut reply = Reply::new(Full::new(text.into()));
    *reply.status_mut() = status;
    reply
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    reply
}

/// An answer with a page of our own: it may load our styles and icon, and nothing else.
pub(crate) fn page(text: String) -> Reply {
    let mut reply = Reply::new(Full::new(text.into()));
    let headers = reply.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        ),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    reply
}
