//! Files about people: whatever a command writes about them, only the owner of the file can read, whatever the umask is.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use anyhow::Context as _;

/// A file that is there as a whole or not at all. In the making, it lies beside its place under the name with `.part` behind it. A pipe
/// or a device is written to as it is: a file of its name would take its place.
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
            Some(part) => remove(part).and_then(|()| private(OpenOptions::new().write(true).create_new(true), part)),
            None => OpenOptions::new().write(true).open(path),
        };
        let file = file.with_context(|| cannot_write(part.as_deref().unwrap_or(path)))?;
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
        done.with_context(|| cannot_write(&self.path))
    }
}

fn cannot_write(path: &Path) -> String {
    format!("cannot write {}", path.display())
}

/// A file that is written line by line, and of which the lines that are there already are kept on demand.
pub fn growing(path: &Path, is_kept: bool) -> io::Result<File> {
    let mut options = OpenOptions::new();
    private(options.read(true).write(true).create(true).truncate(!is_kept), path)
}

/// Whether there is a pipe or a device of this name, which no file may replace.
fn is_no_file(path: &Path) -> bool {
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

/// Opens a file that its owner alone can read, from the moment at which it is made. One that is there already becomes so.
fn private(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    let file = options.open(path)?;
    #[cfg(unix)]
    if file.metadata()?.is_file() {
        file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    }
    Ok(file)
}
