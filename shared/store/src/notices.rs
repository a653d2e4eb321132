//! The feed of changes, which other systems read to follow customers and cases (decision 0045).
//!
//! The transaction that makes a change also writes its notice. `transaction` refuses to write a record without a notice, unless the
//! caller states that nobody can see the change. So no operation can forget its notice, and a change that did not happen has none.
//!
//! The feed is ordered by time, and readers never miss a notice that is committed late. A notice gets its time when its transaction is
//! first sent, no attempt begins later than [`SENT_WITHIN`] after that, and readers see nothing younger than [`LAG`]. By then every
//! transaction has succeeded or failed. The feed has a few partitions for each day, so that no partition takes all of a tenant's writes,
//! and readers of earlier days do not compete with writers.

use std::{fmt, ops::RangeInclusive};

use crm_domain::{Case, Change, CustomerId, Notice, NoticeKind, TenantId, Timestamp, error::Error};
use futures::future::try_join_all;
use serde::{Deserialize, Serialize};

use super::{
    Audit, Item, Store,
    error::failed,
    items::{self, text_of},
    keys::{Key, NOTICE_PARTS, TenantKeys},
    transaction::Write,
};
use crate::random;

/// How long after its notices' time a transaction may still be sent, in seconds.
pub(super) const SENT_WITHIN: i64 = 5;
/// How old a notice must be before it is read, in seconds: five in which its transaction is sent, one for the last attempt, and four for
/// clocks that differ and a database that is slow.
pub const LAG: i64 = 10;
/// How long notices can be read.
pub const NOTICES_KEPT_DAYS: i64 = 30;
/// Notices expire a day after they can last be requested, so that none disappears while it is read.
const EXPIRES_AFTER: i64 = (NOTICES_KEPT_DAYS + 1) * SECONDS_PER_DAY;
const SECONDS_PER_DAY: i64 = 86_400;

/// A place in the feed: that of a notice, or between two of them. It is a notice's id, and a reader's cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NoticePlace {
    /// When.
    pub at: Timestamp,
    /// Keeps notices of the same millisecond apart.
    mark: u64,
}

/// A notice as it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Where it is, which is its id.
    pub place: NoticePlace,
    /// What it tells.
    pub notice: Notice,
}

/// Some notices, in order.
#[derive(Debug)]
pub struct NoticesPage {
    /// The notices.
    pub told: Vec<Told>,
    /// Where the next page begins.
    pub next: NoticePlace,
    /// Whether there are more now.
    pub is_more: bool,
}

#[derive(Serialize, Deserialize)]
struct NoticeItem {
    #[serde(flatten)]
    notice: Notice,
    /// Seconds since 1970: the table's time-to-live attribute.
    expires: i64,
}

impl NoticePlace {
    /// A place for a notice of this time.
    pub(super) fn draw(at: Timestamp) -> Self {
        Self {
            at,
            mark: random::bits(),
        }
    }

    /// The place after all notices of this time.
    pub const fn after(at: Timestamp) -> Self {
        Self { at, mark: u64::MAX }
    }

    /// Reads the text form. Only the exact form counts.
    pub fn parse(text: &str) -> Option<Self> {
        let (at, mark) = text.split_once('-')?;
        let place = Self {
            at: Timestamp::from_milliseconds(at.parse().ok().filter(|at| *at >= 0)?),
            mark: u64::from_str_radix(mark, 16).ok()?,
        };
        (place.to_string() == text).then_some(place)
    }

    /// The part of the day's partitions that has it.
    pub(super) fn part(self) -> u64 {
        self.mark % NOTICE_PARTS
    }
}

impl TryFrom<String> for NoticePlace {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("not a place in the feed")
    }
}

impl From<NoticePlace> for String {
    fn from(place: NoticePlace) -> Self {
        place.to_string()
    }
}

impl fmt::Display for NoticePlace {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:014}-{:016x}", self.at.milliseconds(), self.mark)
    }
}

/// A notice on its way into a transaction, which gives it its time.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Telling {
    keys: TenantKeys,
    notice: Notice,
}

impl Telling {
    /// A notice to a tenant's systems.
    pub(super) fn new(keys: TenantKeys, notice: Notice) -> Self {
        Self { keys, notice }
    }

