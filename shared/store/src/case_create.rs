//! Creating a case: in one transaction if its interactions fit, and otherwise in steps.
//!
//! In steps, the record is written first, with everything that leads to it. It is marked as pending, so nobody sees it. Then the
//! interactions are written, and then the mark is removed. The mark is a lease: an equal request waits for the request that holds it, and
//! continues the work when the lease has run out. So a retry completes an interrupted create, and of ten equal requests at once only one
//! writes. Meanwhile the case is on the list of unfinished work. A case that no retry completes is removed when retries are no longer
//! possible (`unfinished`).

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use crm_domain::{Case, CaseId, Interaction, Notice, NoticeKind, case::merged, error::Error};

use super::{
    Audit, CaseRefusal, Created, Item, Learning, OnceKey, Store, WholeCase,
    cases::{CUSTOMER_PLACE, parts},
    items::{self, PENDING},
    learning::{self, Lesson, Written},
    notices::of_case,
    once::{has_same_content, remembered},
    transaction::{MOST_WRITES, Refusal, Refused, Write},
};
use crate::clock;
use crate::random;

/// How often another number is drawn if one is taken.
const DRAWS: u32 = 24;
/// The number of items in a new case's transaction beside its interactions.
const NEW_CASE_WRITES: usize = 6;
/// The lease of a request on its steps, in seconds.
const LEASE_SECONDS: i64 = 3;
/// How an equal request waits for the lease: about as long as its own time allows.
const POLL: Duration = Duration::from_millis(100);
const POLLS: u32 = 60;

impl Store {
    /// Creates a case, once per `once`, from which its customer learns. One round trip, one more if customers wrote in it, and a few more if
    /// the interactions do not fit into one transaction.
    ///
    /// # Errors
    /// [`Error::Invalid`] if the record would be too large.
    pub async fn case_create(
        &self,
        case: Case,
        interactions: Vec<Interaction>,
        once: &OnceKey,
        audit: &Audit,
        learning: Learning<'_>,
    ) -> Result<Created<WholeCase>, CaseRefusal> {
        case.check_size(None).map_err(Error::Invalid)?;
        let mut whole = (case, interactions);
        for round in 0..DRAWS {
            let mut lesson = self.lesson_of_new(&whole, learning, round).await?;
            let (case, interactions) = &mut whole;
            case.customer = lesson.customer.unwrap_or(case.customer);
            let in_steps = interactions.len() + lesson.writes.len() > MOST_WRITES - NEW_CASE_WRITES;
            if in_steps {
                // The customer learns when the case can be seen.
                lesson.writes.clear();
            }
            let teaches = !lesson.writes.is_empty();
            let mut writes = self.first_step(case, interactions, once, audit, in_steps)?;
            writes.append(&mut lesson.writes);
            let refused = match self.database.transact(writes).await {
                Ok(()) if in_steps => return self.other_steps(whole, audit, learning).await,
                Ok(()) => return Ok(Created::Now((whole.0, merged(Vec::new(), whole.1)))),
                Err(Refusal::Failed(error)) => return Err(error.into()),
                Err(Refusal::Conditions(refused)) => refused,
            };
            if let Some((id, record)) = earlier(&refused) {
                return match self.case_awaited(id, has_same_content(record, once)).await? {
                    Awaited::Whole(first) => Ok(Created::Before(first)),
                    Awaited::Ours(begun) => self.other_steps((begun, whole.1), audit, learning).await,
                };
            }
            if !teaches && refused.iter().any(|refused| refused.place == CUSTOMER_PLACE) {
                // The customer may have been merged into another.
                let survivor = self.survivor_of(whole.0.customer).await?;
                whole.0.customer = survivor.ok_or(CaseRefusal::NoSuchCustomer)?;
            }
            whole.0.id = CaseId::draw(whole.0.created.at, random::bits());
        }
        Err(Error::Busy("create a case").into())
    }

    /// The writes that claim the number, store the created-once record, and make the case reachable from its customer and in its history.
    /// The interactions are among them if they fit.
    fn first_step(
        &self,
        case: &Case,
        interactions: &[Interaction],
        once: &OnceKey,
        audit: &Audit,
        in_steps: bool,
    ) -> Result<Vec<Write>, Error> {
        let record = if in_steps {
            self.pending_item(case)?
        } else {
            items::write(&self.keys.case(case.id), case)?
        };
        let mut writes = vec![
            Write::PutNew(record),
            Write::RequireRecord(self.keys.customer(case.customer)),
            self.remember(once, &case.id, case.created.at)?,
            self.pointer(case),
            audit.write_once(&self.keys.case_partition(case.id), &case.created, Some(once))?,
        ];
        if in_steps {
            writes.push(self.begun(&case.id, case.version)?);
            // Others are told when the case can be seen.
            writes.push(Write::Untold(self.keys.case(case.id)));
        } else {
            writes.push(self.tell_of_new_case(case, interactions, audit));
            writes.extend(self.interaction_items(case.id, interactions)?.into_iter().map(Write::Put));
        }
        Ok(writes)
    }

