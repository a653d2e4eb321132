//! The order of an answer (contract section 2.4). Inferred: customers without the sorted value come last in both
//! orders, and equal ones are ordered by their number.

use std::cmp::Ordering;

use crm_domain::{Customer, FieldDefinition, normal::text};

/// The value that customers are sorted by.
#[derive(Debug, Clone)]
pub enum SortBy {
    /// Their number.
    Id,
    /// Their kind, by its internal word.
    Type,
    /// Their name, ignoring case. Inferred.
    Name,
    /// A field of the model.
    Custom(Box<FieldDefinition>),
}

/// The sorting of an answer.
#[derive(Debug, Clone)]
pub struct Sorting {
    /// The value to sort by.
    pub by: SortBy,
    /// Whether the order is descending.
    pub is_descending: bool,
}

impl Sorting {
    /// The customers in this order.
    pub fn sorted(&self, customers: Vec<Customer>) -> Vec<Customer> {
        let mut keyed: Vec<(Option<String>, Customer)> = customers.into_iter().map(|one| (self.key(&one), one)).collect();
        keyed.sort_by(|(one, first), (other, second)| {
            let by_key = self.order(one.as_ref(), other.as_ref());
            by_key.then_with(|| first.id.cmp(&second.id))
        });
        keyed.into_iter().map(|(_, customer)| customer).collect()
    }

    fn key(&self, customer: &Customer) -> Option<String> {
        match &self.by {
            // Padded with zeros, so that the order of texts is that of numbers.
            SortBy::Id => Some(format!("{:020}", customer.id.number())),
            SortBy::Type => Some(customer.party.kind.name().to_owned()),
            SortBy::Name => customer.whole_name().map(|name| text(&name)),
            SortBy::Custom(field) => customer.field(field).map(|value| value.as_text().to_owned()),
        }
    }

    fn order(&self, one: Option<&String>, other: Option<&String>) -> Ordering {
        match (one, other) {
            (Some(one), Some(other)) if self.is_descending => other.cmp(one),
            (Some(one), Some(other)) => one.cmp(other),
            (one, other) => other.is_some().cmp(&one.is_some()),
        }
    }
}

#[cfg(test)]
mod tests {
    use crm_domain::{Actor, Change, CustomerId, Role, Timestamp};

    use super::*;

    fn customer(number: u64, name: Option<&str>) -> Customer {
        let change = Change {
            at: Timestamp::from_milliseconds(0),
            by: Actor::default(),
        };
        let mut customer = Customer::new(CustomerId::from_number(number).unwrap(), change);
        customer.profile.extend(name.map(|name| (Role::DisplayName, name.to_owned())));
        customer
    }

    #[test]
    fn the_nameless_come_last_in_both_orders_and_equal_names_by_number() {
        let people = || {
            vec![
                customer(4, None),
                customer(3, Some("ada")),
                customer(10, Some("Bob")),
                customer(1, Some("Ada")),
            ]
        };
        let numbers = |by: SortBy, is_descending| -> Vec<u64> {
            let sorted = Sorting { by, is_descending }.sorted(people());
            sorted.iter().map(|customer| customer.id.number()).collect()
        };
        assert_eq!(numbers(SortBy::Name, false), [1, 3, 10, 4]);
        assert_eq!(numbers(SortBy::Name, true), [10, 1, 3, 4]);
        assert_eq!(numbers(SortBy::Id, false), [1, 3, 4, 10]);
        assert_eq!(numbers(SortBy::Id, true), [10, 4, 3, 1]);
    }
}
