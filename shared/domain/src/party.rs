//! The kind of a customer and its contact persons. The Khoros contract has neither; other dialects do.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use strum::{EnumCount, EnumString, IntoStaticStr, VariantArray};

use super::{
    Timestamp,
    attribute::{Attribute, Attributes, CORPORATE, GROUP},
    model::check_length,
};

/// A person, a company or a group of people.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    EnumCount,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum CustomerKind {
    /// A person.
    #[default]
    Individual,
    /// A company.
    Corporate,
    /// A household, a club, the holders of one account.
    Group,
}

impl CustomerKind {
    /// The attributes of an organisation; none for a person.
    pub fn attributes(self) -> &'static [Attribute] {
        match self {
            Self::Individual => &[],
            Self::Corporate => CORPORATE,
            Self::Group => GROUP,
        }
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
    fn is_individual(&self) -> bool {
        *self == Self::Individual
    }
}

/// A user of another system: an agent of the company.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct User {
    /// Their id in that system.
    pub id: String,
    /// Their first name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    /// Their last name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
}

impl User {
    /// Checks that no part is longer than the ids and names of other systems.
    ///
    /// # Errors
    /// A sentence for the person who entered it.
    pub fn check(&self) -> Result<(), String> {
        const LONGEST: usize = 255;
        let names = [&self.first_name, &self.last_name].into_iter().flatten();
        let mut parts = [("id", &self.id)].into_iter().chain(names.map(|name| ("name", name)));
        parts.try_for_each(|(part, text)| check_length(text, LONGEST).map_err(|why| format!("has an agent whose {part} {why}")))
    }
}

/// A person who acts for a customer. Their contact points are stored with the customer's own, with this person's
/// number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactPerson {
    /// Its number, unique within the customer.
    pub id: u64,
    /// Names and other attributes of [`attribute::CONTACT`](super::attribute::CONTACT).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: Attributes,
    /// The tenant's own attributes of contact persons.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub custom: BTreeMap<String, String>,
    /// Postal addresses with attributes of [`attribute::POSTAL`](super::attribute::POSTAL).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub postal: Vec<Attributes>,
    /// When it was last changed.
    pub changed: Timestamp,
}

/// The parts of a customer other than names and contact points.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// Person, company or group.
    #[serde(default, skip_serializing_if = "CustomerKind::is_individual")]
    pub kind: CustomerKind,
    /// Attributes of the organisation, those of [`CustomerKind::attributes`].
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub organisation: Attributes,
    /// Attributes of [`attribute::CUSTOMER`](super::attribute::CUSTOMER).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: Attributes,
    /// The id of the tenant's department that is responsible for the customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    /// The id of the tenant's brand that the customer belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand: Option<String>,
    /// The agent whom the customer would like to talk to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preferred_agent: Option<User>,
    /// The contact persons, the first one first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contacts: Vec<ContactPerson>,
}

impl Party {
    /// Whether nothing is known except that the customer is a person.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether nothing is known about the customer. Kind, department, brand and preferred agent only classify it, and
    /// a contact person without attributes is only a number.
    pub fn is_blank(&self) -> bool {
        self.organisation.is_empty() && self.attributes.is_empty() && self.contacts.iter().all(ContactPerson::is_blank)
    }
}

impl ContactPerson {
    /// Whether nothing is known about the person. Contact points do not count; they are stored with the customer's.
    fn is_blank(&self) -> bool {
        self.attributes.is_empty() && self.custom.is_empty() && self.postal.iter().all(BTreeMap::is_empty)
    }
}
