//! Measures the cost of questions. A proxy between the functions and the database counts requests, and the capacity
//! units that the database reports. The functions themselves do not ask for the units.

use std::{
    io::Error,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
};

use http_body_util::{BodyExt as _, Full};
use hyper::{
    Request, Response,
    body::{Bytes, Incoming},
};
use local::{
    proxy,
    units::{asking, units},
};
use tokio::{net::TcpListener, task::JoinHandle};

/// The keys of API keys and settings. They are not counted, since a function remembers both for 50 s.
const ADMISSION: [&str; 3] = ["\"key#", "\"key-use#", "#settings\""];

/// The usage of the database.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Usage {
    /// How many requests.
    pub requests: u32,
    /// How many capacity units, of reads and writes.
    pub units: f64,
}

/// The running proxy. It serves until it is dropped.
#[derive(Debug)]
pub struct Meter {
    address: SocketAddr,
    used: Arc<Mutex<Usage>>,
    server: JoinHandle<()>,
}

impl Meter {
    /// Starts in front of the database at `upstream`, such as `http://127.0.0.1:8000`.
    pub async fn start(upstream: &str) -> Result<Self, Error> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let used = Arc::default();
        let (upstream, total): (Arc<str>, _) = (upstream.trim_start_matches("http://").into(), Arc::clone(&used));
        let server = tokio::spawn(proxy::serve(listener, move |request| {
            answer(Arc::clone(&upstream), Arc::clone(&total), request)
        }));
        Ok(Self { address, used, server })
    }

    /// The address to give to the functions.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The usage since the last call of this method.
    pub fn take(&self) -> Usage {
        std::mem::take(&mut *self.used.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn answer(upstream: Arc<str>, total: Arc<Mutex<Usage>>, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Error> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map_err(Error::other)?.to_bytes();
    let text = String::from_utf8_lossy(&body);
    if ADMISSION.iter().any(|mark| text.contains(mark)) {
        return proxy::forward(&upstream, Request::from_parts(head, Full::new(body))).await;
    }
    let operation = proxy::operation(&head);
    let answer = proxy::forward(&upstream, Request::from_parts(head, Full::new(asking(&body)?))).await?;
    let (head, body) = answer.into_parts();
    let body = body.collect().await.map_err(Error::other)?.to_bytes();
    let consumed = units(&operation, &serde_json::from_slice(&body).unwrap_or_default());
    let mut used = total.lock().unwrap_or_else(PoisonError::into_inner);
    used.requests += 1;
    used.units += consumed.total();
    drop(used);
    Ok(Response::from_parts(head, Full::new(body)))
}
