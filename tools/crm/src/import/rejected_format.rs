//! The format of the file of rejected rows: the names of its two columns, and how it is written.

/// The column of the row's number.
pub const ROW: &str = "crm:row";
/// The column of the mistake.
pub const PROBLEM: &str = "crm:problem";
/// The member for a line that is no JSON object.
pub const LINE: &str = "crm:line";

/// Whether a column is one of the two that such a file has in front.
pub fn is_ours(column: &str) -> bool {
    [ROW, PROBLEM].contains(&column)
}

/// The format of the file.
#[derive(Debug, Clone)]
pub enum Shape {
    /// A table with these columns and this separator.
    Table {
        /// The columns. A file that is imported again already has the two.
        names: Vec<String>,
        /// The separator of cells.
        delimiter: u8,
    },
    /// JSON lines.
    Lines,
}
