//! The mapping of a file's columns to fields.

use std::{collections::BTreeMap, fmt::Write as _};

use crm_domain::{ObjectStructure, Role};
use serde::{Deserialize, Serialize};

use super::{
    presets::{self, Meaning, Vendor},
    rejected_format::is_ours,
    words,
};
use crate::{
    Refused,
    columns::{EXTERNAL_ID, Format, Object},
};

/// The lengths from which a name may have one and two typing errors: a missing, extra or wrong letter, or two neighbours swapped.
const LONG: usize = 5;
const VERY_LONG: usize = 9;
/// The least number, and the least share, of a vendor's columns for a file to look like the vendor's.
const FEWEST_KNOWN: usize = 4;
const ONE_OF: usize = 3;

/// The mapping of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// To this field.
    Field(String),
    /// Left out by the operator.
    Ignored,
    /// Unknown.
    Unknown,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Its name: as in the header, if it is the first of that name; otherwise with its number, as in `phone#2`. A column without a name is
    /// called by its position: `#4`.
    pub name: String,
    /// Its field; `None` if it is left out.
    pub field: Option<String>,
}

/// The operator's options about columns.
#[derive(Debug, Default)]
pub struct Wishes<'a> {
    /// Entries `COLUMN=FIELD`. `COLUMN=` leaves a column out.
    pub map: &'a [String],
    /// The external id's column.
    pub external_id: Option<&'a str>,
    /// The vendor of the export.
    pub from: Option<Vendor>,
    /// Whether unknown columns are left out.
    pub ignore_unknown: bool,
}

/// The operator's options together with the data model.
#[derive(Debug)]
pub struct Mapping {
    object: Object,
    own: Vec<&'static str>,
    model: Vec<ModelField>,
    given: BTreeMap<String, Target>,
    from: Option<Vendor>,
    ignore_unknown: bool,
}

#[derive(Debug, Clone)]
struct ModelField {
    name: String,
    label: String,
    role: Option<Role>,
}

impl Mapping {
    /// Reads the operator's options.
    pub fn new(object: Object, format: Format, model: &ObjectStructure, wishes: &Wishes<'_>) -> Result<Self, Refused> {
        let model = model.fields.iter().map(|field| ModelField {
            name: field.name.clone(),
            label: field.label.clone(),
            role: field.role,
        });
        let mut mapping = Self {
            object,
            own: object.known_columns(format),
            model: model.collect(),
            given: BTreeMap::new(),
            from: wishes.from,
            ignore_unknown: wishes.ignore_unknown || wishes.from.is_some(),
        };
        for entry in wishes.map {
            let (column, field) = entry.rsplit_once('=').ok_or_else(|| {
                Refused(format!(
                    "--map '{entry}': write it as 'Column=field', or 'Column=' to leave it out"
                ))
            })?;
            let target = mapping.named(column, field)?;
            mapping.given.insert(column.to_owned(), target);
        }
        if let Some(column) = wishes.external_id {
            mapping.given.insert(column.to_owned(), Target::Field(EXTERNAL_ID.to_owned()));
        }
        Ok(mapping)
    }

    fn named(&self, column: &str, field: &str) -> Result<Target, Refused> {
        if field.is_empty() {
            return Ok(Target::Ignored);
        }
        match self.names().find(|name| *name == field) {
            Some(name) => Ok(Target::Field(name.to_owned())),
            None => Err(Refused(format!(
                "--map '{column}={field}': there is no field {field}{}",
                self.slip(field, true)
                    .map_or_else(String::new, |name| format!(": is it {name}?"))
            ))),
        }
    }

    /// The mapping of a column: by the operator, or else the field of exactly this name, or else the one of its name or label in other
    /// capitals.
    pub fn target(&self, column: &str) -> Target {
        let target = self.given.get(column).cloned().unwrap_or_else(|| self.natural(column));
        match target {
            Target::Unknown if self.meaning(column).is_some() || self.ignore_unknown => Target::Ignored,
            target => target,
        }
    }

    /// The CRM's own columns, which every file may have, by their exact names only: `Id` and `Department` of another system are other
    /// columns.
    fn natural(&self, column: &str) -> Target {
        if is_ours(column) {
            return Target::Ignored;
        }
        if self.from.is_none()
            && let Some(name) = self.names().find(|name| *name == column)
        {
            return Target::Field(name.to_owned());
        }
        let folded = column.trim().to_lowercase();
        let called = |field: &&ModelField| field.name.to_lowercase() == folded;
        let labelled = |field: &&ModelField| field.label.to_lowercase() == folded;
        let found = self.model.iter().find(called).or_else(|| self.model.iter().find(labelled));
        let external = || (column.eq_ignore_ascii_case(EXTERNAL_ID)).then(|| EXTERNAL_ID.to_owned());
        found
            .map(|field| field.name.clone())
            .or_else(external)
            .map_or(Target::Unknown, Target::Field)
    }

