//! The list of customers, ordered by number (section 6.1).

use std::sync::Arc;

use crm_domain::{
    error::Error,
    model::check_length,
    normal::{Readings, described, name_readings},
};
use crm_lambda::http::{Request, Response};
use crm_service::Session;

use crate::{
    parameters::Parameters,
    rules::{self, DEFAULT_LIMIT, LARGEST_NUMBER, LONGEST_QUERY, MOST_LIMIT},
    texts::{TOO_DEEP, invalid},
    wire,
};

/// `GET /api/v2/customer`.
pub async fn get_index(session: Session, request: Arc<Request>) -> Result<Response, Error> {
    let parameters = Parameters::of(&request).await?;
    let words = words(&parameters)?;
    let largest = usize::try_from(LARGEST_NUMBER).unwrap_or(usize::MAX);
    let start = parameters.count("itemStart", 0, largest)?;
    let limit = parameters.count("itemLimit", DEFAULT_LIMIT, MOST_LIMIT)?;
    let listed = crm_service::list_customers(&session, words, start..start.saturating_add(limit)).await?;
    if start >= listed.total && !listed.is_complete {
        return Err(TOO_DEEP.about(&listed.total.to_string()));
    }
    let shown = listed.shown.iter().map(|customer| wire::customer_in_list(customer, &session));
    Ok(wire::items(start, limit, listed.total, listed.is_complete, shown))
}

/// The words of the query in all of their readings.
fn words(parameters: &Parameters) -> Result<Vec<Readings>, Error> {
    let Some(query) = parameters.text("query") else {
        return Ok(Vec::new());
    };
    check_length(query, LONGEST_QUERY).map_err(|why| invalid("query", &why))?;
    if !rules::is_query(query) {
        let odd = query.chars().find(|sign| !rules::is_query(&sign.to_string()));
        let odd = odd.map(|odd| format!(": it has {}", described(odd))).unwrap_or_default();
        return Err(invalid(
            "query",
            &format!("must have letters, digits and spaces only, such as ann jansen{odd}"),
        ));
    }
    Ok(name_readings(query))
}
