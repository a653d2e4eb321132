//! The data of pages.

use crm_domain::{Customer, CustomerId, error::Error};
use crm_store::{CaseEnd, Overview};

use super::{
    Session,
    cases::{self, case_id},
    customers::{self, customer_id},
};

/// The customer with this text id and their cases, with the `most` newest interactions of each of the newest
/// cases.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn customer_overview(session: &Session, id: &str, most: usize) -> Result<Overview, Error> {
    let found = session.store().customer_overview(customer_id(id)?, most).await?;
    found.ok_or(customers::NOT_FOUND)
}

/// The case with this text id, its `most` newest interactions, and its customer. Two round trips.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn case_end(session: &Session, id: &str, most: usize) -> Result<(CaseEnd, Option<Customer>), Error> {
    let found = session.store().case_end(case_id(id)?, most).await?;
    let end = found.ok_or(cases::NOT_FOUND)?;
    let customer = match end.case.customer {
        CustomerId::NOBODY => None,
        _ => session.store().customer_of_case(&end.case).await?,
    };
    Ok((end, customer))
}