    /// Whether a column of this name has a field, or is left out.
    pub fn is_known(&self, column: &str) -> bool {
        self.target(column) != Target::Unknown
    }

    /// A field for each column of a header, as far as the names tell, by which somebody begins to choose. Of several columns for one field
    /// the first one gets it.
    pub fn proposal(&self, header: &[String]) -> Vec<Column> {
        let names = called(header);
        let mapping = Self {
            object: self.object,
            own: self.own.clone(),
            model: self.model.clone(),
            given: BTreeMap::new(),
            from: self.likely_vendor(&names),
            ignore_unknown: false,
        };
        let mut targets = mapping.targets(&names, header);
        for at in 0..targets.len() {
            let (before, rest) = targets.split_at_mut(at);
            if matches!(rest[0], Target::Field(_)) && before.contains(&rest[0]) {
                rest[0] = Target::Ignored;
            }
        }
        for (at, name) in names.iter().enumerate() {
            if targets[at] == Target::Unknown
                && let Some(field) = mapping.suggestion(name, &targets).map(str::to_owned)
                && !targets.contains(&Target::Field(field.clone()))
            {
                targets[at] = Target::Field(field);
            }
        }
        let column = |(name, target)| Column {
            name,
            field: match target {
                Target::Field(field) => Some(field),
                Target::Ignored | Target::Unknown => None,
            },
        };
        names.into_iter().zip(targets).map(column).collect()
    }

    /// The vendor whose export has these columns, if most of them are.
    fn likely_vendor(&self, names: &[String]) -> Option<Vendor> {
        let (vendor, known) = presets::looks_like(self.object, names)?;
        (known >= FEWEST_KNOWN && known * ONE_OF >= names.len()).then_some(vendor)
    }

    fn meaning(&self, column: &str) -> Option<(Meaning, usize)> {
        self.from?.meaning(self.object, column)
    }

