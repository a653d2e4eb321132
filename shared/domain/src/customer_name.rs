//! The name of a customer. It is stored once, in the profile, as first name, last name and display name. Every dialect shows the name that
//! [`Customer::name_parts`] returns.
//!
//! The first contact person of an individual is the individual. It shows the profile's name and stores none. An imported name of that
//! person becomes the profile's. All other contact persons have names of their own.

use super::{Attributes, ContactPerson, Customer, CustomerKind, Role, Timestamp};

/// The parts of a name that a contact person can have, and the attributes that hold them.
const PARTS: [(Role, &str); 2] = [(Role::FirstName, "firstName"), (Role::LastName, "lastName")];

impl Customer {
    /// The contact person that is the customer: an individual's first one.
    fn own_contact(&self) -> Option<&ContactPerson> {
        let is_individual = self.party.kind == CustomerKind::Individual;
        self.party.contacts.first().filter(|_| is_individual)
    }

    /// The value of a role that a customer has once. Records from before this module may have a name only at the customer's own contact
    /// person. That name counts until [`Self::settle_name`] moves it.
    pub fn profile_value(&self, role: Role) -> Option<&str> {
        let of_contact = || {
            let (_, attribute) = PARTS.iter().find(|(of, _)| *of == role)?;
            self.own_contact()?.attributes.get(*attribute)
        };
        self.profile.get(&role).or_else(of_contact).map(String::as_str)
    }

    /// First and last name, as every dialect shows them; a part that is unknown is empty.
    ///
    /// An individual without both shows the display name as the first name. A company or group shows its display name, in two parts only if
    /// it was entered in two.
    pub fn name_parts(&self) -> (&str, &str) {
        let part = |role| self.profile_value(role).unwrap_or_default();
        let parts = (part(Role::FirstName), part(Role::LastName));
        let display = part(Role::DisplayName);
        let whole = joined(parts);
        let is_by_parts = match self.party.kind {
            CustomerKind::Individual => !whole.is_empty(),
            CustomerKind::Corporate | CustomerKind::Group => display.is_empty() || display == whole,
        };
        if is_by_parts { parts } else { (display, "") }
    }

    /// Both parts of the name together.
    pub fn whole_name(&self) -> Option<String> {
        Some(joined(self.name_parts())).filter(|name| !name.is_empty())
    }

    /// All that [`Self::whole_name`] can be: the display name, and first and last name together. The index has both, so it stays as it is
    /// when the kind of customer changes.
    pub(super) fn whole_names(&self) -> impl Iterator<Item = String> {
        let part = |role| self.profile.get(&role).map_or("", String::as_str);
        let names = [
            part(Role::DisplayName).to_owned(),
            joined((part(Role::FirstName), part(Role::LastName))),
        ];
        names.into_iter().filter(|name| !name.is_empty())
    }

    /// The attributes of a contact person, including the name that is shown.
    pub fn attributes_of(&self, person: &ContactPerson) -> Attributes {
        let mut attributes = person.attributes.clone();
        if self.own_contact().is_some_and(|own| own.id == person.id) {
            let (first, last) = self.name_parts();
            for ((_, attribute), name) in PARTS.iter().zip([first, last]) {
                attributes.remove(*attribute);
                if !name.is_empty() {
                    attributes.insert((*attribute).to_owned(), name.to_owned());
                }
            }
        }
        attributes
    }

    /// Moves the name of the customer's own contact person to the profile, unless the profile has one.
    pub fn settle_name(&mut self) {
        for (role, name) in self.take_contact_name() {
            self.profile.entry(role).or_insert(name);
        }
    }

    /// Replaces the profile's name by that of the customer's own contact person, except for the roles in `kept`.
    pub fn adopt_contact_name(&mut self, kept: &[Role]) {
        let names = self.take_contact_name();
        let adopted: Vec<(Role, String)> = names.into_iter().filter(|(role, _)| !kept.contains(role)).collect();
        let display = self.profile.get(&Role::DisplayName).cloned();
        self.set_parts(adopted);
        if let Some(display) = display.filter(|_| kept.contains(&Role::DisplayName)) {
            self.profile.insert(Role::DisplayName, display);
        }
    }

    /// Takes the name out of the customer's own contact person.
    fn take_contact_name(&mut self) -> Vec<(Role, String)> {
        if self.party.kind != CustomerKind::Individual {
            return Vec::new();
        }
        let own = self.party.contacts.first_mut();
        own.map_or_else(Vec::new, |own| {
            let parts = PARTS.iter();
            parts
                .filter_map(|(role, attribute)| Some((*role, own.attributes.remove(*attribute)?)))
                .collect()
        })
    }

