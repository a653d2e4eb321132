//! Reads all customers of a tenant in parts, by the index of creation times. Every record has one entry in it, which
//! is written and deleted with the record.

use std::{collections::HashMap, fmt};

use crm_domain::{CustomerId, Term, TermKind, error::Error, term::CREATED_PARTS};

use super::{
    Item, Store,
    items::{self, text, text_of},
    keys::{Index, TOKEN},
    search::page,
};

/// The position of a walk over all customers: a part of the index, and an entry in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Turn {
    part: u64,
    after: Option<Entry>,
}

/// An entry: the token of a time, and the customer.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    token: String,
    customer: CustomerId,
}

/// The number of digits of a token.
const TOKEN_DIGITS: usize = 14;

impl Turn {
    /// Reads the text form. Only the exact form counts.
    pub fn parse(text: &str) -> Option<Self> {
        let (part, after) = text.split_once('-').map_or((text, None), |(part, after)| (part, Some(after)));
        let after = match after {
            Some(after) => Some(Entry::parse(after)?),
            None => None,
        };
        let turn = Self {
            part: part.parse().ok().filter(|part| *part < CREATED_PARTS)?,
            after,
        };
        (turn.to_string() == text).then_some(turn)
    }
}

impl Entry {
    fn parse(text: &str) -> Option<Self> {
        let (token, customer) = text.split_once('-')?;
        let is_token = token.len() == TOKEN_DIGITS && token.bytes().all(|byte| byte.is_ascii_digit());
        Some(Self {
            token: is_token.then(|| token.to_owned())?,
            customer: CustomerId::parse(customer)?,
        })
    }
}

impl fmt::Display for Turn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.part)?;
        match &self.after {
            Some(Entry { token, customer }) => write!(formatter, "-{token}-{customer}"),
            None => Ok(()),
        }
    }
}

impl Store {
    /// Up to `most` customers from a position on, each with the position after it; fewer only at the end. Customers
    /// who are created or deleted meanwhile may or may not be included. All others are returned exactly once.
    pub async fn customers_in_turn(&self, from: &Turn, most: usize) -> Result<Vec<(CustomerId, Turn)>, Error> {
        let (mut found, mut place) = (Vec::new(), from.clone());
        while place.part < CREATED_PARTS && found.len() < most {
            let (entries, is_all) = self.entries_of_part(&place, most - found.len()).await?;
            let part = place.part;
            found.extend(entries.into_iter().map(|entry| {
                let customer = entry.customer;
                let after = Some(entry);
                (customer, Turn { part, after })
            }));
            if is_all {
                place = Turn {
                    part: part + 1,
                    after: None,
                };
            }
        }
        Ok(found)
    }

    async fn entries_of_part(&self, place: &Turn, most: usize) -> Result<(Vec<Entry>, bool), Error> {
        let query = self
            .within(self.keys.created_part(place.part), None)
            .set_exclusive_start_key(place.after.as_ref().map(|entry| self.entry_key(place.part, entry)));
        let (items, is_all) = page(query, i32::try_from(most).unwrap_or(i32::MAX)).await?;
        let entry = |item: &Item| {
            Some(Entry {
                token: text_of(item, TOKEN)?.to_owned(),
                customer: self.keys.customer_of(text_of(item, "pk")?)?,
            })
        };
        Ok((items.iter().filter_map(entry).collect(), is_all))
    }

    /// The key of an entry in the table and in the index.
    fn entry_key(&self, part: u64, entry: &Entry) -> HashMap<String, aws_sdk_dynamodb::types::AttributeValue> {
        let term = Term::new(TermKind::Created(part), &entry.token);
        let mut key = items::key_item(&self.keys.term(entry.customer, &term));
        key.insert(Index::Term.attribute().to_owned(), text(self.keys.created_part(part)));
        key.insert(TOKEN.to_owned(), text(&entry.token));
        key
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_parses_back_and_other_texts_do_not() {
        let customer = CustomerId::parse("C0SA77REZRPC").unwrap();
        let after = |part| Turn {
            part,
            after: Some(Entry {
                token: "10995305600000".to_owned(),
                customer,
            }),
        };
        for turn in [Turn::default(), Turn { part: 3, after: None }, after(0), after(2)] {
            assert_eq!(Turn::parse(&turn.to_string()), Some(turn));
        }
        for text in [
            "",
            "4",
            "00",
            "-1",
            "0-",
            "0-10995305600000",
            "0-1-C0SA77REZRPC",
            "0-1099530560000x-C0SA77REZRPC",
            "0-10995305600000-C0SA77REZRP",
            "0-10995305600000-C0SA77REZRPC-",
        ] {
            assert_eq!(Turn::parse(text), None, "{text}");
        }
    }
}
