//! Measures how fast functions start. Real release programs run under a stand-in for Lambda's Runtime API, with TLS
//! in front of the embedded database. The lives of all contenders are interleaved, so that other work on the machine
//! affects all of them alike.

mod certificates;
mod contender;
mod endpoint;
mod life;
mod process;
mod question;
mod report;
mod runtime_api;
mod world;

use std::{fs, path::Path};

use anyhow::{Context as _, Result, ensure};
use clap::Args;
use evaluate::progress::Progress;
use local::stack::{self, TABLE};

use self::{
    certificates::Certificates,
    contender::{Build, ENDPOINTS_OF_PEERS, PEERS},
    endpoint::Endpoint,
    process::Program,
    question::{QUESTIONS, Question},
    report::Lives,
    world::World,
};

#[derive(Debug, Args)]
pub struct Arguments {
    /// The builds to compare: NAME=FOLDER, where the folder has programs or zips of functions. The first is compared
    /// with all others
    #[arg(long = "build", default_value = "khoros-crm=target/lambda")]
    builds: Vec<Build>,
    /// How often each function is started
    #[arg(long, default_value_t = 15)]
    starts: usize,
    /// How often each started function is called again
    #[arg(long, default_value_t = 50)]
    calls: usize,
    /// Only these functions, such as khoros-find-customer
    #[arg(long, num_args = 1..)]
    only: Vec<String>,
    /// Let our functions read all root certificates of the system, as if an operator had named a file. Otherwise they
    /// have as many as are compiled into a deployed function
    #[arg(long)]
    all_roots: bool,
    /// Without the peers
    #[arg(long)]
    alone: bool,
}

/// A program to measure, and its measurements.
struct Contest {
    question: &'static Question,
    is_ours: bool,
    program: Program,
    lives: Lives,
}

/// Measures and prints.
pub fn run(arguments: &Arguments) -> Result<()> {
    println!("{}", tokio::runtime::Runtime::new()?.block_on(measure(arguments))?);
    Ok(())
}

async fn measure(arguments: &Arguments) -> Result<String> {
    let folder = stack::root().join("target/bench-cold");
    let mut contests = contests(arguments, &folder)?;
    ensure!(!contests.is_empty(), "there is no such function");
    let world = Box::pin(World::new()).await?;
    let certificates = Certificates::new()?;
    let roots = Roots::write(&certificates, &folder)?;
    if !arguments.all_roots {
        for contest in contests.iter_mut().filter(|contest| contest.is_ours) {
            let few = ("SSL_CERT_FILE".to_owned(), roots.few.clone());
            contest.program.environment.push(few);
        }
    }
    let endpoint = Endpoint::start(world.database.endpoint(), certificates).await?;
    let environment = environment(&world, &endpoint, &roots);
    let progress = Progress::new("starts", arguments.starts * contests.len());
    let mut number = 0;
    for _ in 0..arguments.starts {
        for contest in &mut contests {
            let mut event = || {
                number += 1;
                contest.question.event(&world, number)
            };
            let first = event();
            let others = (0..arguments.calls).map(|_| event()).collect();
            let name = ("AWS_LAMBDA_FUNCTION_NAME".to_owned(), contest.question.function.to_owned());
            let environment = [environment.as_slice(), &[name]].concat();
            let life = life::live(&contest.program, &environment, &endpoint, first, others).await;
            let life = life.with_context(|| format!("{} of {}", contest.question.function, contest.lives.contender))?;
            contest.lives.all.push(life);
            progress.advance(1);
        }
    }
    world.database.stop().await;
    let lives: Vec<Lives> = contests.into_iter().map(|contest| contest.lives).collect();
    Ok(report::markdown(&lives))
}

/// Every function of every contender, the contenders of one function one after the other.
fn contests(arguments: &Arguments, folder: &Path) -> Result<Vec<Contest>> {
    let mut contests = Vec::new();
    let is_wanted = |question: &&Question| arguments.only.is_empty() || arguments.only.iter().any(|only| only == question.function);
    for question in QUESTIONS.iter().filter(is_wanted) {
        let mut add = |name: &str, is_ours: bool, program: Program| {
            let lives = Lives {
                contender: name.to_owned(),
                function: question.function,
                zip_bytes: program.zip_bytes,
                all: Vec::new(),
            };
            contests.push(Contest {
                question,
                is_ours,
                program,
                lives,
            });
        };
        for build in &arguments.builds {
            add(&build.name, true, build.program(question.function, folder)?);
        }
        if arguments.alone || !ENDPOINTS_OF_PEERS.contains(&question.function) {
            continue;
        }
        for peer in PEERS {
            match peer.program(question.function)? {
                Some(program) => add(peer.name, false, program),
                None => eprintln!(
                    "{} is skipped: it is not installed (make bench-cold installs what it can)",
                    peer.name
                ),
            }
        }
    }
    Ok(contests)
}

/// The environment that a function has on Lambda, and the addresses of the stand-ins. Node and Python have roots of
/// their own beside the system's, and their own variables for further roots.
fn environment(world: &World, endpoint: &Endpoint, roots: &Roots) -> Vec<(String, String)> {
    let variables = [
        ("TABLE_NAME", TABLE),
        ("LINK_SECRET", &world.link_secret),
        ("LOG_LEVEL", "info"),
        ("METRICS_NAMESPACE", "khoros-crm/bench"),
        ("AWS_ENDPOINT_URL_DYNAMODB", &endpoint.url()),
        ("AWS_REGION", "us-east-1"),
        ("AWS_DEFAULT_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "local"),
        ("AWS_SECRET_ACCESS_KEY", "local"),
        ("AWS_SESSION_TOKEN", "local"),
        ("AWS_EXECUTION_ENV", "AWS_Lambda_provided.al2023"),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512"),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
        ("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/bench"),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "2026/11/22/[$LATEST]bench"),
        ("LAMBDA_TASK_ROOT", "/var/task"),
        ("_HANDLER", "bootstrap"),
        ("LANG", "en_US.UTF-8"),
        ("TZ", ":UTC"),
        // Lambda's system has one file with all roots.
        ("SSL_CERT_FILE", &roots.all),
        ("AWS_CA_BUNDLE", &roots.all),
        ("NODE_EXTRA_CA_CERTS", &roots.own),
    ];
    variables.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()
}

/// Files with trusted roots, each including the root of this run.
struct Roots {
    /// With the system's roots, as one file like Lambda's.
    all: String,
    /// With those that deployed functions have compiled in.
    few: String,
    /// With no others.
    own: String,
}

impl Roots {
    fn write(certificates: &Certificates, folder: &Path) -> Result<Self> {
        const OF_THE_SYSTEM: [&str; 3] = [
            "/etc/pki/tls/certs/ca-bundle.crt",
            "/etc/ssl/certs/ca-certificates.crt",
            "/etc/ssl/cert.pem",
        ];
        const OF_FUNCTIONS: &str = include_str!("../../../../shared/store/src/amazon_roots.pem");
        let system = OF_THE_SYSTEM.iter().find_map(|path| fs::read_to_string(path).ok());
        let system = system.context("this system's root certificates are not in a usual place")?;
        fs::create_dir_all(folder)?;
        let folder = folder.canonicalize()?;
        let write = |name: &str, others: &str| -> Result<String> {
            let path = folder.join(name);
            fs::write(&path, format!("{others}\n{}", certificates.root))?;
            Ok(path.to_str().context("a path is not UTF-8")?.to_owned())
        };
        Ok(Self {
            all: write("all.pem", &system)?,
            few: write("few.pem", OF_FUNCTIONS)?,
            own: write("own.pem", "")?,
        })
    }
}
