//! Which column of a file is which field.

use std::collections::BTreeMap;

use crm_domain::ObjectStructure;

use super::words;
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

/// A column of a table.
#[derive(Debug, PartialEq, Eq)]
pub struct Column {
    /// What it is called: as in the header, where no column before it is called so; else with its number behind it, as in `phone#2`.
    /// One without a name is called by its place: `#4`.
    pub name: String,
    /// The field that it is; `None` if it is left out.
    pub field: Option<String>,
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
        self.given.get(column).cloned().unwrap_or_else(|| self.natural(column))
    }

    fn natural(&self, column: &str) -> Target {
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

    /// The columns of a header, in order.
    pub fn header(&self, header: &[String]) -> Result<Vec<Column>, Misuse> {
        let names = called(header);
        if let Some(missing) = self.given.keys().find(|given| !names.contains(given)) {
            return Err(Misuse(format!(
                "the file has no column '{missing}': it has {}",
                names.join(", ")
            )));
        }
        let target = |name: &String, written: &String| match self.given.get(name) {
            Some(given) => given.clone(),
            None => self.natural(written),
        };
        let targets: Vec<Target> = names
            .iter()
            .zip(header)
            .map(|(name, written)| target(name, written))
            .collect();
        let unknown = names.iter().zip(&targets).filter(|(_, target)| **target == Target::Unknown);
        self.refuse(unknown.map(|(name, _)| name.as_str()))?;
        let mut taken: BTreeMap<String, &String> = BTreeMap::new();
        let mut columns = Vec::with_capacity(names.len());
        for (name, target) in names.iter().zip(targets) {
            let field = match target {
                Target::Field(field) => Some(field),
                Target::Ignored | Target::Unknown => None,
            };
            if let Some(field) = &field
                && let Some(first) = taken.insert(field.clone(), name)
            {
                return Err(Misuse(two_columns(first, name, field)));
            }
            let name = name.clone();
            columns.push(Column { name, field });
        }
        Ok(columns)
    }

    /// Whether all of these are known.
    pub fn check_known<'a>(&self, columns: impl Iterator<Item = &'a str>) -> Result<(), Misuse> {
        self.refuse(columns.filter(|column| self.target(column) == Target::Unknown))
    }

    fn refuse<'a>(&self, unknown: impl Iterator<Item = &'a str>) -> Result<(), Misuse> {
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
        if let Some(place) = column.strip_prefix('#').filter(|place| place.parse::<usize>().is_ok()) {
            return format!(" (column {place}, which has no name)");
        }
        let labels = self.model.iter().map(|(_, label)| label.as_str());
        let Some(alike) = words::closest(column, self.names().chain(labels), ALIKE) else {
            return String::new();
        };
        let labelled = self.model.iter().find(|(name, label)| label == alike && name != alike);
        format!(": is it {}?", labelled.map_or(alike, |(name, _)| name))
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        self.own
            .iter()
            .copied()
            .chain(self.model.iter().map(|(name, _)| name.as_str()))
    }
}

/// What the columns of a header are called, each by another name.
fn called(header: &[String]) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(header.len());
    for (place, written) in (1..).zip(header) {
        let is_free = |name: &String| !names.contains(name) && (name == written || !header.contains(name));
        let numbered = (2..).map(|number| format!("{written}#{number}"));
        let name = if written.trim().is_empty() {
            Some(format!("#{place}"))
        } else {
            std::iter::once(written.clone()).chain(numbered).find(is_free)
        };
        names.extend(name);
    }
    names
}

fn two_columns(first: &str, second: &str, field: &str) -> String {
    let number = second.strip_prefix(first).and_then(|rest| rest.strip_prefix('#'));
    let explained = number.map_or_else(String::new, |number| {
        format!(" ('{second}' is what column {number} of the name '{first}' is called here)")
    });
    format!(
        "the columns '{first}' and '{second}' are both the field {field}{explained}: leave one out with --map '{second}=' or --map \
         '{first}=', or say what else it is, as in --map '{second}=field'"
    )
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
        assert_eq!(
            fields.iter().map(|column| column.field.as_deref()).collect::<Vec<_>>(),
            wanted
        );
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
        let wanted = Column {
            name: "Kunde".to_owned(),
            field: Some(EXTERNAL_ID.to_owned()),
        };
        assert_eq!(by.header(&columns(&["Kunde"])).unwrap(), [wanted]);
    }

    #[test]
    fn columns_of_one_name_are_told_apart_by_their_number() {
        let twice = &["phone", "city", "phone", "phone"][..];
        check_refused(&[], twice, "'phone#2' is what column 2 of the name 'phone' is called here");
        check_refused(&[], twice, "--map 'phone#2='");
        check_refused(&["phone#2="], twice, "'phone' and 'phone#3'");
        check(
            &["phone=", "phone#3=phone2"],
            twice,
            &[None, Some("city"), Some("phone"), Some("phone2")],
        );
        check_refused(&["phone#4="], twice, "it has phone, city, phone#2, phone#3");
        let taken = &["x", "x#2", "x", ""][..];
        check(
            &["x=", "x#2=email", "x#3=city", "#4="],
            taken,
            &[None, Some("email"), Some("city"), None],
        );
        check_refused(&["x=", "x#2=", "x#3="], taken, "'#4'");
    }

    #[test]
    fn what_cannot_be_followed_is_said_with_what_would_be_right() {
        check_refused(&[], &["email", "e-mial", "Umsatz"], "'e-mial': is it email?");
        check_refused(&[], &["Umsatz"], "'Umsatz'\n");
        check_refused(&["Mail=emial"], &["Mail"], "no field emial: is it email?");
        check_refused(&["Mail=email"], &["email"], "no column 'Mail'");
        check_refused(
            &["Mail=email"],
            &["Mail", "email"],
            "'Mail' and 'email' are both the field email: leave one out",
        );
        check_refused(&["Mail"], &["Mail"], "Column=field");
        check_refused(&[], &["hidden"], "'hidden'");
    }
}
