//! Operations that only `crm` uses: data models and backfills, walks over all records, checks and repairs. The functions are compiled
//! without them (feature `operator`).

mod backfill;
mod check;
mod clocks;
mod model;
mod walk;

pub use backfill::Backfill;
pub use check::{Check, CheckedPage, Finding, Problem};
pub use model::PastModel;
pub use walk::{Position, Walked, Whereabouts};
