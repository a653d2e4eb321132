//! A directory's search: all customers who meet all questions, or none of them where they are too many to be counted and sorted.
//!
//! What bounds it is how many customers *match*, of the kind and of the departments that are asked for. Whom the indexes name beside
//! those costs reading and nothing else: who sees one department learns nothing of the others, not even how many there are.

use std::collections::BTreeSet;

use crm_domain::{ActivityQuestion, Customer, CustomerId, CustomerKind, Question, error::Error};
use crm_store::{Found, Picked};
use futures::{StreamExt as _, TryStreamExt as _, stream};

use super::Session;

/// So many customers are counted, sorted and shown at most.
pub const MOST_FOUND: usize = 1_000;
/// So many candidates are read at most, where the indexes name more than [`MOST_FOUND`] and others' are among them.
const MOST_READ: usize = 10_000;
/// Of so many customers the timelines are read, where an index does not say who had an activity; beyond these the index is asked
/// for more first.
const MOST_TIMELINES: usize = 100;
/// How many questions of a rank are asked of the indexes; the records answer the others.
const MOST_DRIVERS: usize = 16;
/// How many timelines are read at once.
const TIMELINES_AT_ONCE: usize = 16;

/// What a search came to.
#[derive(Debug)]
pub enum Directory {
    /// All who match, by number.
    Found(Vec<Customer>),
    /// More than [`MOST_FOUND`] match.
    TooMany,
    /// Whether that many match cannot be told: the indexes name more than `MOST_READ` candidates for every question.
    TooBroad,
}

/// Who is asked for.
#[derive(Debug, Clone, Default)]
pub struct DirectoryQuery {
    /// All of these must be met; without any nobody is found.
    pub questions: Vec<Question>,
    /// Only of this kind.
    pub kind: Option<CustomerKind>,
    /// Only those of these departments, by their ids.
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
/// The questions of the lowest rank are asked of the indexes; those of the next rank where these name too many. What they name is
/// read and compared with all questions. Two round trips, and one more for timelines. Where every rank names too many, all are asked
/// for more candidates, which are read in parts.
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

/// Whom the indexes name.
#[derive(Debug)]
struct Candidates {
    ids: BTreeSet<CustomerId>,
    /// Whether all of them had the activity that is asked for.
    had_activity: bool,
}

/// Those whom every complete list names; `None` if there is no complete one that is short enough.
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

/// Whom an index names for a question, at most so many of each of its lists.
async fn proposed(session: &Session, question: &Question, most: usize) -> Result<Found, Error> {
    let store = session.store();
    // One more, so that the list tells whether it is complete.
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

/// Those of the candidates who meet the query.
async fn among(session: &Session, query: &DirectoryQuery, candidates: Candidates) -> Result<Directory, Error> {
    let activity = query.activity().filter(|_| !candidates.had_activity);
    let met = |customer: Customer| query.is_met_by(&customer, session).then_some(customer);
    let Picked { picked, is_all } = session.store().customer_pick(candidates.ids, MOST_FOUND, met).await?;
    match (is_all, activity) {
        (true, None) => Ok(Directory::Found(picked)),
        (true, Some(activity)) => with_activity(session, picked, activity).await.map(Directory::Found),
        (false, None) => Ok(Directory::TooMany),
        // How many of them had such an activity is not known.
        (false, Some(_)) => Ok(Directory::TooBroad),
    }
}

/// Those of the customers who had such an activity: as the index says where it names few, else as their timelines say.
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
