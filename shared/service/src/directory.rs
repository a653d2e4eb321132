//! The search of a directory: all customers who meet all questions, or an error if they are too many to count and sort.
//!
//! The bound is on the customers who *match*, of the requested kind and departments. Other customers that the indexes name cost only reads.
//! So a caller who sees one department learns nothing about the others, not even their size.

use std::collections::BTreeSet;

use crm_domain::{ActivityQuestion, Customer, CustomerId, CustomerKind, Question, error::Error, learnt::keep_last_holders};
use crm_store::{Found, Picked};
use futures::{StreamExt as _, TryStreamExt as _, stream};

use super::Session;

/// The largest number of customers that are counted, sorted and shown.
pub const MOST_FOUND: usize = 1_000;
/// The largest number of candidates that are read, if the indexes name more than [`MOST_FOUND`] and some of them do not match.
const MOST_READ: usize = 10_000;
/// The largest number of customers whose timelines are read, if no index tells who had an activity. For more customers the index is asked
/// for more entries first.
const MOST_TIMELINES: usize = 100;
/// The largest number of questions of a rank that are asked of the indexes. The records are compared with all.
const MOST_DRIVERS: usize = 16;
/// How many timelines are read at once.
const TIMELINES_AT_ONCE: usize = 16;

/// The result of a search.
#[derive(Debug)]
pub enum Directory {
    /// All matches, ordered by number.
    Found(Vec<Customer>),
    /// More than [`MOST_FOUND`] match.
    TooMany,
    /// More candidates than `MOST_READ` for every question, so the matches cannot be counted.
    TooBroad,
}

/// The query of a directory.
#[derive(Debug, Clone, Default)]
pub struct DirectoryQuery {
    /// All of these must be met. Without any question nobody is found.
    pub questions: Vec<Question>,
    /// The kind of customer; any if `None`.
    pub kind: Option<CustomerKind>,
    /// The ids of the departments; any if `None`.
    pub departments: Option<BTreeSet<String>>,
}

impl DirectoryQuery {
    fn is_met_by(&self, customer: &Customer, session: &Session) -> bool {
        let is_of = |departments: &BTreeSet<String>| {
            let department = customer.party.department.as_ref();
            department.is_some_and(|department| departments.contains(department))
        };
        self.kind.is_none_or(|kind| kind == customer.party.kind)
            && self.departments.as_ref().is_none_or(is_of)
            && self
                .questions
                .iter()
                .all(|question| question.is_met_by(customer, session.region()))
    }

    fn activity(&self) -> Option<&ActivityQuestion> {
        self.questions.iter().find_map(|question| match question {
            Question::Activity(activity) => Some(activity),
            _ => None,
        })
    }
}

/// The customers who meet the query.
///
/// The questions of the lowest rank are asked of the indexes, and those of the next rank if these name too many. The candidates are read
/// and compared with all questions. That takes two round trips, and one more for timelines. If every rank names too many, all questions are
/// asked for more candidates, which are read in parts.
pub async fn search_directory(session: &Session, query: &DirectoryQuery) -> Result<Directory, Error> {
    let ranks: BTreeSet<u8> = query.questions.iter().map(Question::rank).collect();
    for rank in ranks {
        let drivers = query.questions.iter().filter(|question| question.rank() == rank);
        if let Some(candidates) = candidates(session, drivers.take(MOST_DRIVERS), MOST_FOUND).await? {
            return among(session, query, candidates).await;
        }
    }
    match candidates(session, query.questions.iter().take(MOST_DRIVERS), MOST_READ).await? {
        Some(candidates) => among(session, query, candidates).await,
        None => Ok(Directory::TooBroad),
    }
}

/// The candidates that the indexes name.
#[derive(Debug)]
struct Candidates {
    ids: BTreeSet<CustomerId>,
    /// Whether all of them had the activity that is asked for.
    had_activity: bool,
}

/// The customers on every complete list; `None` if no complete list is short enough.
async fn candidates<'query>(
    session: &Session,
    drivers: impl Iterator<Item = &'query Question>,
    most: usize,
) -> Result<Option<Candidates>, Error> {
    let lists = drivers.map(async |question| {
        let is_activity = matches!(question, Question::Activity(_));
        Ok::<_, Error>((is_activity, proposed(session, question, most).await?))
    });
    let lists = futures::future::try_join_all(lists).await?;
    let complete: Vec<(bool, Found)> = lists.into_iter().filter(|(_, list)| list.complete).collect();
    let had_activity = complete.iter().any(|(is_activity, _)| *is_activity);
    let shared = complete
        .into_iter()
        .map(|(_, list)| list.ids)
        .reduce(|one, other| &one & &other);
    let ids = shared.filter(|shared| shared.len() <= most);
    Ok(ids.map(|ids| Candidates { ids, had_activity }))
}

/// The customers that an index names for a question, at most `most` per list.
async fn proposed(session: &Session, question: &Question, most: usize) -> Result<Found, Error> {
    let store = session.store();
    // One more, so that the result shows whether it is complete.
    let limit = i32::try_from(most + 1).unwrap_or(i32::MAX);
    match question {
        Question::Activity(activity) => store.customers_active(activity, limit).await,
        Question::Created(span) => store.customers_created(span, limit).await,
        _ => {
            let lists = store.customer_find(&question.lookups(session.region()), limit).await?;
            let empty = Found {
                complete: true,
                ..Found::default()
            };
            Ok(lists.into_iter().fold(empty, Found::or))
        }
    }
}

/// The candidates who meet the query.
async fn among(session: &Session, query: &DirectoryQuery, candidates: Candidates) -> Result<Directory, Error> {
    let activity = query.activity().filter(|_| !candidates.had_activity);
    let met = |customer: Customer| query.is_met_by(&customer, session).then_some(customer);
    let Picked { mut picked, is_all } = session.store().customer_pick(candidates.ids, MOST_FOUND, met).await?;
    keep_last_holders(&mut picked);
    picked.retain(|customer| query.is_met_by(customer, session));
    match (is_all, activity) {
        (true, None) => Ok(Directory::Found(picked)),
        (true, Some(activity)) => with_activity(session, picked, activity).await.map(Directory::Found),
        (false, None) => Ok(Directory::TooMany),
        // It is unknown how many of them had such an activity.
        (false, Some(_)) => Ok(Directory::TooBroad),
    }
}

/// The customers who had such an activity: by the index if it names few, and otherwise by their timelines.
async fn with_activity(session: &Session, customers: Vec<Customer>, activity: &ActivityQuestion) -> Result<Vec<Customer>, Error> {
    if customers.len() > MOST_TIMELINES {
        let active = proposed(session, &Question::Activity(*activity), MOST_FOUND).await?;
        if active.complete {
            let those = customers.into_iter().filter(|customer| active.ids.contains(&customer.id));
            return Ok(those.collect());
        }
    }
    let had = stream::iter(customers).map(|customer| async move {
        let had = session.store().customer_was_active(&customer, activity).await?;
        Ok::<_, Error>(had.then_some(customer))
    });
    let found = had
        .buffered(TIMELINES_AT_ONCE)
        .try_filter_map(async |customer| Ok(customer))
        .try_collect();
    found.await
}
