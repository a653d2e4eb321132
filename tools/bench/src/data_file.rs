//! The file that holds the data of a measurement while it runs.

use std::{fs, path::Path};

use anyhow::{Result, ensure};

/// Measures with the data in a new file, or in memory, and removes the file.
pub fn kept<T>(file: Option<&Path>, measure: impl FnOnce() -> Result<T>) -> Result<T> {
    let Some(file) = file else { return measure() };
    ensure!(!file.exists(), "{} exists already: name another file", file.display());
    let measured = measure();
    for suffix in ["", "-wal", "-shm"] {
        // What the database keeps beside it, if it did. A file that does not exist need not be removed.
        _ = fs::remove_file(format!("{}{suffix}", file.display()));
    }
    measured
}
