//! The effects of a new data model on agents and on stored data.

use serde::Serialize;

use super::{DataModel, FieldDefinition, FieldType, ListValue, Object, ObjectStructure, Pattern, Role};

/// The work that stored customers need.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Effect {
    /// Nothing.
    None,
    /// A backfill, which can begin at once: no function writes the field yet.
    Backfill,
    /// A backfill, once no function uses the old model.
    BackfillLater,
    /// The change is refused, because stored values would no longer be shown.
    Refused,
}

/// One difference between the stored model and a new one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Difference {
    /// The object.
    pub object: Object,
    /// The name of the field; empty if it concerns all fields.
    pub field: String,
    /// The difference: `added`, `removed`, or the member.
    pub change: &'static str,
    /// Its effect.
    pub meaning: String,
    /// The work that it needs.
    pub effect: Effect,
}

const EMPTY: &str = "empty, or with the values of an earlier field with this name";
const HIDDEN: &str = "hidden; nothing is deleted, and the values come back with the field";

/// All differences, grouped by field in the order of the new model, with removed fields at the end.
pub fn differences(before: &DataModel, after: &DataModel) -> Vec<Difference> {
    let mut found = Vec::new();
    for object in Object::ALL {
        Comparison {
            object,
            before: before.of(object),
            after: after.of(object),
            found: &mut found,
        }
        .run();
    }
    found
}

struct Comparison<'a> {
    object: Object,
    before: &'a ObjectStructure,
    after: &'a ObjectStructure,
    found: &'a mut Vec<Difference>,
}

impl Comparison<'_> {
    fn run(&mut self) {
        let (before, after) = (self.before, self.after);
        for field in &after.fields {
            match before.field(&field.name) {
                Some(was) => self.changed(was, field),
                None => self.added(field),
            }
        }
        for field in before.fields.iter().filter(|field| after.field(&field.name).is_none()) {
            self.removed(field);
        }
        if order_of(after, before) != order_of(before, after) {
            self.note("", "order", "agents see the fields in a different order", Effect::None);
        }
    }

    fn note(&mut self, field: &str, change: &'static str, meaning: impl Into<String>, effect: Effect) {
        self.found.push(Difference {
            object: self.object,
            field: field.to_owned(),
            change,
            meaning: meaning.into(),
            effect,
        });
    }

    fn added(&mut self, field: &FieldDefinition) {
        if let (Some(role), false) = (field.role, field.is_kept_by_name()) {
            let meaning = match self.before.fields.iter().find(|was| was.role == Some(role)) {
                Some(was) => format!("it shows the values of {}", was.name),
                None => format!("it shows the {} of a customer, if there is one", role.name()),
            };
            return self.note(&field.name, "added", meaning, Effect::None);
        }
        let (mut meaning, mut effect) = (EMPTY.to_owned(), Effect::None);
        if self.object == Object::Customer && (field.has_own_terms() || field.role.is_some()) {
            meaning.push_str(", which are searchable after a backfill");
            effect = Effect::Backfill;
        }
        self.note(&field.name, "added", meaning, effect);
    }

    fn removed(&mut self, field: &FieldDefinition) {
        let successor = self
            .after
            .fields
            .iter()
            .find(|is| is.role == field.role && !is.is_kept_by_name());
        let meaning = match (field.role, successor) {
            (_, Some(is)) => format!("its values are shown by {}", is.name),
            (Some(role), None) => format!("{HIDDEN}, and still count as {}", role.name()),
            (None, None) => HIDDEN.to_owned(),
        };
        self.note(&field.name, "removed", meaning, Effect::None);
    }

    fn changed(&mut self, was: &FieldDefinition, is: &FieldDefinition) {
        let name = &is.name;
        if was.label != is.label {
            self.note(name, "label", format!("agents read \"{}\"", is.label), Effect::None);
        }
        if was.field_type != is.field_type {
            let (meaning, effect) = of_type(was.field_type, is.field_type);
            self.note(name, "type", meaning, effect);
        } else if was.list_values != is.list_values {
            self.note(name, "listValues", of_list(&was.list_values, &is.list_values), Effect::None);
        }
        self.changed_role(was, is);
        match (was.searchable, is.searchable) {
            (false, true) if is.has_own_terms() => {
                let meaning = "customers that already have a value are found by it after the backfill";
                self.note(name, "searchable", meaning, Effect::BackfillLater);
            }
            (false, true) => self.note(name, "searchable", "agents can search by it at once", Effect::None),
            (true, false) => self.note(name, "searchable", "agents can no longer search by it", Effect::None),
            _ => {}
        }
        self.changed_constraints(was, is);
    }

    fn changed_role(&mut self, was: &FieldDefinition, is: &FieldDefinition) {
        let name = &is.name;
        if was.role != is.role && was.is_kept_by_name() && is.is_kept_by_name() {
            let meaning = match is.role {
                Some(role) => format!(
                    "values stay; those already stored are found and matched as {} after the backfill",
                    role.name()
                ),
                None => "values stay; after the backfill they are no longer matched".to_owned(),
            };
            self.note(name, "role", meaning, Effect::BackfillLater);
        } else if was.role != is.role {
            let role = [was.role, is.role].into_iter().flatten().find(|role| !role.is_identifier());
            let role = role.map_or("", Role::name);
            let meaning = format!(
                "a customer has one {role}, whichever field shows it, so the field's values would no longer be shown; \
                 leave the role as it is, and add a field of another name"
            );
            self.note(name, "role", meaning, Effect::Refused);
        } else if was.network != is.network {
            let meaning = "handles already stored are matched by the new network after the backfill";
            self.note(name, "network", meaning, Effect::BackfillLater);
        }
    }

    fn changed_constraints(&mut self, was: &FieldDefinition, is: &FieldDefinition) {
        const STORED: &str = "stored values stay, edits must comply";
        let name = &is.name;
        match (was.required, is.required) {
            (false, true) => self.note(
                name,
                "required",
                "every new record must have it, and no edit may clear it; stored records without it stay",
                Effect::None,
            ),
            (true, false) => self.note(name, "required", "it may be left out and cleared", Effect::None),
            _ => {}
        }
        if was.maximum_length != is.maximum_length {
            let meaning = match is.maximum_length {
                Some(length) => format!("at most {length} characters; {STORED}"),
                None => "as long as its type allows".to_owned(),
            };
            self.note(name, "maximumLength", meaning, Effect::None);
        }
        if was.pattern != is.pattern {
            let meaning = match is.pattern.as_ref().map(Pattern::as_str) {
                Some(pattern) => format!("values must match {pattern}; {STORED}"),
                None => "values of any form".to_owned(),
            };
            self.note(name, "pattern", meaning, Effect::None);
        }
        if was.example != is.example {
            self.note(name, "example", "agents see the new one", Effect::None);
        }
    }
}

