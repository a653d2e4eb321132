//! How large a record is in the table, and how large it may become.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::error::FieldError;

/// The largest record, in bytes as DynamoDB counts them: names and values in UTF-8, and what holds them together. An item has 409,600. So there is
/// room for a record's key and for marks of what is under way, and a before-image, which an import keeps around a copy of the record, fits
/// as well.
pub const MOST_BYTES: usize = 300_000;
/// How many of the largest fields a refusal names.
const MOST_NAMED: usize = 3;

/// The size of a record in bytes, as DynamoDB counts them, at most (developer guide, "DynamoDB item sizes and formats").
pub fn stored_size(record: &impl Serialize) -> usize {
    // A record always has a stored form.
    serde_json::to_value(record).map_or(usize::MAX, |value| size(&value))
}

fn size(value: &Value) -> usize {
    const OF_HOLDER: usize = 3;
    const OF_ELEMENT: usize = 1;
    match value {
        Value::Null | Value::Bool(_) => 1,
        // Two digits take a byte, and one byte is for the number itself.
        Value::Number(number) => number.to_string().len() + 1,
        Value::String(text) => text.len(),
        Value::Array(list) => OF_HOLDER + list.iter().map(|one| OF_ELEMENT + size(one)).sum::<usize>(),
        Value::Object(members) => {
            let members = members.iter().map(|(name, value)| OF_ELEMENT + name.len() + size(value));
            OF_HOLDER + members.sum::<usize>()
        }
    }
}

/// Whether a record fits the table. One that was stored larger, by an earlier version, can be edited as long as it does not grow. `sizes`
/// tells what each field takes.
///
/// # Errors
/// The fields that take the most room.
pub fn check<T: Serialize>(
    record: &T,
    before: Option<&T>,
    sizes: impl FnOnce() -> BTreeMap<String, usize>,
) -> Result<(), Vec<FieldError>> {
    let bytes = stored_size(record);
    if bytes <= MOST_BYTES || before.is_some_and(|before| bytes <= stored_size(before)) {
        return Ok(());
    }
    let mut sizes: Vec<(usize, String)> = sizes().into_iter().map(|(name, size)| (size, name)).collect();
    sizes.sort_unstable();
    let largest = sizes.into_iter().rev().take(MOST_NAMED);
    let message = format!("all fields together may have at most {MOST_BYTES} bytes: please shorten this one");
    Err(largest.map(|(_, name)| FieldError::new(name, &message)).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn letters_count_by_their_bytes_and_names_and_holders_count_too() {
        assert_eq!(stored_size(&json!("語")), 3);
        assert_eq!(stored_size(&json!([true, "ab"])), 3 + 2 + 3);
        assert_eq!(stored_size(&json!({"name": {"a": 10}})), 3 + 5 + 3 + 2 + 3);
    }

    #[test]
    fn a_record_that_is_too_large_may_shrink_and_not_grow() {
        let record = |letters: usize| json!({"text": "x".repeat(letters)});
        let check = |after: usize, before: Option<usize>| {
            let before = before.map(record);
            let sizes = || BTreeMap::from([("text".to_owned(), after), ("a".to_owned(), 1)]);
            check(&record(after), before.as_ref(), sizes).map_err(|wrong| wrong[0].name.clone())
        };
        assert_eq!(check(MOST_BYTES - 8, None), Ok(()));
        assert_eq!(check(MOST_BYTES - 7, None), Err("text".to_owned()));
        assert_eq!(check(350_000, Some(350_000)), Ok(()));
        assert_eq!(check(350_001, Some(350_000)), Err("text".to_owned()));
    }
}
