//! Operations that only `crm` uses: imports and undoing them, syncing by extracts, data models and backfills, walks over
//! all records, checks and repairs, and metering. The functions are compiled without them (feature `operator`).

mod backfill;
mod check;
mod clocks;
mod import;
mod meter;
mod model;
mod set_aside;
mod sync;
mod undo;
mod walk;

pub use backfill::Backfill;
pub use check::{Check, CheckedPage, Finding, Problem};
pub use import::{Applied, Counts, ImportRow, ImportRun, MOST_EVENT_BYTES, MOST_EVENTS, RowConflict};
pub use meter::{Meter, Reading};
pub use model::PastModel;
pub use set_aside::Moved;
pub use sync::{Given, RowDigests, SyncNote, SyncSource, SyncedRow};
pub use undo::Undone;
pub use walk::{Position, Walked, Whereabouts};
