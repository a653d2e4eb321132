//! `local run`, `local watch` and `local receive`: what `make run`, `make watch` and `make receive` start.

use std::{
    fs::{File, TryLockError},
    io::{self, Write as _},
    net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    num::NonZeroU16,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    process::{ExitCode, Stdio},
    sync::{Arc, mpsc::sync_channel},
};

use anyhow::{Context as _, Result, anyhow, bail};
use crm_domain::{Brand, KeyRecord, Permission, TenantId, TenantRecord, digest::sha256};
use crm_lambda::key_ring::KeyRing;
use crm_service::{Grant, link::LINK_SECRET};
use crm_store::{Database, clock};
use local::{
    LogSink,
    database::{EmbeddedDatabase, create_table},
    desk::Desk,
    home::{Home, Sample, USUAL_AUTHORIZATION},
    link_secret, receiver, sample,
    stack::{self, Stack, StackOptions, TABLE},
    template::Template,
};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// The permissions of the key of `AUTH`: every dialect.
const OPENS: [Permission; 6] = [
    Permission::Khoros,
    Permission::EgainClient,
    Permission::CustomerRead,
    Permission::CustomerCud,
    Permission::Admin,
    Permission::Changes,
];
/// The tenant that the key of `AUTH` belongs to.
const TENANT: &str = "demo";
/// The default port of the embedded database: the one after the gateway's usual one.
const USUAL_DATABASE_PORT: u16 = 9_001;
/// The default port of the receiver of webhooks.
const USUAL_RECEIVE_PORT: u16 = 9_002;
/// The label of that key.
const LABEL: &str = "make run";

