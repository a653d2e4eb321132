//! The transaction that merges two customers.

use crm_domain::{
    Change, Customer, CustomerId, Difference, MergeId, Merging, Notice, NoticeKind, TenantSettings, error::Error, merge::PARTS,
};

use super::{BEFORE_MERGED, BEFORE_SURVIVOR, FORTH, MOST_MERGED, Merge, MergeRefusal, RESULT, Receipt, SeparateRefusal, TRIES};
use crate::{
    Audit, Distinct, OnceKey, Store, back_off,
    forward::{Forward, Place},
    items, random,
    transaction::{Refusal, Write},
};

/// The operation's name of a merge in histories, and of undoing one.
pub(super) const MERGE: &str = "mergeCustomers";
pub(super) const SEPARATE: &str = "separateCustomers";

/// A request to merge two customers.
#[derive(Debug, Clone)]
pub struct MergeRequest {
    /// The record that stays.
    pub survivor: CustomerId,
    /// The record that is merged into it.
    pub merged: CustomerId,
    /// The fields and parts whose values come from the merged record.
    pub take: Vec<String>,
    /// Whether to merge despite conflicts.
    pub force: bool,
    /// Identifies repetitions of this request, even after the merge was undone. Without it, any request for the same
    /// merge counts as a repetition as long as the merge stands.
    pub once: Option<OnceKey>,
}

/// What a merge would do.
#[derive(Debug)]
pub struct MergePlan {
    /// The resulting record.
    pub customer: Customer,
    /// The values in which the two differ.
    pub differences: Vec<Difference>,
    /// The mark that says these are different people, if somebody set one.
    pub distinct: Option<Distinct>,
    survivor: Customer,
    merged: Customer,
    receipt: MergeId,
}

impl MergePlan {
    /// The differences that block the merge.
    pub fn conflicts(&self) -> impl Iterator<Item = &Difference> {
        self.differences.iter().filter(|one| one.is_conflict && !one.is_taken)
    }

    /// Whether the merge is refused unless it is forced.
    pub fn is_refused(&self) -> bool {
        self.conflicts().next().is_some() || self.distinct.is_some()
    }

    fn overruled(&self) -> Vec<String> {
        let conflicts = self.conflicts().map(|one| one.name.clone());
        conflicts.chain(self.distinct.iter().map(|_| "distinct".to_owned())).collect()
    }
}

/// Two customers to merge, or a merge that was made before.
enum Wanted {
    Two(Box<Customer>, Box<Customer>),
    Done(MergeId),
}

impl Store {
    /// Computes a merge without writing anything.
    ///
    /// # Errors
    /// As [`Self::customers_merge`], except for [`MergeRefusal::Conflicts`] and [`MergeRefusal::Distinct`], which the
    /// plan contains.
    pub async fn merge_plan(
        &self,
        request: &MergeRequest,
        settings: &TenantSettings,
        change: &Change,
    ) -> Result<MergePlan, MergeRefusal> {
        match self.wanted(request, settings).await? {
            Wanted::Two(survivor, merged) => self.plan(request, *survivor, *merged, settings, change).await,
            Wanted::Done(_) => Err(MergeRefusal::SameRecord),
        }
    }

    /// Merges two customers. Repeating the request completes an interrupted merge and returns its result.
    ///
    /// # Errors
    /// See [`MergeRefusal`]; [`Error::Invalid`] if the record would be too large.
    pub async fn customers_merge(
        &self,
        request: &MergeRequest,
        settings: &TenantSettings,
        change: &Change,
    ) -> Result<Merge, MergeRefusal> {
        for round in 0..TRIES {
            back_off(round).await;
            let wanted = match self.merge_remembered(request, change).await? {
                Some(id) => Wanted::Done(id),
                None => self.wanted(request, settings).await?,
            };
            let id = match wanted {
                Wanted::Two(survivor, merged) => {
                    let plan = self.plan(request, *survivor, *merged, settings, change).await?;
                    refuse_unless_forced(&plan, request.force)?;
                    if !self.is_made(request, &plan, settings, change).await? {
                        continue;
                    }
                    plan.receipt
                }
                Wanted::Done(id) => {
                    // An earlier attempt may have been interrupted after its first transaction.
                    if let Some(survivor) = self.customer_get(id.merged).await? {
                        self.customer_settled(survivor, &settings.customer_model).await?;
                    }
                    id
                }
            };
            self.merge_go_on(id, &settings.customer_model).await?;
            return match self.merge_get(id).await {
                Ok(merge) => Ok(merge),
                Err(SeparateRefusal::Failed(error)) => Err(error.into()),
                Err(_) => Err(MergeRefusal::NoSurvivor),
            };
        }
        Err(Error::Busy("merge two customers").into())
    }

