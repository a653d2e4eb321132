//! Notices: what other systems are told of a change of a customer or a case (decision 0045). A notice has ids and the names of fields, and
//! no value of anybody. Whoever needs values reads the record.

use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantArray};

use super::{Actor, CaseId, CustomerId, MergeId, User};

/// What happened. The names are those of the feed (administrators' contract, section 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, IntoStaticStr, VariantArray)]
pub enum NoticeKind {
    /// A customer was created.
    #[serde(rename = "customer.created")]
    #[strum(serialize = "customer.created")]
    CustomerCreated,
    /// Values of a customer were changed, or an event was added to the timeline.
    #[serde(rename = "customer.updated")]
    #[strum(serialize = "customer.updated")]
    CustomerUpdated,
    /// Another record became part of a customer.
    #[serde(rename = "customer.merged")]
    #[strum(serialize = "customer.merged")]
    CustomerMerged,
    /// A merge was taken back.
    #[serde(rename = "customer.unmerged")]
    #[strum(serialize = "customer.unmerged")]
    CustomerUnmerged,
    /// A customer was deleted. The person was not erased.
    #[serde(rename = "customer.deleted")]
    #[strum(serialize = "customer.deleted")]
    CustomerDeleted,
    /// A deleted customer is there again.
    #[serde(rename = "customer.restored")]
    #[strum(serialize = "customer.restored")]
    CustomerRestored,
    /// A person was erased.
    #[serde(rename = "customer.erased")]
    #[strum(serialize = "customer.erased")]
    CustomerErased,
    /// A case was created.
    #[serde(rename = "case.created")]
    #[strum(serialize = "case.created")]
    CaseCreated,
    /// Values of a case were changed. It may have got interactions, too.
    #[serde(rename = "case.updated")]
    #[strum(serialize = "case.updated")]
    CaseUpdated,
    /// A case was given to another customer, or has no customer any more. Values may have been changed, too.
    #[serde(rename = "case.moved")]
    #[strum(serialize = "case.moved")]
    CaseMoved,
    /// A case got interactions, or the text of some was changed. Nothing else was.
    #[serde(rename = "case.interactionsAdded")]
    #[strum(serialize = "case.interactionsAdded")]
    CaseInteractionsAdded,
    /// The import that had made a case was taken back.
    #[serde(rename = "case.deleted")]
    #[strum(serialize = "case.deleted")]
    CaseDeleted,
    /// A case was deleted with its person.
    #[serde(rename = "case.erased")]
    #[strum(serialize = "case.erased")]
    CaseErased,
}

impl NoticeKind {
    /// Its name in the feed.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// What other systems are told of one change of one record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// What happened.
    pub kind: NoticeKind,
    /// The operation, by its name in the contract.
    pub operation: String,
    /// The customer. Of a case, its customer after the change, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<CustomerId>,
    /// The case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<CaseId>,
    /// The customer whose case it was before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<CustomerId>,
    /// The records that became part of the customer, are their own again, or were erased with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub merged: Vec<CustomerId>,
    /// The merge's receipt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<MergeId>,
    /// The fields that the operation named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
    /// How many interactions the case got, or got with another text.
    #[serde(default, skip_serializing_if = "is_none")]
    pub interactions: usize,
    /// The record's version after the change; of a record that is gone, its last one. Unknown of a timeline's event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
    /// Who acted.
    pub by: Actor,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_none(count: &usize) -> bool {
    *count == 0
}

impl Notice {
    /// A notice without ids. Of an agent of another system it has only the id, no name.
    pub fn new(kind: NoticeKind, operation: impl Into<String>, by: &Actor) -> Self {
        let user = by.user.as_ref().map(|user| User {
            id: user.id.clone(),
            first_name: None,
            last_name: None,
        });
        Self {
            kind,
            operation: operation.into(),
            customer: None,
            case: None,
            from: None,
            merged: Vec::new(),
            receipt: None,
            fields: Vec::new(),
            interactions: 0,
            version: None,
            by: Actor { user, ..by.clone() },
        }
    }

    /// The ids of all records that it is about. Notices that share one must reach other systems in their order.
    pub fn subjects(&self) -> impl Iterator<Item = String> {
        let customers = self.customer.iter().chain(&self.from).chain(&self.merged);
        customers
            .map(ToString::to_string)
            .chain(self.case.iter().map(ToString::to_string))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_has_one_name_in_the_table_and_in_the_feed() {
        for kind in NoticeKind::VARIANTS {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
        }
    }

    #[test]
    fn a_notice_is_about_every_record_that_it_names() {
        let (one, other) = (CustomerId::parse("C00000000001"), CustomerId::parse("C00000000002"));
        let merged = Notice {
            customer: one,
            merged: other.into_iter().collect(),
            ..Notice::new(NoticeKind::CustomerMerged, "mergeCustomers", &Actor::default())
        };
        assert_eq!(merged.subjects().collect::<Vec<_>>(), ["C00000000001", "C00000000002"]);
        let moved = Notice {
            case: CaseId::from_number(3),
            from: other,
            ..Notice::new(NoticeKind::CaseMoved, "updateCase", &Actor::default())
        };
        let case = moved.case.map(|case| case.to_string()).unwrap();
        assert_eq!(moved.subjects().collect::<Vec<_>>(), ["C00000000002", case.as_str()]);
    }

    #[test]
    fn agents_of_other_systems_go_by_their_ids() {
        let by = Actor {
            user: Some(User {
                id: "502".to_owned(),
                first_name: Some("Ann".to_owned()),
                last_name: None,
            }),
            ..Actor::default()
        };
        let notice = Notice::new(NoticeKind::CustomerCreated, "importCustomer", &by);
        let user = notice.by.user.unwrap();
        assert_eq!((user.id.as_str(), user.first_name), ("502", None));
    }
}
