//! Cases that outlived their customer's record as they were: they wait where somebody with the same contact point, of the same
//! brand, finds them (Omnidesk customer, sections 6.3 and 6.6).

use futures::{StreamExt as _, TryStreamExt as _};
use serde::{Deserialize, Serialize};

use super::{
    Audit, Item, Store, back_off,
    items::{self, text_of},
    keys::{Key, UNCLAIMED, digest},
    pages::Order,
    transaction::{Refusal, Write},
};
use crate::{
    domain::{Case, CaseId, Change, Customer, CustomerId, Identifier},
    error::Error,
};

/// So many contact points of a customer lead to its cases at most: one transaction writes them all.
const MOST_PLACES: usize = 40;
/// So many cases that wait under one contact point are claimed by one request at most; the same request again claims more.
const MOST_CLAIMED: usize = 100;
/// How often a claim is tried that lost to another writer of the case.
const TRIES: u32 = 12;

/// Where a case stands that waits for a customer.
#[derive(Serialize, Deserialize)]
struct Places {
    places: Vec<String>,
}

#[derive(Serialize)]
struct PlaceItem {
    id: String,
}

/// Where the cases of a customer wait for another one: by its brand and contact points.
pub(super) fn places_of(customer: &Customer, default_brand: Option<&str>) -> Vec<String> {
    let Some(brand) = brand_of(customer, default_brand) else {
        return Vec::new();
    };
    let points = customer.identifiers.iter().take(MOST_PLACES);
    points.map(|point| place(brand, point)).collect()
}

/// The brand whose customer this is.
pub(super) fn brand_of<'ids>(customer: &'ids Customer, default_brand: Option<&'ids str>) -> Option<&'ids str> {
    customer.party.brand.as_deref().or(default_brand)
}

fn place(brand: &str, point: &Identifier) -> String {
    let network = point.network.as_deref().unwrap_or_default();
    digest(&[brand, point.role.name(), network, &point.normal])
}

impl Store {
    /// The writes that leave a case as it is, without its customer, whose brand it remembers.
    pub(super) fn released_case(&self, case: &Case, brand: Option<String>, places: &[String]) -> Result<Vec<Write>, Error> {
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
        let id = case.id.to_string();
        for digest in places {
            let place = PlaceItem { id: id.clone() };
            writes.push(Write::Put(items::write(&self.keys.unclaimed(digest, &id), &place)?));
        }
        let places = Places { places: places.to_vec() };
        writes.push(Write::Put(items::write(&self.keys.unclaimed_of(case.id), &places)?));
        Ok(writes)
    }

    /// Where an item of a case's says that the case stands.
    pub(super) fn unclaimed_keys(&self, case: &str, item: &Item) -> Vec<Key> {
        if text_of(item, "sk") != Some(UNCLAIMED) {
            return Vec::new();
        }
        let places = items::read::<Places>(item.clone()).map(|found| found.places);
        let places = places.unwrap_or_default();
        places.iter().map(|digest| self.keys.unclaimed(digest, case)).collect()
    }

    /// Gives a customer of a brand the cases of nobody that wait under these contact points. What breaks off is completed by the same
    /// call again.
    pub async fn cases_claim(
        &self,
        customer: CustomerId,
        brand: &str,
        points: &[Identifier],
        change: &Change,
        audit: &Audit,
    ) -> Result<(), Error> {
        for digest in points.iter().map(|point| place(brand, point)) {
            let place = self.keys.unclaimed_place(&digest);
            let waiting = self.each_between(&place, "K", "K~", Order::OldestFirst).take(MOST_CLAIMED);
            let waiting: Vec<Item> = waiting.try_collect().await?;
            for item in waiting {
                if let Some(case) = text_of(&item, "sk").and_then(CaseId::parse) {
                    self.case_claim(case, customer, change, audit).await?;
                    // Of a case that found a customer otherwise.
                    let stale = Write::Delete(self.keys.unclaimed(&digest, &case.to_string()));
                    let dropped = self.database.transact(vec![stale]).await;
                    dropped.map_err(|refusal| refusal.unexpected("drop the place of a case"))?;
                }
            }
        }
        Ok(())
    }

    /// Gives a case to a customer if it is nobody's.
    async fn case_claim(&self, id: CaseId, customer: CustomerId, change: &Change, audit: &Audit) -> Result<(), Error> {
        for round in 0..TRIES {
            back_off(round).await;
            let before = self.case_head(id).await?;
            let Some(before) = before.filter(|case| case.customer == CustomerId::NOBODY) else {
                return Ok(());
            };
            let mut after = Case {
                version: before.version + 1,
                updated: change.clone(),
                ..before.clone()
            };
            after.give_to(customer);
            let key = self.keys.unclaimed_of(id);
            let mut writes = self.changed_case(&before, &after, change, audit)?;
            if let Some(item) = self.database.get(key.clone()).await? {
                let places = self.unclaimed_keys(&id.to_string(), &item);
                writes.extend(places.into_iter().map(Write::Delete));
                writes.push(Write::Delete(key));
            }
            match self.database.transact(writes).await {
                Ok(()) => return Ok(()),
                Err(Refusal::Failed(error)) => return Err(error),
                Err(Refusal::Conditions(_)) => {}
            }
        }
        Err(Error::Busy("give a case to a customer"))
    }
}