    /// The merge that an equal request made before.
    async fn merge_remembered(&self, request: &MergeRequest, change: &Change) -> Result<Option<MergeId>, Error> {
        let Some(once) = &request.once else { return Ok(None) };
        let remembered = self.remembered(once, change.at).await?;
        Ok(remembered.as_deref().and_then(MergeId::parse))
    }

    async fn wanted(&self, request: &MergeRequest, settings: &TenantSettings) -> Result<Wanted, MergeRefusal> {
        for name in &request.take {
            if !PARTS.contains(&name.as_str()) && settings.customer_model.field(name).is_none() {
                return Err(MergeRefusal::UnknownField(name.clone()));
            }
        }
        let survivor = self.customer_get(request.survivor).await?.ok_or(MergeRefusal::NoSurvivor)?;
        let merged = match self.place(request.merged).await?.ok_or(MergeRefusal::NoMerged)? {
            Place::Customer(merged) => *merged,
            Place::Forward(forward) if self.is_merge_into(forward.receipt, request.survivor).await? => {
                return Ok(Wanted::Done(forward.receipt));
            }
            Place::Forward(forward) => self.customer_get(forward.into).await?.ok_or(MergeRefusal::NoMerged)?,
        };
        if survivor.is_of(merged.id) {
            return Err(MergeRefusal::SameRecord);
        }
        let moving = survivor.merged.iter().chain(&merged.merged).filter(|before| before.is_moving);
        let moving: Vec<MergeId> = moving.map(|before| before.receipt).collect();
        if moving.is_empty() {
            return Ok(Wanted::Two(Box::new(survivor), Box::new(merged)));
        }
        for id in moving {
            self.merge_go_on(id, &settings.customer_model).await?;
        }
        let (survivor, merged) = (self.customer_own(survivor.id).await?, self.customer_own(merged.id).await?);
        match (survivor, merged) {
            (Some(survivor), Some(merged)) if survivor.merged.iter().chain(&merged.merged).all(|before| !before.is_moving) => {
                Ok(Wanted::Two(Box::new(survivor), Box::new(merged)))
            }
            _ => Err(Error::Busy("merge a customer whose merge before is under way").into()),
        }
    }

    /// Whether a receipt is of a merge into this record.
    async fn is_merge_into(&self, id: MergeId, survivor: CustomerId) -> Result<bool, Error> {
        let receipt = self.receipt(id).await?;
        Ok(receipt.is_some_and(|receipt| receipt.survivor == survivor))
    }

    async fn plan(
        &self,
        request: &MergeRequest,
        survivor: Customer,
        merged: Customer,
        settings: &TenantSettings,
        change: &Change,
    ) -> Result<MergePlan, MergeRefusal> {
        if survivor.merged.len() + merged.merged.len() >= MOST_MERGED {
            return Err(MergeRefusal::TooMany);
        }
        let receipt = MergeId::draw(merged.id, random::bits());
        let merging = Merging {
            take: &request.take,
            model: &settings.customer_model,
            default_brand: settings.default_brand(),
            receipt,
            change,
        };
        let (mut customer, differences) = survivor.merged_with(&merged, &merging);
        customer.version += 1;
        customer.updated = change.clone();
        customer.unsettled = false;
        let before = larger(&survivor, &merged);
        customer
            .check_size(Some(before), &settings.customer_model)
            .map_err(Error::Invalid)?;
        Ok(MergePlan {
            distinct: self.distinct_between(&survivor, &merged).await?,
            customer,
            differences,
            survivor,
            merged,
            receipt,
        })
    }

