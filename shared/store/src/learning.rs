//! Customers learn accounts from conversations, in the transactions that write their cases (decision 0050).
//!
//! What cannot be learnt at once is left out: the case comes first. A customer learns it with the next new account, handle
//! or name of a conversation.

use crm_domain::{
    Case, Change, Conversation, Customer, CustomerId, Interaction, LearntAccount, NoticeKind, ObjectStructure, TenantSettings,
    Term,
    error::Error,
    learnt::{ACCOUNTS, handle_terms},
};
use futures::future::try_join;

use super::{Audit, CustomerRefusal, Store, terms::TermChanges, transaction::Write};

/// How often a case is written with what its customer learns, if other writers of the customer come first. Then it is
/// written without.
pub(super) const TRIES: u32 = 4;
/// The most changes of terms of one customer beside a case's own writes.
pub(super) const MOST_TERMS: usize = 20;
/// The operations' names in histories and in the feed.
pub(super) const LEARN: &str = "learnAccounts";
pub(super) const UNLEARN: &str = "unlearnAccounts";
const REMOVE: &str = "removeAccount";
const PASS_ON: &str = "passOnHandle";
/// The most customers that are looked at because they may have had a handle before.
const MOST_FORMER: i32 = 50;

/// How customers learn from conversations.
#[derive(Debug, Clone, Copy)]
pub struct Learning<'settings> {
    /// The fields of customers.
    pub model: &'settings ObjectStructure,
    /// Whether they learn at all. If not, they still lose what they learnt from a case that is another's.
    pub is_on: bool,
}

impl<'settings> Learning<'settings> {
    /// As a tenant has set it.
    pub fn by(settings: &'settings TenantSettings) -> Self {
        Self {
            model: &settings.customer_model,
            is_on: settings.tenant.learns_accounts,
        }
    }
}

/// What customers learn from a case.
#[derive(Debug, Default)]
pub(super) struct Lesson {
    /// The case's customer: of a record that was merged into another, the survivor.
    pub(super) customer: Option<CustomerId>,
    /// The writes of customers, with their histories and notices.
    pub(super) writes: Vec<Write>,
}

/// A case as it is before and after a write, and its former customer if it gets another.
#[derive(Debug, Clone, Copy)]
pub(super) struct Written<'case> {
    /// The customer after the write.
    pub(super) customer: CustomerId,
    /// The customer before it, if it is another.
    pub(super) former: Option<CustomerId>,
    /// The conversation.
    pub(super) conversation: Conversation<'case>,
}

impl<'case> Written<'case> {
    /// A case whose interactions were `known` before it was written as `after`. Another customer knows none of them.
    pub(super) fn new(before: CustomerId, (case, all): (&Case, &'case [Interaction]), known: &'case [Interaction]) -> Self {
        let is_moved = before != case.customer;
        Self {
            customer: case.customer,
            former: Some(before).filter(|before| is_moved && *before != CustomerId::NOBODY),
            conversation: Conversation {
                case: case.id,
                known: if is_moved { &[] } else { known },
                all,
            },
        }
    }
}

impl Store {
    /// What customers learn when a case is written. One round trip if the conversation has something new, and none
    /// otherwise.
    pub(super) async fn lesson(&self, written: Written<'_>, learning: Learning<'_>, change: &Change) -> Result<Lesson, Error> {
        let Written {
            customer,
            former,
            conversation,
        } = written;
        let is_idle = !learning.is_on && former.is_none();
        if is_idle || customer == CustomerId::NOBODY || !conversation.has_news() {
            return Ok(Lesson::default());
        }
        let former = async {
            match former {
                Some(former) => self.customer_get(former).await,
                None => Ok(None),
            }
        };
        let (customer, former) = try_join(self.customer_get(customer), former).await?;
        let mut lesson = Lesson {
            customer: customer.as_ref().map(|customer| customer.id),
            writes: Vec::new(),
        };
        // Both may be one person by now.
        let former = former.filter(|former| lesson.customer.is_some_and(|customer| !former.is_of(customer)));
        if let Some(before) = customer.filter(|_| learning.is_on) {
            let learn = |customer: &mut Customer| customer.learn(&conversation);
            lesson
                .writes
                .extend(self.taught(&before, learn, (LEARN, MOST_TERMS), learning.model, change)?);
        }
        if let Some(before) = former {
            let unlearn = |customer: &mut Customer| customer.unlearn(conversation.case);
            lesson
                .writes
                .extend(self.taught(&before, unlearn, (UNLEARN, MOST_TERMS), learning.model, change)?);
        }
        Ok(lesson)
    }

