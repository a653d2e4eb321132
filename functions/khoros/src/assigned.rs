//! Members of a body that this CRM assigns.

use serde_json::{Map, Value};
use shared::{access::link::without_access, json::Mistakes};

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

    /// Notes those that differ from what `is` says. An object that is being made has none yet: then empty ones are as good as
    /// absent.
    pub fn note_changes(&self, is: impl Fn(&str) -> Option<String>, mistakes: &mut Mistakes) {
        for (name, sent) in &self.0 {
            let unchanged = match is(name) {
                Some(is) => sent.as_str().is_some_and(|sent| lasting_part(sent) == lasting_part(&is)),
                None => sent.is_null() || sent == "",
            };
            if !unchanged {
                mistakes.invalid(*name, ASSIGNED);
            }
        }
    }
}

/// A link without scheme and host, under which the caller may know us by several names, and without the access, which is another
/// one tomorrow; anything else as it is.
fn lasting_part(value: &str) -> &str {
    let after_scheme = value.split_once("://").map(|(_, rest)| rest);
    without_access(after_scheme.and_then(|rest| Some(&rest[rest.find('/')?..])).unwrap_or(value))
}
