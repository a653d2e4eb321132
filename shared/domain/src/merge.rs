//! Merging two records of one person into one, and undoing that.
//!
//! The survivor keeps its values and takes the other record's where it has none. It holds all contact points of both,
//! even if the model has no fields for them. Undoing compares three records: the survivor before the merge, as the
//! merge wrote it, and as it is now. Values that are still as the merge wrote them return to what they were. Values
//! that somebody has changed since are kept.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    Attributes, Change, ContactPerson, ContactPointKey, Customer, CustomerId, CustomerKind, ExternalId, FieldValue, Identifier,
    LearntAccount, MergeId, Merged, Role,
    contact_point::number,
    learnt::{ACCOUNTS, AccountKey},
    model::ObjectStructure,
};

/// The names in `take` of parts of a record that are not fields of the model. This one is the external id.
pub const EXTERNAL_ID: &str = "externalId";
/// The brand.
pub const BRAND: &str = "brand";
const DEPARTMENT: &str = "department";
const KIND: &str = "kind";
const PREFERRED_AGENT: &str = "preferredAgent";
/// All parts.
pub const PARTS: [&str; 5] = [EXTERNAL_ID, BRAND, DEPARTMENT, KIND, PREFERRED_AGENT];
/// The name in the list of kept values for contact persons who were changed since.
const CONTACTS: &str = "contacts";

/// How to merge two records.
#[derive(Debug, Clone, Copy)]
pub struct Merging<'request> {
    /// The fields and [`PARTS`] whose value comes from the merged record if it has one.
    pub take: &'request [String],
    /// The tenant's model.
    pub model: &'request ObjectStructure,
    /// The brand of customers without a brand of their own.
    pub default_brand: Option<&'request str>,
    /// The merge's receipt.
    pub receipt: MergeId,
    /// Who merges, and when.
    pub change: &'request Change,
}

/// A single-valued part of a customer in which the two records differ. A dry run shows it as this JSON, over HTTP and
/// in `crm`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The field of the model, or one of [`PARTS`].
    #[serde(rename = "field")]
    pub name: String,
    /// The survivor's value.
    pub survivor: String,
    /// The merged record's value.
    pub merged: String,
    /// Whether the merged record's value is taken.
    #[serde(rename = "taken")]
    pub is_taken: bool,
    /// Whether the difference suggests two different people. It then blocks the merge, unless it is decided or
    /// forced.
    #[serde(rename = "conflict")]
    pub is_conflict: bool,
}

impl Merging<'_> {
    fn takes(&self, name: &str) -> bool {
        self.take.iter().any(|taken| taken == name)
    }

    fn name_of(&self, role: Role) -> String {
        let field = self.model.fields.iter().find(|field| field.role == Some(role));
        field.map_or_else(|| role.name().to_owned(), |field| field.name.clone())
    }

    fn difference(&self, name: String, survivor: &str, merged: &str, is_conflict: bool) -> Difference {
        Difference {
            is_taken: self.takes(&name),
            survivor: survivor.to_owned(),
            merged: merged.to_owned(),
            name,
            is_conflict,
        }
    }

    /// Fills gaps in a map from another map, or overwrites the keys that are taken. Returns the keys that both had,
    /// with both values.
    fn fill<Key: Ord + Clone, Value: Clone + PartialEq>(
        &self,
        into: &mut BTreeMap<Key, Value>,
        from: &BTreeMap<Key, Value>,
        name: impl Fn(&Key) -> String,
    ) -> Vec<(String, Value, Value)> {
        let mut both = Vec::new();
        for (key, theirs) in from {
            let Some(ours) = into.get(key).cloned() else {
                into.insert(key.clone(), theirs.clone());
                continue;
            };
            if ours == *theirs {
                continue;
            }
            let name = name(key);
            if self.takes(&name) {
                into.insert(key.clone(), theirs.clone());
            }
            both.push((name, ours, theirs.clone()));
        }
        both
    }

    fn fill_one<Value: Clone>(&self, into: &mut Option<Value>, from: Option<&Value>, name: &str) {
        if let Some(from) = from
            && (into.is_none() || self.takes(name))
        {
            *into = Some(from.clone());
        }
    }
}

