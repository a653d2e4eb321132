//! What only operators do, by `crm`: imports and taking them back, the data model and what a changed one leaves to do, walks
//! over all records, finding and mending what does not belong together, and metering it all. Functions are released without it (feature `operator`).

mod backfill;
mod check;
mod import;
mod meter;
mod model;
mod set_aside;
mod undo;
mod walk;

pub use backfill::Backfill;
pub use check::{Check, CheckedPage, Finding, Problem};
pub use import::{Applied, Counts, ImportRow, ImportRun, MOST_EVENT_BYTES, MOST_EVENTS, RowConflict};
pub use meter::{Meter, Reading};
pub use model::PastModel;
pub use set_aside::Moved;
pub use undo::Undone;
pub use walk::{Position, Walked, Whereabouts};
