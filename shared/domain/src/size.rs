//! The size of a record in the table, and its limit.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::error::FieldError;

/// The largest record, in bytes as DynamoDB counts them: names and values in UTF-8, and their structure. An item has
/// at most 409,600. That leaves room for a record's key and for marks of unfinished work. An import's before-image,
/// which holds a copy of the record, fits as well.
pub const MOST_BYTES: usize = 300_000;
/// How many of the largest fields an error names.
const MOST_NAMED: usize = 3;

/// An upper bound of a record's size in bytes, as DynamoDB counts them (developer guide, "DynamoDB item sizes and
/// formats").
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

/// Checks that a record fits into the table. One that an earlier version stored larger can be edited as long as it
/// does not grow. `sizes` are the sizes of its fields.
///
/// # Errors
/// The largest fields.
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
    fn values_count_in_bytes_together_with_names_and_structure() {
        assert_eq!(stored_size(&json!("語")), 3);
        assert_eq!(stored_size(&json!([true, "ab"])), 3 + 2 + 3);
        assert_eq!(stored_size(&json!({"name": {"a": 10}})), 3 + 5 + 3 + 2 + 3);
    }

    #[test]
    fn a_record_that_is_too_large_may_shrink_but_not_grow() {
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