/// The fields of one structure that the other has, too.
fn order_of<'a>(one: &'a ObjectStructure, other: &ObjectStructure) -> Vec<&'a str> {
    let common = one.fields.iter().filter(|field| other.field(&field.name).is_some());
    common.map(|field| field.name.as_str()).collect()
}

fn of_type(was: FieldType, is: FieldType) -> (String, Effect) {
    use FieldType::{Checkbox, SingleSelList, Text, Textarea};
    let meaning = match (was, is) {
        (Checkbox, _) | (_, Checkbox) => {
            let meaning = "stored values are of another kind and would not fit: add a field of another name";
            return (meaning.to_owned(), Effect::Refused);
        }
        (_, SingleSelList) => "stored values that are not in the list stay until somebody edits them",
        (_, Text) if was == Textarea => "stored values that are too long stay until somebody edits them",
        _ => "stored values stay",
    };
    (format!("{} becomes {}: {meaning}", was.name(), is.name()), Effect::None)
}

fn of_list(was: &[ListValue], is: &[ListValue]) -> String {
    let missing = |of: &[ListValue], from: &[ListValue]| -> Vec<String> {
        let values = of.iter().filter(|one| !from.iter().any(|other| other.value == one.value));
        values.map(|one| one.value.clone()).collect()
    };
    let (added, removed) = (missing(is, was), missing(was, is));
    let mut parts = Vec::new();
    if !added.is_empty() {
        parts.push(format!("{} can be chosen", added.join(", ")));
    }
    if !removed.is_empty() {
        let removed = removed.join(", ");
        parts.push(format!("{removed} can no longer be chosen; records that have it keep it"));
    }
    if parts.is_empty() {
        parts.push("agents see different names, or a different order".to_owned());
    }
    parts.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two models of customers, a text per field: `a, role: email`. What it does not say is label L and type text.
    #[track_caller]
    fn check(before: &[&str], after: &[&str], wanted: &[(&str, &str, Effect)]) {
        let found = differences(&model(before), &model(after));
        assert_eq!(found.len(), wanted.len(), "{found:#?}");
        for (found, (change, says, effect)) in found.iter().zip(wanted) {
            assert_eq!((found.change, found.effect), (*change, *effect), "{found:?}");
            assert!(found.meaning.contains(says), "{found:?}");
        }
    }

    fn model(fields: &[&str]) -> DataModel {
        let field = |text: &&str| {
            let label = if text.contains("label:") { "" } else { "label: L, " };
            let field_type = if text.contains("type:") { "" } else { "type: text, " };
            format!("{{{label}{field_type}name: {text}}}")
        };
        let fields: Vec<String> = fields.iter().map(field).collect();
        let customer = ObjectStructure {
            fields: serde_norway::from_str(&format!("[{}]", fields.join(", "))).unwrap(),
        };
        let case = ObjectStructure { fields: Vec::new() };
        DataModel { customer, case }
    }

    #[test]
    fn nothing() {
        check(&["a, role: email"], &["a, role: email"], &[]);
    }

    #[test]
    fn added_removed_and_moved() {
        check(&["a"], &["a", "b"], &[("added", "empty", Effect::None)]);
        check(
            &["a"],
            &["a", "b, searchable: true"],
            &[("added", "backfill", Effect::Backfill)],
        );
        check(&["a"], &["a", "b, role: phone"], &[("added", "backfill", Effect::Backfill)]);
        check(&["a"], &["a", "b, role: city"], &[("added", "the city", Effect::None)]);
        check(&["a", "b"], &["a"], &[("removed", "nothing is deleted", Effect::None)]);
        let still_matched = [("removed", "count as email", Effect::None)];
        check(&["a, role: email", "b, role: email"], &["b, role: email"], &still_matched);
        check(&["a", "b"], &["b", "a"], &[("order", "different order", Effect::None)]);
        let renamed = [
            ("added", "the values of a", Effect::None),
            ("removed", "shown by b", Effect::None),
        ];
        check(&["a, role: city"], &["b, role: city"], &renamed);
    }

    #[test]
    fn searchable() {
        let found_later = [("searchable", "after the backfill", Effect::BackfillLater)];
        check(&["a"], &["a, searchable: true"], &found_later);
        let found_at_once = [("searchable", "at once", Effect::None)];
        check(&["a, role: email"], &["a, role: email, searchable: true"], &found_at_once);
        check(&["a, searchable: true"], &["a"], &[("searchable", "no longer", Effect::None)]);
    }

    #[test]
    fn roles() {
        let becomes = |before: &str, after: &str, says: &str, effect: Effect| {
            check(&[before], &[after], &[("role", says, effect)]);
        };
        becomes("a", "a, role: phone", "matched as phone", Effect::BackfillLater);
        becomes("a, role: phone", "a", "no longer matched", Effect::BackfillLater);
        becomes("a, role: phone", "a, role: email", "matched as email", Effect::BackfillLater);
        becomes("a", "a, role: city", "one city", Effect::Refused);
        becomes("a, role: city", "a", "one city", Effect::Refused);
        becomes("a, role: city", "a, role: email", "one city", Effect::Refused);
        becomes("a, role: city", "a, role: state", "one city", Effect::Refused);
        let (plain, phone) = ("a, searchable: true", "a, searchable: true, role: phone");
        becomes(plain, phone, "matched as phone", Effect::BackfillLater);
        becomes(phone, plain, "no longer matched", Effect::BackfillLater);
        let network = [("network", "handles", Effect::BackfillLater)];
        check(&["a, role: handle"], &["a, role: handle, network: twitter"], &network);
    }

    #[test]
    fn types_and_lists() {
        let list = |values: &str| {
            let values: Vec<String> = values.chars().map(|one| format!("{{name: N, value: {one}}}")).collect();
            format!("a, type: single_sel_list, listValues: [{}]", values.join(", "))
        };
        let becomes = |before: &str, after: &str, change: &str, says: &str, effect: Effect| {
            check(&[before], &[after], &[(change, says, effect)]);
        };
        becomes("a", &list("xy"), "type", "not in the list", Effect::None);
        becomes(&list("xy"), "a", "type", "stored values stay", Effect::None);
        becomes("a, type: textarea", "a", "type", "too long", Effect::None);
        becomes("a", "a, type: checkbox", "type", "another kind", Effect::Refused);
        becomes(
            &list("xy"),
            &list("zt"),
            "listValues",
            "z, t can be chosen; x, y can no longer be chosen",
            Effect::None,
        );
        becomes(&list("xy"), &list("yx"), "listValues", "order", Effect::None);
    }

    #[test]
    fn labels_and_constraints() {
        let constraints = [
            ("required", "every new record", Effect::None),
            ("maximumLength", "6", Effect::None),
            ("pattern", "[A-Z]+", Effect::None),
            ("example", "new one", Effect::None),
        ];
        let constrained = "a, required: true, maximumLength: 6, pattern: '[A-Z]+', example: ABC";
        check(&["a"], &[constrained], &constraints);
        check(&["a"], &["a, label: B"], &[("label", "\"B\"", Effect::None)]);
    }
}
