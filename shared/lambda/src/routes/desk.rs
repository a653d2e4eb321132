//! The desk: the CRM in a browser.

use crm_domain::Permission;

use super::{Admission, Route};
use crate::table_use::{
    TableUse::{QueryContacts, QueryPartition, QueryTerms},
    WRITE_RECORDS,
};

/// Whoever may look.
pub const VIEW: &[Permission] = &[Permission::DeskView, Permission::DeskEdit, Permission::Admin];
/// Whoever may change records.
pub const EDIT: &[Permission] = &[Permission::DeskEdit, Permission::Admin];

super::table! {
    /// The form in which a person signs in.
    SIGN_IN_PAGE = Route {
        function: "desk-sign-in-page",
        links: false,
        method: "GET",
        paths: &["/desk/sign-in"],
        admission: Admission::Open,
        table_uses: &[],
    };
    /// Exchanges a key for a cookie.
    SIGN_IN = Route {
        function: "desk-sign-in",
        links: true,
        method: "POST",
        paths: &["/desk/sign-in"],
        admission: Admission::SignIn(VIEW),
        table_uses: &[],
    };
    /// Takes the cookie back.
    SIGN_OUT = Route {
        function: "desk-sign-out",
        links: true,
        method: "POST",
        paths: &["/desk/sign-out"],
        admission: Admission::SignedIn(VIEW),
        table_uses: &[],
    };
    /// Best match as Khoros would ask for it, with the reasons.
    TRY_IT = Route {
        function: "desk-try-it",
        links: true,
        method: "POST",
        paths: &["/desk"],
        admission: Admission::SignedIn(VIEW),
        table_uses: &[QueryContacts, QueryTerms],
    };
    /// The search for customers.
    FIND_PEOPLE = Route {
        function: "desk-find-people",
        links: true,
        method: "POST",
        paths: &["/desk/people"],
        admission: Admission::SignedIn(VIEW),
        table_uses: &[QueryContacts, QueryTerms],
    };
    /// A customer with cases, conversation and history.
    PERSON = Route {
        function: "desk-person",
        links: true,
        method: "GET",
        paths: &["/desk/people/{id}"],
        admission: Admission::SignedIn(VIEW),
        table_uses: &[QueryPartition],
    };
    /// A case with its conversation.
    CASE = Route {
        function: "desk-case",
        links: true,
        method: "GET",
        paths: &["/desk/cases/{id}"],
        admission: Admission::SignedIn(VIEW),
        table_uses: &[QueryPartition],
    };
    /// Records that may be of one person: the tenant's, page by page, and one customer's.
    DUPLICATES = Route {
        function: "desk-duplicates",
        links: true,
        method: "GET",
        paths: &["/desk/duplicates", "/desk/people/{id}/duplicates"],
        admission: Admission::SignedIn(VIEW),
        table_uses: &[QueryContacts, QueryTerms, QueryPartition],
    };
    /// Compares two records, and merges them.
    MERGE = Route {
        function: "desk-merge",
        links: true,
        method: "POST",
        paths: &["/desk/merge/{id}/{other}"],
        admission: Admission::SignedIn(EDIT),
        table_uses: WRITE_RECORDS,
    };
    /// Marks two records as different people's, and lifts the mark.
    DISTINCT = Route {
        function: "desk-distinct",
        links: true,
        method: "POST",
        paths: &["/desk/distinct/{id}/{other}"],
        admission: Admission::SignedIn(EDIT),
        table_uses: WRITE_RECORDS,
    };
    /// The receipt of a merge.
    RECEIPT = Route {
        function: "desk-receipt",
        links: true,
        method: "GET",
        paths: &["/desk/merges/{receipt}"],
        admission: Admission::SignedIn(VIEW),
        table_uses: &[QueryPartition],
    };
    /// Takes a merge back.
    UNDO = Route {
        function: "desk-undo",
        links: true,
        method: "POST",
        paths: &["/desk/merges/{receipt}/undo"],
        admission: Admission::SignedIn(EDIT),
        table_uses: WRITE_RECORDS,
    };
}
