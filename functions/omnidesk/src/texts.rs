//! Every sentence that a client can read, with its status, in one place, so that they can be corrected where real
//! traffic disagrees (sections 5 and 6).
//!
//! All are inferred, in the vendor's manner, except those marked as documented.

use crm_domain::error::{Error, FieldError, Refusal, shown};

/// A refusal: its name in our log, its status, and its message. `{}` is filled with the subject of the refusal.
#[derive(Debug, PartialEq, Eq)]
pub struct Text {
    pub code: &'static str,
    pub status: u16,
    pub message: &'static str,
}

const fn text(code: &'static str, status: u16, message: &'static str) -> Text {
    Text { code, status, message }
}

/// A value violates its type, pattern or range. A second sentence says what would be right.
pub const INVALID: Text = text("invalid", 400, "Invalid value for parameter '{}'.");
pub const MISSING: Text = text("missing", 400, "Missing parameter '{}'.");
pub const UNIDENTIFIED: Text = text("unidentified", 400, "The customer could not be identified.");
pub const NO_SUCH_BRAND: Text = text("no-such-brand", 400, "This brand does not exist.");
pub const NO_SUCH_TICKET: Text = text("no-such-ticket", 400, "This ticket does not exist.");
/// A ticket of another brand gets the text of one that does not exist (contract of November 2026).
pub const TICKET_OF_OTHER_BRAND: Text = text("ticket-of-other-brand", 404, "This ticket does not exist.");
pub const NO_SUCH_CHANNEL_TYPE: Text = text("no-such-channel-type", 400, "This channel does not exist.");
pub const OTHER_BRAND: Text = text("other-brand", 400, "This customer does not belong to this brand.");
pub const TAKEN: Text = text("primary-id-taken", 400, "A customer with this primary ID already exists.");
pub const NOTHING_KNOWN: Text = text(
    "nothing-known",
    400,
    "Nothing is known of this customer: please send a primary ID, a name, an address or a custom field.",
);
pub const NO_LOOKUP_URL: Text = text("no-lookup-url", 400, "No CRM lookup URL is configured for this brand.");
pub const UNREADABLE: Text = text("unreadable", 400, "The request could not be read: {}.");
pub const TOO_DEEP: Text = text(
    "too-deep",
    400,
    "Invalid value for parameter 'itemStart'. Only the first {} customers can be listed: please narrow them down by 'query'.",
);
pub const BAD_KEY: Text = text("bad-key", 401, "Invalid API key.");
pub const NO_PERMISSION: Text = text("no-permission", 403, "This API key does not have the {} permission.");
pub const NO_SUCH_CUSTOMER: Text = text("no-such-customer", 404, "This customer does not exist.");
pub const NO_SUCH_CHANNEL: Text = text("no-such-channel", 404, "This channel does not exist.");
pub const NO_SUCH_ENDPOINT: Text = text("no-such-endpoint", 404, "This endpoint does not exist.");
pub const OTHER_METHODS: Text = text("other-methods", 405, "Method not allowed.");
pub const TOO_LARGE: Text = text("too-large", 413, "Request body too large: it may have 1 MB.");
pub const MEDIA_TYPE: Text = text(
    "media-type",
    415,
    "Unsupported content type. Please send multipart/form-data, application/x-www-form-urlencoded or application/json.",
);
pub const FAILED: Text = text("failed", 500, "Something went wrong.");
pub const LOOKUP_FAILED: Text = text("lookup-failed", 502, "The CRM lookup failed.");

/// All refusals that an [`Error::Refused`] can name.
pub const REFUSALS: [&Text; 14] = [
    &INVALID,
    &MISSING,
    &UNIDENTIFIED,
    &NO_SUCH_BRAND,
    &NO_SUCH_TICKET,
    &TICKET_OF_OTHER_BRAND,
    &NO_SUCH_CHANNEL_TYPE,
    &OTHER_BRAND,
    &TAKEN,
    &NOTHING_KNOWN,
    &NO_LOOKUP_URL,
    &UNREADABLE,
    &TOO_DEEP,
    &MEDIA_TYPE,
];