impl Customer {
    /// The customer's ids in other systems: its own, and those of records that were merged into it.
    pub fn external_ids(&self) -> impl Iterator<Item = &ExternalId> {
        let merged = self.merged.iter().filter_map(|merged| merged.external_id.as_ref());
        self.external_id.iter().chain(merged)
    }

    /// Whether the customer, or a record that was merged into it, has this id in another system.
    pub fn is_called(&self, external_id: &str) -> bool {
        self.external_ids().any(|external| external.id == external_id)
    }

    /// Whether a number is this record's, or that of a record that was merged into it.
    pub fn is_of(&self, id: CustomerId) -> bool {
        self.id == id || self.merged.iter().any(|merged| merged.id == id)
    }

    /// The numbers that other systems may have for a contact point: its own, and those of its copies in merged
    /// records.
    pub fn numbers_of(&self, one: &Identifier) -> impl Iterator<Item = u64> {
        let merged = self.merged.iter().map(|merged| one.number(merged.id));
        [one.number(self.id)].into_iter().chain(merged)
    }

    /// The result of merging another record into this one, and the values in which they differ.
    pub fn merged_with(&self, other: &Self, merging: &Merging<'_>) -> (Self, Vec<Difference>) {
        let mut differences = self.conflicts(other, merging);
        let (mut after, mut other) = (self.clone(), other.clone());
        after.settle_name();
        other.settle_name();
        let texts = merging.fill(&mut after.profile, &other.profile, |role| merging.name_of(*role));
        differences.extend(
            texts
                .iter()
                .map(|(name, ours, theirs)| merging.difference(name.clone(), ours, theirs, false)),
        );
        let values = merging.fill(&mut after.custom, &other.custom, Clone::clone);
        differences.extend(
            values
                .iter()
                .map(|(name, ours, theirs)| merging.difference(name.clone(), ours.as_text(), theirs.as_text(), false)),
        );
        let contacts = after.merge_party(&other, merging);
        differences.extend(after.merge_identifiers(&other, &contacts, merging));
        let left_out = after.merge_external_id(&other, merging);
        after.join_learnt(&other.learnt);
        after.merged.append(&mut other.merged);
        after.merged.push(Merged {
            id: other.id,
            receipt: merging.receipt,
            at: merging.change.at,
            external_id: left_out,
            is_moving: true,
        });
        (after, differences)
    }

    /// The differences that suggest two people: brands, account numbers, and ids of one kind in another system.
    pub fn conflicts(&self, other: &Self, merging: &Merging<'_>) -> Vec<Difference> {
        let mut conflicts = Vec::new();
        let brands = (self.brand_or(merging.default_brand), other.brand_or(merging.default_brand));
        if let (Some(ours), Some(theirs)) = brands
            && ours != theirs
        {
            conflicts.push(merging.difference(BRAND.to_owned(), ours, theirs, true));
        }
        if let (Some(ours), Some(theirs)) = (&self.external_id, &other.external_id)
            && ours != theirs
        {
            let is_conflict = ours.brand == theirs.brand;
            conflicts.push(merging.difference(EXTERNAL_ID.to_owned(), &ours.id, &theirs.id, is_conflict));
        }
        let accounts = |customer: &Self| -> Vec<Identifier> { customer.identifiers_of(Role::AccountNumber).cloned().collect() };
        let (ours, theirs) = (accounts(self), accounts(other));
        let is_among =
            |some: &[Identifier], all: &[Identifier]| some.iter().all(|one| all.iter().any(|other| other.normal == one.normal));
        if let ([one, ..], [other, ..]) = (ours.as_slice(), theirs.as_slice())
            && !is_among(&ours, &theirs)
            && !is_among(&theirs, &ours)
        {
            let name = one.field.clone().unwrap_or_else(|| merging.name_of(Role::AccountNumber));
            conflicts.push(merging.difference(name, &one.value, &other.value, true));
        }
        conflicts
    }

