//! The file of an import: a text or a workbook.

use std::{
    fs::{self, File},
    io::Read as _,
    path::Path,
};

use anyhow::Context as _;
use encoding_rs::{Encoding, UTF_8};

use super::{
    file_kind,
    text_file::{self, TextFile},
    vcard,
    workbook::Workbook,
};
use crate::{Misuse, columns::Format};

/// The part of a file that is read to find out its kind.
const HEAD: u64 = 4 << 10;

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
            let digest = text_file::digest(path).with_context(unreadable)?;
            return Ok(Self::Workbook(Workbook::open(path, sheet)?, digest));
        }
        if vcard::is_it(&head) {
            let bytes = fs::read(path).with_context(unreadable)?;
            let (text, _, is_wrong) = encoding.unwrap_or(UTF_8).decode(&bytes);
            if is_wrong {
                return Err(Misuse(format!("{} is not UTF-8: name its encoding with --encoding", path.display())).into());
            }
            let digest = text_file::digest(path).with_context(unreadable)?;
            return Ok(Self::Contacts(text.into_owned(), digest));
        }
        if sheet.is_some() {
            return Err(Misuse(format!("{} is not a workbook: leave out --sheet", path.display())).into());
        }
        TextFile::open(path, encoding).map(Self::Text)
    }

    /// The format. A workbook has a table. For a text it is the option, or else the end of the file's name.
    pub fn format(&self, path: &Path, said: Option<Format>) -> Result<Format, Misuse> {
        match self {
            Self::Workbook(..) | Self::Contacts(..) => Ok(Format::Csv),
            Self::Text(_) => Format::of(path, said),
        }
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
