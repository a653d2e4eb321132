//! Members of a body that this CRM assigns.

use serde_json::{Map, Value};
use shared::{access::link::LinkKeys, json::Mistakes};

/// What is wrong with a value for a member that this CRM assigns.
pub const ASSIGNED: &str = "is assigned by the CRM and cannot be changed";

/// Members of a body that this CRM assigns. They may be sent back as they were read; anything else asks for what nobody can
/// change (contract section 4).
#[derive(Debug)]
pub struct Assigned(Vec<(&'static str, Value)>);

impl Assigned {
    /// Takes these members out of a body.
    pub fn take(body: &mut Map<String, Value>, names: &[&'static str]) -> Self {
        let sent = names.iter().filter_map(|name| Some((*name, body.remove(*name)?)));
        Self(sent.collect())
    }

    /// Notes those that differ from what `is` says; a link of another day does not. An object that is being made has none yet: then
    /// empty ones are as good as absent.
    pub fn note_changes(&self, is: impl Fn(&str) -> Option<String>, links: &LinkKeys, mistakes: &mut Mistakes) {
        for (name, sent) in &self.0 {
            let unchanged = match is(name) {
                Some(is) => sent.as_str().is_some_and(|sent| links.is_same_page(&is, sent)),
                None => sent.is_null() || sent == "",
            };
            if !unchanged {
                mistakes.invalid(*name, ASSIGNED);
            }
        }
    }
}
