//! Customers by number, including numbers of records that were merged into others.
//!
//! A merged record leaves a forward under its own key. A forward has no version, so it does not count as a record in any condition, and no
//! case or event can be added to it. It always names the last survivor, so every number is one more read away.

use std::collections::{BTreeMap, BTreeSet};

use crm_domain::{Customer, CustomerId, ExternalId, MergeId, error::Error};
use serde::{Deserialize, Serialize};

use super::{
    Item, Store,
    items::{self, text_of},
};

/// How often a number is followed while merges, or their reversals, change it.
pub(super) const HOPS: usize = 8;
/// The attribute that only forwards have.
pub(super) const RECEIPT: &str = "receipt";

/// The item in the place of a record that was merged into another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Forward {
    /// The number of the merged record.
    pub(super) id: CustomerId,
    /// The last survivor.
    pub(super) into: CustomerId,
    /// The merge.
    pub(super) receipt: MergeId,
    /// The merged record's external id, which leads here and so to the survivor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) external_id: Option<ExternalId>,
}

/// The item under a customer's number.
#[derive(Debug)]
pub(super) enum Place {
    Customer(Box<Customer>),
    Forward(Forward),
}

impl Place {
    pub(super) fn read(item: Item) -> Result<Self, Error> {
        if is_forward(&item) {
            return items::read(item).map(Self::Forward);
        }
        items::read(item).map(|customer| Self::Customer(Box::new(customer)))
    }
}

/// Whether an item in the place of a customer's record is a forward.
pub(super) fn is_forward(item: &Item) -> bool {
    text_of(item, RECEIPT).is_some()
}

impl Store {
    pub(super) async fn place(&self, id: CustomerId) -> Result<Option<Place>, Error> {
        self.database.get(self.keys.customer(id)).await?.map(Place::read).transpose()
    }

    /// Reads the record under its own number; `None` also if it was merged into another.
    pub async fn customer_own(&self, id: CustomerId) -> Result<Option<Customer>, Error> {
        Ok(match self.place(id).await? {
            Some(Place::Customer(customer)) => Some(*customer),
            Some(Place::Forward(_)) | None => None,
        })
    }

    /// Reads a customer. For a record that was merged into another, that is the survivor.
    pub async fn customer_get(&self, id: CustomerId) -> Result<Option<Customer>, Error> {
        let mut asked = id;
        for _ in 0..HOPS {
            match self.place(asked).await? {
                None => return Ok(None),
                Some(Place::Customer(customer)) if customer.is_of(id) => return Ok(Some(*customer)),
                // The merge was reversed meanwhile.
                Some(Place::Customer(_)) => asked = id,
                Some(Place::Forward(forward)) => asked = forward.into,
            }
        }
        Err(MOVING)
    }

    /// The number of the customer that a record was merged into; `None` if it was not. One round trip.
    pub(super) async fn survivor_of(&self, id: CustomerId) -> Result<Option<CustomerId>, Error> {
        Ok(match self.place(id).await? {
            Some(Place::Forward(forward)) => Some(forward.into),
            Some(Place::Customer(_)) | None => None,
        })
    }

    /// Reads customers by number, in any order. Merged records give their survivors. Each customer is returned once, even if two are merged
    /// meanwhile.
    pub async fn customer_get_many(&self, ids: impl IntoIterator<Item = CustomerId>) -> Result<Vec<Customer>, Error> {
        // The requested item, and the number that led to it.
        let mut wanted: Vec<(CustomerId, CustomerId)> = ids.into_iter().map(|id| (id, id)).collect();
        let mut found = BTreeMap::new();
        for _ in 0..HOPS {
            let keys = wanted.iter().map(|(asked, _)| self.keys.customer(*asked)).collect();
            let places = self.database.get_many(keys).await?.into_iter().map(Place::read);
            let mut places: BTreeMap<CustomerId, Place> = places
                .map(|place| {
                    let place = place?;
                    Ok((place.id(), place))
                })
                .collect::<Result<_, Error>>()?;
            let (mut next, mut meant) = (Vec::new(), BTreeSet::new());
            for (asked, id) in std::mem::take(&mut wanted) {
                match places.get(&asked) {
                    None => {}
                    Some(Place::Customer(customer)) if customer.is_of(id) => {
                        meant.insert(asked);
                    }
                    Some(Place::Customer(_)) => next.push((id, id)),
                    Some(Place::Forward(forward)) => {
                        // It may have been read before the merge.
                        found.remove(&asked);
                        next.push((forward.into, id));
                    }
                }
            }
            places.retain(|id, _| meant.contains(id));
            found.append(&mut places);
            if next.is_empty() {
                return Ok(each_once(found));
            }
            wanted = next;
        }
        Err(MOVING)
    }
}

impl Place {
    fn id(&self) -> CustomerId {
        match self {
            Self::Customer(customer) => customer.id,
            Self::Forward(forward) => forward.id,
        }
    }
}

const MOVING: Error = Error::Busy("read a customer that is being merged");

/// The customers, without those that have since been merged into another of them.
fn each_once(found: BTreeMap<CustomerId, Place>) -> Vec<Customer> {
    let customers = found.into_values().filter_map(|place| match place {
        Place::Customer(customer) => Some(*customer),
        Place::Forward(_) => None,
    });
    let mut customers: Vec<Customer> = customers.collect();
    let merged: BTreeSet<CustomerId> = customers
        .iter()
        .flat_map(|customer| &customer.merged)
        .map(|merged| merged.id)
        .collect();
    customers.retain(|customer| !merged.contains(&customer.id));
    customers
}