    /// The columns of a header, in order.
    pub fn header(&self, header: &[String]) -> Result<Vec<Column>, Refused> {
        let names = called(header);
        if let Some(missing) = self.given.keys().find(|given| !names.contains(given)) {
            return Err(Refused(format!(
                "the file has no column '{missing}': it has {}",
                names.join(", ")
            )));
        }
        let targets = self.targets(&names, header);
        self.refuse(&names, &targets)?;
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
                return Err(Refused(two_columns(first, name, field)));
            }
            let name = name.clone();
            columns.push(Column { name, field });
        }
        Ok(columns)
    }

    /// The mapping of each column. A vendor's meaning takes precedence over the name: `Id` of Salesforce is not our id.
    fn targets(&self, names: &[String], header: &[String]) -> Vec<Target> {
        let mut targets: Vec<Target> = names
            .iter()
            .zip(header)
            .map(|(name, written)| match (self.given.get(name), self.meaning(written)) {
                (Some(given), _) => given.clone(),
                (None, Some(_)) => Target::Unknown,
                (None, None) => self.natural(written),
            })
            .collect();
        let mut meant: Vec<(usize, usize, Meaning)> = (0..)
            .zip(names.iter().zip(header))
            .filter(|(_, (name, _))| !self.given.contains_key(*name))
            .filter_map(|(at, (_, written))| self.meaning(written).map(|(meaning, rank)| (rank, at, meaning)))
            .collect();
        meant.sort_by_key(|(rank, at, _)| (*rank, *at));
        for (_, at, meaning) in meant {
            let field = self.free_field(meaning, &targets);
            targets[at] = field.map_or(Target::Ignored, |field| Target::Field(field.to_owned()));
        }
        for target in targets
            .iter_mut()
            .filter(|target| **target == Target::Unknown && self.ignore_unknown)
        {
            *target = Target::Ignored;
        }
        targets
    }

    /// The first field of this meaning without a column.
    fn free_field(&self, meaning: Meaning, targets: &[Target]) -> Option<&str> {
        let is_free = |name: &&str| {
            !targets
                .iter()
                .any(|target| matches!(target, Target::Field(field) if field == name))
        };
        match meaning {
            Meaning::Named(name) => self.names().filter(|known| *known == name).find(is_free),
            Meaning::Role(role) => {
                let of_role = self.model.iter().filter(|field| field.role == Some(role));
                of_role.map(|field| field.name.as_str()).find(is_free)
            }
        }
    }

    /// Whether all of these are known.
    pub fn check_known<'a>(&self, columns: impl Iterator<Item = &'a str>) -> Result<(), Refused> {
        let names: Vec<String> = columns.map(str::to_owned).collect();
        let targets: Vec<Target> = names.iter().map(|name| self.target(name)).collect();
        self.refuse(&names, &targets)
    }

    /// Refuses unknown columns, with suggestions ready to be copied.
    fn refuse(&self, names: &[String], targets: &[Target]) -> Result<(), Refused> {
        let unknown: Vec<&String> = names
            .iter()
            .zip(targets)
            .filter(|(_, target)| **target == Target::Unknown)
            .map(|(name, _)| name)
            .collect();
        if unknown.is_empty() {
            return Ok(());
        }
        let mut taken = targets.to_vec();
        let (mut lines, mut options) = (String::new(), String::new());
        for column in unknown {
            let field = self.suggestion(column, &taken).map(str::to_owned);
            let explained = match (
                &field,
                column.strip_prefix('#').filter(|place| place.parse::<usize>().is_ok()),
            ) {
                (_, Some(place)) => format!(" (column {place}, which has no name)"),
                (Some(field), None) => format!(": is it {field}?"),
                (None, None) => String::new(),
            };
            // Writing to a string cannot fail.
            let _ = write!(lines, "\n  '{column}'{explained}");
            let _ = write!(options, " --map '{column}={}'", field.as_deref().unwrap_or_default());
            taken.extend(field.map(Target::Field));
        }
        let vendor = match self.likely_vendor(names) {
            Some(vendor) if self.from.is_none() => {
                format!(
                    "the file looks like an export of this vendor: --from {}. Otherwise ",
                    vendor.name()
                )
            }
            _ => String::new(),
        };
        Err(Refused(format!(
            "the data model has no field for:{lines}\n{vendor}name the field with --map 'Column=field', or leave the column out with --map \
             'Column=', all such columns with --ignore-unknown. For example:\n {options}"
        )))
    }

    /// A suggestion for a column: the usual meaning of its name, or a field whose name differs by a typing error. Of the CRM's own columns
    /// only the external id is suggested.
    fn suggestion(&self, column: &str, targets: &[Target]) -> Option<&str> {
        if let Some(field) = presets::usual(column).and_then(|meaning| self.free_field(meaning, targets)) {
            return Some(field);
        }
        self.slip(column, false)
    }

    /// The field whose name or label this is, with a typing error.
    fn slip(&self, text: &str, is_own: bool) -> Option<&str> {
        let own = self.own.iter().copied().filter(|name| is_own || *name == EXTERNAL_ID);
        let own = own.map(|name| (name, name));
        let of_model = self
            .model
            .iter()
            .flat_map(|field| [&field.name, &field.label].map(|name| (name.as_str(), field.name.as_str())));
        let folded = words::fold(text);
        let length = folded.chars().count();
        let slips = usize::from(length >= LONG) + usize::from(length >= VERY_LONG);
        let rated = own
            .chain(of_model)
            .map(|(name, field)| (strsim::osa_distance(&folded, &words::fold(name)), field));
        let (distance, field) = rated.min_by_key(|(distance, _)| *distance)?;
        (distance <= slips).then_some(field)
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        let model = self.model.iter().map(|field| field.name.as_str());
        self.own.iter().copied().chain(model)
    }
}

