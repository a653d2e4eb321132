//! A file that is there as a whole or not at all, and that only its owner can read: for what commands write about people.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use anyhow::Context as _;

/// A file in the making, beside its place under the name with `.part` behind it. A pipe or a device is written to as it is: a file
/// of its name would take its place.
pub struct WholeFile {
    out: BufWriter<File>,
    /// `None` where there is no part, but the pipe or device itself.
    part: Option<PathBuf>,
    path: PathBuf,
}

impl WholeFile {
    /// Begins the file; what is at its place stays until [`Self::finish`].
    pub fn create(path: &Path) -> anyhow::Result<Self> {
        let part = (!is_no_file(path)).then(|| {
            let mut name = path.as_os_str().to_owned();
            name.push(".part");
            PathBuf::from(name)
        });
        let file = match &part {
            Some(part) => remove(part).and_then(|()| private().open(part)),
            None => OpenOptions::new().write(true).open(path),
        };
        let file = file.with_context(|| format!("cannot write {}", part.as_deref().unwrap_or(path).display()))?;
        Ok(Self {
            out: BufWriter::new(file),
            part,
            path: path.to_owned(),
        })
    }

    /// Puts the file in its place.
    pub fn finish(mut self) -> anyhow::Result<()> {
        let done = self.out.flush().and_then(|()| match &self.part {
            Some(part) => self.out.get_ref().sync_all().and_then(|()| fs::rename(part, &self.path)),
            None => Ok(()),
        });
        done.with_context(|| format!("cannot write {}", self.path.display()))
    }
}

/// Whether there is a pipe or a device of this name, which no file may replace.
pub fn is_no_file(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|there| !there.is_file())
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
        // Gone already where it was finished; a part that cannot be removed does not matter beside the error.
        _ = self.part.as_ref().map(fs::remove_file);
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
