//! A file that is there as a whole or not at all, and that only its owner can read: for what commands write about people.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use anyhow::Context as _;

/// A file in the making, beside its place under the name with `.part` behind it.
pub struct WholeFile {
    out: BufWriter<File>,
    part: PathBuf,
    path: PathBuf,
}

impl WholeFile {
    /// Begins the file; what is at its place stays until [`Self::finish`].
    pub fn create(path: &Path) -> anyhow::Result<Self> {
        let part = {
            let mut name = path.as_os_str().to_owned();
            name.push(".part");
            PathBuf::from(name)
        };
        let file = remove(&part)
            .and_then(|()| private().open(&part))
            .with_context(|| format!("cannot write {}", part.display()))?;
        Ok(Self {
            out: BufWriter::new(file),
            part,
            path: path.to_owned(),
        })
    }

    /// Puts the file in its place.
    pub fn finish(mut self) -> anyhow::Result<()> {
        let done = self.out.flush().and_then(|()| self.out.get_ref().sync_all());
        done.and_then(|()| fs::rename(&self.part, &self.path))
            .with_context(|| format!("cannot write {}", self.path.display()))
    }
}

impl Write for WholeFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl Drop for WholeFile {
    fn drop(&mut self) {
        // Gone already where it was finished.
        _ = fs::remove_file(&self.part);
    }
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}
