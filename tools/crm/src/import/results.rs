//! The results file: one JSON line for each row, in the file's order. It contains the wrong values of a row. The file belongs to the
//! operator, and nobody else can read it.

use std::{
    fs::File,
    io::{BufRead as _, BufReader, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use crm_import::{findings::Findings, row_result::RowResult};
use serde::Serialize;

use crate::whole_file;

/// A results file while it is written.
#[derive(Debug)]
pub struct Results {
    file: File,
    path: PathBuf,
}

impl Results {
    /// A new, empty file.
    pub fn create(path: &Path) -> anyhow::Result<Self> {
        let file = whole_file::growing(path, false).with_context(|| cannot_write(path))?;
        Ok(Self {
            file,
            path: path.to_owned(),
        })
    }

    /// The file of an interrupted run, without a partial last line; the number of its rows, and the last one.
    pub fn reopen(path: &Path) -> anyhow::Result<(Self, Findings, Option<RowResult>)> {
        let mut file = whole_file::growing(path, true).with_context(|| cannot_write(path))?;
        let (mut findings, mut last, mut whole) = (Findings::default(), None, 0);
        let mut reader = BufReader::new(&file);
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line).with_context(|| cannot_write(path))? > 0 {
            let Ok(result) = serde_json::from_slice::<RowResult>(&line) else {
                break;
            };
            if line.last() != Some(&b'\n') {
                break;
            }
            findings.add(&result);
            whole += line.len() as u64;
            last = Some(result);
            line.clear();
        }
        file.set_len(whole).with_context(|| cannot_write(path))?;
        file.seek(SeekFrom::End(0)).with_context(|| cannot_write(path))?;
        let path = path.to_owned();
        Ok((Self { file, path }, findings, last))
    }

    /// Adds a line.
    pub fn add(&mut self, result: &impl Serialize) -> anyhow::Result<()> {
        let mut line = serde_json::to_vec(result)?;
        line.push(b'\n');
        self.file.write_all(&line).with_context(|| cannot_write(&self.path))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

fn cannot_write(path: &Path) -> String {
    format!("the results cannot be written to {}", path.display())
}
