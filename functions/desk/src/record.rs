//! A customer in a list.

use agent::{customer::names, text::Text};
use crm_domain::{Customer, ObjectStructure};

use crate::WAYS;

/// What every list shows of a customer.
#[derive(Debug)]
pub struct Record {
    /// The name.
    pub name: Text,
    /// First and last name, if that is another one.
    pub full_name: Option<Text>,
    /// The id.
    pub id: String,
    /// The record.
    pub link: String,
}

impl Record {
    /// The view of a customer.
    pub fn new(customer: &Customer, model: &ObjectStructure) -> Self {
        let (name, full_name) = names(customer, model);
        Self {
            name,
            full_name,
            id: customer.id.to_string(),
            link: WAYS.to_customer(customer.id),
        }
    }
}