    /// Makes the merge, and returns whether it did: somebody may have changed one of the two meanwhile.
    async fn is_made(
        &self,
        request: &MergeRequest,
        plan: &MergePlan,
        settings: &TenantSettings,
        change: &Change,
    ) -> Result<bool, MergeRefusal> {
        let MergePlan {
            customer,
            survivor,
            merged,
            ..
        } = plan;
        let id = plan.receipt;
        let receipt = Receipt {
            id,
            survivor: survivor.id,
            made: change.clone(),
            take: request.take.clone(),
            overruled: plan.overruled(),
            undoing: None,
            undone: None,
            kept: Vec::new(),
            version: 1,
        };
        let left_out = customer
            .merged
            .iter()
            .find(|of| of.receipt == id)
            .and_then(|of| of.external_id.clone());
        let forward = Forward {
            id: merged.id,
            into: survivor.id,
            receipt: id,
            external_id: left_out,
        };
        let mut others = vec![
            Write::PutOver {
                item: items::write(&self.keys.customer(merged.id), &forward)?,
                version: merged.version,
            },
            // The list of all customers is counted by this term.
            Write::Delete(self.creation_key(merged)),
            Write::PutNew(self.receipt_item(&receipt)?),
            self.begun(&id, FORTH)?,
        ];
        for (name, record) in [(BEFORE_SURVIVOR, survivor), (BEFORE_MERGED, merged), (RESULT, customer)] {
            others.push(Write::Put(items::write(&self.keys.merge_part(id, name), record)?));
        }
        let once = request.once.as_ref();
        for (of, once) in [(survivor.id, None), (merged.id, once)] {
            let audit = audit(MERGE, id, &request.take);
            others.push(audit.write_once(&self.keys.customer_partition(of), change, once)?);
        }
        let notice = Notice::new(NoticeKind::CustomerMerged, MERGE, &change.by);
        let fields = request.take.clone();
        others.push(self.tell_of(customer, of_merge(id, Notice { fields, ..notice })));
        if let Some(once) = once {
            others.push(self.remember(once, &id, change.at)?);
        }
        if merged.unsettled {
            others.push(self.ended(&merged.id));
        }
        if !request.force {
            others.push(Write::RequireAbsent(self.keys.distinct(survivor.id, merged.id)));
        }
        others.extend(self.forwards(merged, survivor.id)?);
        let owner = |external| {
            if customer.external_id.as_ref() == Some(external) {
                survivor.id
            } else {
                merged.id
            }
        };
        for (of, held) in [(survivor.id, &survivor.external_id), (merged.id, &merged.external_id)] {
            let moved = held.iter().filter(|external| owner(external) != of);
            others.extend(moved.map(|external| self.external_of(external, owner(external))));
        }
        let terms = self.term_changes(Some(survivor), customer, &settings.customer_model);
        let made = self
            .write_with_terms(Some(survivor), customer, others, terms, &settings.customer_model)
            .await;
        match made {
            Ok(()) => Ok(true),
            Err(Refusal::Conditions(_)) => Ok(false),
            Err(Refusal::Failed(error)) => Err(error.into()),
        }
    }
}

fn refuse_unless_forced(plan: &MergePlan, is_forced: bool) -> Result<(), MergeRefusal> {
    if is_forced {
        return Ok(());
    }
    if let Some(distinct) = &plan.distinct {
        return Err(MergeRefusal::Distinct(Box::new(distinct.clone())));
    }
    let conflicts: Vec<Difference> = plan.conflicts().cloned().collect();
    if conflicts.is_empty() {
        Ok(())
    } else {
        Err(MergeRefusal::Conflicts(conflicts))
    }
}

/// The one with more contact points. Earlier versions may have stored more than today's limit.
fn larger<'record>(one: &'record Customer, other: &'record Customer) -> &'record Customer {
    if one.identifiers.len() < other.identifiers.len() {
        other
    } else {
        one
    }
}

/// Completes a notice of a merge.
pub(super) fn of_merge(id: MergeId, notice: Notice) -> Notice {
    Notice {
        merged: vec![id.merged],
        receipt: Some(id),
        ..notice
    }
}

pub(super) fn audit(operation: &'static str, id: MergeId, fields: &[String]) -> Audit {
    let receipt = id.to_string();
    Audit {
        operation,
        fields: [receipt].into_iter().chain(fields.iter().cloned()).collect(),
        interactions: 0,
    }
}
