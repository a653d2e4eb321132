//! Imports: rows of tables and lines of JSON become customers and cases, each row exactly once.
//!
//! A file becomes [`rows::Rows`], whose columns a [`mapping::Mapping`] maps to fields. [`run::results`] applies the rows to the table, or
//! says in a dry run what would happen, and returns each row's [`row_result::RowResult`] in the file's order. [`undo::undone`] takes a
//! run back. [`sync::Sync`] repeats an import with every extract of another system.
//!
//! Where a file comes from, and who sees the results, is up to the program: `crm` has files and a terminal, a function has requests.

pub mod columns;
pub mod context;
pub mod file_kind;
pub mod findings;
pub mod manner;
pub mod mapping;
pub mod newcomers;
pub mod pace;
pub mod presets;
pub mod preview;
pub mod rejected_format;
pub mod row_result;
pub mod rows;
pub mod run;
pub mod suggestion;
pub mod sync;
pub mod table;
pub mod text_file;
pub mod times;
pub mod undo;
pub mod upload;

mod apply;
mod cases;
mod customers;
mod json_line;
mod likeness;
mod lines;
mod party;
mod reading;
mod several;
mod turns;
mod words;

use std::fmt;

pub use apply::patiently;

/// The file is wrong, or how it is to be read. The text is for whoever gave it, and says what would be right.
#[derive(Debug)]
pub struct Refused(pub String);

impl fmt::Display for Refused {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl std::error::Error for Refused {}
