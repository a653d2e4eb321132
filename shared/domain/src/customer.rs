//! The canonical customer, of which every dialect shows its own view (docs/decisions/0001).

use std::{collections::BTreeMap, ops::Not as _};

use serde::{Deserialize, Serialize};

use super::{
    Attributes, Change, CustomerId, ExternalId, FieldDefinition, FieldValue, LearntAccount, Merged, Party, Role, Timestamp,
    model::{CustomFields, ObjectStructure},
    size::{self, stored_size},
};
use crate::{error::FieldError, normal::Region};

/// The largest number of contact points and references of a customer. An erasure stores a digest of each in one item.
const MOST_IDENTIFIERS: usize = 2_000;
/// The name that [`Customer::check_size`] gives to contact points and contact persons together.
pub const CONTACTS: &str = "contacts";

/// A person or organisation that contacts the company.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    /// Its number.
    pub id: CustomerId,
    /// The number of writes so far. Every write is conditional on it.
    pub version: u64,
    /// Its id in another system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<ExternalId>,
    /// The values of roles that a customer has once: names and the postal address.
    #[serde(default)]
    pub profile: BTreeMap<Role, String>,
    /// Contact points and references, oldest first.
    #[serde(default)]
    pub identifiers: Vec<Identifier>,
    /// The values of fields of the tenant's model that have no role.
    #[serde(default)]
    pub custom: CustomFields,
    /// The kind of customer, and the contact persons.
    #[serde(default, skip_serializing_if = "Party::is_empty")]
    pub party: Party,
    /// Records of the same person that were merged into this one, the last one last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub merged: Vec<Merged>,
    /// Accounts under which the customer wrote, learnt from conversations, in the order of their keys.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub learnt: Vec<LearntAccount>,
    /// The number of writes so far that only changed what was learnt. Nobody's edit is among them.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub lessons: u64,
    /// When and by whom it was created.
    pub created: Change,
    /// When and by whom it was last changed.
    pub updated: Change,
    /// Whether the search terms are not yet those of this version of the record. Only the store sets and clears it, and no dialect shows
    /// it.
    #[serde(default, skip_serializing_if = "<&bool>::not")]
    pub unsettled: bool,
}

/// A value that identifies a customer: a contact point (e-mail, phone, handle, profile URL) or a reference (order, account or case number).
/// It is stored once, whichever dialect it came from. A field of the model shows the identifier that is bound to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identifier {
    /// Its role, for which [`Role::is_identifier`] holds.
    pub role: Role,
    /// As it was entered.
    pub value: String,
    /// The normal form, for comparison.
    pub normal: String,
    /// The network of a handle, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<String>,
    /// The field of the model that shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The number of the contact person who has it; `None` if it is the customer's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<u64>,
    /// Further facts.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: Attributes,
    /// When the customer got it.
    pub added: Timestamp,
}

impl Identifier {
    fn is_bound_to(&self, field: &FieldDefinition) -> bool {
        self.field.as_deref() == Some(&field.name)
    }
}

/// The brand and the department to which a customer belongs, by the tenant's ids.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Belonging<'settings> {
    /// The brand.
    pub brand: Option<&'settings str>,
    /// The department.
    pub department: Option<&'settings str>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// An edit of one field.
#[derive(Debug, Clone)]
pub struct FieldChange<'model> {
    /// Which field.
    pub field: &'model FieldDefinition,
    /// Its new value; `None` clears it.
    pub value: Option<FieldValue>,
}

impl Customer {
    /// A customer without any value.
    pub fn new(id: CustomerId, created: Change) -> Self {
        Self {
            id,
            version: 1,
            external_id: None,
            profile: BTreeMap::new(),
            identifiers: Vec::new(),
            custom: CustomFields::new(),
            party: Party::default(),
            merged: Vec::new(),
            learnt: Vec::new(),
            lessons: 0,
            updated: created.clone(),
            created,
            unsettled: false,
        }
    }

    /// The version as it would be if the customer had learnt nothing. It tells whether somebody has changed the record.
    pub fn edition(&self) -> u64 {
        self.version.saturating_sub(self.lessons)
    }

