//! Contact points: how one is added to a customer, and the numbers by which dialects address them.

use sha2::{Digest as _, Sha256};

use super::{Customer, CustomerId, Identifier, ObjectStructure, Role, Timestamp, attribute::Attributes, party::ContactPerson};
use crate::{digest::apart, normal::Region};

/// A contact point to be added to a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewContactPoint {
    /// Its role, for which [`Role::is_identifier`] holds.
    pub role: Role,
    /// As it was entered.
    pub value: String,
    /// The network of a handle, if it is known.
    pub network: Option<String>,
    /// Further facts.
    pub attributes: Attributes,
}

/// A contact person to be added to a customer, with the person's contact points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewContact {
    /// The person.
    pub person: ContactPerson,
    /// Its contact points.
    pub points: Vec<NewContactPoint>,
}

/// The identity of a contact point. Two with equal keys are one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactPointKey {
    /// What it is.
    pub role: Role,
    /// The network of a handle, if it is known.
    pub network: Option<String>,
    /// The normal form.
    pub normal: String,
}

impl From<&Identifier> for ContactPointKey {
    fn from(identifier: &Identifier) -> Self {
        Self {
            role: identifier.role,
            network: identifier.network.clone(),
            normal: identifier.normal.clone(),
        }
    }
}

impl ContactPointKey {
    /// The key of a value, as a contact point of this role and network.
    pub fn new(role: Role, value: &str, network: Option<String>, region: Region) -> Self {
        Self {
            role,
            normal: role.normal_on(value, network.as_deref(), region),
            network,
        }
    }
}

impl NewContactPoint {
    fn key(&self, region: Region) -> ContactPointKey {
        ContactPointKey::new(self.role, &self.value, self.network.clone(), region)
    }
}

impl Identifier {
    /// The normal form of the value in this version of the program.
    pub(crate) fn normal_today(&self, region: Region) -> String {
        self.role.normal_on(&self.value, self.network.as_deref(), region)
    }

    /// The number by which eGain shows the contact point and Omnidesk removes it. It is a digest of the contact point, so it need not be
    /// stored. It has 53 bits, which JSON numbers can hold.
    pub fn number(&self, customer: CustomerId) -> u64 {
        let network = self.network.as_deref().unwrap_or_default();
        let contact = self.contact.map(|contact| contact.to_string()).unwrap_or_default();
        number(customer, &[self.role.name(), network, &self.normal, &contact])
    }
}

/// The number of a part of a customer that these words identify.
pub fn number(customer: CustomerId, words: &[&str]) -> u64 {
    let bytes = [&customer.number().to_be_bytes()[..], &apart(words)].concat();
    let first = Sha256::digest(bytes)
        .iter()
        .take(8)
        .fold(0_u64, |number, &byte| (number << 8) | u64::from(byte));
    first >> 11
}

impl Customer {
    /// The contact points that equal this one, of whichever contact person.
    pub fn contact_points_like(&self, point: &NewContactPoint, region: Region) -> impl Iterator<Item = &Identifier> {
        let key = point.key(region);
        self.identifiers.iter().filter(move |one| ContactPointKey::from(*one) == key)
    }

    /// Adds a contact point. If the customer has it already, only its further facts are updated. A new one is shown in the first free field
    /// of its role, if there is one.
    pub fn add_contact_point(
        &mut self,
        point: NewContactPoint,
        contact: Option<u64>,
        model: &ObjectStructure,
        region: Region,
        now: Timestamp,
    ) {
        let NewContactPoint {
            role,
            value,
            network,
            attributes,
        } = point;
        let normal = role.normal_on(&value, network.as_deref(), region);
        let same = |one: &&mut Identifier| {
            let is_same_person = one.contact.is_none() || one.contact == contact;
            (one.role, &one.normal, &one.network) == (role, &normal, &network) && is_same_person
        };
        if let Some(held) = self.identifiers.iter_mut().find(same) {
            held.contact = contact.or(held.contact);
            held.attributes.extend(attributes);
            return;
        }
        let field = self.free_field(role, network.as_deref(), model);
        self.identifiers.push(Identifier {
            role,
            value,
            normal,
            network,
            field,
            contact,
            attributes,
            added: now,
        });
    }

    /// The first field of a role and network that is empty.
    fn free_field(&self, role: Role, network: Option<&str>, model: &ObjectStructure) -> Option<String> {
        let mut fields = model
            .fields
            .iter()
            .filter(|field| (field.role, field.network.as_deref()) == (Some(role), network));
        fields
            .find(|field| self.field(field).is_none())
            .map(|field| field.name.clone())
    }

