//! Contact points and references that a search asks for.

use super::{Customer, Identifier, Role, Term, TermKind};
use crate::normal::{Region, ignores_full_stops, possible_handles, profile};

/// A contact point or reference that a search asks for, in every normal form in which it may be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedIdentifier {
    role: Role,
    normal: String,
    /// For a handle with full stops: its form on networks that ignore them.
    without_full_stops: Option<String>,
}

impl AskedIdentifier {
    /// Reads a value. `network` is `None` if a handle may be on any network.
    pub fn new(role: Role, value: &str, network: Option<&str>, region: Region) -> Self {
        let without_full_stops = match role {
            Role::Handle => possible_handles(value, network).into_iter().nth(1),
            _ => None,
        };
        Self {
            role,
            normal: role.normal(value, region),
            without_full_stops,
        }
    }

    /// Whether the value has no visible characters.
    pub fn is_empty(&self) -> bool {
        self.normal.is_empty()
    }

    /// The terms to look up. Every customer with the value is under one of them.
    pub fn terms(&self) -> Vec<Term> {
        let forms = [Some(&self.normal), self.without_full_stops.as_ref()].into_iter().flatten();
        forms.map(|form| Term::new(TermKind::Role(self.role), form)).collect()
    }

    /// Whether a customer has it: as a contact point or reference, or as a handle that was learnt.
    pub fn is_of(&self, customer: &Customer) -> bool {
        let is_learnt = |(network, handle): (String, String)| {
            let has_other_form = || self.without_full_stops.as_ref() == Some(&handle) && ignores_full_stops(&network);
            handle == self.normal || has_other_form()
        };
        customer.identifiers.iter().any(|held| self.is(held))
            || (self.role == Role::Handle && customer.learnt_handles().any(is_learnt))
    }

    /// Whether a stored value is this one.
    pub fn is(&self, held: &Identifier) -> bool {
        let is_other_form = || self.without_full_stops.as_ref() == Some(&held.normal) && held.ignores_full_stops();
        held.role == self.role && (held.normal == self.normal || is_other_form())
    }
}

impl Identifier {
    /// Whether this is a handle on a network that ignores full stops in handles.
    fn ignores_full_stops(&self) -> bool {
        let of_address = || profile(&self.value).is_some_and(|(network, _)| ignores_full_stops(network));
        self.role == Role::Handle && (self.network.as_deref().is_some_and(ignores_full_stops) || of_address())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ObjectStructure, customer::tests::customer};

    /// Whether a search for a handle finds a customer with this value in this field.
    fn is_found(stored: (&str, &str), asked: &str, network: Option<&str>) -> bool {
        let jane = customer(&[stored]);
        let asked = AskedIdentifier::new(Role::Handle, asked, network, Region::US);
        let terms = jane.terms(&ObjectStructure::default_customer());
        let is_proposed = asked.terms().iter().any(|term| terms.contains(term));
        is_proposed && jane.identifiers.iter().any(|one| asked.is(one))
    }

    #[test]
    fn full_stops_are_ignored_only_where_the_network_ignores_them() {
        let spellings = [
            "john.smith.5",
            "johnsmith5",
            "@John.Smith5",
            "https://m.facebook.com/johnsmith.5?ref=x",
        ];
        for stored in spellings {
            for asked in spellings {
                for network in [Some("facebook"), None] {
                    assert!(is_found(("facebookHandle", stored), asked, network), "{stored} {asked}");
                }
            }
        }
        let address = "https://facebook.com/john.smith.5";
        assert!(is_found(("screenName", address), "johnsmith.5", None));
        for (field, network) in [("instagramHandle", "instagram"), ("twitterHandle", "twitter")] {
            for network in [Some(network), Some("facebook"), None] {
                assert!(is_found((field, "john.smith"), "john.smith", network));
                assert!(!is_found((field, "john.smith"), "johnsmith", network));
                assert!(!is_found((field, "johnsmith"), "john.smith", network));
            }
        }
        assert!(is_found(("facebookHandle", "..."), "...", Some("facebook")));
    }
}