    /// The writes of a customer who learnt something; none if there is nothing to write, or not now, since its terms change too much.
    pub(super) fn taught(
        &self,
        before: &Customer,
        teach: impl Fn(&mut Customer),
        (operation, most_terms): (&'static str, usize),
        model: &ObjectStructure,
        change: &Change,
    ) -> Result<Vec<Write>, Error> {
        let mut after = before.clone();
        teach(&mut after);
        if after == *before || after.check_size(Some(before), model).is_err() {
            return Ok(Vec::new());
        }
        after.version += 1;
        after.lessons += 1;
        after.updated = change.clone();
        let terms = match self.term_changes(Some(before), &after, model) {
            TermChanges::Known(terms) if terms.len() <= most_terms => terms,
            TermChanges::Known(_) | TermChanges::Unknown => return Ok(Vec::new()),
        };
        let audit = audit(operation);
        let mut writes = vec![
            self.customer_over(Some(before), &after, false)?,
            audit.write(&self.keys.customer_partition(after.id), change)?,
            self.tell_of(&after, audit.notice(NoticeKind::CustomerUpdated, change)),
        ];
        writes.extend(terms);
        Ok(writes)
    }

    /// Removes a learnt account from a customer, who does not learn it again. `None` if there is no such customer, and
    /// otherwise whether it had the account.
    pub async fn account_remove(
        &self,
        id: CustomerId,
        network: &str,
        account: &str,
        model: &ObjectStructure,
        change: &Change,
    ) -> Result<Option<bool>, Error> {
        let has_it = |customer: &Customer| customer.clone().remove_account(network, account, change.at);
        let Some(customer) = self.customer_get(id).await? else {
            return Ok(None);
        };
        if !has_it(&customer) {
            return Ok(Some(false));
        }
        let lost: Vec<LearntAccount> = customer.accounts().filter(|one| one.is(network, account)).cloned().collect();
        self.pass_on(&customer, &lost, change).await?;
        let edit = |customer: &mut Customer| {
            customer.remove_account(network, account, change.at);
            Ok(())
        };
        let removed = self.customer_update(id, model, change, &audit(REMOVE), edit).await;
        let removed = removed.map_err(|refusal: CustomerRefusal| refusal.unexpected("remove an account"))?;
        Ok(removed.map(|_| true))
    }

    /// Lets other customers give up the handles that accounts of a customer were seen with later. It comes before the
    /// customer goes, or loses the accounts. Otherwise a handle would count for somebody to whom it no longer belongs.
    pub(super) async fn pass_on(&self, customer: &Customer, accounts: &[LearntAccount], change: &Change) -> Result<(), Error> {
        let terms: Vec<Term> = handle_terms(accounts).into_iter().collect();
        if terms.is_empty() {
            return Ok(());
        }
        let found = self.customer_find(&terms, MOST_FORMER).await?;
        let ids = found
            .into_iter()
            .flat_map(|found| found.ids)
            .filter(|id| !customer.is_of(*id));
        let mut former = self.customer_get_many(ids).await?;
        former.retain(|one| one.id != customer.id && one.clone().pass_on(accounts));
        if former.is_empty() {
            return Ok(());
        }
        let settings = self.settings_get().await?;
        for one in former {
            let edit = |customer: &mut Customer| {
                customer.lessons += u64::from(customer.pass_on(accounts));
                Ok(())
            };
            let audit = audit(PASS_ON);
            match self
                .customer_update(one.id, &settings.customer_model, change, &audit, edit)
                .await
            {
                // A record without room for a time keeps the handle.
                Ok(_) | Err(CustomerRefusal::Failed(Error::Invalid(_))) => {}
                Err(refusal) => return Err(refusal.unexpected("pass on a handle")),
            }
        }
        Ok(())
    }
}

fn audit(operation: &'static str) -> Audit {
    Audit {
        operation,
        fields: vec![ACCOUNTS.to_owned()],
        interactions: 0,
    }
}
