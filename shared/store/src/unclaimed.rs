//! Cases that were kept unchanged when their customer was deleted. They wait for a customer of the same brand with
//! the same contact point (Omnidesk customer, sections 6.3 and 6.6), or for an erasure of the former customer.
//!
//! A case waits at places. A place is a digest under the tenant's own key ([`DigestKey`]), so a reader of the table
//! cannot test addresses. The case's partition lists its places. An item at a place that the case does not list is
//! ignored, and deleted by the request that finds it.
//!
//! Earlier versions used digests without a key, and no place for the former customer. Until version 1.0, claims and
//! erasures also look at those places.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    pin::pin,
};

use crm_domain::{Case, CaseId, Change, ContactPointKey, Customer, CustomerId, Notice, digest::digest, error::Error};
use futures::{Stream, StreamExt as _, TryStreamExt as _, future::try_join, stream};
use serde::{Deserialize, Serialize};

use super::{
    Audit, Item, Learning, Store, back_off,
    erased::DigestKey,
    items::{self, PENDING, text_of},
    keys::{CASE, Key, UNCLAIMED},
    learning::{self, Lesson, Written},
    pages::Order,
    transaction::{Refusal, Write},
};

/// The most contact points of a customer that lead to its cases. One transaction writes them all.
const MOST_PLACES: usize = 40;
/// The most items of a waiting case: one per contact point, one for the former customer, and the list of them.
pub(super) const MOST_PLACE_ITEMS: usize = MOST_PLACES + 2;
/// The most cases waiting under one contact point that one request claims. Repeating the request claims more.
const MOST_CLAIMED: usize = 100;
/// How many places are read at once.
const PLACES_AT_ONCE: usize = 8;
/// How often a claim is retried if another writer of the case wins.
const TRIES: u32 = 12;
/// The prefix of the names of places that are keyed digests.
const KEYED: &str = "hmac:";
/// The kind of digest: a place.
const PLACE: &str = "unclaimed";
/// The kind of place: that of a former customer.
const FORMER: &str = "former";

/// The places where a case waits for a customer.
#[derive(Serialize, Deserialize)]
struct Places {
    places: Vec<String>,
}

#[derive(Serialize)]
struct PlaceItem {
    id: String,
}

/// The places of a customer's cases, without duplicates: by brand and contact point for another customer, and by the
/// customer's own number for a later erasure.
pub(super) fn places_of(key: &DigestKey, customer: &Customer, default_brand: Option<&str>) -> Result<Vec<String>, Error> {
    let mut places = vec![former_place(key, customer.id)?];
    let Some(brand) = customer.brand_or(default_brand) else {
        return Ok(places);
    };
    let points = customer.identifiers.iter().map(ContactPointKey::from);
    let mut seen = HashSet::new();
    let bare = points.map(|point| bare_place(brand, &point));
    for bare in bare.filter(|bare| seen.insert(bare.clone())).take(MOST_PLACES) {
        places.push(keyed_place(key, &bare)?);
    }
    Ok(places)
}

/// The place of all cases of a deleted customer.
pub(super) fn former_place(key: &DigestKey, customer: CustomerId) -> Result<String, Error> {
    keyed_place(key, &digest(&[FORMER, &customer.to_string()]))
}

/// The name that earlier versions gave to a place.
fn bare_place(brand: &str, point: &ContactPointKey) -> String {
    let network = point.network.as_deref().unwrap_or_default();
    digest(&[brand, point.role.name(), network, &point.normal])
}

/// It is derived from the digest without a key, so that the place of an earlier version leads to it without the
/// contact point.
fn keyed_place(key: &DigestKey, bare: &str) -> Result<String, Error> {
    Ok(format!("{KEYED}{}", key.digest_of(&[PLACE, bare])?))
}

/// Whether an earlier version released the case. Its places then do not show whose it was.
pub(super) fn are_of_earlier_version(places: &[String]) -> bool {
    !places.iter().any(|place| place.starts_with(KEYED))
}

/// A case's record and the places where it waits. Either may not exist.
#[derive(Default)]
pub(super) struct PlacedCase {
    pub(super) record: Option<Item>,
    pub(super) places: Option<Vec<String>>,
}

impl PlacedCase {
    /// The case, if it has no customer, is visible, and waits at this place.
    pub(super) fn waiting_at(self, place: &str) -> Result<Option<Case>, Error> {
        let is_here = self.places.is_some_and(|places| places.iter().any(|one| one == place));
        let record = self.record.filter(|record| is_here && !record.contains_key(PENDING));
        let case: Option<Case> = record.map(items::read).transpose()?;
        Ok(case.filter(|case| case.customer == CustomerId::NOBODY))
    }
}

