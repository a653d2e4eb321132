//! The contenders: builds of our functions, and the same endpoints written in other ways.

use std::{
    fs::{self, File, Permissions},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use anyhow::{Result, ensure};
use local::stack;
use zip::ZipArchive;

use super::process::Program;

/// A build, as in `built=target/lambda`: a name for the tables, and its folder.
#[derive(Debug, Clone)]
pub struct Build {
    /// The name.
    pub name: String,
    folder: PathBuf,
}

impl std::str::FromStr for Build {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, folder) = text.split_once('=').ok_or("it must be NAME=FOLDER")?;
        Ok(Self {
            name: name.to_owned(),
            folder: folder.into(),
        })
    }
}

impl Build {
    /// The program of a function: the one in its zip, which is unpacked into `unpacked`, or a bare one.
    pub fn program(&self, function: &str, unpacked: &Path) -> Result<Program> {
        let zip = self.folder.join(function).join("bootstrap.zip");
        let bare = self.folder.join(function);
        let (path, zip_bytes) = if zip.is_file() {
            let place = unpacked.join(&self.name).join(function);
            (unpack(&zip, &place)?, Some(fs::metadata(&zip)?.len()))
        } else {
            ensure!(
                bare.is_file(),
                "{} has no {function}: `make build` builds it",
                self.folder.display()
            );
            (bare.canonicalize()?, None)
        };
        Ok(Program {
            command: vec![path.into()],
            environment: Vec::new(),
            zip_bytes,
        })
    }
}

fn unpack(zip: &Path, place: &Path) -> Result<PathBuf> {
    let mut archive = ZipArchive::new(File::open(zip)?)?;
    fs::create_dir_all(place)?;
    let program = place.join("bootstrap");
    std::io::copy(&mut archive.by_name("bootstrap")?, &mut File::create(&program)?)?;
    fs::set_permissions(&program, Permissions::from_mode(0o755))?;
    Ok(program)
}

/// Another way to write the same endpoints.
#[derive(Debug, Clone, Copy)]
pub struct Peer {
    /// Its name.
    pub name: &'static str,
    program: fn(function: &str, root: &Path) -> Option<Program>,
}

/// The endpoints that the peers serve.
pub const ENDPOINTS_OF_PEERS: [&str; 3] = ["khoros-find-customer", "khoros-search-customers", "khoros-create-customer"];

/// The peers.
pub const PEERS: [Peer; 3] = [
    Peer {
        name: "plain Rust",
        program: plain_rust,
    },
    Peer {
        name: "Node",
        program: node,
    },
    Peer {
        name: "Python",
        program: python,
    },
];

impl Peer {
    /// The program of a function; `None` if this machine cannot run it.
    pub fn program(&self, function: &str) -> Result<Option<Program>> {
        Ok((self.program)(function, &stack::root().canonicalize()?))
    }
}

fn plain_rust(function: &str, root: &Path) -> Option<Program> {
    let program = root.join("target/peers/release/peer");
    program.is_file().then(|| Program {
        command: vec![program.into()],
        environment: vec![("ENDPOINT".to_owned(), function.to_owned())],
        zip_bytes: None,
    })
}

fn node(function: &str, root: &Path) -> Option<Program> {
    let modules = Some(root.join(".tools/peers/node_modules")).filter(|modules| modules.is_dir())?;
    let mut program = interpreted(on_the_path("node")?, function, &root.join("tools/bench/peers/peer.js"));
    let modules = modules.to_string_lossy().into_owned();
    let of_node = [("NODE_PATH", modules.as_str()), ("NODE_NO_WARNINGS", "1")];
    let of_node = of_node.map(|(name, value)| (name.to_owned(), value.to_owned()));
    program.environment.extend(of_node);
    Some(program)
}

fn python(function: &str, root: &Path) -> Option<Program> {
    let environment = root.join(".venv");
    let is_installed = environment.join("deploy").is_file();
    is_installed.then(|| {
        interpreted(
            environment.join("bin/python"),
            function,
            &root.join("tools/bench/peers/peer.py"),
        )
    })
}

fn interpreted(interpreter: PathBuf, function: &str, script: &Path) -> Program {
    Program {
        command: vec![interpreter.into(), script.into()],
        environment: vec![("ENDPOINT".to_owned(), function.to_owned())],
        zip_bytes: None,
    }
}

/// The real path of a program, since the functions have no PATH.
fn on_the_path(program: &str) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    let mut found = std::env::split_paths(&folders).map(|folder| folder.join(program));
    found.find(|path| path.is_file())
}
