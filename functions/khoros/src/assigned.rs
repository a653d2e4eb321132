//! Members of a body that this CRM assigns.

use crm_service::{json::Mistakes, link::LinkKeys};
use serde_json::{Map, Value};

/// The message for a value that differs from the one the CRM assigned.
pub const ASSIGNED: &str = "is assigned by the CRM and cannot be changed";

/// The members of a body that the CRM assigns. A client may send them back as it read them; any other value is an
/// error (contract section 4.4).
#[derive(Debug)]
pub struct Assigned(Vec<(&'static str, Value)>);

impl Assigned {
    /// Removes these members from a body and keeps them.
    pub fn take(body: &mut Map<String, Value>, names: &[&'static str]) -> Self {
        let sent = names.iter().filter_map(|name| Some((*name, body.remove(*name)?)));
        Self(sent.collect())
    }

    /// Notes each member that differs from the value that `is` returns. A link that was signed on another day counts
    /// as equal. `is` returns nothing for an object that is being created; then empty values count as absent.
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
