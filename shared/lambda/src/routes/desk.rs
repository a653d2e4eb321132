//! The desk: the CRM in a browser.

use crm_domain::Permission;

use super::{ANY, Admission, Route};
use crate::table_use::{
    FIND_AND_WRITE, IMPORT, REMOVE_CUSTOMER,
    TableUse::{PutSettings, PutUploads, QueryContacts, QueryPartition, QueryTerms},
    WRITE_RECORDS,
};

/// Whoever may look.
pub const VIEW: &[Permission] = &[Permission::DeskView, Permission::DeskEdit, Permission::Admin];
/// Whoever may change records.
pub const EDIT: &[Permission] = &[Permission::DeskEdit, Permission::Admin];
/// Whoever may take a person's data out of the CRM, destroy them, or change settings.
pub const ADMINISTER: &[Permission] = &[Permission::Admin];

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
    /// Creates a customer.
    NEW_PERSON = Route {
        function: "desk-new-person",
        links: true,
        method: "POST",
        paths: &["/desk/people/new"],
        admission: Admission::SignedIn(EDIT),
        table_uses: WRITE_RECORDS,
    };
    /// Edits a customer.
    EDIT_PERSON = Route {
        function: "desk-edit-person",
        links: true,
        method: "POST",
        paths: &["/desk/people/{id}/edit"],
        admission: Admission::SignedIn(EDIT),
        table_uses: WRITE_RECORDS,
    };
    /// Accounts that a customer learnt from conversations, and removing one.
    ACCOUNTS = Route {
        function: "desk-accounts",
        links: true,
        method: "POST",
        paths: &["/desk/people/{id}/accounts"],
        admission: Admission::SignedIn(EDIT),
        table_uses: FIND_AND_WRITE,
    };
    /// All that is stored of a person, as a file.
    EXPORT = Route {
        function: "desk-export",
        links: true,
        method: "GET",
        paths: &["/desk/people/{id}/export"],
        admission: Admission::SignedIn(ADMINISTER),
        table_uses: &[QueryPartition],
    };
    /// Erases a person.
    ERASE = Route {
        function: "desk-erase",
        links: true,
        method: "POST",
        paths: &["/desk/people/{id}/erase"],
        admission: Admission::SignedIn(ADMINISTER),
        table_uses: REMOVE_CUSTOMER,
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
    /// Creates a case of a customer.
    NEW_CASE = Route {
        function: "desk-new-case",
        links: true,
        method: "POST",
        paths: &["/desk/people/{id}/new-case"],
        admission: Admission::SignedIn(EDIT),
        table_uses: WRITE_RECORDS,
    };
    /// Edits a case.
    EDIT_CASE = Route {
        function: "desk-edit-case",
        links: true,
        method: "POST",
        paths: &["/desk/cases/{id}/edit"],
        admission: Admission::SignedIn(EDIT),
        table_uses: WRITE_RECORDS,
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
    /// Runs of imports, and the upload of a file.
    IMPORTS = Route {
        function: "desk-imports",
        links: true,
        method: "POST",
        paths: &["/desk/imports"],
        admission: Admission::SignedIn(EDIT),
        table_uses: &[QueryPartition, PutUploads],
    };
    /// Matches the columns of a file to fields, tries its rows, imports them, and takes a run back.
    IMPORT_RUN = Route {
        function: "desk-import",
        links: true,
        method: "POST",
        paths: &["/desk/imports/{run}"],
        admission: Admission::SignedIn(EDIT),
        table_uses: IMPORT,
    };
    /// The rows that were rejected, as a file.
    REJECTED_ROWS = Route {
        function: "desk-rejected-rows",
        links: true,
        method: "GET",
        paths: &["/desk/imports/{run}/rejected"],
        admission: Admission::SignedIn(EDIT),
        table_uses: &[QueryPartition],
    };
    /// Settings, data model and keys.
    SETTINGS = Route {
        function: "desk-settings",
        links: true,
        method: "GET",
        paths: &["/desk/settings"],
        admission: Admission::SignedIn(VIEW),
        table_uses: &[QueryPartition],
    };
    /// Changes best match's setting, departments and brands.
    EDIT_SETTINGS = Route {
        function: "desk-edit-settings",
        links: true,
        method: "POST",
        paths: &["/desk/settings/edit"],
        admission: Admission::SignedIn(ADMINISTER),
        table_uses: &[PutSettings],
    };
    /// Changes the data model.
    EDIT_FIELDS = Route {
        function: "desk-edit-fields",
        links: true,
        method: "POST",
        paths: &["/desk/settings/fields/{object}"],
        admission: Admission::SignedIn(ADMINISTER),
        table_uses: &[PutSettings],
    };
    /// Every other path under the desk's. The page that says so is the same for everybody.
    UNKNOWN_ROUTE = Route {
        function: "desk-unknown-route",
        links: false,
        method: ANY,
        paths: &["/desk", "/desk/", "/desk/{path+}"],
        admission: Admission::Open,
        table_uses: &[],
    };
}
