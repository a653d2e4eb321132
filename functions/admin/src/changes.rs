//! The feed of changes (contract section 6).

use std::{ops::RangeInclusive, sync::Arc, time::Duration};

use crm_domain::error::Error;
use crm_lambda::http::{Request, Response};
use crm_service::{After, FeedRefusal, NoticePlace, Session, json::Mistakes};

use crate::{refusal, wire};

/// How many changes a page has, unless the request says so, and at most.
const LIMIT: u64 = 100;
const LIMITS: RangeInclusive<u64> = 1..=1_000;
/// For so many seconds a request may ask to wait. It is answered earlier.
const WAITS: RangeInclusive<u64> = 0..=20;
/// What the cursor of the end of the feed is called.
const LATEST: &str = "latest";

/// `GET changes` (`listChanges`).
pub async fn list_changes(session: Session, request: Arc<Request>) -> Result<Response, Error> {
    let (after, limit, wait) = question(&request)?;
    let page = crm_service::read_changes(&session, after, limit, wait).await;
    let page = page.map_err(|refused| match refused {
        FeedRefusal::Expired => refusal::expired_cursor(),
        FeedRefusal::Ahead => Error::invalid_field("after", NO_CURSOR),
        FeedRefusal::Failed(error) => error,
    })?;
    Ok(Response::json(200, &wire::changes(&page, &session)))
}

const NO_CURSOR: &str = "must be the cursor of an answer, or latest";

fn question(request: &Request) -> Result<(After, usize, Duration), Error> {
    let mut mistakes = Mistakes::default();
    let given = |name| request.query_parameter(name).filter(|value| !value.is_empty());
    let after = mistakes.note("after", after(given("after"))).unwrap_or(After::Oldest);
    let limit = mistakes
        .note("limit", number(given("limit"), LIMITS))
        .flatten()
        .unwrap_or(LIMIT);
    let wait = mistakes
        .note("wait", number(given("wait"), WAITS))
        .flatten()
        .unwrap_or_default();
    if !mistakes.is_empty() {
        return Err(mistakes.into_error());
    }
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    Ok((after, limit, Duration::from_secs(wait)))
}

fn after(given: Option<&str>) -> Result<After, String> {
    match given {
        None => Ok(After::Oldest),
        Some(LATEST) => Ok(After::Latest),
        Some(cursor) => NoticePlace::parse(cursor)
            .map(After::Place)
            .ok_or_else(|| NO_CURSOR.to_owned()),
    }
}

fn number(given: Option<&str>, within: RangeInclusive<u64>) -> Result<Option<u64>, String> {
    let Some(given) = given else { return Ok(None) };
    let number = given.parse().ok().filter(|number| within.contains(number));
    let wrong = || format!("must be a whole number from {} to {}", within.start(), within.end());
    number.map(Some).ok_or_else(wrong)
}
