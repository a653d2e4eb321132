//! Files with personal data. Only their owner can read them, whatever the umask is.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use anyhow::Context as _;

/// A file that appears complete or not at all. While it is written, it is beside its place, with `.part` added to its name. A pipe or a
/// device is written to directly, since a file would replace it.
pub struct WholeFile {
    out: BufWriter<File>,
    /// `None` for a pipe or device, which has no part.
    part: Option<PathBuf>,
    path: PathBuf,
}

impl WholeFile {
    /// Begins the file. An existing one stays until [`Self::finish`].
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

    /// Moves the file to its place.
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

/// A file that is written line by line. Its existing lines can be kept.
pub fn growing(path: &Path, is_kept: bool) -> io::Result<File> {
    let mut options = OpenOptions::new();
    private(options.read(true).write(true).create(true).truncate(!is_kept), path)
}

/// Whether this is a pipe or a device, which no file may replace.
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
        // After `finish` there is no part any more. A part that cannot be removed does not matter beside the error.
        _ = self.part.as_ref().map(fs::remove_file);
    }
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Opens a file that only its owner can read, from its creation on. An existing one gets the same permissions.
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