    /// Merges the party data. Returns the old and new numbers of the other record's contact persons.
    fn merge_party(&mut self, other: &Self, merging: &Merging<'_>) -> BTreeMap<u64, u64> {
        let are_individuals = self.party.kind == CustomerKind::Individual && other.party.kind == CustomerKind::Individual;
        if merging.takes(KIND) && self.party.kind != other.party.kind {
            self.set_kind(other.party.kind);
        }
        let party = &mut self.party;
        for (into, from) in [
            (&mut party.organisation, &other.party.organisation),
            (&mut party.attributes, &other.party.attributes),
        ] {
            merging.fill(into, from, Clone::clone);
        }
        merging.fill_one(&mut party.brand, other.party.brand.as_ref(), BRAND);
        merging.fill_one(&mut party.department, other.party.department.as_ref(), DEPARTMENT);
        merging.fill_one(
            &mut party.preferred_agent,
            other.party.preferred_agent.as_ref(),
            PREFERRED_AGENT,
        );
        let mut numbers = BTreeMap::new();
        for (place, theirs) in other.party.contacts.iter().enumerate() {
            let mut theirs = ContactPerson {
                attributes: other.attributes_of(theirs),
                ..theirs.clone()
            };
            let before = theirs.id;
            if place == 0 && are_individuals {
                // This is the customer in person, whose name is in the profile.
                theirs.attributes.clone_from(&other.party.contacts[0].attributes);
                if let Some(ours) = party.contacts.first_mut() {
                    numbers.insert(before, ours.id);
                    join_person(ours, theirs);
                    continue;
                }
            }
            match party.contacts.iter().find(|ours| ours.id == before) {
                Some(ours) if *ours == theirs => {}
                Some(_) => {
                    theirs.id = number(other.id, &["contact person", &before.to_string()]);
                    party.contacts.push(theirs.clone());
                }
                None => party.contacts.push(theirs.clone()),
            }
            numbers.insert(before, theirs.id);
        }
        numbers
    }

    fn merge_identifiers(&mut self, other: &Self, contacts: &BTreeMap<u64, u64>, merging: &Merging<'_>) -> Vec<Difference> {
        let mut differences = Vec::new();
        for one in &other.identifiers {
            let mut theirs = one.clone();
            theirs.contact = one.contact.map(|contact| contacts.get(&contact).copied().unwrap_or(contact));
            let place = self.place_of_merged(&theirs).unwrap_or_else(|| {
                theirs.field = self.field_for(&theirs, merging.model);
                self.identifiers.push(theirs.clone());
                self.identifiers.len() - 1
            });
            let held = &mut self.identifiers[place];
            for (name, value) in &theirs.attributes {
                held.attributes.entry(name.clone()).or_insert_with(|| value.clone());
            }
            let Some(field) = one.field.as_deref() else { continue };
            let Some(shown) = self.identifiers.iter().position(|ours| ours.field.as_deref() == Some(field)) else {
                continue;
            };
            if shown != place && self.identifiers[shown].role == one.role {
                let is_account = one.role == Role::AccountNumber;
                // Account numbers are reported as conflicts.
                if !is_account {
                    let ours = self.identifiers[shown].value.clone();
                    differences.push(merging.difference(field.to_owned(), &ours, &one.value, false));
                }
            }
            if merging.takes(field) {
                if shown == place {
                    self.identifiers[place].value.clone_from(&one.value);
                } else {
                    let given_up = self.identifiers[place].field.replace(field.to_owned());
                    self.identifiers[shown].field = given_up;
                }
            }
        }
        differences
    }

