//! The contract's constants, in one place, so that they can be corrected where real traffic disagrees.
//!
//! Each says what it rests on: **documented** by the vendor for this operation or for definitions that it refers to;
//! a **sibling**, documented for another of the vendor's operations; or **inferred**, our choice where nothing is
//! documented.

use crm_domain::{
    Span, Timestamp,
    error::{Error, FieldError, Refusal},
};

/// The path, also in links, whichever path was requested. Documented.
pub const PATH: &str = "/core/customermgr/v3/customer";
/// The self link of a customer who reads their own record. Documented by example.
pub const OWN_PATH: &str = "/core/customermgr/v3";
/// The path of the link to a customer's cases. Documented by example.
pub const CASES_PATH: &str = "/core/casemgr/v3/case";
/// The default namespace of XML answers. Inferred from that of a v3 sibling.
pub const NAMESPACE: &str = "http://bindings.egain.com/ws/model/xsds/v3/gen/interaction/customer";

/// A parameter is unknown, or not open to the actor. Documented; the second half is inferred.
pub const UNSUPPORTED: &str = "400-101";
/// A value is outside its list of allowed values. Documented.
pub const NOT_ALLOWED: &str = "400-102";
/// Not a positive whole number. Sibling.
pub const NOT_POSITIVE: &str = "400-105";
/// A mandatory parameter is missing. Documented; its use for `department` is inferred.
pub const MISSING: &str = "400-112";
/// An unknown name in `$attribute`. Documented; for `custom.<name>` inferred.
pub const UNKNOWN_ATTRIBUTE: &str = "400-116";
/// Page and range parameters are combined. Documented.
pub const MIXED: &str = "400-120";
/// `$order` without `$sort`. The code is documented, the rule is a sibling's.
pub const ORDER_ALONE: &str = "400-124";
/// A value is not valid in another way. The code is documented, its use is inferred.
pub const INVALID: &str = "400-244";
/// The request has no criterion. Documented.
pub const NO_CRITERION: &str = "400-245";
/// `type` is the only criterion. The rule is documented, the code is a sibling's.
pub const TYPE_ALONE: &str = "400-614";
/// The token is unknown, expired or revoked. Documented.
pub const BAD_TOKEN: &str = "401-101";
/// There is no token. Sibling.
pub const NO_TOKEN: &str = "401-104";
/// The key lacks the action. Documented; its use for a key without any of the three permissions is inferred.
pub const NO_ACTION: &str = "403-178";
/// The path does not exist. Sibling: the gateway answers with it.
pub const NO_PATH: &str = "404-100";
/// The path does not have the method. Sibling: the gateway answers with it.
pub const NO_METHOD: &str = "405-100";
/// `Accept-Language` has no supported language. Documented.
pub const NO_LANGUAGE: &str = "406-100";
/// `Accept` has no supported type. Inferred: codes are unique per cause.
pub const NO_TYPE: &str = "406-101";
/// The body is too large, although it would be ignored. Inferred.
pub const TOO_LARGE: &str = "413-100";
/// Anything unexpected. Documented.
pub const FAILED: &str = "500-100";

/// All of these codes, for tests that compare them with texts and the OpenAPI document.
#[cfg(test)]
pub const CODES: [&str; 19] = [
    UNSUPPORTED,
    NOT_ALLOWED,
    NOT_POSITIVE,
    MISSING,
    UNKNOWN_ATTRIBUTE,
    MIXED,
    ORDER_ALONE,
    INVALID,
    NO_CRITERION,
    TYPE_ALONE,
    BAD_TOKEN,
    NO_TOKEN,
    NO_ACTION,
    NO_PATH,
    NO_METHOD,
    NO_LANGUAGE,
    NO_TYPE,
    TOO_LARGE,
    FAILED,
];

/// How long the value of a parameter may be, in characters; a list may be longer, as far as a gateway takes it. Inferred.
const LONGEST_VALUE: usize = 1_000;
const LONGEST_LIST: usize = 8_000;

/// How long the value of this parameter may be, in characters.
pub fn longest_value(parameter: &str) -> usize {
    if ["custom", "activity", ATTRIBUTE].contains(&parameter) {
        LONGEST_LIST
    } else {
        LONGEST_VALUE
    }
}

/// The action that agents need. Documented.
pub const ACTION: &str = "View Agent Console";
/// How long `developerMessage` may be, in characters. Documented.
pub const LONGEST_MESSAGE: usize = 255;
/// How many details an error has at most. Documented.
pub const MOST_DETAILS: usize = 30;

