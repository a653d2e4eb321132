//! Values by which an erased person is recognised. Only digests of them are stored, see `store::erasure`.

use std::collections::BTreeSet;

use super::{ContactPointKey, Customer, CustomerId, Role, matching::PersonName};
use crate::normal::handle;

/// A value that identifies one person, in parts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PersonMark(Vec<String>);

impl PersonMark {
    fn new(parts: &[&str]) -> Self {
        Self(parts.iter().map(|&part| part.to_owned()).collect())
    }

    /// The mark of a customer's number.
    pub fn of_id(id: CustomerId) -> Self {
        Self::new(&["id", &id.to_string()])
    }

    /// The mark of a contact point. `None` for kinds that several people may share, such as a family's phone.
    pub fn of_contact_point(point: &ContactPointKey) -> Option<Self> {
        let network = point.network.as_deref().unwrap_or_default();
        match point.role {
            Role::Email => Some(Self::new(&["email", &point.normal])),
            Role::Handle => Some(Self::new(&["handle", network, &point.normal])),
            Role::ProfileUrl => Some(Self::new(&["profileUrl", &point.normal])),
            _ => None,
        }
    }

    /// Its parts.
    pub fn parts(&self) -> Vec<&str> {
        self.0.iter().map(String::as_str).collect()
    }
}

impl Customer {
    /// All marks of this customer: its number, its external id, e-mails, handles with their networks, entered or learnt, profile URLs, and
    /// full name and phone together. A phone alone may be a family's, and a name alone is many people's.
    pub fn marks(&self) -> BTreeSet<PersonMark> {
        let mut marks = BTreeSet::from([PersonMark::of_id(self.id)]);
        marks.extend(self.merged.iter().map(|merged| PersonMark::of_id(merged.id)));
        marks.extend(self.external_ids().map(|external| {
            let brand = external.brand.as_deref().unwrap_or_default();
            PersonMark::new(&["externalId", brand, &external.id])
        }));
        let points = self.identifiers.iter().map(ContactPointKey::from);
        marks.extend(points.filter_map(|point| PersonMark::of_contact_point(&point)));
        // Erasures by earlier versions stored handles with their full stops.
        let as_before = self.identifiers_of(Role::Handle).map(|one| ContactPointKey {
            normal: handle(&one.value),
            ..one.into()
        });
        marks.extend(as_before.filter_map(|point| PersonMark::of_contact_point(&point)));
        let learnt = self
            .learnt_handles()
            .map(|(network, handle)| PersonMark::new(&["handle", &network, &handle]));
        marks.extend(learnt);
        for name in self.person_names().iter().filter_map(PersonName::sorted) {
            let phones = self.identifiers_of(Role::Phone);
            marks.extend(phones.map(|one| PersonMark::new(&["nameAndPhone", &name, &one.normal])));
        }
        marks
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ExternalId, customer::tests::customer};

    #[test]
    fn marks_are_made_of_values_that_identify_one_person() {
        let mut jane = customer(&[
            ("firstName", "Jane"),
            ("lastName", "Doe"),
            ("displayName", "doe jane"),
            ("email", "Jane@X.example"),
            ("twitterHandle", "@Jane"),
            ("screenName", "jane"),
            ("facebookHandle", "jane.doe"),
            ("profileUrl", "https://www.x.com/jane"),
            ("phone", "(415) 555-2671"),
            ("city", "Paris"),
            ("accountNumber", "A-1"),
        ]);
        jane.external_id = ExternalId::parse("4711").ok();
        let marks = jane.marks();
        let parts: Vec<Vec<&str>> = marks.iter().map(PersonMark::parts).collect();
        let id = jane.id.to_string();
        assert_eq!(
            parts,
            [
                vec!["email", "jane@x.example"],
                vec!["externalId", "", "4711"],
                vec!["handle", "", "jane"],
                vec!["handle", "facebook", "jane.doe"],
                vec!["handle", "facebook", "janedoe"],
                vec!["handle", "twitter", "jane"],
                vec!["id", &id],
                vec!["nameAndPhone", "doe jane", "+14155552671"],
                vec!["profileUrl", &jane.identifiers_of(Role::ProfileUrl).next().unwrap().normal],
            ]
        );
    }

    #[test]
    fn a_phone_without_a_full_name_makes_no_mark() {
        let somebody = customer(&[("firstName", "Jane"), ("phone", "(415) 555-2671")]);
        assert_eq!(somebody.marks(), BTreeSet::from([PersonMark::of_id(somebody.id)]));
    }
}