impl Store {
    /// The writes that remove the customer from a case, which is otherwise unchanged and keeps the customer's brand. `notice`
    /// announces it.
    pub(super) fn released_case(
        &self,
        case: &Case,
        brand: Option<String>,
        places: &[String],
        notice: Notice,
    ) -> Result<Vec<Write>, Error> {
        let released = Case {
            customer: CustomerId::NOBODY,
            brand,
            version: case.version + 1,
            ..case.clone()
        };
        let mut writes = vec![Write::PutOver {
            item: items::write(&self.keys.case(case.id), &released)?,
            version: case.version,
        }];
        writes.push(self.tell_of_case(case, &released, notice));
        let id = case.id.to_string();
        // A deletion that an earlier version began may list a place twice.
        let places: Vec<String> = BTreeSet::from_iter(places).into_iter().cloned().collect();
        for digest in &places {
            let place = PlaceItem { id: id.clone() };
            writes.push(Write::Put(items::write(&self.keys.unclaimed(digest, &id), &place)?));
        }
        writes.push(Write::Put(items::write(
            &self.keys.unclaimed_of(case.id),
            &Places { places },
        )?));
        Ok(writes)
    }

    /// The keys of the items at the places that a case's item lists.
    pub(super) fn unclaimed_keys(&self, case: &str, item: &Item) -> Vec<Key> {
        let places = listed_places(item);
        places.iter().map(|digest| self.keys.unclaimed(digest, case)).collect()
    }

    /// The writes that stop a case from waiting, for when it gets a customer. One read.
    pub(super) async fn waits_no_more(&self, case: CaseId) -> Result<Vec<Write>, Error> {
        let key = self.keys.unclaimed_of(case);
        let Some(item) = self.database.get(key.clone()).await? else {
            return Ok(Vec::new());
        };
        let places = self.unclaimed_keys(&case.to_string(), &item).into_iter();
        Ok(places.chain([key]).map(Write::Delete).collect())
    }

    /// The places of these contact points in these brands, with and without the tenant's key. One read.
    pub async fn unclaimed_places(&self, brands: &[&str], points: &[ContactPointKey]) -> Result<Vec<String>, Error> {
        let each = |brand: &&str| points.iter().map(|point| bare_place(brand, point)).collect::<Vec<_>>();
        let bare: BTreeSet<String> = brands.iter().flat_map(each).collect();
        if bare.is_empty() {
            return Ok(Vec::new());
        }
        let key = self.digest_key().await?;
        let keyed = key.iter().flat_map(|key| bare.iter().map(|bare| keyed_place(key, bare)));
        let mut places = keyed.collect::<Result<Vec<_>, _>>()?;
        places.extend(bare);
        Ok(places)
    }

    /// The cases that wait at any of these places, without duplicates.
    pub async fn unclaimed_cases(&self, places: &[String]) -> Result<Vec<CaseId>, Error> {
        let mut cases = BTreeSet::new();
        for place in places {
            let found: Vec<CaseId> = self.each_waiting_at(place).try_collect().await?;
            cases.extend(found);
        }
        Ok(cases.into_iter().collect())
    }

    /// Whether any case waits at a place.
    pub(super) async fn is_any_waiting_at(&self, place: &str) -> Result<bool, Error> {
        let mut waiting = pin!(self.each_waiting_at(place));
        Ok(waiting.try_next().await?.is_some())
    }

    fn each_waiting_at(&self, place: &str) -> impl Stream<Item = Result<CaseId, Error>> {
        self.each_placed_at(place).try_filter_map(async move |id| {
            let waiting = self.placed_case(id).await?.waiting_at(place)?;
            Ok(waiting.map(|case| case.id))
        })
    }

    /// The cases that a place names, whether or not they still wait.
    pub(super) fn each_placed_at(&self, place: &str) -> impl Stream<Item = Result<CaseId, Error>> + use<> {
        let partition = self.keys.unclaimed_place(place);
        self.each_between(&partition, "K", "K~", Order::OldestFirst)
            .try_filter_map(async |item| Ok(text_of(&item, "sk").and_then(CaseId::parse)))
    }

    /// A case's record, visible or not, and its places. One round trip.
    pub(super) async fn placed_case(&self, id: CaseId) -> Result<PlacedCase, Error> {
        let found = self.placed_cases(&[id]).await?;
        Ok(found.into_iter().next().unwrap_or_default())
    }

    /// Several such cases, in any order. Those that do not exist are left out.
    pub(super) async fn placed_cases(&self, ids: &[CaseId]) -> Result<Vec<PlacedCase>, Error> {
        let keys = ids.iter().flat_map(|&id| [self.keys.case(id), self.keys.unclaimed_of(id)]);
        let mut found: BTreeMap<String, PlacedCase> = BTreeMap::new();
        for item in self.database.get_many(keys.collect()).await? {
            let Some(partition) = text_of(&item, "pk") else { continue };
            let placed = found.entry(partition.to_owned()).or_default();
            if text_of(&item, "sk") == Some(CASE) {
                placed.record = Some(item);
            } else {
                placed.places = Some(listed_places(&item));
            }
        }
        Ok(found.into_values().collect())
    }