/// Messages of results. The first three are documented.
pub const UPDATED: &str = "Customer updated.";
pub const CREATED_AND_LINKED: &str = "User created and channel linked.";
pub const CREATED: &str = "Customer created.";
pub const LINKED: &str = "Channel linked.";
pub const CHANNEL_ADDED: &str = "Channel added.";
pub const DELETED: &str = "Customer deleted.";
pub const CHANNEL_DELETED: &str = "Channel deleted.";
pub const PURGED: &str = "Customer data purged.";
pub const EVENT_CREATED: &str = "Event created.";
pub const SYNCHRONIZED: &str = "Customer synchronized.";
pub const NOT_IN_CRM: &str = "No customer found in the CRM.";

impl Text {
    /// The text with this code.
    pub fn of(code: &str) -> &'static Self {
        REFUSALS
            .into_iter()
            .chain([&LOOKUP_FAILED])
            .find(|text| text.code == code)
            .unwrap_or(&FAILED)
    }

    /// The refusal as an error, with its subject.
    pub fn about(&self, what: &str) -> Error {
        self.refusal(vec![shown(what.to_owned())], Vec::new())
    }

    /// The refusal as an error.
    pub fn refused(&self) -> Error {
        self.refusal(Vec::new(), Vec::new())
    }

    fn refusal(&self, arguments: Vec<String>, details: Vec<FieldError>) -> Error {
        Error::Refused(Box::new(Refusal {
            code: self.code,
            arguments,
            details,
        }))
    }

    /// The message with its places filled.
    pub fn message(&self, arguments: &[String]) -> String {
        let mut message = self.message.to_owned();
        for argument in arguments {
            message = message.replacen("{}", argument, 1);
        }
        message
    }
}

/// The refusal of a parameter's value. `reason` says what would be right: `must be …`.
pub fn invalid(parameter: &str, reason: &str) -> Error {
    INVALID.refusal(vec![shown(parameter.to_owned())], vec![FieldError::new(parameter, reason)])
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use crm_lambda::routes::{Admission, omnidesk};
    use serde_json::Value;

    use super::*;

    #[test]
    fn the_openapi_document_has_the_routes_with_their_permissions_and_the_results() {
        let text = include_str!("../../../infra/openapi/omnidesk.yaml");
        let document: Value = serde_norway::from_str(text).unwrap();
        let mut found = BTreeSet::new();
        for (path, methods) in document["paths"].as_object().unwrap() {
            for (method, operation) in methods.as_object().unwrap().iter().filter(|(name, _)| *name != "parameters") {
                let description = operation["description"].as_str().unwrap();
                let permission = ["CUSTOMER_READ", "CUSTOMER_CUD"]
                    .into_iter()
                    .find(|name| description.contains(name));
                found.insert((method.to_uppercase(), path.clone(), permission.unwrap()));
            }
        }
        let wanted: BTreeSet<_> = omnidesk::ALL
            .iter()
            .filter_map(|route| match route.admission {
                Admission::Key(&[permission]) => Some((route.method.to_owned(), route.paths[0].to_owned(), permission.name())),
                _ => None,
            })
            .collect();
        assert_eq!(found, wanted);
        let results = &document["components"]["schemas"]["Result"]["properties"]["message"]["enum"];
        let wanted = [
            UPDATED,
            CREATED_AND_LINKED,
            CREATED,
            LINKED,
            CHANNEL_ADDED,
            DELETED,
            CHANNEL_DELETED,
            PURGED,
            EVENT_CREATED,
            SYNCHRONIZED,
            NOT_IN_CRM,
        ];
        assert_eq!(*results, serde_json::json!(wanted));
    }
}