    /// The records that it tells of.
    pub(super) fn records(&self) -> impl Iterator<Item = Key> {
        let Notice {
            case, customer, merged, ..
        } = &self.notice;
        let case = case.map(|case| self.keys.case(case));
        // A notice of a case only names the customer.
        let customers = customer.iter().chain(merged).filter(move |_| self.notice.case.is_none());
        case.into_iter()
            .chain(customers.map(|customer| self.keys.customer(*customer)))
    }

    /// The notice's item.
    pub(super) fn item(self, now: Timestamp) -> Result<Item, Error> {
        let key = self.keys.notice(NoticePlace::draw(now));
        let expires = now.plus_seconds(EXPIRES_AFTER).seconds();
        let notice = self.notice;
        items::write(&key, &NoticeItem { notice, expires })
    }
}

impl Audit {
    /// What others are told of the operation, without ids.
    pub(super) fn notice(&self, kind: NoticeKind, change: &Change) -> Notice {
        Notice {
            fields: self.fields.clone(),
            ..Notice::new(kind, self.operation, &change.by)
        }
    }
}

/// Completes a notice of a case as it is now.
pub(super) fn of_case(case: &Case, notice: Notice) -> Notice {
    Notice {
        case: Some(case.id),
        customer: somebody(case.customer),
        version: Some(case.version),
        ..notice
    }
}

/// The customer, unless it is nobody.
pub(super) fn somebody(customer: CustomerId) -> Option<CustomerId> {
    (customer != CustomerId::NOBODY).then_some(customer)
}

impl Store {
    /// The write that tells others of a change, in the transaction that makes it.
    pub(super) fn tell(&self, notice: Notice) -> Write {
        Write::Tell(Box::new(Telling::new(self.keys.clone(), notice)))
    }

    /// The notices after a place that are not younger than `until`, in order; at most so many. One round trip for each day.
    pub async fn notices_after(&self, after: NoticePlace, until: Timestamp, most: usize) -> Result<NoticesPage, Error> {
        let end = NoticePlace::after(until);
        let mut page = NoticesPage {
            told: Vec::new(),
            next: after.max(end),
            is_more: false,
        };
        if after >= end {
            return Ok(page);
        }
        for day in days(after.at..=until) {
            let left = most - page.told.len();
            let (told, is_all) = self.notices_of_day(&day, after, end, left).await?;
            page.told.extend(told);
            if !is_all {
                page.is_more = true;
                page.next = page.told.last().map_or(after, |last| last.place);
                break;
            }
        }
        Ok(page)
    }

    /// The first notices of a day between two places, the first excluded, and whether these are all.
    async fn notices_of_day(
        &self,
        day: &str,
        after: NoticePlace,
        until: NoticePlace,
        most: usize,
    ) -> Result<(Vec<Told>, bool), Error> {
        let parts = (0..NOTICE_PARTS).map(|part| self.notices_of_part(day, part, after, until, most));
        let parts = try_join_all(parts).await?;
        // What a part did not return yet may come before what another one returned.
        let unread = parts.iter().filter(|(_, is_all)| !is_all);
        let safe = unread.map(|(told, _)| told.last().map_or(after, |last| last.place)).min();
        let mut told: Vec<Told> = parts.into_iter().flat_map(|(told, _)| told).collect();
        told.sort_by_key(|told| told.place);
        let found = told.len();
        told.retain(|told| safe.is_none_or(|safe| told.place <= safe));
        told.truncate(most);
        let is_all = safe.is_none() && told.len() == found;
        Ok((told, is_all))
    }

    async fn notices_of_part(
        &self,
        day: &str,
        part: u64,
        after: NoticePlace,
        until: NoticePlace,
        most: usize,
    ) -> Result<(Vec<Told>, bool), Error> {
        // The first sort key after a place's.
        let first = format!("{after}~");
        let query = self.between(&self.keys.notices(day, part), &first, &until.to_string());
        // One more shows whether there is more.
        let limit = i32::try_from(most).unwrap_or(i32::MAX).saturating_add(1);
        let found = query.limit(limit).send().await.map_err(failed("query the feed of changes"))?;
        let told = found.items.unwrap_or_default().into_iter().map(told);
        Ok((told.collect::<Result<_, _>>()?, found.last_evaluated_key.is_none()))
    }
}

