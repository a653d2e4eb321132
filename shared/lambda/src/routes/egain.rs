//! eGain's search for customers.

use crm_domain::Permission;

use super::{ANY, Admission, Route};
use crate::table_use::TableUse::{QueryContacts, QueryPartition, QueryTerms};

super::table! {
    /// `searchCustomers`.
    SEARCH_CUSTOMERS = Route {
        function: "egain-search-customers",
        links: false,
        method: "GET",
        // The vendor's own SDK uses the second path (eGain section 9).
        paths: &["/core/customermgr/v3/customer", "/core/customermgr/v3/internal/customer"],
        admission: Admission::Key(&[Permission::EgainClient, Permission::EgainUser, Permission::EgainCustomer]),
        table_uses: &[QueryContacts, QueryTerms, QueryPartition],
    };

    /// Everything else below `/core`. Its errors have eGain's format.
    UNKNOWN_ROUTE = Route {
        function: "egain-unknown-route",
        links: false,
        method: ANY,
        paths: &["/core", "/core/", "/core/{path+}"],
        admission: Admission::AnyKey,
        table_uses: &[],
    };
}
