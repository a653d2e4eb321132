//! Items to and from the domain: the serde form of a domain type and its key.

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Serialize, de::DeserializeOwned};
use serde_dynamo::aws_sdk_dynamodb_1::{from_item, to_item};

use super::{Item, keys::Key};
use crate::error::Error;

/// A record with its key.
pub(super) fn write(key: &Key, record: &impl Serialize) -> Result<Item, Error> {
    let mut item: Item = to_item(record).map_err(|source| Error::internal("write a record as an item", source))?;
    item.extend(key_item(key));
    Ok(item)
}

/// A record from its item.
pub(super) fn read<T: DeserializeOwned>(item: Item) -> Result<T, Error> {
    from_item(item).map_err(|source| Error::internal("read a record from its item", source))
}

/// The key alone.
pub(super) fn key_item(key: &Key) -> Item {
    Item::from([("pk".to_owned(), text(&key.pk)), ("sk".to_owned(), text(&key.sk))])
}

/// A string attribute.
pub(super) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

/// A number attribute.
pub(super) fn number(value: impl ToString) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// A string attribute's value.
pub(super) fn text_of<'item>(item: &'item Item, attribute: &str) -> Option<&'item str> {
    item.get(attribute)?.as_s().ok().map(String::as_str)
}
