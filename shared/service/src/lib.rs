//! What any dialect can ask for. An operation knows the domain and the store, and neither HTTP nor a wire format.

pub mod json;
pub mod link;
pub mod strength;

mod best_match;
mod cases;
mod customers;
mod directory;
mod overview;
mod search;
mod session;

use crm_domain::Customer;

pub use best_match::{best_match, judge};
pub use cases::{NO_SUCH_CUSTOMER, NewCase, create_case, find_case, find_cases, update_case};
pub use customers::{create_customer, customer_exists, find_customer, update_customer};
pub use directory::{Directory, DirectoryQuery, MOST_FOUND, search_directory};
pub use overview::{case_end, customer_overview};
pub use search::{Matches, search_customers};
pub use session::{BELIEVED, FOLLOWED, Grant, Session, take_up_unfinished};

/// A pause between two records that are compared: only in pauses can a request's deadline fire.
async fn pause() {
    tokio::task::yield_now().await;
}

/// Those of the customers who are meant.
async fn kept(customers: Vec<Customer>, is_meant: impl Fn(&Customer) -> bool) -> Vec<Customer> {
    let mut kept = Vec::new();
    for customer in customers {
        pause().await;
        if is_meant(&customer) {
            kept.push(customer);
        }
    }
    kept
}