    /// Assigns waiting cases to a customer of a brand who has one of these contact points, and who learns from them.
    /// Repeating the call completes an interrupted one. Two round trips if no case waits.
    pub async fn cases_claim(
        &self,
        customer: CustomerId,
        (brand, points): (&str, &[ContactPointKey]),
        change: &Change,
        audit: &Audit,
        learning: Learning<'_>,
    ) -> Result<(), Error> {
        let places = self.unclaimed_places(&[brand], points).await?;
        let found = stream::iter(&places).map(|place| self.each_placed_at(place).take(MOST_CLAIMED).try_collect());
        let found: Vec<Vec<CaseId>> = found.buffered(PLACES_AT_ONCE).try_collect().await?;
        for (place, cases) in places.iter().zip(found) {
            for case in cases {
                if !self.case_claim(case, place, customer, change, audit, learning).await? {
                    self.drop_stale_place(place, case).await?;
                }
            }
        }
        Ok(())
    }

    /// Assigns a case to a customer if it waits at this place. Returns whether it did.
    async fn case_claim(
        &self,
        id: CaseId,
        place: &str,
        customer: CustomerId,
        change: &Change,
        audit: &Audit,
        learning: Learning<'_>,
    ) -> Result<bool, Error> {
        for round in 0..TRIES {
            back_off(round).await;
            let Some(before) = self.placed_case(id).await?.waiting_at(place)? else {
                return Ok(false);
            };
            let mut after = Case {
                version: before.version + 1,
                updated: change.clone(),
                ..before.clone()
            };
            after.give_to(customer);
            let mut writes = self.changed_case(&before, &after, change, audit, 0)?;
            // In a box, since it is large and rarely needed.
            let lesson = Box::pin(async {
                if round >= learning::TRIES || !learning.is_on {
                    return Ok(Lesson::default());
                }
                let whole = self.case_get(id).await?;
                let interactions = whole.map(|(_, interactions)| interactions).unwrap_or_default();
                let written = Written::new(before.customer, (&after, &interactions), &[]);
                self.lesson(written, learning, change).await
            });
            let (waiting, lesson) = try_join(self.waits_no_more(id), lesson).await?;
            writes.extend(waiting);
            writes.extend(lesson.writes);
            match self.database.transact(writes).await {
                Ok(()) => return Ok(true),
                Err(Refusal::Failed(error)) => return Err(error),
                Err(Refusal::Conditions(_)) => {}
            }
        }
        Err(Error::Busy("give a case to a customer"))
    }

    /// Removes a case from a place where it no longer waits.
    pub(super) async fn drop_stale_place(&self, place: &str, case: CaseId) -> Result<(), Error> {
        let stale = Write::Delete(self.keys.unclaimed(place, &case.to_string()));
        let dropped = self.database.transact(vec![stale]).await;
        dropped.map_err(|refusal| refusal.unexpected("drop the place of a case"))
    }
}

/// The places that an item lists; none if it is another kind of item.
fn listed_places(item: &Item) -> Vec<String> {
    if text_of(item, "sk") != Some(UNCLAIMED) {
        return Vec::new();
    }
    let places = items::read::<Places>(item.clone()).map(|found| found.places);
    places.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crm_domain::{Actor, FieldChange, FieldValue, ObjectStructure, Timestamp, normal::Region};

    fn customer(fields: &[(&str, &str)]) -> Customer {
        let (at, by) = (Timestamp::from_milliseconds(0), Actor::default());
        let mut customer = Customer::new(CustomerId::draw(at, 1), Change { at, by });
        let model = ObjectStructure::default_customer();
        let change = |(name, value): &(&str, &str)| FieldChange {
            field: model.field(name).unwrap(),
            value: Some(FieldValue::Text((*value).to_owned())),
        };
        customer.apply(&fields.iter().map(change).collect::<Vec<_>>(), Region::US, at);
        customer
    }

    fn key(secret: &str) -> DigestKey {
        DigestKey::of_secret(secret)
    }

    #[test]
    fn a_place_has_one_name_per_key_and_reveals_no_contact_point() {
        let jane = customer(&[
            ("email", "jane@x.example"),
            ("email2", "JANE@x.example"),
            ("phone", "(415) 555-2671"),
        ]);
        let places = places_of(&key("s"), &jane, Some("1")).unwrap();
        assert_eq!(
            places.len(),
            3,
            "the former customer's, one for both spellings, and the phone's"
        );
        assert_eq!(places, places_of(&key("s"), &jane, Some("1")).unwrap());
        let other = places_of(&key("t"), &jane, Some("1")).unwrap();
        assert!(places.iter().all(|place| place.starts_with(KEYED) && !other.contains(place)));
        let bare = bare_place("1", &ContactPointKey::from(&jane.identifiers[0]));
        assert!(!places.iter().any(|place| place.contains(&bare)));
        let elsewhere = places_of(&key("s"), &jane, Some("2")).unwrap();
        assert_eq!((&elsewhere[0], elsewhere[1] == places[1]), (&places[0], false));
        assert_eq!(places_of(&key("s"), &jane, None).unwrap(), places[..1]);
    }

    #[test]
    fn places_of_earlier_versions_are_recognised() {
        let jane = customer(&[("email", "jane@x.example")]);
        assert!(!are_of_earlier_version(&places_of(&key("s"), &jane, Some("1")).unwrap()));
        let bare = bare_place("1", &ContactPointKey::from(&jane.identifiers[0]));
        assert!(are_of_earlier_version(&[bare]) && are_of_earlier_version(&[]));
    }
}
