//! The pages behind the links of customers and cases.

use super::{Admission, Route};
use crate::table_use::TableUse::QueryPartition;

super::table! {
    /// A customer's page.
    CUSTOMER_PAGE = Route {
        function: "agent-customer-page",
        links: true,
        method: "GET",
        paths: &["/agent/customer/{id}"],
        admission: Admission::Link,
        table_uses: &[QueryPartition],
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