/// The criteria. Documented; that `type` counts as one and `department` does not is inferred.
pub const CRITERIA: [&str; 12] = [
    "phone",
    "email",
    "custom",
    "activity",
    "facebookId",
    "twitterId",
    "instagramId",
    "appleOpaqueId",
    "youTubeId",
    "created",
    "type",
    "customerName",
];
/// The parameter that narrows a client application's search. Documented.
pub const DEPARTMENT: &str = "department";
/// Further parameters of agents and client applications. Documented.
pub const COMMON: [&str; 7] = [ATTRIBUTE, SORT, ORDER, PAGE_NUMBER, PAGE_SIZE, RANGE_START, RANGE_SIZE];
/// The attributes to show beside the summary. The only parameter that customers may send. Documented.
pub const ATTRIBUTE: &str = "$attribute";
pub const SORT: &str = "$sort";
pub const ORDER: &str = "$order";
pub const PAGE_NUMBER: &str = "$pagenum";
pub const PAGE_SIZE: &str = "$pagesize";
pub const RANGE_START: &str = "$rangestart";
pub const RANGE_SIZE: &str = "$rangesize";

/// The criteria that are ids on a network, with the network's name in our records. Documented; that ids are
/// case-sensitive is inferred.
pub const NETWORKS: [(&str, &str); 5] = [
    ("facebookId", "facebook"),
    ("twitterId", "twitter"),
    ("instagramId", "instagram"),
    ("appleOpaqueId", "apple"),
    ("youTubeId", "youtube"),
];
/// The types of social contact points in answers. Documented; that every other network is `other` is inferred.
pub const SOCIAL_TYPES: [&str; 4] = ["twitter", "facebook", "instagram", "community"];

/// The name for all attributes. Documented; that it wins over names beside it is inferred.
pub const ALL: &str = "all";
/// The prefix of custom attributes in `$attribute` and `$sort`. Documented.
pub const CUSTOM: &str = "custom.";
/// The attributes that agents and client applications may name. Documented.
pub const ATTRIBUTES: [&str; 10] = [
    "role",
    "pin",
    "industry",
    "marketSegment",
    "entitlements",
    "level",
    "preferredAgent",
    "howReferred",
    "created",
    "createdBy",
];
/// The attributes that customers may name. Documented.
pub const OWN_ATTRIBUTES: [&str; 5] = ["role", "pin", "industry", "marketSegment", "entitlements"];
/// The values of `$sort` beside `custom.<name>`. Documented.
pub const SORTS: [&str; 3] = ["id", "type", "customerName"];

/// The number of customers in a part unless the request says otherwise. Documented.
pub const DEFAULT_PAGE_SIZE: usize = 25;
/// The largest part. Sibling; that a larger one is `400-244` is inferred.
pub const MOST_PAGE_SIZE: usize = 75;

/// The first name of the system contact of a company or group. Documented by example.
pub fn system_contact_name(customer: u64) -> String {
    format!("#*Default CP#{customer}*#")
}

/// The login of that system contact. Documented by example.
pub fn system_contact_login(customer: u64) -> String {
    format!("##login_default_cp#{customer}***")
}

/// The login shown for a contact that has none. Documented by example.
pub fn contact_login(contact: u64) -> String {
    format!("##login_cont_pers#{contact}***")
}

/// Reads a range, `[from,until]`, with inclusive ends, one of which may be missing (section 3). Documented. Inferred:
/// zones other than `Z` are accepted, spaces are tolerated, and a range that ends before it begins is refused.
pub fn range(text: &str) -> Option<Span> {
    let (from, until) = text.trim().strip_prefix('[')?.strip_suffix(']')?.split_once(',')?;
    let end = |text: &str| match text.trim() {
        "" => Some(None),
        text => instant(text).map(Some),
    };
    let span = Span {
        from: end(from)?,
        until: end(until)?,
    };
    let is_ordered = span.from.zip(span.until).is_none_or(|(from, until)| from <= until);
    let has_end = span.from.is_some() || span.until.is_some();
    (is_ordered && has_end).then_some(span)
}