    /// The position in this record of another record's contact point.
    fn place_of_merged(&self, theirs: &Identifier) -> Option<usize> {
        let key = ContactPointKey::from(theirs);
        let is_same = |ours: &Identifier| {
            let are_one_persons = ours.contact == theirs.contact || ours.contact.is_none() || theirs.contact.is_none();
            ContactPointKey::from(ours) == key && are_one_persons
        };
        self.identifiers.iter().position(is_same)
    }

    /// The field for a contact point of another record: the same as there, or else the first empty one.
    fn field_for(&self, one: &Identifier, model: &ObjectStructure) -> Option<String> {
        let fields = model.fields.iter().filter(|field| {
            (field.role, field.network.as_deref()) == (Some(one.role), one.network.as_deref()) && self.field(field).is_none()
        });
        let mut free: Vec<&str> = fields.map(|field| field.name.as_str()).collect();
        free.sort_by_key(|&name| one.field.as_deref() != Some(name));
        free.first().map(|&name| name.to_owned())
    }

    /// Merges the external ids. Returns the one that does not become the survivor's.
    fn merge_external_id(&mut self, other: &Self, merging: &Merging<'_>) -> Option<ExternalId> {
        let ours = self.external_id.clone();
        merging.fill_one(&mut self.external_id, other.external_id.as_ref(), EXTERNAL_ID);
        let both = ours.into_iter().chain(other.external_id.clone());
        let mut left_out = both.filter(|external| self.external_id.as_ref() != Some(external));
        left_out.next()
    }
}

/// Adds one record's data of a person to another's.
fn join_person(ours: &mut ContactPerson, theirs: ContactPerson) {
    for (into, from) in [(&mut ours.attributes, theirs.attributes), (&mut ours.custom, theirs.custom)] {
        for (name, value) in from {
            into.entry(name).or_insert(value);
        }
    }
    let more: Vec<Attributes> = theirs.postal.into_iter().filter(|one| !ours.postal.contains(one)).collect();
    ours.postal.extend(more);
    ours.changed = ours.changed.max(theirs.changed);
}

/// The result of undoing a merge.
#[derive(Debug)]
pub struct Separated {
    /// The survivor without the merged record's values.
    pub survivor: Customer,
    /// The parts that were changed since, and stay with the survivor.
    pub kept: Vec<String>,
}

impl Customer {
    /// The survivor without what a merge added. `self` is the record as it is now, `before` as it was before the
    /// merge, and `merged` as the merge wrote it.
    pub fn separated(&self, before: &Self, merged: &Self, model: &ObjectStructure, change: &Change) -> Separated {
        let mut kept = Vec::new();
        let name = |role: &Role| {
            let field = model.fields.iter().find(|field| field.role == Some(*role));
            field.map_or_else(|| role.name().to_owned(), |field| field.name.clone())
        };
        let mut survivor = self.clone();
        survivor.profile = map_back(&self.profile, &before.profile, &merged.profile, name, &mut kept);
        survivor.custom = map_back::<String, FieldValue>(&self.custom, &before.custom, &merged.custom, Clone::clone, &mut kept);
        survivor.identifiers = identifiers_back(&self.identifiers, &before.identifiers, &merged.identifiers, &mut kept);
        survivor.external_id = back(
            &self.external_id,
            &before.external_id,
            &merged.external_id,
            EXTERNAL_ID,
            &mut kept,
        );
        let (now, was, made) = (&self.party, &before.party, &merged.party);
        let party = &mut survivor.party;
        party.kind = back(&now.kind, &was.kind, &made.kind, KIND, &mut kept);
        party.brand = back(&now.brand, &was.brand, &made.brand, BRAND, &mut kept);
        party.department = back(&now.department, &was.department, &made.department, DEPARTMENT, &mut kept);
        party.preferred_agent = back(
            &now.preferred_agent,
            &was.preferred_agent,
            &made.preferred_agent,
            PREFERRED_AGENT,
            &mut kept,
        );
        party.organisation = map_back(
            &now.organisation,
            &was.organisation,
            &made.organisation,
            Clone::clone,
            &mut kept,
        );
        party.attributes = map_back(&now.attributes, &was.attributes, &made.attributes, Clone::clone, &mut kept);
        party.contacts = contacts_back(&now.contacts, &was.contacts, &made.contacts, &mut kept);
        survivor.learnt = learnt_back(&self.learnt, &before.learnt, &merged.learnt, &mut kept);
        survivor.merged.clone_from(&before.merged);
        survivor.updated = if kept.is_empty() && self.updated == merged.updated {
            before.updated.clone()
        } else {
            change.clone()
        };
        kept.sort_unstable();
        kept.dedup();
        Separated { survivor, kept }
    }
}

