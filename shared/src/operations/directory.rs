//! A directory's search: all customers who meet all questions, or none of them where they are too many to be counted and sorted.

use std::collections::BTreeSet;

use futures::{StreamExt as _, TryStreamExt as _, stream};

use super::{Session, kept};
use crate::{
    domain::{ActivityQuestion, Customer, CustomerId, Kind, Question},
    error::Error,
    store::Found,
};

/// So many customers are found, read, counted and sorted at most: 1,000 records are ten batches, read at once.
pub const MOST_FOUND: usize = 1_000;
/// Of so many customers the timelines are read, where an index does not say who had an activity.
const MOST_TIMELINES: usize = 100;
/// How many questions of a rank are asked of the indexes; the records answer the others.
const MOST_DRIVERS: usize = 16;
/// How many timelines are read at once.
const TIMELINES_AT_ONCE: usize = 16;

/// Who is asked for.
#[derive(Debug, Clone, Default)]
pub struct DirectoryQuery {
    /// All of these must be met; without any nobody is found.
    pub questions: Vec<Question>,
    /// Only of this kind.
    pub kind: Option<Kind>,
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

/// The customers who meet the query, by number; `None` if they are, or may be, more than [`MOST_FOUND`].
///
/// The questions of the lowest rank are asked of the indexes; those of the next rank where these name too many. What they name is
/// read and compared with all questions. Two round trips, and one more for timelines.
pub async fn search_directory(session: &Session, query: &DirectoryQuery) -> Result<Option<Vec<Customer>>, Error> {
    let ranks: BTreeSet<u8> = query.questions.iter().map(Question::rank).collect();
    for rank in ranks {
        let drivers = query.questions.iter().filter(|question| question.rank() == rank);
        let drivers: Vec<&Question> = drivers.take(MOST_DRIVERS).collect();
        if let Some(candidates) = candidates(session, &drivers).await? {
            let candidates = session.store().customer_get_many(candidates).await?;
            let mut customers = kept(candidates, |customer| query.is_met_by(customer, session)).await;
            customers.sort_by_key(|customer| customer.id);
            let is_driven_by_activity = drivers.iter().any(|question| matches!(question, Question::Activity(_)));
            return match query.activity().filter(|_| !is_driven_by_activity) {
                Some(activity) => with_activity(session, customers, activity).await,
                None => Ok(Some(customers)),
            };
        }
    }
    Ok(None)
}

/// Those whom every complete list names; `None` if there is no complete one that is short enough.
async fn candidates(session: &Session, drivers: &[&Question]) -> Result<Option<BTreeSet<CustomerId>>, Error> {
    let lists = drivers.iter().map(|question| proposed(session, question));
    let lists = futures::future::try_join_all(lists).await?;
    let complete = lists.into_iter().filter(|list| list.complete).map(|list| list.ids);
    let shared = complete.reduce(|one, other| &one & &other);
    Ok(shared.filter(|shared| shared.len() <= MOST_FOUND))
}

/// Whom an index names for a question.
async fn proposed(session: &Session, question: &Question) -> Result<Found, Error> {
    let store = session.store();
    // One more than are shown, so that the list tells whether it is complete.
    let limit = i32::try_from(MOST_FOUND + 1).unwrap_or(i32::MAX);
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

/// Those of the customers who had such an activity.
async fn with_activity(
    session: &Session,
    customers: Vec<Customer>,
    activity: &ActivityQuestion,
) -> Result<Option<Vec<Customer>>, Error> {
    if customers.len() > MOST_TIMELINES {
        let active = proposed(session, &Question::Activity(*activity)).await?;
        let those = customers.into_iter().filter(|customer| active.ids.contains(&customer.id));
        return Ok(active.complete.then(|| those.collect()));
    }
    let had = stream::iter(customers).map(|customer| async move {
        let had = session.store().customer_was_active(customer.id, activity).await?;
        Ok::<_, Error>(had.then_some(customer))
    });
    let found = had
        .buffered(TIMELINES_AT_ONCE)
        .try_filter_map(async |customer| Ok(customer))
        .try_collect();
    found.await.map(Some)
}