/// Unique names for the columns of a header.
fn called(header: &[String]) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(header.len());
    let ours = header.iter().take_while(|written| is_ours(written)).count();
    let places = std::iter::repeat_n(0, ours).chain(1..);
    for (place, written) in places.zip(header) {
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
        format!(" ('{second}' is column {number} with the name '{first}')")
    });
    format!(
        "the columns '{first}' and '{second}' are both mapped to the field {field}{explained}: leave one out with --map '{second}=' \
         or --map '{first}=', or map it to another field with --map '{second}=field'"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapping(map: &[&str], external_id: Option<&str>) -> Result<Mapping, Refused> {
        let map: Vec<String> = map.iter().map(|entry| (*entry).to_owned()).collect();
        let wishes = Wishes {
            map: &map,
            external_id,
            ..Wishes::default()
        };
        Mapping::new(Object::Customers, Format::Csv, &ObjectStructure::default_customer(), &wishes)
    }

    fn of_vendor(from: Vendor) -> Mapping {
        let wishes = Wishes {
            from: Some(from),
            ..Wishes::default()
        };
        Mapping::new(Object::Customers, Format::Csv, &ObjectStructure::default_customer(), &wishes).unwrap()
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

    #[track_caller]
    fn check_vendor(from: Vendor, names: &[&str], wanted: &[Option<&str>]) {
        let fields = of_vendor(from).header(&columns(names)).unwrap();
        assert_eq!(
            fields.iter().map(|column| column.field.as_deref()).collect::<Vec<_>>(),
            wanted
        );
    }

    #[test]
    fn a_vendors_columns_are_what_they_mean_to_the_vendor() {
        check_vendor(
            Vendor::Salesforce,
            &[
                "Id",
                "IsDeleted",
                "MobilePhone",
                "Phone",
                "HomePhone",
                "Department",
                "Email",
                "city",
                "Status__c",
            ],
            &[
                Some("externalId"),
                None,
                Some("phone2"),
                Some("phone"),
                None,
                None,
                Some("email"),
                Some("city"),
                None,
            ],
        );
        check_vendor(
            Vendor::Zendesk,
            &["id", "name", "role", "photo", "created_at", "status"],
            &[Some("externalId"), Some("displayName"), None, None, Some("created"), None],
        );
    }

    #[test]
    fn a_proposal_gives_a_field_to_one_column_only() {
        let propose = |names: &[&str]| -> Vec<Option<String>> {
            let columns = mapping(&[], None).unwrap().proposal(&columns(names));
            columns.into_iter().map(|column| column.field).collect()
        };
        let fields =
            |fields: &[Option<&str>]| -> Vec<Option<String>> { fields.iter().map(|field| field.map(str::to_owned)).collect() };
        assert_eq!(
            propose(&["crm:row", "E-Mail", "EMAIL", "Vorname", "Umsatz", "externalId"]),
            fields(&[None, Some("email"), None, Some("firstName"), None, Some("externalId")])
        );
        assert_eq!(
            propose(&["Id", "IsDeleted", "FirstName", "LastName", "MailingCity", "Email"]),
            fields(&[
                Some("externalId"),
                None,
                Some("firstName"),
                Some("lastName"),
                Some("city"),
                Some("email")
            ])
        );
    }

    #[test]
    fn the_crms_own_columns_go_by_their_very_names_only() {
        check(&[], &["id", "department"], &[Some("id"), Some("department")]);
        for name in ["Id", "Department", "IsDeleted", "Photo", "role", "Brand", "Created"] {
            let problem = mapping(&[], None).unwrap().header(&columns(&[name])).unwrap_err().0;
            assert!(!problem.contains("is it"), "{problem}");
        }
        check(&[], &["ExternalID"], &[Some("externalId")]);
    }

    #[test]
    fn what_columns_usually_are_is_suggested_ready_to_be_copied() {
        check_refused(
            &[],
            &["Vorname", "Telefon", "Mobile number", "Shoe size"],
            "--map 'Vorname=firstName' --map 'Telefon=phone' --map 'Mobile number=phone2' --map 'Shoe size='",
        );
    }

    #[test]
    fn a_vendors_file_is_said_to_be_one() {
        check_refused(
            &[],
            &["Id", "IsDeleted", "FirstName", "MailingStreet", "MailingCity", "CreatedDate"],
            "--from salesforce. Otherwise name the field",
        );
        let problem = mapping(&[], None)
            .unwrap()
            .header(&columns(&["Id", "Name", "Umsatz"]))
            .unwrap_err()
            .0;
        assert!(!problem.contains("--from"), "{problem}");
    }

    #[test]
    fn the_columns_of_a_file_of_rejected_rows_are_left_out_and_count_for_no_place() {
        check(
            &["#1=city"],
            &["crm:row", "crm:problem", "", "email"],
            &[None, None, Some("city"), Some("email")],
        );
    }

    #[test]
    fn columns_of_one_name_are_told_apart_by_their_number() {
        let twice = &["phone", "city", "phone", "phone"][..];
        check_refused(&[], twice, "'phone#2' is column 2 with the name 'phone'");
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
            "'Mail' and 'email' are both mapped to the field email: leave one out",
        );
        check_refused(&["Mail"], &["Mail"], "Column=field");
        check_refused(&[], &["hidden"], "'hidden'");
    }
}