    /// Changes the first or last name, for a dialect that has no other names. A part that is not given stays as it is shown.
    pub fn rename(&mut self, first: Option<&str>, last: Option<&str>, now: Timestamp) {
        if first.is_none() && last.is_none() {
            return;
        }
        self.settle_name();
        let shown = self.name_parts();
        let before = (shown.0.to_owned(), shown.1.to_owned());
        let after = (first.unwrap_or(&before.0), last.unwrap_or(&before.1));
        let given = [(Role::FirstName, after.0), (Role::LastName, after.1)];
        if given
            .iter()
            .all(|(role, name)| self.profile.get(role).map_or("", String::as_str) == *name)
        {
            return;
        }
        self.set_parts(given.map(|(role, name)| (role, name.to_owned())));
        self.note_name_change(now);
    }

    /// Sets parts of the name, and removes empty ones. A display name that consisted of the old parts changes with them, and so does the
    /// display name of a company or group.
    fn set_parts(&mut self, parts: impl IntoIterator<Item = (Role, String)>) {
        let whole = |customer: &Self| {
            let part = |role| customer.profile.get(&role).map_or("", String::as_str);
            joined((part(Role::FirstName), part(Role::LastName)))
        };
        let before = whole(self);
        for (role, name) in parts {
            if name.is_empty() {
                self.profile.remove(&role);
            } else {
                self.profile.insert(role, name);
            }
        }
        let after = whole(self);
        let is_organisation = self.party.kind != CustomerKind::Individual;
        if let Some(display) = self.profile.get_mut(&Role::DisplayName)
            && (is_organisation || *display == before)
            && !after.is_empty()
        {
            *display = after;
        }
    }

    /// Notes that an individual's own contact person has changed, because it shows the profile's name.
    pub(super) fn note_name_change(&mut self, now: Timestamp) {
        if self.party.kind == CustomerKind::Individual
            && let Some(own) = self.party.contacts.first_mut()
        {
            own.changed = now;
        }
    }

    /// Changes the kind of customer. A person who becomes the contact of a company keeps the name there.
    pub fn set_kind(&mut self, kind: CustomerKind) {
        let own = self.own_contact().map(|own| self.attributes_of(own));
        self.party.kind = kind;
        if kind != CustomerKind::Individual
            && let (Some(attributes), Some(first)) = (own, self.party.contacts.first_mut())
        {
            first.attributes = attributes;
        }
    }
}