    /// Replaces the contact persons. Contact points of persons who are no longer there are removed. A contact point that was the customer's
    /// own may become a person's.
    pub fn set_contacts(&mut self, contacts: Vec<NewContact>, model: &ObjectStructure, region: Region, now: Timestamp) {
        self.identifiers.retain(|one| {
            let stays = |contact: &NewContact| {
                let is_point = |point: &NewContactPoint| point.key(region) == ContactPointKey::from(&*one);
                Some(contact.person.id) == one.contact && contact.points.iter().any(is_point)
            };
            one.contact.is_none() || contacts.iter().any(stays)
        });
        self.party.contacts.clear();
        for NewContact { person, points } in contacts {
            for point in points {
                self.add_contact_point(point, Some(person.id), model, region, now);
            }
            self.party.contacts.push(person);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::customer::tests::{NOW, customer};

    fn point(role: Role, value: &str, network: Option<&str>) -> NewContactPoint {
        NewContactPoint {
            role,
            value: value.to_owned(),
            network: network.map(str::to_owned),
            attributes: Attributes::new(),
        }
    }

    fn contact(id: u64, points: Vec<NewContactPoint>) -> NewContact {
        let person = ContactPerson {
            id,
            attributes: Attributes::new(),
            custom: Attributes::new(),
            postal: Vec::new(),
            changed: NOW,
        };
        NewContact { person, points }
    }

    /// Value, field and contact person of every identifier.
    fn shown(customer: &Customer) -> Vec<(&str, Option<&str>, Option<u64>)> {
        let identifiers = customer.identifiers.iter();
        identifiers
            .map(|one| (one.value.as_str(), one.field.as_deref(), one.contact))
            .collect()
    }

    #[test]
    fn the_first_free_field_of_its_role_shows_a_contact_point_which_is_added_once() {
        let model = ObjectStructure::default_customer();
        let mut jane = customer(&[("email", "jane@x.example")]);
        let more = [
            point(Role::Email, "JANE@x.example", None),
            point(Role::Email, "j@y.example", None),
            point(Role::Email, "third@y.example", None),
            point(Role::Handle, "jane", Some("facebook")),
            point(Role::Handle, "jane", Some("youtube")),
        ];
        for one in more {
            jane.add_contact_point(one, None, &model, Region::US, NOW);
        }
        let wanted = [
            ("jane@x.example", Some("email"), None),
            ("j@y.example", Some("email2"), None),
            ("third@y.example", None, None),
            ("jane", Some("facebookHandle"), None),
            ("jane", None, None),
        ];
        assert_eq!(shown(&jane), wanted);
    }

    #[test]
    fn new_contact_persons_replace_the_old_ones() {
        let model = ObjectStructure::default_customer();
        let mut club = customer(&[("email", "club@x.example"), ("phone", "(415) 555-0134")]);
        let ana = |points| contact(1, points);
        let set = |club: &mut Customer, contacts| club.set_contacts(contacts, &model, Region::US, NOW);
        set(
            &mut club,
            vec![
                ana(vec![
                    point(Role::Email, "club@x.example", None),
                    point(Role::Email, "ana@x.example", None),
                ]),
                contact(2, vec![point(Role::Email, "club@x.example", None)]),
            ],
        );
        let wanted = [
            ("club@x.example", Some("email"), Some(1)),
            ("(415) 555-0134", Some("phone"), None),
            ("ana@x.example", Some("email2"), Some(1)),
            ("club@x.example", None, Some(2)),
        ];
        assert_eq!(shown(&club), wanted);
        let again = club.clone();
        set(&mut club, vec![ana(vec![point(Role::Email, "ANA@x.example", None)])]);
        assert_eq!(
            shown(&club),
            [
                ("(415) 555-0134", Some("phone"), None),
                ("ana@x.example", Some("email2"), Some(1))
            ]
        );
        assert_ne!(club, again);
    }

    #[test]
    fn a_contact_point_has_a_stable_number_that_fits_into_json() {
        let jane = customer(&[("email", "jane@x.example"), ("email2", "j@x.example")]);
        let [one, other] = [0, 1].map(|at| jane.identifiers[at].number(jane.id));
        assert_ne!(one, other);
        assert!(one < 1 << 53 && other < 1 << 53);
        let mut spelled = jane.clone();
        spelled.identifiers[0].value = "JANE@x.example".to_owned();
        assert_eq!(spelled.identifiers[0].number(jane.id), one);
        // Clients store these numbers, so they must not change.
        assert_eq!(number(jane.id, &["email", "é"]), 8_562_416_304_447_723);
    }
}