/// The tenant and the place of the notice whose item has this key, as the stream of the table names it.
pub fn notice_of_key(pk: &str, sk: &str) -> Option<(TenantId, NoticePlace)> {
    let (tenant, place) = (pk.split('#').next().and_then(TenantId::parse)?, NoticePlace::parse(sk)?);
    let key = TenantKeys::new(tenant.as_str()).notice(place);
    (key.pk == pk).then_some((tenant, place))
}

/// The days that a time touches.
fn days(times: RangeInclusive<Timestamp>) -> impl Iterator<Item = String> {
    let day = |at: &Timestamp| at.seconds().div_euclid(SECONDS_PER_DAY);
    (day(times.start())..=day(times.end()))
        .map(|day| Timestamp::from_milliseconds(0).plus_seconds(day * SECONDS_PER_DAY).iso_date())
}

/// Whether an item reads as a notice that expires.
#[cfg(feature = "operator")]
pub(super) fn is_notice(item: &Item) -> bool {
    told(item.clone()).is_ok()
}

fn told(item: Item) -> Result<Told, Error> {
    let place = text_of(&item, "sk").and_then(NoticePlace::parse);
    let place = place.ok_or_else(|| Error::internal("read the feed of changes", "not the key of a notice"))?;
    let NoticeItem { notice, .. } = items::read(item)?;
    Ok(Told { place, notice })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crm_domain::Actor;

    const AT: Timestamp = Timestamp::from_milliseconds(1_795_305_600_000);

    #[test]
    fn a_place_reads_back_and_nothing_else_is_one() {
        for place in [NoticePlace { at: AT, mark: 0xab }, NoticePlace::after(AT)] {
            assert_eq!(NoticePlace::parse(&place.to_string()), Some(place));
        }
        for text in [
            "",
            "01795305600000",
            "1795305600000-00000000000000ab",
            "01795305600000-ab",
            "01795305600000-00000000000000AB",
            "-1795305600000-00000000000000ab",
            "01795305600000-00000000000000ab-",
        ] {
            assert_eq!(NoticePlace::parse(text), None, "{text}");
        }
    }

    #[test]
    fn places_and_their_sort_keys_have_one_order() {
        let (one, other) = (NoticePlace { at: AT, mark: 9 }, NoticePlace { at: AT, mark: 10 });
        let later = NoticePlace {
            at: AT.plus_seconds(1),
            mark: 0,
        };
        assert!(one < other && other < later && later < NoticePlace::after(AT.plus_seconds(1)));
        assert!(one.to_string() < other.to_string() && other.to_string() < later.to_string());
        assert!(format!("{one}~") > one.to_string() && format!("{one}~") < other.to_string());
    }

    #[test]
    fn a_time_touches_its_days() {
        let day: Vec<String> = days(AT..=AT).collect();
        assert_eq!(day, ["2026-11-22"]);
        let three: Vec<String> = days(AT..=AT.plus_seconds(2 * SECONDS_PER_DAY - 1)).collect();
        assert_eq!(three.len(), 2);
        assert_eq!(
            days(AT.plus_seconds(-1)..=AT).collect::<Vec<_>>(),
            ["2026-11-21", "2026-11-22"]
        );
    }

    #[test]
    fn the_key_of_a_notice_names_tenant_and_place() {
        let (keys, place) = (TenantKeys::new("acme"), NoticePlace { at: AT, mark: 6 });
        let Key { pk, sk } = keys.notice(place);
        assert_eq!(notice_of_key(&pk, &sk), Some((TenantId::parse("acme").unwrap(), place)));
        let elsewhere = keys.notices("2026-11-22", 3);
        for (pk, sk) in [
            (elsewhere.as_str(), sk.as_str()),
            (&pk, "row#000000000001"),
            ("acme#keys", &sk),
        ] {
            assert_eq!(notice_of_key(pk, sk), None, "{pk} {sk}");
        }
    }

    #[test]
    fn a_notice_reads_back_from_its_item() {
        let notice = Notice {
            customer: CustomerId::parse("C00000000001"),
            fields: vec!["city".to_owned()],
            version: Some(2),
            ..Notice::new(NoticeKind::CustomerUpdated, "updateCustomer", &Actor::default())
        };
        let item = Telling::new(TenantKeys::new("acme"), notice.clone()).item(AT).unwrap();
        assert_eq!(
            item["expires"],
            items::number(AT.plus_seconds(31 * SECONDS_PER_DAY).seconds())
        );
        let told = told(item).unwrap();
        assert_eq!((told.place.at, told.notice), (AT, notice));
    }
}
