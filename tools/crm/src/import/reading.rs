//! What rows of customers and of cases have in common: whose record it is, and who made it when.

use crm_domain::{Actor, Change, ExternalId, Hidden, ObjectStructure, model::json_type};
use crm_service::json::Mistakes;
use serde_json::{Map, Value};

use super::times::{self, DateOrder};
use crate::columns::{CREATED, CREATED_BY, EXTERNAL_ID, HIDDEN, ID, UPDATED, UPDATED_BY};

/// What the row says a new record is; a record that exists has these already.
#[derive(Debug)]
pub struct Origin {
    /// When and by whom it was made.
    pub created: Change,
    /// When and by whom it was last changed.
    pub updated: Change,
}

/// Takes when and by whom a record was made and changed out of a row; what it does not say is as the import.
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
    // Of a time without anybody nobody is known.
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
        .ok_or("must be an id of this CRM, as an export writes it; another system's belongs into externalId".to_owned());
    mistakes.note(ID, read)
}

/// Takes another system's id out of a row.
pub fn external_id(values: &mut Map<String, Value>, name: &'static str, mistakes: &mut Mistakes) -> Option<ExternalId> {
    let text = text(values, name, mistakes)?;
    mistakes.note(name, ExternalId::parse(&text))
}

/// Takes what no field of the model shows out of a row.
pub fn hidden(values: &mut Map<String, Value>, model: &ObjectStructure, mistakes: &mut Mistakes) -> Option<Hidden> {
    let value = values.remove(HIDDEN).filter(|value| !value.is_null())?;
    let read = serde_json::from_value(value).map_err(|_| "must be an object as an export writes it".to_owned());
    let read = read.and_then(|hidden: Hidden| hidden.check(model).map(|()| hidden));
    mistakes.note(HIDDEN, read)
}

/// Takes a text out of a row; blank is none.
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

/// What a row is about, so that two rows of the same record are applied in the file's order.
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
