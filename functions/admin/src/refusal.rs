//! Refusals, in the shape of Khoros' errors (contract section 5).

use crm_domain::error::{Error, FieldError, Refusal};
use crm_lambda::http::{Request, Response};
use crm_service::{DistinctRefusal, LONGEST_REASON, MOST_MERGED, MOST_NAMED, MergeRefusal, NOTICES_KEPT_DAYS, SeparateRefusal};
use khoros::wire;

/// What the request addresses does not exist.
const NOT_FOUND: &str = "not_found";
/// It existed, and was erased.
const GONE: &str = "gone";
/// It conflicts with what is stored.
const CONFLICT: &str = "conflict";

/// Words any error: this dialect's own refusals, and all others as Khoros does.
pub fn error(error: &Error, request: &Request) -> Response {
    let Error::Refused(refusal) = error else {
        return wire::error(error, request);
    };
    let status = match refusal.code {
        NOT_FOUND => 404,
        GONE => 410,
        _ => 409,
    };
    let fields = Some(refusal.details.as_slice()).filter(|fields| !fields.is_empty());
    wire::failure(status, refusal.code, &refusal.arguments.concat(), fields, request)
}

fn refused(code: &'static str, sentence: impl Into<String>, details: Vec<FieldError>) -> Error {
    Error::Refused(Box::new(Refusal {
        code,
        arguments: vec![sentence.into()],
        details,
    }))
}

fn not_found(sentence: &str) -> Error {
    refused(NOT_FOUND, sentence, Vec::new())
}

const NO_SUCH_CUSTOMER: &str = "must be the id of a customer";

/// Why two customers were not merged.
pub fn of_merge(refusal: MergeRefusal) -> Error {
    const DECIDE: &str = "differs: take decides, force overrules, and dryRun shows both values";
    match refusal {
        MergeRefusal::NoSurvivor => Error::invalid_field("survivor", NO_SUCH_CUSTOMER),
        MergeRefusal::NoMerged => Error::invalid_field("merged", NO_SUCH_CUSTOMER),
        MergeRefusal::SameRecord => Error::invalid_field("merged", "must lead to another record than survivor does"),
        MergeRefusal::UnknownField(name) => Error::invalid_field(
            "take",
            format!(
                "must name fields of the data model, or externalId, brand, department, kind or preferredAgent, and not {}",
                crm_domain::error::shown(name)
            ),
        ),
        MergeRefusal::Conflicts(conflicts) => refused(
            CONFLICT,
            "The two may be different people.",
            conflicts.into_iter().map(|one| FieldError::new(one.name, DECIDE)).collect(),
        ),
        MergeRefusal::Distinct(_) => refused(
            CONFLICT,
            "The two are marked as different people: lift the mark first, or force the merge.",
            Vec::new(),
        ),
        MergeRefusal::TooMany => refused(
            CONFLICT,
            format!("One customer holds at most {MOST_MERGED} merged records."),
            Vec::new(),
        ),
        MergeRefusal::Failed(error) => error,
    }
}

/// Why a merge was not found or not undone.
pub fn of_separation(refusal: SeparateRefusal) -> Error {
    match refusal {
        SeparateRefusal::NoSuchMerge => no_such_merge(),
        SeparateRefusal::Erased(erased) => refused(
            GONE,
            format!("There is no way back: the person was erased, receipt {}.", erased.number),
            Vec::new(),
        ),
        SeparateRefusal::Blocked(later) => refused(
            CONFLICT,
            format!("A later merge stands in the way: take that back first, receipt {later}."),
            Vec::new(),
        ),
        SeparateRefusal::WrongCase(case) => Error::invalid_field(
            "case",
            format!("must be a case of the survivor's that was opened since the merge, which {case} is not"),
        ),
        SeparateRefusal::TooManyCases => Error::invalid_field("case", format!("can be given at most {MOST_NAMED} times")),
        SeparateRefusal::Failed(error) => error,
    }
}

/// The error for an unknown receipt.
pub fn no_such_merge() -> Error {
    not_found("This CRM has no merge with this receipt.")
}

/// The error for a cursor of the feed whose changes have expired.
pub fn expired_cursor() -> Error {
    let sentence = format!(
        "The cursor is older than {NOTICES_KEPT_DAYS} days, and changes since then are gone: take the cursor of after=latest, read all \
         records again, and go on from that cursor."
    );
    refused(GONE, sentence, Vec::new())
}

/// Why two customers were not marked as different people, or the mark was not removed.
pub fn of_mark(refusal: DistinctRefusal) -> Error {
    match refusal {
        DistinctRefusal::NoOne => not_found("There is no customer with the first id."),
        DistinctRefusal::NoOther => not_found("There is no customer with the second id."),
        DistinctRefusal::NoMark => not_found("The two are not marked as different people."),
        DistinctRefusal::SameRecord => refused(CONFLICT, "Both ids lead to one record: name two customers.", Vec::new()),
        DistinctRefusal::LongReason => Error::invalid_field("reason", format!("must have at most {LONGEST_REASON} characters")),
        DistinctRefusal::Failed(error) => error,
    }
}