fn back<Value: PartialEq + Clone>(now: &Value, before: &Value, merged: &Value, name: &str, kept: &mut Vec<String>) -> Value {
    if now == merged {
        return before.clone();
    }
    kept.push(name.to_owned());
    now.clone()
}

fn map_back<Key: Ord + Clone, Value: PartialEq + Clone>(
    now: &BTreeMap<Key, Value>,
    before: &BTreeMap<Key, Value>,
    merged: &BTreeMap<Key, Value>,
    name: impl Fn(&Key) -> String,
    kept: &mut Vec<String>,
) -> BTreeMap<Key, Value> {
    let mut keys: Vec<&Key> = now.keys().chain(before.keys()).chain(merged.keys()).collect();
    keys.sort_unstable();
    keys.dedup();
    let value =
        |key: &Key, kept: &mut Vec<String>| back(&now.get(key), &before.get(key), &merged.get(key), &name(key), kept).cloned();
    keys.into_iter()
        .filter_map(|key| Some((key.clone(), value(key, kept)?)))
        .collect()
}

/// Removes each of these from a list, once. Returns those that were found.
fn take_out<Value: PartialEq + Clone>(from: &mut Vec<Value>, these: &[Value]) -> Vec<Value> {
    let mut taken = these.to_vec();
    taken.retain(|one| match from.iter().position(|other| other == one) {
        Some(place) => {
            from.remove(place);
            true
        }
        None => false,
    });
    taken
}

fn identifiers_back(now: &[Identifier], before: &[Identifier], merged: &[Identifier], kept: &mut Vec<String>) -> Vec<Identifier> {
    if now == merged {
        return before.to_vec();
    }
    let mut since = now.to_vec();
    take_out(&mut since, merged);
    let name = |one: &Identifier| one.field.clone().unwrap_or_else(|| one.role.name().to_owned());
    kept.extend(since.iter().map(name));
    let mut gone = merged.to_vec();
    take_out(&mut gone, now);
    kept.extend(gone.iter().map(name));

    let (mut brought, mut changed) = (merged.to_vec(), before.to_vec());
    take_out(&mut brought, before);
    take_out(&mut changed, merged);
    let mut back = now.to_vec();
    let unchanged = take_out(&mut back, &brought);
    for mut one in changed {
        // The merge gave it another field or more attributes, and nobody has changed it since.
        let key = ContactPointKey::from(&one);
        if unchanged.iter().any(|merged| ContactPointKey::from(merged) == key) {
            let is_shown = |field: &String| back.iter().any(|other| other.field.as_ref() == Some(field));
            one.field = one.field.filter(|field| !is_shown(field));
            back.push(one);
        }
    }
    back
}

fn learnt_back(
    now: &[LearntAccount],
    before: &[LearntAccount],
    merged: &[LearntAccount],
    kept: &mut Vec<String>,
) -> Vec<LearntAccount> {
    let [now, before, merged] = [now, before, merged].map(by_key);
    map_back(&now, &before, &merged, |_| ACCOUNTS.to_owned(), kept)
        .into_values()
        .collect()
}

fn by_key(accounts: &[LearntAccount]) -> BTreeMap<AccountKey, LearntAccount> {
    accounts.iter().map(|account| (account.key(), account.clone())).collect()
}