/// First and last name in one text.
fn joined((first, last): (&str, &str)) -> String {
    let parts: Vec<&str> = [first, last].into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::customer::tests::{NOW, customer};

    fn contact(id: u64, names: &[(&str, &str)]) -> ContactPerson {
        ContactPerson {
            id,
            attributes: names
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            custom: Attributes::new(),
            postal: Vec::new(),
            changed: NOW,
        }
    }

    fn of_kind(kind: CustomerKind, fields: &[(&str, &str)]) -> Customer {
        let mut customer = customer(fields);
        customer.party.kind = kind;
        customer
    }

    #[test]
    fn a_person_goes_by_first_and_last_name_and_a_company_by_its_display_name() {
        let noor = [("displayName", "noor_h"), ("firstName", "Noor"), ("lastName", "Haddad")];
        for (kind, fields, parts) in [
            (CustomerKind::Individual, &noor[..], ("Noor", "Haddad")),
            (CustomerKind::Individual, &noor[..1], ("noor_h", "")),
            (CustomerKind::Individual, &noor[2..], ("", "Haddad")),
            (CustomerKind::Individual, &[], ("", "")),
            (CustomerKind::Corporate, &noor, ("noor_h", "")),
            (CustomerKind::Group, &noor[1..], ("Noor", "Haddad")),
            (
                CustomerKind::Corporate,
                &[("displayName", "Van Dam"), ("firstName", "Van"), ("lastName", "Dam")],
                ("Van", "Dam"),
            ),
        ] {
            assert_eq!(of_kind(kind, fields).name_parts(), parts, "{kind:?} {fields:?}");
        }
    }

    #[test]
    fn a_contact_persons_old_name_counts_until_it_is_settled_unless_the_profile_has_one() {
        let mut noor = customer(&[("firstName", "Nora")]);
        noor.party.contacts = vec![
            contact(1, &[("firstName", "Noor"), ("lastName", "Haddad"), ("salutation", "Ms.")]),
            contact(2, &[("firstName", "Tom")]),
        ];
        assert_eq!(noor.name_parts(), ("Nora", "Haddad"));
        let shown = noor.attributes_of(&noor.party.contacts[0]);
        noor.settle_name();
        assert_eq!(noor.name_parts(), ("Nora", "Haddad"));
        assert_eq!(noor.attributes_of(&noor.party.contacts[0]), shown);
        assert_eq!(noor.profile[&Role::LastName], "Haddad");
        assert_eq!(noor.party.contacts[0].attributes.len(), 1, "the salutation");
        assert_eq!(noor.party.contacts[1].attributes["firstName"], "Tom");
        let settled = noor.clone();
        noor.settle_name();
        assert_eq!(noor, settled);
    }

    #[test]
    fn contacts_of_a_company_keep_their_names() {
        let mut club = of_kind(CustomerKind::Group, &[("displayName", "Harbor Club")]);
        club.party.contacts = vec![contact(1, &[("firstName", "Tom")])];
        let before = club.clone();
        club.settle_name();
        club.adopt_contact_name(&[]);
        assert_eq!(club, before);
        assert_eq!(club.name_parts(), ("Harbor Club", ""));
        assert_eq!(club.attributes_of(&club.party.contacts[0])["firstName"], "Tom");
    }

    #[test]
    fn a_display_name_made_of_both_parts_changes_with_them() {
        let renamed = |kind, fields: &[(&str, &str)], first, last| {
            let mut one = of_kind(kind, fields);
            one.rename(first, last, NOW);
            let display = one.profile.get(&Role::DisplayName).cloned().unwrap_or_default();
            (one.whole_name().unwrap_or_default(), display)
        };
        let both = |name: &str| (name.to_owned(), name.to_owned());
        let noor = [("firstName", "Noor"), ("lastName", "Haddad"), ("displayName", "Noor Haddad")];
        assert_eq!(renamed(CustomerKind::Individual, &noor, None, Some("Bos")), both("Noor Bos"));
        let handle = [("firstName", "Noor"), ("displayName", "noor_h")];
        assert_eq!(
            renamed(CustomerKind::Individual, &handle, None, Some("Bos")),
            ("Noor Bos".to_owned(), "noor_h".to_owned())
        );
        let only = [("displayName", "Zoë Q.")];
        assert_eq!(
            renamed(CustomerKind::Individual, &only, None, Some("Bos")),
            ("Zoë Q. Bos".to_owned(), "Zoë Q.".to_owned()),
            "what was shown as the first name stays"
        );
        let club = [("displayName", "Harbor Club")];
        assert_eq!(renamed(CustomerKind::Group, &club, Some("Haven"), None), both("Haven"));
        assert_eq!(
            renamed(CustomerKind::Group, &club, None, Some("Two")),
            both("Harbor Club Two")
        );
    }

    #[test]
    fn a_person_who_becomes_a_companys_contact_keeps_the_name() {
        let mut noor = customer(&[("firstName", "Noor")]);
        noor.party.contacts = vec![contact(1, &[])];
        noor.set_kind(CustomerKind::Corporate);
        assert_eq!(noor.party.contacts[0].attributes["firstName"], "Noor");
    }

    /// Edits of a name by the dialects.
    #[derive(Debug, Clone)]
    enum Step {
        /// Khoros sets or clears a field.
        Field(Role, Option<String>),
        /// Omnidesk renames.
        Rename(Option<String>, Option<String>),
        /// An import brings a contact person.
        Contact(Option<String>, Option<String>),
        /// A record is settled.
        Settle,
    }

    fn step() -> impl Strategy<Value = Step> {
        let name = || "[A-C]( [d-f])?";
        let some = || prop::option::of(name());
        let role = prop::sample::select(vec![Role::DisplayName, Role::FirstName, Role::LastName]);
        prop_oneof![
            (role, some()).prop_map(|(role, name)| Step::Field(role, name)),
            (some(), some()).prop_map(|(first, last)| Step::Rename(first, last)),
            (some(), some()).prop_map(|(first, last)| Step::Contact(first, last)),
            Just(Step::Settle),
        ]
    }

    proptest! {
        /// However a name is edited, the contact person of an individual shows it, and it is stored once.
        #[test]
        fn an_individual_has_one_name(steps in prop::collection::vec(step(), 1..12)) {
            let mut noor = customer(&[]);
            noor.party.contacts = vec![contact(1, &[])];
            for step in steps {
                match &step {
                    Step::Field(role, name) => match name {
                        Some(name) => drop(noor.profile.insert(*role, name.clone())),
                        None => drop(noor.profile.remove(role)),
                    },
                    Step::Rename(first, last) => noor.rename(first.as_deref(), last.as_deref(), NOW),
                    Step::Contact(first, last) => {
                        let names = [("firstName", first), ("lastName", last)];
                        let names: Vec<(&str, &str)> = names.iter().filter_map(|(at, name)| Some((*at, name.as_deref()?))).collect();
                        noor.party.contacts = vec![contact(1, &names)];
                        noor.adopt_contact_name(&[]);
                    }
                    Step::Settle => noor.settle_name(),
                }
                let (first, last) = noor.name_parts();
                let shown = noor.attributes_of(&noor.party.contacts[0]);
                let said = |name: &str| shown.get(name).map_or("", String::as_str);
                prop_assert_eq!((said("firstName"), said("lastName")), (first, last));
                prop_assert!(noor.party.contacts[0].attributes.is_empty());
                match &step {
                    Step::Rename(Some(name), _) => prop_assert_eq!(first, name),
                    Step::Rename(None, Some(name)) => prop_assert_eq!(last, name),
                    Step::Contact(Some(name), _) => prop_assert_eq!(first, name),
                    _ => {}
                }
                let whole = noor.whole_name();
                prop_assert!(whole.is_none() || noor.whole_names().any(|name| Some(name) == whole));
            }
        }
    }
}