    fn tell_of_new_case(&self, case: &Case, interactions: &[Interaction], audit: &Audit) -> Write {
        let notice = audit.notice(NoticeKind::CaseCreated, &case.created);
        let interactions = interactions.len();
        self.tell(of_case(case, Notice { interactions, ..notice }))
    }

    /// What the customer of a new case learns. After some rounds in which others wrote the customer, nothing.
    async fn lesson_of_new(&self, whole: &WholeCase, learning: Learning<'_>, round: u32) -> Result<Lesson, Error> {
        if round >= learning::TRIES {
            return Ok(Lesson::default());
        }
        let written = Written::new(whole.0.customer, parts(whole), &[]);
        self.lesson(written, learning, &whole.0.created).await
    }

    async fn other_steps(
        &self,
        whole: WholeCase,
        audit: &Audit,
        learning: Learning<'_>,
    ) -> Result<Created<WholeCase>, CaseRefusal> {
        let (case, interactions) = &whole;
        self.database.put_many(self.interaction_items(case.id, interactions)?).await?;
        for round in 0..DRAWS {
            let lesson = self.lesson_of_new(&whole, learning, round).await?;
            let teaches = !lesson.writes.is_empty();
            let mut writes = vec![
                Write::PutOverPending(items::write(&self.keys.case(case.id), case)?),
                self.ended(&case.id),
                self.tell_of_new_case(case, interactions, audit),
            ];
            writes.extend(lesson.writes);
            match self.database.transact(writes).await {
                Ok(()) => return Ok(Created::Now((whole.0, merged(Vec::new(), whole.1)))),
                Err(Refusal::Failed(error)) => return Err(error.into()),
                // The customer was written meanwhile.
                Err(Refusal::Conditions(refused)) if teaches && refused.iter().all(|refused| refused.place > 0) => {}
                // An equal request took over the lease when ours ran out, and was faster.
                Err(Refusal::Conditions(_)) => {
                    let first = self.case_get(case.id).await?;
                    return first.map(Created::Before).ok_or(BUSY.into());
                }
            }
        }
        Err(BUSY.into())
    }

    /// Waits until the case that an equal request is creating is complete, or until that request's lease has run out and is ours. A
    /// different request with the same key only waits.
    async fn case_awaited(&self, id: CaseId, may_take_up: bool) -> Result<Awaited, Error> {
        for _ in 0..POLLS {
            let pending = self.database.get(self.keys.case(id)).await?;
            let Some((until, record)) = pending.and_then(|record| Some((pending_until(&record)?, record))) else {
                let whole = self.case_get(id).await?;
                return whole
                    .map(Awaited::Whole)
                    .ok_or(Error::Busy("create a case that was erased since"));
            };
            if may_take_up && until <= clock::now().milliseconds() {
                // The case as it was begun, since the key of its pointer contains its time.
                let begun: Case = items::read(record)?;
                let item = self.pending_item(&begun)?;
                let untold = Write::Untold(self.keys.case(id));
                match self
                    .database
                    .transact(vec![Write::PutOverPendingUntil { item, until }, untold])
                    .await
                {
                    Ok(()) => return Ok(Awaited::Ours(begun)),
                    Err(Refusal::Failed(error)) => return Err(error),
                    Err(Refusal::Conditions(_)) => {}
                }
            }
            tokio::time::sleep(POLL).await;
        }
        Err(BUSY)
    }

    pub(super) fn pending_item(&self, case: &Case) -> Result<Item, Error> {
        let mut item = items::write(&self.keys.case(case.id), case)?;
        let until = clock::now().plus_seconds(LEASE_SECONDS);
        item.insert(PENDING.to_owned(), items::number(until.milliseconds()));
        Ok(item)
    }
}

const BUSY: Error = Error::Busy("create a case that an equal request is creating");

/// The state of a case that an equal request was creating.
enum Awaited {
    /// It is there.
    Whole(WholeCase),
    /// It was begun, and this request has to complete it.
    Ours(Case),
}

/// The number that an equal request has claimed, and its created-once record.
fn earlier(refused: &[Refused]) -> Option<(CaseId, &Item)> {
    refused.iter().find_map(|refused| {
        let record = refused.found.as_ref()?;
        Some((CaseId::parse(remembered(Some(record))?)?, record))
    })
}

/// The end of the lease on a pending case; `None` for any other case.
pub(super) fn pending_until(record: &Item) -> Option<i64> {
    match record.get(PENDING)? {
        AttributeValue::N(until) => until.parse().ok(),
        _ => None,
    }
}
