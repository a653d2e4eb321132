//! Tables: files whose first line names the columns.

mod quoting;
mod records;
mod repair;

pub use records::{Record, Records};
