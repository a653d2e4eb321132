//! Which column of a file is which field.

use std::collections::{BTreeMap, BTreeSet};

use shared::domain::ObjectStructure;

use crate::{
    Misuse,
    columns::{EXTERNAL_ID, Format, Object},
};

/// How alike two names must be for one to be suggested for the other, of 1.
const ALIKE: f64 = 0.75;

/// What becomes of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// It is this field.
    Field(String),
    /// The operator wants it left out.
    Ignored,
    /// Nobody knows.
    Unknown,
}

/// What the operator says and what the data model has.
#[derive(Debug)]
pub struct Mapping {
    own: Vec<&'static str>,
    model: Vec<(String, String)>,
    given: BTreeMap<String, Target>,
}

impl Mapping {
    /// Reads the operator's `COLUMN=FIELD`s, of which `COLUMN=` leaves a column out, and the name of the external id's column.
    pub fn new(
        object: Object,
        format: Format,
        model: &ObjectStructure,
        map: &[String],
        external_id: Option<&str>,
    ) -> Result<Self, Misuse> {
        let model = model.fields.iter().map(|field| (field.name.clone(), field.label.clone()));
        let mut mapping = Self {
            own: object.known_columns(format),
            model: model.collect(),
            given: BTreeMap::new(),
        };
        for entry in map {
            let (column, field) = entry.rsplit_once('=').ok_or_else(|| {
                Misuse(format!(
                    "--map '{entry}': write it as 'Column=field', or 'Column=' to leave it out"
                ))
            })?;
            let target = mapping.named(column, field)?;
            mapping.given.insert(column.to_owned(), target);
        }
        if let Some(column) = external_id {
            mapping.given.insert(column.to_owned(), Target::Field(EXTERNAL_ID.to_owned()));
        }
        Ok(mapping)
    }

    fn named(&self, column: &str, field: &str) -> Result<Target, Misuse> {
        if field.is_empty() {
            return Ok(Target::Ignored);
        }
        match self.names().find(|name| *name == field) {
            Some(name) => Ok(Target::Field(name.to_owned())),
            None => Err(Misuse(format!(
                "--map '{column}={field}': there is no field {field}{}",
                self.suggestion(field)
            ))),
        }
    }

    /// What becomes of a column: as the operator says, else the field of its very name, else the one of its name or label in other
    /// capitals.
    pub fn target(&self, column: &str) -> Target {
        if let Some(given) = self.given.get(column) {
            return given.clone();
        }
        if let Some(name) = self.names().find(|name| *name == column) {
            return Target::Field(name.to_owned());
        }
        let folded = column.trim().to_lowercase();
        let labelled = self.model.iter().filter(|(_, label)| label.to_lowercase() == folded);
        let alike = self.names().filter(|name| name.to_lowercase() == folded);
        match alike.chain(labelled.map(|(name, _)| name.as_str())).next() {
            Some(name) => Target::Field(name.to_owned()),
            None => Target::Unknown,
        }
    }

    /// The fields of a header, in order; `None` for columns that are left out.
    pub fn header(&self, columns: &[String]) -> Result<Vec<Option<String>>, Misuse> {
        if let Some(missing) = self.given.keys().find(|given| !columns.contains(given)) {
            return Err(Misuse(format!(
                "the file has no column '{missing}': it has {}",
                columns.join(", ")
            )));
        }
        self.check_known(columns.iter().map(String::as_str))?;
        let mut taken = BTreeSet::new();
        let mut fields = Vec::with_capacity(columns.len());
        for column in columns {
            let Target::Field(field) = self.target(column) else {
                fields.push(None);
                continue;
            };
            if !taken.insert(field.clone()) {
                return Err(Misuse(format!(
                    "two columns are the field {field}: leave one out with --map 'Column='"
                )));
            }
            fields.push(Some(field));
        }
        Ok(fields)
    }

    /// Whether every column is known.
    pub fn check_known<'a>(&self, columns: impl Iterator<Item = &'a str>) -> Result<(), Misuse> {
        let unknown = columns.filter(|column| self.target(column) == Target::Unknown);
        let lines: Vec<String> = unknown
            .map(|column| format!("\n  '{column}'{}", self.suggestion(column)))
            .collect();
        if lines.is_empty() {
            return Ok(());
        }
        Err(Misuse(format!(
            "the data model has no field for:{}\nname the field with --map 'Column=field', or leave the column out with --map 'Column='",
            lines.concat()
        )))
    }

    fn suggestion(&self, column: &str) -> String {
        let wanted = column.to_lowercase();
        let likeness = |text: &str| strsim::jaro_winkler(&wanted, &text.to_lowercase());
        let own = self.own.iter().map(|name| (likeness(name), *name));
        let model = self
            .model
            .iter()
            .map(|(name, label)| (likeness(name).max(likeness(label)), name.as_str()));
        let best = own.chain(model).max_by(|one, other| one.0.total_cmp(&other.0));
        match best {
            Some((likeness, name)) if likeness >= ALIKE => format!(": is it {name}?"),
            _ => String::new(),
        }
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        self.own
            .iter()
            .copied()
            .chain(self.model.iter().map(|(name, _)| name.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapping(map: &[&str], external_id: Option<&str>) -> Result<Mapping, Misuse> {
        let map: Vec<String> = map.iter().map(|entry| (*entry).to_owned()).collect();
        let model = ObjectStructure::default_customer();
        Mapping::new(Object::Customers, Format::Csv, &model, &map, external_id)
    }

    fn columns(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[track_caller]
    fn check(map: &[&str], names: &[&str], wanted: &[Option<&str>]) {
        let fields = mapping(map, None).unwrap().header(&columns(names)).unwrap();
        assert_eq!(fields.iter().map(Option::as_deref).collect::<Vec<_>>(), wanted);
    }

    #[track_caller]
    fn check_refused(map: &[&str], names: &[&str], says: &str) {
        let refused = mapping(map, None).and_then(|mapping| mapping.header(&columns(names)));
        let problem = refused.unwrap_err().0;
        assert!(problem.contains(says), "{problem}");
    }

    #[test]
    fn a_column_is_the_field_of_its_name_or_label_or_what_the_operator_says() {
        check(
            &[],
            &["email", "EMAIL2", "First name"],
            &[Some("email"), Some("email2"), Some("firstName")],
        );
        check(&["Mail=email", "x="], &["Mail", "x"], &[Some("email"), None]);
        check(&["a=b=email"], &["a=b"], &[Some("email")]);
        let by = mapping(&[], Some("Kunde")).unwrap();
        assert_eq!(by.header(&columns(&["Kunde"])).unwrap(), [Some(EXTERNAL_ID.to_owned())]);
    }

    #[test]
    fn what_cannot_be_followed_is_said_with_what_would_be_right() {
        check_refused(&[], &["email", "e-mial", "Umsatz"], "'e-mial': is it email?");
        check_refused(&[], &["Umsatz"], "'Umsatz'\n");
        check_refused(&["Mail=emial"], &["Mail"], "no field emial: is it email?");
        check_refused(&["Mail=email"], &["email"], "no column 'Mail'");
        check_refused(&["Mail=email"], &["Mail", "email"], "two columns are the field email");
        check_refused(&["Mail"], &["Mail"], "Column=field");
        check_refused(&[], &["hidden"], "'hidden'");
    }
}
