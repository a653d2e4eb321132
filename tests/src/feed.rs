//! The feed of changes as the table has it, without its lag.
#![expect(clippy::panic, reason = "what a test stands on reports by panicking")]

use crm_domain::NoticeKind;
use crm_store::{NoticePlace, Store, Told, clock};

use crate::stack::wait;

/// More than a test makes.
const MOST: usize = 10_000;
const DAY: i64 = 86_400;

/// All that was told of the tenant's records today and yesterday, in order.
///
/// # Panics
/// When the table cannot be read.
pub fn told(store: &Store) -> Vec<Told> {
    let now = clock::now();
    let page = wait(store.notices_after(NoticePlace::after(now.plus_seconds(-DAY)), now.plus_seconds(DAY), MOST));
    page.unwrap_or_else(|error| panic!("{}", error.log_text())).told
}

/// The kinds of what was told after this many, in order.
pub fn kinds_after(store: &Store, before: usize) -> Vec<NoticeKind> {
    told(store).into_iter().skip(before).map(|told| told.notice.kind).collect()
}
