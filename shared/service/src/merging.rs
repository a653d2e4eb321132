//! Merging two records of one person, undoing that, and marks of different people.

use crm_domain::{CaseId, CustomerId, MergeId};

pub use crm_store::{
    Distinct, DistinctRefusal, LONGEST_REASON, MOST_MERGED, MOST_NAMED, Merge, MergePlan, MergeRefusal, MergeRequest,
    SeparateRefusal,
};

use super::Session;

/// Computes a merge without writing anything.
///
/// # Errors
/// Those of a merge, except for conflicts and the mark, which the plan contains.
pub async fn plan_merge(session: &Session, request: &MergeRequest) -> Result<MergePlan, MergeRefusal> {
    let settings = &session.grant.settings;
    let change = session.change();
    // It holds several records, which would make the futures of all callers large.
    Box::pin(session.store().merge_plan(request, settings, &change)).await
}

/// Merges two customers. If an equal request came before, completes it and returns its
/// result.
///
/// # Errors
/// See [`MergeRefusal`].
pub async fn merge_customers(session: &Session, request: &MergeRequest) -> Result<Merge, MergeRefusal> {
    let settings = &session.grant.settings;
    let change = session.change();
    Box::pin(session.store().customers_merge(request, settings, &change)).await
}

/// The merge with this receipt.
///
/// # Errors
/// [`SeparateRefusal::NoSuchMerge`] and [`SeparateRefusal::Erased`].
pub async fn find_merge(session: &Session, receipt: MergeId) -> Result<Merge, SeparateRefusal> {
    session.store().merge_get(receipt).await
}

/// Undoes a merge. `cases` were opened since and are assigned to the merged record.
///
/// # Errors
/// See [`SeparateRefusal`].
pub async fn undo_merge(session: &Session, receipt: MergeId, cases: &[CaseId]) -> Result<Merge, SeparateRefusal> {
    let model = session.customer_model();
    session.store().merge_undo(receipt, cases, model, &session.change()).await
}

/// Marks two customers as different people. Returns the numbers of their records.
///
/// # Errors
/// See [`DistinctRefusal`].
pub async fn mark_distinct(
    session: &Session,
    [one, other]: [CustomerId; 2],
    reason: Option<String>,
) -> Result<[CustomerId; 2], DistinctRefusal> {
    session.store().distinct_put(one, other, reason, &session.change()).await
}

/// Removes the mark. Returns the numbers of their records.
///
/// # Errors
/// See [`DistinctRefusal`].
pub async fn lift_distinct(session: &Session, [one, other]: [CustomerId; 2]) -> Result<[CustomerId; 2], DistinctRefusal> {
    session.store().distinct_delete(one, other, &session.change()).await
}
