//! Two records of one person become one, and two again; and marks of two different people.

use crm_domain::{CaseId, CustomerId, MergeId};

pub use crm_store::{
    Distinct, DistinctRefusal, LONGEST_REASON, MOST_MERGED, MOST_NAMED, Merge, MergePlan, MergeRefusal, MergeRequest,
    SeparateRefusal,
};

use super::Session;

/// What a merge would make. Nothing is written.
///
/// # Errors
/// All but the conflicts and the mark, which the plan has.
pub async fn plan_merge(session: &Session, request: &MergeRequest) -> Result<MergePlan, MergeRefusal> {
    let settings = &session.grant.settings;
    session.store().merge_plan(request, settings, &session.change()).await
}

/// Merges two customers, or completes and answers an equal request that came before.
///
/// # Errors
/// See [`MergeRefusal`].
pub async fn merge_customers(session: &Session, request: &MergeRequest) -> Result<Merge, MergeRefusal> {
    let settings = &session.grant.settings;
    session.store().customers_merge(request, settings, &session.change()).await
}

/// The merge of a receipt.
///
/// # Errors
/// [`SeparateRefusal::NoSuchMerge`] and [`SeparateRefusal::Erased`].
pub async fn find_merge(session: &Session, receipt: MergeId) -> Result<Merge, SeparateRefusal> {
    session.store().merge_get(receipt).await
}

/// Takes a merge back. `cases` were opened since and are to go with the merged record.
///
/// # Errors
/// See [`SeparateRefusal`].
pub async fn undo_merge(session: &Session, receipt: MergeId, cases: &[CaseId]) -> Result<Merge, SeparateRefusal> {
    let model = session.customer_model();
    session.store().merge_undo(receipt, cases, model, &session.change()).await
}

/// Marks two customers as different people; the numbers of their records.
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

/// Lifts the mark; the numbers of their records.
///
/// # Errors
/// See [`DistinctRefusal`].
pub async fn lift_distinct(session: &Session, [one, other]: [CustomerId; 2]) -> Result<[CustomerId; 2], DistinctRefusal> {
    session.store().distinct_delete(one, other, &session.change()).await
}
