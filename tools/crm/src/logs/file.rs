//! The functions' lines in a file, as `make run` writes them.

use std::{
    fs::File,
    io::{BufRead as _, BufReader, Seek as _, SeekFrom},
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use serde_json::Value;

/// The number of bytes that are read at the end of a file.
const LATEST: u64 = 64 << 20;

/// A file of lines.
pub struct LogFile {
    path: PathBuf,
}

impl LogFile {
    /// Opens the file, which must exist.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        File::open(path).with_context(|| format!("the log {} cannot be read", path.display()))?;
        Ok(Self { path: path.to_owned() })
    }

    /// Its name.
    pub fn name(&self) -> String {
        self.path.display().to_string()
    }

    /// The lines that are JSON. Others, such as those of a panic, belong to no request.
    pub fn lines(&self) -> anyhow::Result<Vec<Value>> {
        let mut file = File::open(&self.path).with_context(|| format!("the log {} cannot be read", self.name()))?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(LATEST)))?;
        let lines = BufReader::new(file).lines().map_while(Result::ok);
        Ok(lines.filter_map(|line| serde_json::from_str(&line).ok()).collect())
    }
}
