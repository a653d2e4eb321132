//! The feed of changes: what other systems of the company ask for, and wait for (decision 0045).

use std::time::{Duration, Instant};

use crm_domain::{Actor, CustomerId, TenantId, Timestamp, error::Error};
use crm_store::{LAG, clock};
use serde_json::{Map, Value, json};

pub use crm_store::{NOTICES_KEPT_DAYS, NoticePlace, NoticesPage, Told};

use super::Session;

/// How often the feed is looked at while somebody waits.
const POLL: Duration = Duration::from_secs(1);
/// For so long a request waits at most, whatever it asks for. An alarm counts answers that take more than five seconds, and functions
/// time out after seven.
const LONGEST_WAIT: Duration = Duration::from_secs(4);
/// How far a cursor may be ahead, in seconds: clocks differ.
const AHEAD: i64 = 60;

/// Where a reader of the feed begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum After {
    /// With the oldest change that is still there.
    Oldest,
    /// With whatever comes next.
    Latest,
    /// After this place.
    Place(NoticePlace),
}

/// Why the feed was not read.
#[derive(Debug)]
pub enum FeedRefusal {
    /// The place is so old that changes after it may be gone.
    Expired,
    /// The place is in the future.
    Ahead,
    /// Anything else.
    Failed(Error),
}

impl From<Error> for FeedRefusal {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// The changes after a place, in order, at most so many. Where there are none, it waits for some: as long as it is asked to, but no more
/// than four seconds.
///
/// # Errors
/// See [`FeedRefusal`].
pub async fn read_changes(session: &Session, after: After, most: usize, patience: Duration) -> Result<NoticesPage, FeedRefusal> {
    let begun = Instant::now();
    let patience = patience.min(LONGEST_WAIT);
    let mut place = beginning(after, session.now)?;
    loop {
        let until = clock::now().plus_seconds(-LAG);
        let page = session.store().notices_after(place, until, most).await?;
        if !page.told.is_empty() || begun.elapsed() + POLL > patience {
            return Ok(page);
        }
        place = page.next;
        tokio::time::sleep(POLL).await;
    }
}

fn beginning(after: After, now: Timestamp) -> Result<NoticePlace, FeedRefusal> {
    let oldest = now.plus_seconds(-NOTICES_KEPT_DAYS * 86_400);
    match after {
        After::Oldest => Ok(NoticePlace::after(oldest)),
        After::Latest => Ok(NoticePlace::after(now.plus_seconds(-LAG))),
        After::Place(place) if place.at < oldest => Err(FeedRefusal::Expired),
        After::Place(place) if place.at > now.plus_seconds(AHEAD) => Err(FeedRefusal::Ahead),
        After::Place(place) => Ok(place),
    }
}

/// A change in JSON, the same for whoever reads the feed and whoever is sent it (administrators' contract, section 6.4). Members that say
/// nothing are left out.
pub fn change_json(told: &Told, tenant: &TenantId) -> Value {
    let Told { place, notice } = told;
    let listed = |ids: &[CustomerId]| (!ids.is_empty()).then(|| json!(ids));
    let members = [
        ("id", Some(json!(place.to_string()))),
        ("at", Some(json!(place.at.iso_milliseconds()))),
        ("tenant", Some(json!(tenant.as_str()))),
        ("kind", Some(json!(notice.kind))),
        ("operation", Some(json!(notice.operation))),
        ("customer", notice.customer.map(|id| json!(id))),
        ("case", notice.case.map(|id| json!(id))),
        ("from", notice.from.map(|id| json!(id))),
        ("merged", listed(&notice.merged)),
        ("receipt", notice.receipt.map(|id| json!(id))),
        ("fields", (!notice.fields.is_empty()).then(|| json!(notice.fields))),
        ("interactions", (notice.interactions > 0).then(|| json!(notice.interactions))),
        ("version", notice.version.map(|version| json!(version))),
        ("actor", acting(&notice.by)),
        ("initiative", notice.by.initiative.map(|initiative| json!(initiative))),
        ("company", notice.by.company.map(|company| json!(company))),
    ];
    let known = members
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)));
    known.collect::<Map<String, Value>>().into()
}

/// The agent, by the address or by the id in another system.
fn acting(by: &Actor) -> Option<Value> {
    let user = by.user.as_ref().map(|user| user.id.as_str());
    by.agent.as_deref().or(user).map(|agent| json!(agent))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_milliseconds(1_795_305_600_000);

    #[test]
    fn a_place_is_good_for_thirty_days() {
        let at = |seconds| beginning(After::Place(NoticePlace::after(NOW.plus_seconds(seconds))), NOW);
        assert!(matches!(at(-30 * 86_400), Ok(place) if place.at == NOW.plus_seconds(-30 * 86_400)));
        assert!(matches!(at(-30 * 86_400 - 1), Err(FeedRefusal::Expired)));
        assert!(at(AHEAD).is_ok());
        assert!(matches!(at(AHEAD + 1), Err(FeedRefusal::Ahead)));
        assert!(beginning(After::Oldest, NOW).is_ok_and(|oldest| at(-30 * 86_400).is_ok_and(|place| place == oldest)));
    }
}
