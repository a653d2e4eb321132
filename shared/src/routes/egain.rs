//! eGain's search for customers.

use super::{Admission, Route};
use crate::{
    access::Permission,
    table_use::TableUse::{QueryIndex, QueryPartition},
};

super::table! {
    /// `searchCustomers`.
    SEARCH_CUSTOMERS = Route {
        function: "egain-search-customers",
        method: "GET",
        paths: &["/core/customermgr/v3/customer"],
        admission: Admission::Key(&[Permission::EgainClient, Permission::EgainUser, Permission::EgainCustomer]),
        table_uses: &[QueryIndex, QueryPartition],
    };
}
