//! The operations that all dialects use. An operation knows the domain and the store, and neither HTTP nor a wire format.

pub mod document;
pub mod json;
pub mod link;
pub mod sign_in;
pub mod strength;
pub mod webhook;

mod best_match;
mod cases;
mod customers;
mod directory;
mod duplicates;
mod feed;
mod find_or_create;
mod history;
mod identification;
mod listing;
mod merging;
mod overview;
mod person_export;
mod removal;
mod search;
mod session;
mod settings;
mod timeline;

use crm_domain::Customer;

pub use best_match::{best_match, judge};
pub use cases::{
    NO_SUCH_CUSTOMER, NewCase, claim_waiting_cases, create_case, find_case, find_cases, is_case_of_brand, move_case, update_case,
};
// The operations have these as parameters and results.
pub use crm_store::{CaseEnd, DataCounts, DataKind, Erased, Erasure, OnceKey, Overview, WholeCase};
pub use customers::{
    CustomerEdit, create_customer, customer_exists, customer_of_number, edit_customer, find_customer, update_customer,
};
pub use directory::{Directory, DirectoryQuery, MOST_FOUND, search_directory};
pub use duplicates::{Duplicate, Duplicates, DuplicatesPage, Extent, Turn, find_duplicates, list_duplicates};
pub use feed::{After, FeedRefusal, NOTICES_KEPT_DAYS, NoticePlace, NoticesPage, Told, change_json, read_changes};
pub use find_or_create::{CustomerRefusal, FindOrCreate, FoundOrCreated, create_customer_of_brand, find_or_create_customer};
pub use history::{Entry, case_history, customer_history};
pub use identification::{Address, Sharing, customers_by_address, customers_by_external_id};
pub use listing::{CustomerList, list_customers};
pub use merging::{
    Distinct, DistinctRefusal, LONGEST_REASON, MOST_MERGED, MOST_NAMED, Merge, MergePlan, MergeRefusal, MergeRequest,
    SeparateRefusal, find_merge, lift_distinct, mark_distinct, merge_customers, plan_merge, undo_merge,
};
pub use overview::{case_end, customer_overview};
pub use person_export::{ExportFailure, Exported, export_person};
pub use removal::{
    ErasureState, complete_erasure, delete_customer, erase_customer, erase_person, erasure_state, plan_erasure, remove_account,
    remove_contact_point, words_of,
};
pub use search::{Matches, search_customers};
pub use session::{BELIEVED, FOLLOWED, Grant, Session, take_up_unfinished};
pub use settings::{
    ListedKey, ModelRefusal, change_model, change_tenant, list_keys, model_refusal, plan_model, present_settings, settings_history,
};
pub use timeline::{customer_events, newest_cases, record_event};

/// A pause between two records that are compared: only in pauses can a request's deadline fire.
async fn pause() {
    tokio::task::yield_now().await;
}

/// Keeps the customers who match.
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
