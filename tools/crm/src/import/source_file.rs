//! The file of an import: a text or a workbook.

use std::{
    fs::{self, File},
    io::{self, Read as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::Context as _;
use crm_import::{
    columns::Format,
    file_kind,
    mapping::Mapping,
    rows::Rows,
    text_file::{Bytes, Readable, TextFile, digest},
};
use encoding_rs::{Encoding, UTF_8};

use super::{vcard, workbook::Workbook};
use crate::Misuse;

/// The part of a file that is read to find out its kind.
const HEAD: u64 = 4 << 10;

/// A file on this machine, by its path.
#[derive(Debug)]
struct OnDisk(PathBuf);

impl OnDisk {
    fn open(path: &Path) -> anyhow::Result<Self> {
        let metadata = File::open(path).and_then(|file| file.metadata());
        if metadata
            .with_context(|| format!("{} cannot be read", path.display()))?
            .is_file()
        {
            return Ok(Self(path.to_owned()));
        }
        Err(Misuse(format!(
            "{} must be a file, since it is read twice: write the output of a pipe to a file first",
            path.display()
        ))
        .into())
    }
}

impl Readable for OnDisk {
    fn name(&self) -> String {
        self.0.display().to_string()
    }

    fn open(&self) -> io::Result<Box<dyn Bytes>> {
        Ok(Box::new(File::open(&self.0)?))
    }
}

/// A file with records.
#[derive(Debug)]
pub enum SourceFile {
    /// A table with separators, or lines of JSON.
    Text(TextFile),
    /// A sheet of a workbook, and the SHA-256 of the file.
    Workbook(Workbook, String),
    /// vCards, and the SHA-256 of the file.
    Contacts(String, String),
}

impl SourceFile {
    /// Reads the whole file once.
    pub fn open(path: &Path, encoding: Option<&'static Encoding>, sheet: Option<&str>) -> anyhow::Result<Self> {
        let unreadable = || format!("{} cannot be read", path.display());
        let mut head = Vec::new();
        File::open(path)
            .and_then(|file| file.take(HEAD).read_to_end(&mut head))
            .with_context(unreadable)?;
        if file_kind::is_workbook(&head) {
            let digest = File::open(path).and_then(digest).with_context(unreadable)?;
            return Ok(Self::Workbook(Workbook::open(path, sheet)?, digest));
        }
        if vcard::is_it(&head) {
            let bytes = fs::read(path).with_context(unreadable)?;
            let (text, _, is_wrong) = encoding.unwrap_or(UTF_8).decode(&bytes);
            if is_wrong {
                return Err(Misuse(format!("{} is not UTF-8: name its encoding with --encoding", path.display())).into());
            }
            let digest = File::open(path).and_then(digest).with_context(unreadable)?;
            return Ok(Self::Contacts(text.into_owned(), digest));
        }
        if sheet.is_some() {
            return Err(Misuse(format!("{} is not a workbook: leave out --sheet", path.display())).into());
        }
        TextFile::open(Arc::new(OnDisk::open(path)?), encoding).map(Self::Text)
    }

    /// The format. A workbook has a table. For a text it is the option, or else the end of the file's name.
    pub fn format(&self, path: &Path, said: Option<Format>) -> Result<Format, Misuse> {
        match self {
            Self::Workbook(..) | Self::Contacts(..) => Ok(Format::Csv),
            Self::Text(_) => Ok(Format::of(path, said)?),
        }
    }

    /// Its rows. Unknown columns are reported here: those of a table's header, or of the first line of JSON.
    pub fn rows(&self, format: Format, mapping: Mapping, delimiter: Option<u8>, empty_clears: bool) -> anyhow::Result<Rows> {
        let (names, records) = match self {
            Self::Text(file) => return Rows::of_text(file, format, mapping, delimiter, empty_clears),
            Self::Workbook(book, _) => book.records(),
            Self::Contacts(text, _) => vcard::records(text),
        };
        Rows::of_table(names, records, &mapping, empty_clears)
    }

    /// The SHA-256 of the file.
    pub fn digest(&self) -> &str {
        match self {
            Self::Text(text) => &text.digest,
            Self::Workbook(_, digest) | Self::Contacts(_, digest) => digest,
        }
    }

    /// The number of its lines or rows.
    pub fn lines(&self) -> u64 {
        match self {
            Self::Text(text) => text.lines,
            Self::Workbook(book, _) => book.rows(),
            Self::Contacts(text, _) => text.lines().count() as u64,
        }
    }

    /// A note for the operator on how it is read.
    pub fn note(&self) -> String {
        match self {
            Self::Text(text) => format!("read as {}", text.encoding().name()),
            Self::Contacts(..) => "read as vCards".to_owned(),
            Self::Workbook(book, _) if book.others.is_empty() => format!("read: the sheet '{}'", book.sheet),
            Self::Workbook(book, _) => format!(
                "read: the sheet '{}' (--sheet names another: {})",
                book.sheet,
                book.others.join(", ")
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_read_only_once_is_refused() {
        let pipe = SourceFile::open(Path::new("/dev/null"), None, None).unwrap_err();
        assert!(pipe.to_string().contains("must be a file"), "{pipe}");
    }
}
