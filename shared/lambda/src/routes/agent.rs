//! The pages behind the links of customers and cases.

use super::{Admission, Route};
use crate::table_use::TableUse::{QueryContacts, QueryPartition, QueryTerms};

super::table! {
    /// A customer's page. It also shows records that may be of the same person, if it is asked for them.
    CUSTOMER_PAGE = Route {
        function: "agent-customer-page",
        links: true,
        method: "GET",
        paths: &["/agent/customer/{id}"],
        admission: Admission::Link,
        table_uses: &[QueryContacts, QueryTerms, QueryPartition],
    };
    /// A case's page.
    CASE_PAGE = Route {
        function: "agent-case-page",
        links: true,
        method: "GET",
        paths: &["/agent/case/{id}"],
        admission: Admission::Link,
        table_uses: &[QueryPartition],
    };
    /// Style, script and icon of the pages.
    ASSET = Route {
        function: "agent-asset",
        links: false,
        method: "GET",
        paths: &["/agent/asset/{name}"],
        admission: Admission::Open,
        table_uses: &[],
    };
}
