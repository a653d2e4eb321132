//! Several values in one cell, as address books write them. Each goes into a field of its own, if the model has one.

use crm_domain::{FieldDefinition, ObjectStructure, Role, error::FieldError, normal::Region};
use serde_json::{Map, Value};

/// The separators of values, the least likely in a value first.
const SEPARATORS: [&str; 6] = [" ::: ", "\n", ";", "|", ",", " / "];

/// Divides cells with several e-mail addresses or telephone numbers. Values without a field stay in the cell's first field with a mistake.
/// If `may_drop`, they are left out and returned.
pub fn divide(
    values: &mut Map<String, Value>,
    model: &ObjectStructure,
    region: Region,
    may_drop: bool,
) -> Vec<(FieldError, String)> {
    let mut dropped = Vec::new();
    for field in model.fields.iter().filter(|field| is_divided(field)) {
        let Some(Value::String(text)) = values.get(&field.name) else {
            continue;
        };
        let Some(parts) = parts(text, field, region) else { continue };
        let free: Vec<&str> = model
            .fields
            .iter()
            .filter(|other| other.role == field.role && other.name != field.name && is_empty(values, &other.name))
            .map(|other| other.name.as_str())
            .collect();
        let room = free.len() + 1;
        let message = format!(
            "has {} values, but the model has room for {room}: leave out the others",
            parts.len()
        );
        if parts.len() > room && !may_drop {
            continue;
        }
        let rest = parts.iter().skip(room).cloned().collect::<Vec<_>>().join("; ");
        let names: Vec<String> = std::iter::once(field.name.as_str()).chain(free).map(str::to_owned).collect();
        for (name, part) in names.into_iter().zip(parts) {
            values.insert(name, part.into());
        }
        if !rest.is_empty() {
            dropped.push((FieldError::new(&field.name, message), rest));
        }
    }
    dropped
}

fn is_divided(field: &FieldDefinition) -> bool {
    matches!(field.role, Some(Role::Email | Role::Phone))
}

fn is_empty(values: &Map<String, Value>, name: &str) -> bool {
    values
        .get(name)
        .is_none_or(|value| value.as_str().is_some_and(|text| text.trim().is_empty()))
}

/// The fewest digits of a telephone number beside others: fewer are an extension.
const FEWEST_DIGITS: usize = 7;

/// The values of a cell, if it has separators and each part is a valid value. (A lenient reader would take two telephone numbers for one.)
fn parts(text: &str, field: &FieldDefinition, region: Region) -> Option<Vec<String>> {
    let is_long = |text: &str| text.chars().filter(char::is_ascii_digit).count() >= FEWEST_DIGITS;
    let is_value = |text: &str| field.read(&text.into(), region).is_ok() && (field.role != Some(Role::Phone) || is_long(text));
    SEPARATORS.into_iter().find_map(|separator| {
        let mut parts: Vec<String> = Vec::new();
        for part in text.split(separator).map(str::trim).filter(|part| !part.is_empty()) {
            if !parts.iter().any(|known| known == part) {
                parts.push(part.to_owned());
            }
        }
        (text.contains(separator) && !parts.is_empty() && parts.iter().all(|part| is_value(part))).then_some(parts)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(values: Value, may_drop: bool, wanted: &Value, dropped: &[&str]) {
        let (Value::Object(mut values), model) = (values, ObjectStructure::default_customer()) else {
            panic!("an object")
        };
        let out = divide(&mut values, &model, Region::US, may_drop);
        assert_eq!(&Value::Object(values), wanted);
        assert_eq!(out.iter().map(|(_, rest)| rest.as_str()).collect::<Vec<_>>(), dropped);
    }

    #[test]
    fn values_of_one_cell_go_where_there_is_room() {
        check(
            json!({"email": "a@x.example ::: b@x.example", "phone": "+1 415 555 2671; (415) 555-2672"}),
            false,
            &json!({"email": "a@x.example", "phone": "+1 415 555 2671", "email2": "b@x.example", "phone2": "(415) 555-2672"}),
            &[],
        );
        for one in ["+1 415 555 2671", "+1 415 555 2671;ext=12", "030/123456", "415-555-2671, 12"] {
            check(json!({"phone": one}), false, &json!({"phone": one}), &[]);
        }
        check(json!({"email": "a@x.example;"}), false, &json!({"email": "a@x.example"}), &[]);
        check(
            json!({"email": "a@x.example, a@x.example"}),
            false,
            &json!({"email": "a@x.example"}),
            &[],
        );
    }

    #[test]
    fn without_room_nothing_is_lost_in_silence() {
        let full = json!({"email": "a@x.example;b@x.example", "email2": "c@x.example"});
        check(full.clone(), false, &full, &[]);
        check(
            full,
            true,
            &json!({"email": "a@x.example", "email2": "c@x.example"}),
            &["b@x.example"],
        );
        let wrong = json!({"email": "a@x.example; nonsense"});
        check(wrong.clone(), true, &wrong, &[]);
    }
}