fn contacts_back(
    now: &[ContactPerson],
    before: &[ContactPerson],
    merged: &[ContactPerson],
    kept: &mut Vec<String>,
) -> Vec<ContactPerson> {
    if now == merged {
        return before.to_vec();
    }
    kept.push(CONTACTS.to_owned());
    let find = |list: &[ContactPerson], id: u64| list.iter().find(|one| one.id == id).cloned();
    let of_now = now.iter().filter_map(|one| {
        if find(merged, one.id).as_ref() == Some(one) {
            find(before, one.id)
        } else {
            Some(one.clone())
        }
    });
    of_now.collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        Actor, FieldChange,
        customer::tests::{NOW, customer},
        learnt::tests::any_accounts,
        normal::Region,
    };

    fn change() -> Change {
        Change {
            at: NOW.plus_seconds(60),
            by: Actor::default(),
        }
    }

    fn other(fields: &[(&str, &str)]) -> Customer {
        let mut other = customer(fields);
        other.id = CustomerId::draw(NOW, 2);
        other
    }

    fn merged(survivor: &Customer, other: &Customer, take: &[&str]) -> (Customer, Vec<Difference>) {
        let take: Vec<String> = take.iter().map(|&name| name.to_owned()).collect();
        let merging = Merging {
            take: &take,
            model: &ObjectStructure::default_customer(),
            default_brand: None,
            receipt: MergeId::draw(other.id, 7 << 32),
            change: &change(),
        };
        survivor.merged_with(other, &merging)
    }

    fn separated(now: &Customer, before: &Customer, made: &Customer) -> Separated {
        now.separated(before, made, &ObjectStructure::default_customer(), &change())
    }

    fn shown(customer: &Customer, name: &str) -> Option<String> {
        let model = ObjectStructure::default_customer();
        let value = customer.field(model.field(name).unwrap());
        value.map(|value| value.as_text().to_owned())
    }

    #[test]
    fn a_receipt_parses_back() {
        let id = MergeId::draw(CustomerId::parse("C0SA49MC02NW").unwrap(), 0x00AB_CDEF << 32);
        assert_eq!(id.to_string(), "MC0SA49MC02NW00ABCDEF");
        assert_eq!(MergeId::parse(&id.to_string()), Some(id));
        for wrong in [
            "",
            "M",
            "MC0SA49MC02NW",
            "MC0SA49MC02NW00abcdef",
            "MC0SA49MC02NW+0ABCDEF",
            "Mé",
        ] {
            assert_eq!(MergeId::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_survivor_keeps_its_values_and_holds_every_contact_point() {
        let jane = customer(&[
            ("firstName", "Jane"),
            ("email", "jane@x.example"),
            ("email2", "j@x.example"),
            ("city", "Ulm"),
        ]);
        let twin = other(&[
            ("firstName", "J."),
            ("lastName", "Doe"),
            ("email", "jane@y.example"),
            ("email2", "JANE@x.example"),
            ("phone", "(415) 555-0134"),
        ]);
        let (after, differences) = merged(&jane, &twin, &[]);
        let field = |name| shown(&after, name);
        assert_eq!(
            (field("firstName").as_deref(), field("lastName").as_deref()),
            (Some("Jane"), Some("Doe"))
        );
        assert_eq!(field("email").as_deref(), Some("jane@x.example"));
        assert_eq!(field("phone").as_deref(), Some("(415) 555-0134"));
        let emails: Vec<&str> = after.identifiers_of(Role::Email).map(|one| one.value.as_str()).collect();
        assert_eq!(emails, ["jane@x.example", "j@x.example", "jane@y.example"]);
        let names: Vec<&str> = differences.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["firstName", "email", "email2"]);
        assert_eq!((after.merged[0].id, after.merged[0].is_moving), (twin.id, true));
    }

    #[test]
    fn taken_values_are_the_merged_records() {
        let jane = customer(&[("firstName", "Jane"), ("email", "jane@x.example")]);
        let twin = other(&[("firstName", "Janet"), ("email", "jane@y.example")]);
        let (after, differences) = merged(&jane, &twin, &["firstName", "email"]);
        assert_eq!(shown(&after, "firstName").as_deref(), Some("Janet"));
        assert_eq!(shown(&after, "email").as_deref(), Some("jane@y.example"));
        assert_eq!(shown(&after, "email2").as_deref(), Some("jane@x.example"));
        assert!(differences.iter().all(|one| one.is_taken && !one.is_conflict));
    }

    #[test]
    fn brands_accounts_and_ids_of_one_kind_are_conflicts() {
        let mut jane = customer(&[("accountNumber", "A-1")]);
        let mut twin = other(&[("accountNumber", "A-2")]);
        let external = |brand: &str, id: &str| ExternalId::of_brand(brand, id).ok();
        (jane.party.brand, twin.party.brand) = (Some("1".to_owned()), Some("2".to_owned()));
        (jane.external_id, twin.external_id) = (external("1", "a"), external("1", "b"));
        let conflicts = |jane: &Customer, twin: &Customer, take: &[&str]| -> Vec<String> {
            let (_, differences) = merged(jane, twin, take);
            let open = differences.into_iter().filter(|one| one.is_conflict && !one.is_taken);
            open.map(|one| one.name).collect()
        };
        assert_eq!(conflicts(&jane, &twin, &[]), ["brand", "externalId", "accountNumber"]);
        assert_eq!(conflicts(&jane, &twin, &["brand", "accountNumber"]), ["externalId"]);
        twin.external_id = external("2", "b");
        assert_eq!(conflicts(&jane, &twin, &["brand", "accountNumber"]), Vec::<String>::new());
        let (after, _) = merged(&jane, &twin, &[]);
        assert!(after.is_called("a") && after.is_called("b") && !after.is_called("c"));
        let (after, _) = merged(&jane, &twin, &["externalId"]);
        assert_eq!(after.external_id, twin.external_id);
        assert_eq!(after.merged[0].external_id, jane.external_id);
    }

    #[test]
    fn a_contact_person_whose_number_is_in_use_gets_another() {
        let person = |id: u64, name: &str| ContactPerson {
            id,
            attributes: [("firstName".to_owned(), name.to_owned())].into(),
            custom: Attributes::new(),
            postal: Vec::new(),
            changed: NOW,
        };
        let mut club = customer(&[("displayName", "Club")]);
        club.party.kind = CustomerKind::Group;
        club.party.contacts = vec![person(1, "Ana"), person(2, "Bob")];
        let mut twin = club.clone();
        twin.id = CustomerId::draw(NOW, 2);
        twin.party.contacts = vec![person(1, "Ana"), person(2, "Cem")];
        twin.identifiers = customer(&[("email", "cem@x.example")]).identifiers;
        twin.identifiers[0].contact = Some(2);
        let (after, _) = merged(&club, &twin, &[]);
        let names: Vec<&str> = after
            .party
            .contacts
            .iter()
            .map(|one| one.attributes["firstName"].as_str())
            .collect();
        assert_eq!(names, ["Ana", "Bob", "Cem"]);
        assert_eq!(after.identifiers[0].contact, Some(after.party.contacts[2].id));
        assert_ne!(after.party.contacts[2].id, 2);
    }

    #[test]
    fn values_changed_since_the_merge_are_kept_and_listed() {
        let jane = customer(&[("firstName", "Jane"), ("email", "jane@x.example")]);
        let twin = other(&[("lastName", "Doe"), ("email", "jane@y.example"), ("phone", "(415) 555-0134")]);
        let (made, _) = merged(&jane, &twin, &[]);
        let mut now = made.clone();
        edit(&mut now, "lastName", "Roe");
        edit(&mut now, "email2", "new@z.example");
        edit(&mut now, "city", "Ulm");
        let Separated { survivor, kept } = separated(&now, &jane, &made);
        assert_eq!(kept, ["city", "email2", "lastName"]);
        assert_eq!(shown(&survivor, "lastName").as_deref(), Some("Roe"));
        assert_eq!(shown(&survivor, "email2").as_deref(), Some("new@z.example"));
        assert_eq!(shown(&survivor, "phone"), None);
        assert_eq!(shown(&survivor, "email").as_deref(), Some("jane@x.example"));
        assert!(survivor.merged.is_empty());
    }

    fn edit(customer: &mut Customer, name: &str, value: &str) {
        let model = ObjectStructure::default_customer();
        let field = model.field(name).unwrap();
        let value = (!value.is_empty()).then(|| FieldValue::Text(value.to_owned()));
        customer.apply(&[FieldChange { field, value }], Region::US, NOW);
    }

    const NAMES: [&str; 9] = [
        "firstName",
        "lastName",
        "displayName",
        "email",
        "email2",
        "phone",
        "twitterHandle",
        "city",
        "accountNumber",
    ];

    fn fields() -> impl Strategy<Value = Vec<(&'static str, String)>> {
        let value = prop::sample::select(vec!["a@x.example", "b@x.example", "4155550134", "Ann", "ann"]);
        prop::collection::vec((prop::sample::select(NAMES.to_vec()), value.prop_map(str::to_owned)), 0..7)
    }

    fn made_of(number: u64, fields: &[(&str, String)]) -> Customer {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let mut made = customer(&fields);
        made.id = CustomerId::draw(NOW, number);
        made
    }

    proptest! {
        #[test]
        fn an_undone_merge_leaves_no_trace(
            ours in fields(), theirs in fields(), take in prop::collection::vec(prop::sample::select(NAMES.to_vec()), 0..4),
            our_accounts in any_accounts(), their_accounts in any_accounts(),
        ) {
            let (mut jane, mut twin) = (made_of(1, &ours), made_of(2, &theirs));
            jane.learnt = our_accounts;
            twin.learnt = their_accounts;
            let (mut made, _) = merged(&jane, &twin, &take);
            made.updated = change();
            prop_assert_eq!(separated(&made, &jane, &made).survivor, jane);
        }

        #[test]
        fn contact_points_do_not_depend_on_the_order_of_merges(
            a in fields(), b in fields(), c in fields(),
        ) {
            let [a, b, c] = [(1, &a), (2, &b), (3, &c)].map(|(number, fields)| made_of(number, fields));
            let left = merged(&merged(&a, &b, &[]).0, &c, &[]).0;
            let right = merged(&a, &merged(&b, &c, &[]).0, &[]).0;
            let held = |customer: &Customer| {
                let mut keys: Vec<_> = customer.identifiers.iter().map(|one| (one.role, one.normal.clone())).collect();
                keys.sort_unstable();
                keys.dedup();
                keys
            };
            prop_assert_eq!(held(&left), held(&right));
            prop_assert_eq!(&left.profile, &right.profile);
            for one in [&a, &b, &c] {
                let all = held(&left);
                prop_assert!(held(one).iter().all(|key| all.contains(key)));
            }
        }

        #[test]
        fn undoing_keeps_later_edits_and_nothing_else_of_the_merged_record(
            ours in fields(), theirs in fields(), edited in prop::sample::select(NAMES.to_vec()),
        ) {
            let (jane, twin) = (made_of(1, &ours), made_of(2, &theirs));
            let (made, _) = merged(&jane, &twin, &[]);
            let mut now = made.clone();
            edit(&mut now, edited, "zz@new.example");
            let back = separated(&now, &jane, &made).survivor;
            prop_assert_eq!(shown(&back, edited), Some("zz@new.example".to_owned()));
            for name in NAMES.iter().filter(|name| **name != edited) {
                prop_assert_eq!(shown(&back, name), shown(&jane, name), "{}", name);
            }
        }
    }
}
