//! TLS in front of the embedded database, like DynamoDB's own endpoint. It counts the connections that it accepts.

use std::{
    io::Error,
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
};

use anyhow::{Context as _, Result};
use rustls::{ServerConfig, crypto::aws_lc_rs::default_provider};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use tokio_rustls::TlsAcceptor;

use super::certificates::{Certificates, HOST};

/// The running endpoint. It serves until it is dropped.
#[derive(Debug)]
pub struct Endpoint {
    port: u16,
    accepted: Arc<AtomicU32>,
    server: JoinHandle<()>,
}

impl Endpoint {
    /// Starts in front of the database at `upstream`, such as `http://127.0.0.1:8000`.
    pub async fn start(upstream: &str, certificates: Certificates) -> Result<Self> {
        let upstream: SocketAddr = upstream
            .trim_start_matches("http://")
            .parse()
            .context("the database has an address")?;
        let configuration = ServerConfig::builder_with_provider(default_provider().into())
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(certificates.chain, certificates.key)?;
        let acceptor = TlsAcceptor::from(Arc::new(configuration));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let port = listener.local_addr()?.port();
        let accepted = Arc::default();
        let server = tokio::spawn(serve(listener, acceptor, upstream, Arc::clone(&accepted)));
        Ok(Self { port, accepted, server })
    }

    /// The address to give to a client.
    pub fn url(&self) -> String {
        format!("https://{HOST}:{}", self.port)
    }

    /// The number of connections since the last call of this method.
    pub fn take_opened(&self) -> u32 {
        self.accepted.swap(0, Relaxed)
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn serve(listener: TcpListener, acceptor: TlsAcceptor, upstream: SocketAddr, accepted: Arc<AtomicU32>) {
    while let Ok((stream, _)) = listener.accept().await {
        accepted.fetch_add(1, Relaxed);
        // It ends when either side closes the connection, since a client that exits sends no TLS close.
        tokio::spawn(pass_on(stream, acceptor.clone(), upstream));
    }
}

async fn pass_on(stream: TcpStream, acceptor: TlsAcceptor, upstream: SocketAddr) -> Result<(), Error> {
    stream.set_nodelay(true)?;
    let mut client = acceptor.accept(stream).await?;
    let mut database = TcpStream::connect(upstream).await?;
    database.set_nodelay(true)?;
    copy_bidirectional(&mut client, &mut database).await.map(drop)
}