/// The settings from the environment; docs/local.md explains the variables.
struct Options {
    /// The address that the gateway listens on.
    listen: IpAddr,
    port: NonZeroU16,
    /// The port of the embedded database; 0 for any that is free.
    database_port: u16,
    authorization: String,
    data: Option<PathBuf>,
    sample: bool,
    endpoint: Option<String>,
    link_secret: Option<String>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let mode = std::env::args().nth(1);
    let result = match mode.as_deref() {
        Some("run") => run().await,
        Some("watch") => watch().await,
        Some("receive") => receive().await,
        _ => Err(anyhow!(
            "use `local run`, `local watch` or `local receive`, as `make run`, `make watch` and `make receive` do"
        )),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("khoros-crm: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Runs the prebuilt functions behind our own gateway.
async fn run() -> Result<()> {
    let mut stop = Stop::listen()?;
    let options = Options::from_environment()?;
    options.check_port()?;
    let _lock = options.lock_data()?;
    let (endpoint, embedded) = options.database().await?;
    let link_secret = options.link_secret()?;
    eprintln!("starting the functions");
    let log = options.log_file();
    let kept = log.is_some().then(|| options.log_path());
    let stack = Stack::start(StackOptions {
        endpoint: endpoint.clone(),
        functions_endpoint: None,
        metrics: None,
        address: options.address(),
        binaries: stack::binaries()?,
        link_secret: link_secret.clone(),
        log: to_standard_error_and(log),
    })
    .await?;
    if options.sample {
        eprintln!("loading the sample");
    }
    let sample = options.prepare(&stack.database).await?;
    let customers = sample.as_ref().map(|(count, _)| *count);
    // The page shows the key, so it is not shown to a network.
    let has_home = options.listen.is_loopback();
    if has_home {
        stack.show(options.home(&endpoint, sample, &link_secret).await?);
    }
    options.print_ready(&endpoint, customers, has_home, kept.as_deref(), &options.desk(&link_secret)?)?;
    let delivering = stack.keep_delivering();
    stop.wait().await;
    delivering.abort();
    stack.shutdown().await;
    stop_database(embedded).await;
    Ok(())
}

/// Receives what a webhook is sent, and prints it.
async fn receive() -> Result<()> {
    let mut stop = Stop::listen()?;
    let secret = std::env::var("SECRET").ok().filter(|secret| !secret.is_empty());
    let secret = secret
        .context("SECRET is not set: it is what `crm tenant set --webhook http://127.0.0.1:9002/ --webhook-private on` shows")?;
    let port = std::env::var("RECEIVE_PORT").ok().filter(|port| !port.is_empty());
    let port = port.map_or(Ok(USUAL_RECEIVE_PORT), |port| {
        port.parse()
            .map_err(|_| anyhow!("RECEIVE_PORT is {port}; it must be a number up to 65535, or 0 for any free port"))
    })?;
    let listener = receiver::listen(port).await?;
    println!("ready http://{}/", listener.local_addr()?);
    let ends = CancellationToken::new();
    let receiving = receiver::receive(listener, secret, ends.clone(), |line| println!("{line}"));
    tokio::select! {
        () = receiving => {}
        () = stop.wait() => ends.cancel(),
    }
    Ok(())
}

/// Prints the functions' lines and keeps them in a file, from a separate thread. Nobody may be reading them, and a full pipe must
/// not delay an answer. When the queue is full, lines are dropped.
fn to_standard_error_and(mut file: Option<File>) -> LogSink {
    const MOST_WAITING: usize = 10_000;
    let (lines, queue) = sync_channel::<String>(MOST_WAITING);
    std::thread::spawn(move || {
        for line in queue {
            // A full disk does not stop the functions.
            _ = file.as_mut().map(|file| writeln!(file, "{line}"));
            eprintln!("{line}");
        }
    });
    Arc::new(move |_, line| _ = lines.try_send(line.to_owned()))
}

/// Runs the functions under cargo-lambda, which rebuilds and restarts them when their code changes.
async fn watch() -> Result<()> {
    let mut stop = Stop::listen()?;
    let options = Options::from_environment()?;
    options.check_port()?;
    let _lock = options.lock_data()?;
    let (endpoint, embedded) = options.database().await?;
    let client = stack::client(&endpoint).await;
    create_table(&client, TABLE, &Template::read(&stack::template_path())?).await?;
    let sample = options.prepare(&Database::new(client, TABLE.to_owned())).await?;
    let link_secret = options.link_secret()?;
    let mut cargo_lambda = tokio::process::Command::new("cargo")
        .args([
            "lambda",
            "watch",
            "--invoke-address",
            "127.0.0.1",
            "--invoke-port",
            &options.port.to_string(),
        ])
        // Without a time-out, callers of a function that does not compile would wait for ever.
        .args(["--timeout", "120", "--concurrency", "2", "--disable-cors"])
        .envs(stack::environment(&endpoint, &link_secret))
        .current_dir(stack::root())
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .context("cannot start cargo lambda: `make watch` installs it")?;
    let customers = sample.map(|(count, _)| count);
    options.print_ready(&endpoint, customers, false, None, &options.desk(&link_secret)?)?;
    tokio::select! {
        () = stop.wait() => stop_cargo_lambda(&mut cargo_lambda).await,
        ended = cargo_lambda.wait() => bail!("cargo lambda ended by itself: {}", ended?),
    }
    stop_database(embedded).await;
    Ok(())
}

/// Stops cargo-lambda with SIGTERM, on which it ends its functions. When it is killed, they keep running.
async fn stop_cargo_lambda(cargo_lambda: &mut tokio::process::Child) {
    if let Some(id) = cargo_lambda.id() {
        _ = tokio::process::Command::new("kill").arg(id.to_string()).status().await;
    }
    _ = tokio::time::timeout(std::time::Duration::from_secs(5), cargo_lambda.wait()).await;
}

async fn stop_database(embedded: Option<EmbeddedDatabase>) {
    if let Some(database) = embedded {
        database.stop().await;
    }
}

impl Options {
    fn from_environment() -> Result<Self> {
        let text = |name: &str| std::env::var(name).ok().filter(|value| !value.trim().is_empty());
        let port = text("PORT").unwrap_or_else(|| "9000".to_owned());
        let authorization = text("AUTH").unwrap_or_else(|| USUAL_AUTHORIZATION.to_owned());
        if authorization.trim() != authorization || !authorization.chars().all(|character| (' '..='~').contains(&character)) {
            bail!("AUTH cannot be sent as a header: it must be printable ASCII without spaces at its ends");
        }
        let listen = text("LISTEN").unwrap_or_else(|| Ipv4Addr::LOCALHOST.to_string());
        let listen = listen.parse().map_err(|_| {
            anyhow!("LISTEN is {listen}; it must be an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all of them")
        })?;
        let port: NonZeroU16 = port
            .parse()
            .map_err(|_| anyhow!("PORT is {port}; it must be a number from 1 to 65535"))?;
        let database_port = match text("DB_PORT") {
            Some(port) => port
                .parse()
                .map_err(|_| anyhow!("DB_PORT is {port}; it must be a number up to 65535, or 0 for any free port"))?,
            None => port.checked_add(1).map_or(0, NonZeroU16::get),
        };
        check_log_level(text("LOG_LEVEL").as_deref())?;
        Ok(Self {
            listen,
            port,
            database_port,
            authorization,
            data: text("DATA").map(PathBuf::from),
            sample: is_sample_wanted(text("SAMPLE").as_deref())?,
            endpoint: text("AWS_ENDPOINT_URL_DYNAMODB").or_else(|| text("AWS_ENDPOINT_URL")),
            link_secret: text(LINK_SECRET),
        }
        .without_own_endpoint())
    }

    /// This shell may still have the variable that an earlier `make run` printed for `crm`. It then means our own
    /// database, not another one.
    fn without_own_endpoint(mut self) -> Self {
        let own = [self.database_port, USUAL_DATABASE_PORT]
            .map(|port| [format!("http://127.0.0.1:{port}"), format!("http://localhost:{port}")]);
        let is_own = |endpoint: &String| own.iter().flatten().any(|own| own == endpoint.trim_end_matches('/'));
        if self.endpoint.as_ref().is_some_and(is_own) {
            self.endpoint = None;
        }
        self
    }

    fn address(&self) -> SocketAddr {
        (self.listen, self.port.get()).into()
    }

    /// The file in which `crm logs` finds the functions' lines of this run.
    fn log_path(&self) -> PathBuf {
        std::env::temp_dir().join(format!("khoros-crm-{}.log", self.port))
    }

    /// That file, empty and readable by its owner only; `None` if another user's file is in its place.
    fn log_file(&self) -> Option<File> {
        let path = self.log_path();
        _ = std::fs::remove_file(&path);
        File::options().write(true).create_new(true).mode(0o600).open(&path).ok()
    }

    /// Checks the port before anything else is started, because a port in use is the most common mistake.
    fn check_port(&self) -> Result<()> {
        match TcpListener::bind(self.address()) {
            Ok(_) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
                bail!(
                    "port {0} is in use: stop the program that listens there, or choose another with `make run PORT=…`",
                    self.port
                )
            }
            Err(error) => Err(error).with_context(|| format!("cannot listen on port {}", self.port)),
        }
    }

    /// Locks the data file for this stack until the result is dropped: two stacks on one file would not see each other's writes.
    fn lock_data(&self) -> Result<Option<File>> {
        let Some(data) = &self.data else { return Ok(None) };
        let mut name = data.clone().into_os_string();
        name.push(".lock");
        if let Some(folder) = data.parent() {
            std::fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
        }
        let lock = File::create(&name).with_context(|| format!("cannot write beside DATA={}", data.display()))?;
        match lock.try_lock() {
            Ok(()) => Ok(Some(lock)),
            Err(TryLockError::WouldBlock) => bail!(
                "DATA={} is in use by another `make run`: stop that one, or name another file",
                data.display()
            ),
            Err(TryLockError::Error(error)) => Err(error).with_context(|| format!("cannot lock DATA={}", data.display())),
        }
    }

    /// The database at the configured endpoint, or an embedded one.
    async fn database(&self) -> Result<(String, Option<EmbeddedDatabase>)> {
        if let Some(endpoint) = &self.endpoint {
            if self.data.is_some() {
                bail!(
                    "DATA is for the embedded database, which does not run if AWS_ENDPOINT_URL_DYNAMODB is set: set only one of the two"
                );
            }
            check_endpoint(endpoint)?;
            return Ok((endpoint.clone(), None));
        }
        let address = (Ipv4Addr::LOCALHOST, self.database_port).into();
        let started = EmbeddedDatabase::start(self.data.as_deref(), address).await;
        let embedded = started.map_err(|error| {
            let is_taken = |cause: &io::Error| cause.kind() == io::ErrorKind::AddrInUse;
            if error.chain().any(|cause| cause.downcast_ref().is_some_and(is_taken)) {
                let port = self.database_port;
                return anyhow!("port {port}, which the database needs, is in use: choose another with `make run DB_PORT=…`");
            }
            error
        })?;
        Ok((embedded.endpoint().to_owned(), Some(embedded)))
    }

    /// The secret from the environment, the one beside the data file, or a new one.
    fn link_secret(&self) -> Result<String> {
        match (&self.link_secret, &self.data) {
            (Some(given), _) => Ok(given.clone()),
            (None, Some(data)) => link_secret::beside(data),
            (None, None) => Ok(link_secret::random()),
        }
    }

    /// Stores the key of `AUTH` and loads the sample. Returns the number of sample customers, and the key's grant.
    async fn prepare(&self, database: &Database) -> Result<Option<(usize, Arc<Grant>)>> {
        let failed = |error: crm_domain::error::Error| anyhow!("cannot prepare the table: {}", error.log_text());
        self.replace_key(database).await.map_err(failed)?;
        settle_tenant(database).await.map_err(failed)?;
        if !self.sample {
            return Ok(None);
        }
        let keys = KeyRing::new(database.clone());
        let grant = keys.find(Some(&self.authorization)).await.map_err(failed)?;
        let count = sample::load(Arc::clone(&grant)).await?;
        Ok(Some((count, grant)))
    }

    /// The page at `/`.
    async fn home(&self, endpoint: &str, sample: Option<(usize, Arc<Grant>)>, link_secret: &str) -> Result<Home> {
        let sample = match sample {
            Some((count, grant)) => Some(Sample::read(grant, count, link_secret).await?),
            None => None,
        };
        Ok(Home {
            origin: self.origin(),
            endpoint: endpoint.to_owned(),
            authorization: self.authorization.clone(),
            sample,
            desk: self.desk(link_secret)?,
        })
    }

    fn desk(&self, link_secret: &str) -> Result<Desk> {
        let tenant = tenant().map_err(|error| anyhow!("cannot name the tenant: {}", error.log_text()))?;
        Desk::new(tenant, &self.authorization, link_secret)
    }

    fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Makes `AUTH` the only key of `make run`. An earlier run on the same data may have had another one.
    async fn replace_key(&self, database: &Database) -> Result<(), crm_domain::error::Error> {
        let tenant = tenant()?;
        let digest = sha256(self.authorization.as_bytes());
        for mut earlier in database.of(&tenant).key_list().await? {
            if earlier.digest != digest && earlier.record.label == LABEL && !earlier.record.revoked {
                earlier.record.revoked = true;
                database.key_put(&earlier.digest, &earlier.record).await?;
            }
        }
        database.key_put(&digest, &KeyRecord::new(tenant, LABEL, OPENS)).await
    }

    /// Prints the addresses. `make watch` has no page at `/`, and keeps no lines in a file.
    fn print_ready(&self, endpoint: &str, customers: Option<usize>, has_home: bool, log: Option<&Path>, desk: &Desk) -> Result<()> {
        let authorization = &self.authorization;
        let base = format!("{}/api/v1", self.origin());
        let mut out = io::stdout().lock();
        writeln!(out, "ready {base} Authorization: {authorization}")?;
        if has_home {
            writeln!(out, "in a browser: {}/", self.origin())?;
        }
        writeln!(out, "desk {}{}", self.origin(), desk.signed_in(clock::now()))?;
        let header = quoted(&format!("Authorization: {authorization}"));
        if let Some(customers) = customers {
            let question = quoted(r#"{"displayName": "jane"}"#);
            writeln!(
                out,
                "{customers} sample customers; try:\ncurl -sH {header} {base}/customers -d {question}"
            )?;
        } else {
            writeln!(out, "an empty store; try:\ncurl -sH {header} {base}/meta/object/customer")?;
        }
        let log = log.map_or(String::new(), |log| format!(" CRM_LOG={}", log.display()));
        writeln!(out, "for `crm` (make crm): export AWS_ENDPOINT_URL_DYNAMODB={endpoint}{log}")?;
        Ok(out.flush()?)
    }
}

/// Whether `SAMPLE` asks for the sample.
fn is_sample_wanted(text: Option<&str>) -> Result<bool> {
    match text {
        None | Some("1" | "yes" | "true" | "on") => Ok(true),
        Some("0" | "no" | "false" | "off") => Ok(false),
        Some(other) => bail!("SAMPLE is {other}; it must be 1, or 0 to start with an empty store"),
    }
}

fn check_log_level(text: Option<&str>) -> Result<()> {
    const LEVELS: [&str; 6] = ["error", "warn", "info", "debug", "trace", "off"];
    match text.map(str::to_lowercase) {
        Some(level) if !LEVELS.contains(&level.as_str()) => bail!("LOG_LEVEL is {level}; it must be one of {}", LEVELS.join(", ")),
        _ => Ok(()),
    }
}

/// Checks that an address is valid and, if it is on this machine, that something listens there.
fn check_endpoint(endpoint: &str) -> Result<()> {
    let Some((_, place)) = endpoint.split_once("://") else {
        bail!("AWS_ENDPOINT_URL_DYNAMODB is {endpoint}; it must have a scheme, such as http://127.0.0.1:8000");
    };
    let place = place.trim_end_matches('/');
    let is_here = place.starts_with("127.") || place.starts_with("localhost:");
    if is_here && TcpStream::connect(place).is_err() {
        bail!(
            "nothing listens at AWS_ENDPOINT_URL_DYNAMODB={endpoint}: unset it, if it is that of an earlier `make run`, or start that \
             database"
        );
    }
    Ok(())
}

fn tenant() -> Result<TenantId, crm_domain::error::Error> {
    TenantId::try_from(TENANT.to_owned()).map_err(|why| crm_domain::error::Error::internal("name the tenant", why))
}

/// Gives the tenant a brand, which the Omnidesk dialect needs, unless its settings exist already.
async fn settle_tenant(database: &Database) -> Result<(), crm_domain::error::Error> {
    let store = database.of(&tenant()?);
    if store.tenant_get().await?.is_some() {
        return Ok(());
    }
    let demo = Brand {
        name: "Demo".to_owned(),
        ..Brand::default()
    };
    let brands = [("1".to_owned(), demo)].into();
    store
        .tenant_put(&TenantRecord {
            brands,
            ..TenantRecord::default()
        })
        .await
}

/// Quotes a text for a shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// The signals that end the program: Ctrl-C, `kill`, and a terminal that closes.
struct Stop {
    hangup: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

impl Stop {
    fn listen() -> Result<Self> {
        Ok(Self {
            hangup: signal(SignalKind::hangup())?,
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn wait(&mut self) {
        tokio::select! {
            _ = self.hangup.recv() => {}
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invalid_variable_is_refused_in_one_line() {
        assert!(is_sample_wanted(None).unwrap() && !is_sample_wanted(Some("no")).unwrap());
        assert!(
            is_sample_wanted(Some("maybe"))
                .unwrap_err()
                .to_string()
                .contains("SAMPLE is maybe")
        );
        check_log_level(Some("DEBUG")).unwrap();
        assert!(
            check_log_level(Some("foo"))
                .unwrap_err()
                .to_string()
                .contains("one of error, warn")
        );
        assert!(check_endpoint("127.0.0.1:8000").unwrap_err().to_string().contains("scheme"));
        assert!(
            check_endpoint("http://127.0.0.1:1")
                .unwrap_err()
                .to_string()
                .contains("unset it")
        );
    }

    #[test]
    fn the_endpoint_of_an_earlier_run_is_not_another_database() {
        let with = |endpoint: &str| Options {
            listen: Ipv4Addr::LOCALHOST.into(),
            port: NonZeroU16::MIN,
            database_port: 9_001,
            authorization: String::new(),
            data: None,
            sample: false,
            endpoint: Some(endpoint.to_owned()),
            link_secret: None,
        };
        assert_eq!(with("http://127.0.0.1:9001/").without_own_endpoint().endpoint, None);
        let other = "http://127.0.0.1:8000";
        assert_eq!(with(other).without_own_endpoint().endpoint.as_deref(), Some(other));
    }

    #[test]
    fn two_stacks_on_one_file_are_refused() {
        let data = std::env::temp_dir().join(format!("local-lock-{}", std::process::id()));
        let options = || Options {
            listen: Ipv4Addr::LOCALHOST.into(),
            port: NonZeroU16::MIN,
            database_port: 0,
            authorization: String::new(),
            data: Some(data.clone()),
            sample: false,
            endpoint: None,
            link_secret: None,
        };
        let first = options().lock_data().unwrap();
        assert!(options().lock_data().unwrap_err().to_string().contains("in use by another"));
        drop(first);
        options().lock_data().unwrap();
        _ = std::fs::remove_file(data.with_extension("lock"));
    }
}