    /// Sets and clears the named fields only. So two agents can edit different fields at the same time.
    pub fn apply(&mut self, changes: &[FieldChange<'_>], region: Region, now: Timestamp) {
        self.settle_name();
        for change in changes {
            self.set(change.field, change.value.as_ref(), region, now);
        }
    }

    fn set(&mut self, field: &FieldDefinition, value: Option<&FieldValue>, region: Region, now: Timestamp) {
        match (field.role, value) {
            (Some(role), _) if role.is_identifier() => {
                self.custom.remove(&field.name);
                self.set_identifier(role, field, value.map(|value| value.as_text().to_owned()), region, now);
            }
            (Some(role), value) => self.set_profile(role, value.map(FieldValue::as_text), now),
            (None, _) => {
                self.identifiers.retain(|one| !one.is_bound_to(field));
                match value {
                    Some(value) => drop(self.custom.insert(field.name.clone(), value.clone())),
                    None => drop(self.custom.remove(&field.name)),
                }
            }
        }
    }

    fn set_profile(&mut self, role: Role, value: Option<&str>, now: Timestamp) {
        let before = match value {
            Some(value) => self.profile.insert(role, value.to_owned()),
            None => self.profile.remove(&role),
        };
        if role.is_name() && before.as_deref() != value {
            self.note_name_change(now);
        }
    }

    fn set_identifier(&mut self, role: Role, field: &FieldDefinition, text: Option<String>, region: Region, now: Timestamp) {
        let bound = self.identifiers.iter().position(|one| one.is_bound_to(field));
        let Some(value) = text else {
            if let Some(at) = bound {
                self.identifiers.remove(at);
            }
            return;
        };
        let normal = role.normal_on(&value, field.network.as_deref(), region);
        // Another spelling or role of the same value: keep the original `added` time.
        let same = |one: &&Identifier| one.normal == normal || one.value == value;
        let held = bound.map(|at| &self.identifiers[at]).filter(same);
        let identifier = Identifier {
            role,
            added: held.map_or(now, |held| held.added),
            value,
            normal,
            network: field.network.clone(),
            field: Some(field.name.clone()),
            contact: bound.and_then(|at| self.identifiers[at].contact),
            attributes: bound.map(|at| self.identifiers[at].attributes.clone()).unwrap_or_default(),
        };
        match bound {
            Some(at) => self.identifiers[at] = identifier,
            None => self.identifiers.push(identifier),
        }
    }

    /// The value of one field of the model. After a field's role has changed, the value is still under the field's name until the record is
    /// settled.
    pub fn field(&self, field: &FieldDefinition) -> Option<FieldValue> {
        if let (Some(role), false) = (field.role, field.is_kept_by_name()) {
            return self.profile_value(role).map(|value| FieldValue::Text(value.to_owned()));
        }
        let bound = || self.identifiers.iter().find(|one| one.is_bound_to(field));
        let custom = self.custom.get(&field.name).cloned();
        custom.or_else(|| bound().map(|one| FieldValue::Text(one.value.clone())))
    }

    /// Brings a record to the current model and program. Values move to where their fields keep them after a change of roles or networks,
    /// an old name moves to the profile, and contact points get today's normal form. No field shows another value afterwards, and a second
    /// call changes nothing.
    pub fn settle(&mut self, model: &ObjectStructure, region: Region) {
        self.settle_name();
        for one in &mut self.identifiers {
            one.normal = one.normal_today(region);
        }
        for field in model.fields.iter().filter(|field| field.is_kept_by_name()) {
            if !self.is_settled(field) {
                let value = self.field(field);
                self.set(field, value.as_ref(), region, self.updated.at);
            }
        }
    }

    /// The number of contact points and references with the normal form of an earlier version. [`Self::settle`] renews it.
    pub fn old_forms(&self, region: Region) -> usize {
        let is_old = |one: &&Identifier| one.normal != one.normal_today(region);
        self.identifiers.iter().filter(is_old).count()
    }

    /// Gives a customer without brand or department the tenant's defaults. Dialects without brands or departments create such customers
    /// (Omnidesk customer, section 8; eGain customer search, section 9).
    pub fn settle_belonging(&mut self, newcomers: Belonging<'_>) {
        let party = &mut self.party;
        for (has, given) in [
            (&mut party.brand, newcomers.brand),
            (&mut party.department, newcomers.department),
        ] {
            if has.is_none() {
                *has = given.map(str::to_owned);
            }
        }
    }

    /// Whether the value of a field that is kept by name, if there is one, is where the field's role puts it.
    fn is_settled(&self, field: &FieldDefinition) -> bool {
        let mut bound = self.identifiers.iter().filter(|one| one.is_bound_to(field));
        match field.role {
            None => bound.next().is_none(),
            Some(role) => {
                !self.custom.contains_key(&field.name) && bound.all(|one| one.role == role && one.network == field.network)
            }
        }
    }

    /// The id of the customer's brand, or else the given default.
    pub fn brand_or<'a>(&'a self, default: Option<&'a str>) -> Option<&'a str> {
        self.party.brand.as_deref().or(default)
    }

    /// The customer's identifiers of one role.
    pub fn identifiers_of(&self, role: Role) -> impl Iterator<Item = &Identifier> {
        self.identifiers.iter().filter(move |identifier| identifier.role == role)
    }

    /// Whether nothing is known about the customer. Such a record cannot be created in any dialect or tool, since nobody could find it
    /// (Khoros contract, section 4). Ids and attributes that only classify the customer do not count: the external id, and what
    /// [`Party::is_blank`] leaves out.
    pub fn is_blank(&self) -> bool {
        self.profile.is_empty() && self.identifiers.is_empty() && self.custom.is_empty() && self.party.is_blank()
    }

    /// Checks that the record, an edit of `before`, fits into the table.
    ///
    /// # Errors
    /// The largest fields.
    pub fn check_size(&self, before: Option<&Self>, model: &ObjectStructure) -> Result<(), Vec<FieldError>> {
        let held = before.map_or(0, |before| before.identifiers.len());
        if self.identifiers.len() > held.max(MOST_IDENTIFIERS) {
            let message = format!("must have at most {MOST_IDENTIFIERS} contact points and references");
            return Err(vec![FieldError::new(CONTACTS, message)]);
        }
        size::check(self, before, || self.sizes(model))
    }

    /// The size of each field in bytes, by its name in the model.
    fn sizes(&self, model: &ObjectStructure) -> BTreeMap<String, usize> {
        let of_profile = self.profile.iter().map(|(role, value)| {
            let field = model.fields.iter().find(|field| field.role == Some(*role));
            (field.map_or(role.name(), |field| field.name.as_str()), value.len())
        });
        let of_identifiers = self.identifiers.iter().map(|one| {
            let field = one.field.as_deref().filter(|name| model.field(name).is_some());
            (field.unwrap_or(CONTACTS), stored_size(one))
        });
        let of_custom = self.custom.iter().map(|(name, value)| (name.as_str(), value.as_text().len()));
        let party = (!self.party.is_empty()).then(|| (CONTACTS, stored_size(&self.party)));
        let learnt = (!self.learnt.is_empty()).then(|| (CONTACTS, stored_size(&self.learnt)));
        let mut sizes = BTreeMap::new();
        for (name, size) in of_profile.chain(of_identifiers).chain(of_custom).chain(party).chain(learnt) {
            *sizes.entry(name.to_owned()).or_default() += size;
        }
        sizes
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::{Actor, ContactPerson, CustomerKind, FieldType};

    pub(crate) const NOW: Timestamp = Timestamp::from_milliseconds(1_795_305_600_000);

    /// A customer of the default model with these fields.
    pub(crate) fn customer(fields: &[(&str, &str)]) -> Customer {
        let by = Actor::default();
        let mut customer = Customer::new(CustomerId::draw(NOW, 1), Change { at: NOW, by });
        edit(&mut customer, fields, NOW);
        customer
    }

    fn edit(customer: &mut Customer, fields: &[(&str, &str)], now: Timestamp) {
        let model = ObjectStructure::default_customer();
        let change = |(name, value): &(&str, &str)| FieldChange {
            field: model.field(name).unwrap(),
            value: (!value.is_empty()).then(|| FieldValue::Text((*value).to_owned())),
        };
        customer.apply(&fields.iter().map(change).collect::<Vec<_>>(), Region::US, now);
    }

    #[test]
    fn a_field_shows_the_identifier_bound_to_it() {
        let model = ObjectStructure::default_customer();
        let mut jane = customer(&[("email", "Jane@x.example"), ("email2", "j@y.example"), ("firstName", "Jane")]);
        let later = NOW.plus_seconds(9);
        edit(&mut jane, &[("email", "JANE@x.example"), ("email2", "new@y.example")], later);
        let emails: Vec<_> = jane
            .identifiers_of(Role::Email)
            .map(|one| (one.value.as_str(), one.added))
            .collect();
        assert_eq!(
            emails,
            [("JANE@x.example", NOW), ("new@y.example", later)],
            "a new spelling is not a new address"
        );
        edit(&mut jane, &[("email", ""), ("firstName", "")], later);
        assert_eq!(jane.field(model.field("email").unwrap()), None);
        assert_eq!(
            jane.field(model.field("email2").unwrap()),
            Some(FieldValue::Text("new@y.example".to_owned()))
        );
        assert!(!jane.is_blank());
        edit(&mut jane, &[("email2", "")], later);
        assert!(jane.is_blank());
    }

    #[test]
    fn a_customer_with_only_a_brand_or_a_kind_is_blank() {
        let mut nobody = customer(&[]);
        nobody.settle_belonging(Belonging {
            brand: Some("1"),
            department: Some("999"),
        });
        nobody.party.kind = CustomerKind::Corporate;
        nobody.party.contacts.push(ContactPerson {
            id: 1,
            attributes: Attributes::new(),
            custom: BTreeMap::new(),
            postal: vec![Attributes::new()],
            changed: NOW,
        });
        assert!(nobody.is_blank());
        let mut named = nobody.clone();
        named.party.contacts[0]
            .attributes
            .insert("lastName".to_owned(), "Lovelace".to_owned());
        let mut described = nobody;
        described
            .party
            .organisation
            .insert("sector".to_owned(), "Logistics".to_owned());
        assert!(!named.is_blank() && !described.is_blank());
    }

    #[test]
    fn a_value_stays_with_its_field_when_the_fields_role_changes() {
        use Role::{Email, Handle, Phone};
        let with = |role, network: Option<&str>| ObjectStructure {
            fields: vec![FieldDefinition {
                role,
                network: network.map(str::to_owned),
                ..FieldDefinition::new("contact", "Contact", FieldType::Text)
            }],
        };
        let models = [
            with(None, None),
            with(Some(Email), None),
            with(Some(Handle), None),
            with(Some(Handle), Some("twitter")),
            with(Some(Phone), None),
        ];
        let set = |customer: &mut Customer, model: &ObjectStructure, value: Option<&str>| {
            let field = &model.fields[0];
            let value = value.map(|value| FieldValue::Text(value.to_owned()));
            customer.apply(&[FieldChange { field, value }], Region::US, NOW);
        };
        let shown = |customer: &Customer, model: &ObjectStructure| customer.field(&model.fields[0]);
        for before in &models {
            for after in &models {
                let mut jane = customer(&[("firstName", "Jane")]);
                set(&mut jane, before, Some("@Jane"));
                let held = shown(&jane, before);
                assert_eq!(shown(&jane, after), held, "before it is settled");
                jane.settle(after, Region::US);
                assert_eq!(shown(&jane, after), held, "settled");
                let settled = jane.clone();
                jane.settle(after, Region::US);
                assert_eq!(jane, settled, "once is enough");
                let mut fresh = customer(&[("firstName", "Jane")]);
                set(&mut fresh, after, Some("@Jane"));
                assert_eq!(jane, fresh, "as if it had never been otherwise");
                set(&mut jane, before, Some("@Jane"));
                set(&mut jane, after, None);
                for model in [before, after] {
                    assert_eq!(shown(&jane, model), None, "cleared is cleared, settled or not");
                }
            }
        }
    }

    #[test]
    fn settling_renews_the_normal_forms_of_contact_points() {
        let model = ObjectStructure::default_customer();
        let mut jane = customer(&[
            ("phone", "+225 07 12 34 56"),
            ("twitterHandle", "https://x.com/Jane"),
            ("facebookHandle", "jane.doe"),
        ]);
        let wanted = jane.clone();
        jane.identifiers[0].normal = "+22507123456".to_owned();
        jane.identifiers[1].normal = "https://x.com/jane".to_owned();
        jane.identifiers[2].normal = "jane.doe".to_owned();
        assert_eq!((jane.old_forms(Region::US), wanted.old_forms(Region::US)), (3, 0));
        jane.settle(&model, Region::US);
        assert_eq!(jane, wanted);
        assert_eq!(jane.identifiers[0].normal, "+2250707123456");
    }

    #[test]
    fn a_record_that_is_too_large_is_refused_with_its_largest_fields() {
        let model = ObjectStructure::default_customer();
        let mut jane = customer(&[
            ("description", &"x".repeat(200_000)),
            ("city", &"y".repeat(150_000)),
            ("state", "z"),
        ]);
        let wrong = jane.check_size(None, &model).unwrap_err();
        assert_eq!(
            wrong.iter().map(|field| field.name.as_str()).collect::<Vec<_>>(),
            ["description", "city", "state"]
        );
        edit(&mut jane, &[("city", "")], NOW);
        assert!(jane.check_size(None, &model).is_ok());
    }

    #[test]
    fn normal_forms_and_hidden_values_count_towards_the_size() {
        let model = ObjectStructure::default_customer();
        let mut jane = customer(&[("accountNumber", &"9".repeat(140_000)), ("city", "Paris")]);
        assert!(jane.check_size(None, &model).is_ok());
        // This character decomposes into eighteen.
        edit(&mut jane, &[("accountNumber", &"ﷺ".repeat(20_000))], NOW);
        let wrong = jane.check_size(None, &model).unwrap_err();
        assert_eq!(wrong[0].name, "accountNumber");
        jane.identifiers[0].field = Some("gone".to_owned());
        assert_eq!(jane.check_size(None, &model).unwrap_err()[0].name, CONTACTS);
    }

    #[test]
    fn the_number_of_contact_points_is_limited_and_existing_ones_stay() {
        let model = ObjectStructure::default_customer();
        let mut jane = customer(&[("email", "jane@x.example")]);
        let one = jane.identifiers[0].clone();
        jane.identifiers = vec![one.clone(); MOST_IDENTIFIERS];
        assert_eq!(jane.check_size(None, &model), Ok(()));
        jane.identifiers.push(one);
        assert_eq!(jane.check_size(None, &model).unwrap_err()[0].name, CONTACTS);
        assert_eq!(jane.check_size(Some(&jane.clone()), &model), Ok(()));
    }
}
