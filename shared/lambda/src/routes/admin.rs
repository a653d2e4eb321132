//! Our own dialect for administrators. The default catch-all answers other methods and paths.

use crm_domain::Permission;

use super::{Admission, Route};
use crate::table_use::{
    TableUse::{QueryContacts, QueryPartition, QueryTerms},
    WRITE_RECORDS,
};

const BY_KEY: Admission = Admission::Key(&[Permission::Admin]);

super::table! {
    /// `mergeCustomers`.
    MERGE_CUSTOMERS = Route {
        function: "admin-merge-customers",
        links: true,
        method: "POST",
        paths: &["/admin/v1/merges"],
        admission: BY_KEY,
        table_uses: WRITE_RECORDS,
    };
    /// `findMerge`.
    FIND_MERGE = Route {
        function: "admin-find-merge",
        links: false,
        method: "GET",
        paths: &["/admin/v1/merges/{receipt}"],
        admission: BY_KEY,
        table_uses: &[QueryPartition],
    };
    /// `undoMerge`.
    UNDO_MERGE = Route {
        function: "admin-undo-merge",
        links: false,
        method: "DELETE",
        paths: &["/admin/v1/merges/{receipt}"],
        admission: BY_KEY,
        table_uses: WRITE_RECORDS,
    };
    /// `markDistinct`.
    MARK_DISTINCT = Route {
        function: "admin-mark-distinct",
        links: false,
        method: "PUT",
        paths: &["/admin/v1/distinct/{id}/{other}"],
        admission: BY_KEY,
        table_uses: WRITE_RECORDS,
    };
    /// `liftDistinct`.
    LIFT_DISTINCT = Route {
        function: "admin-lift-distinct",
        links: false,
        method: "DELETE",
        paths: &["/admin/v1/distinct/{id}/{other}"],
        admission: BY_KEY,
        table_uses: WRITE_RECORDS,
    };
    /// `findDuplicates`: those of one customer.
    FIND_DUPLICATES = Route {
        function: "admin-find-duplicates",
        links: true,
        method: "GET",
        paths: &["/admin/v1/customers/{id}/duplicates"],
        admission: BY_KEY,
        table_uses: &[QueryContacts, QueryTerms, QueryPartition],
    };
    /// `listDuplicates`: those of the tenant, page by page.
    LIST_DUPLICATES = Route {
        function: "admin-list-duplicates",
        links: true,
        method: "GET",
        paths: &["/admin/v1/duplicates"],
        admission: BY_KEY,
        table_uses: &[QueryContacts, QueryTerms, QueryPartition],
    };
    /// `listChanges`: the feed for other systems.
    LIST_CHANGES = Route {
        function: "admin-list-changes",
        links: false,
        method: "GET",
        paths: &["/admin/v1/changes"],
        admission: Admission::Key(&[Permission::Changes]),
        table_uses: &[QueryPartition],
    };
}