/// Reads `YYYY-MM-DDThh:mm:ss`, optionally `.SSS`, then `Z` or `±hh:mm`. Documented with milliseconds and `Z`; the
/// rest is inferred.
fn instant(text: &str) -> Option<Timestamp> {
    const FORM: &str = "0000-00-00T00:00:00";
    let fits = |form: &str, text: &str| {
        form.len() == text.len()
            && form
                .bytes()
                .zip(text.bytes())
                .all(|(form, byte)| if form == b'0' { byte.is_ascii_digit() } else { form == byte })
    };
    let (seconds, rest) = text.split_at_checked(FORM.len())?;
    let zone = match rest.strip_prefix('.') {
        Some(fraction) => fraction.split_at_checked(3).filter(|(digits, _)| fits("000", digits))?.1,
        None => rest,
    };
    let is_zone = zone == "Z" || fits("+00:00", zone) || fits("-00:00", zone);
    (fits(FORM, seconds) && is_zone).then(|| Timestamp::parse(text)).flatten()
}

/// A refusal with this code. `arguments` fill the places of its text; `details` become the error's details.
pub fn refusal(code: &'static str, arguments: &[&str], details: &[(&str, &str)]) -> Error {
    let details = details.iter().map(|(name, value)| FieldError::new(*name, *value));
    Error::Refused(Box::new(Refusal {
        code,
        arguments: arguments.iter().map(|&argument| argument.to_owned()).collect(),
        details: details.collect(),
    }))
}

/// A refusal of a value. `reason` is the name of the text that says why; `names` fills that text's place.
pub fn invalid(parameter: &str, reason: &'static str, names: &str) -> Error {
    refusal(INVALID, &[parameter, reason, names], &[(parameter, reason)])
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;
    use crate::language::Language;

    #[test]
    fn the_openapi_document_has_the_parameters_codes_and_languages() {
        let text = include_str!("../../../infra/openapi/egain.yaml");
        let document: Value = serde_norway::from_str(text).unwrap();
        let operation = &document["paths"][PATH]["get"];
        let named = operation["parameters"].as_array().unwrap().iter();
        let named = named.map(|part| part["$ref"].as_str().unwrap().trim_start_matches('#'));
        let in_query = named
            .map(|place| document.pointer(place).unwrap())
            .filter(|parameter| parameter["in"] == "query");
        let found: BTreeSet<&str> = in_query.map(|parameter| parameter["name"].as_str().unwrap()).collect();
        let wanted: BTreeSet<&str> = CRITERIA.into_iter().chain(COMMON).chain([DEPARTMENT]).collect();
        assert_eq!(found, wanted);
        let schemas = &document["components"]["schemas"];
        assert_eq!(schemas["Error"]["properties"]["code"]["enum"], serde_json::json!(CODES));
        let languages = &document["components"]["parameters"]["AcceptLanguage"]["schema"]["enum"];
        assert_eq!(*languages, serde_json::json!(Language::tags()));
        let same = &document["paths"]["/core/customermgr/v3/internal/customer"]["get"];
        for part in ["parameters", "responses", "security"] {
            assert_eq!(same[part], operation[part], "{part}");
        }
        let statuses = operation["responses"].as_object().unwrap();
        // Those two are answers of paths and methods that are not described.
        let codes = CODES.into_iter().filter(|code| ![NO_PATH, NO_METHOD].contains(code));
        for code in codes {
            assert!(statuses.contains_key(&code[..3]), "{code}");
        }
    }

    #[track_caller]
    fn check(text: &str, wanted: Option<(Option<&str>, Option<&str>)>) {
        let shown = |at: Option<Timestamp>| at.map(Timestamp::iso_milliseconds);
        let read = range(text).map(|span| (shown(span.from), shown(span.until)));
        let wanted = wanted.map(|(from, until)| (from.map(str::to_owned), until.map(str::to_owned)));
        assert_eq!(read, wanted, "{text}");
    }

    #[test]
    fn a_range_has_one_or_two_bounds_in_order() {
        let (early, late) = ("2024-03-01T00:00:00.000Z", "2024-03-02T00:00:00.500Z");
        check(&format!("[{early},{late}]"), Some((Some(early), Some(late))));
        check(&format!("[ {early} , ]"), Some((Some(early), None)));
        check(&format!("[,{late}]"), Some((None, Some(late))));
        check(&format!("[{early},{early}]"), Some((Some(early), Some(early))));
        check("[2024-03-01T01:00:00+01:00,]", Some((Some(early), None)));
        let backwards = format!("[{late},{early}]");
        for wrong in [
            "",
            "[,]",
            "[]",
            "[2024-03-01T00:00:00.000Z]",
            "2024-03-01",
            "[2024-03-01,]",
            "[2024-03-01T00:00:00.00Z,]",
            "[2024-13-01T00:00:00Z,]",
            "[2024-03-01T00:00:00,]",
            "[a,b]",
            &backwards,
        ] {
            check(wrong, None);
        }
    }
}
