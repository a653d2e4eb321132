//! The columns that customers and cases share: ids, and when and by whom a record was created and changed.

use crm_domain::{Actor, Change, ExternalId, Hidden, ObjectStructure, model::json_type};
use crm_service::json::Mistakes;
use serde_json::{Map, Value};

use super::times::{self, DateOrder};
use crate::columns::{CREATED, CREATED_BY, EXTERNAL_ID, HIDDEN, ID, UPDATED, UPDATED_BY};

/// The columns for new records. An existing record keeps its own values.
#[derive(Debug)]
pub struct Origin {
    /// When and by whom it was created.
    pub created: Change,
    /// When and by whom it was last changed.
    pub updated: Change,
}

/// Takes times and authors out of a row. Missing ones are those of the import.
pub fn origin(values: &mut Map<String, Value>, import: &Change, dates: Option<DateOrder>, mistakes: &mut Mistakes) -> Origin {
    let created = change(values, (CREATED, CREATED_BY), import, dates, mistakes);
    let updated = change(values, (UPDATED, UPDATED_BY), &created, dates, mistakes);
    Origin { created, updated }
}

fn change(
    values: &mut Map<String, Value>,
    names: (&'static str, &'static str),
    otherwise: &Change,
    dates: Option<DateOrder>,
    mistakes: &mut Mistakes,
) -> Change {
    let at = text(values, names.0, mistakes).and_then(|text| mistakes.note(names.0, times::read(&text, dates)));
    let by = values.remove(names.1).and_then(|value| {
        let read = actor(value).and_then(|actor| actor.check().map(|()| actor));
        mistakes.note(names.1, read)
    });
    // A time without an author has an unknown author.
    let nobody = || at.map_or_else(|| otherwise.by.clone(), |_| Actor::default());
    Change {
        at: at.unwrap_or(otherwise.at),
        by: by.unwrap_or_else(nobody),
    }
}

fn actor(value: Value) -> Result<Actor, String> {
    match value {
        Value::Null => Ok(Actor::default()),
        Value::String(agent) => Ok(Actor {
            agent: Some(agent),
            ..Actor::default()
        }),
        value => {
            serde_json::from_value(value).map_err(|_| "must be an agent, or an object of agent, initiative and company".to_owned())
        }
    }
}

/// Takes our own id out of a row.
pub fn id<T>(values: &mut Map<String, Value>, parse: impl Fn(&str) -> Option<T>, mistakes: &mut Mistakes) -> Option<T> {
    let text = text(values, ID, mistakes)?;
    let read = parse(&text)
        .ok_or("must be an id of this CRM, as an export writes it; an id of another system belongs in externalId".to_owned());
    mistakes.note(ID, read)
}

/// Takes the external id out of a row.
pub fn external_id(values: &mut Map<String, Value>, name: &'static str, mistakes: &mut Mistakes) -> Option<ExternalId> {
    let text = text(values, name, mistakes)?;
    mistakes.note(name, ExternalId::parse(&text))
}

/// Takes the values that no field of the model shows out of a row.
pub fn hidden(values: &mut Map<String, Value>, model: &ObjectStructure, mistakes: &mut Mistakes) -> Option<Hidden> {
    let value = values.remove(HIDDEN).filter(|value| !value.is_null())?;
    let read = serde_json::from_value(value).map_err(|_| "must be an object as an export writes it".to_owned());
    let read = read.and_then(|hidden: Hidden| hidden.check(model).map(|()| hidden));
    mistakes.note(HIDDEN, read)
}

/// Takes a text out of a row; `None` if it is blank.
pub fn text(values: &mut Map<String, Value>, name: &'static str, mistakes: &mut Mistakes) -> Option<String> {
    match values.remove(name) {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(text).filter(|text| !text.trim().is_empty()),
        Some(other) => {
            mistakes.invalid(name, format!("must be a text, not {}", json_type(&other)));
            None
        }
    }
}

/// The subject of a row, so that two rows about the same record are applied in the file's order.
pub fn keys(values: &Map<String, Value>) -> Vec<String> {
    let key = |name: &str| Some(format!("{name} {}", values.get(name)?.as_str()?));
    [ID, EXTERNAL_ID].into_iter().filter_map(key).collect()
}

#[cfg(test)]
mod tests {
    use crm_domain::Timestamp;
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(values: Value, wanted: [(&str, Option<&str>); 2]) {
        let by = |agent: Option<&str>| Actor {
            agent: agent.map(str::to_owned),
            ..Actor::default()
        };
        let import = Change {
            at: Timestamp::from_milliseconds(0),
            by: by(Some("import")),
        };
        let (mut values, mut mistakes) = (serde_json::from_value(values).unwrap(), Mistakes::default());
        let Origin { created, updated } = origin(&mut values, &import, None, &mut mistakes);
        let change = |(at, agent): (&str, Option<&str>)| Change {
            at: Timestamp::parse(at).unwrap(),
            by: by(agent),
        };
        assert!(mistakes.is_empty() && values.is_empty());
        assert_eq!([created, updated], wanted.map(change));
    }

    #[test]
    fn what_a_row_does_not_say_of_its_origin_is_as_the_import() {
        let import = ("1970-01-01", Some("import"));
        check(json!({}), [import, import]);
        check(json!({"created": "2020-01-02"}), [("2020-01-02", None), ("2020-01-02", None)]);
        check(
            json!({"created": "2020-01-02", "createdBy": {"agent": "ann"}, "updated": "2021-01-01", "updatedBy": "bob"}),
            [("2020-01-02", Some("ann")), ("2021-01-01", Some("bob"))],
        );
        check(json!({"createdBy": null}), [("1970-01-01", None), ("1970-01-01", None)]);
    }
}
