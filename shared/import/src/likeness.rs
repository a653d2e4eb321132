//! Rows without an id. They create customers, unless the operator says how existing customers are recognised. In both cases the run reports
//! which rows resemble a customer, since a file that is imported three times would create everybody three times.

use std::collections::BTreeSet;

use crm_domain::{
    Customer, CustomerId, FieldChange, FieldDefinition, ObjectStructure, Role, Term, TermKind, error::Error, matching::Identity,
    normal::Region,
};
use crm_service::Session;
use serde_json::{Map, Value};

use super::{
    context::{Context, Failure},
    manner::MatchOn,
};
use crate::columns::{EXTERNAL_ID, ID};

/// The largest number of customers that are read per contact point.
const MOST: i32 = 5;

/// The customers that a row resembles.
#[derive(Debug, Default)]
pub struct Alike {
    customers: BTreeSet<CustomerId>,
    rows: BTreeSet<u64>,
}

impl Alike {
    /// The customers, and the rows of a dry run, in words.
    pub fn shown(&self) -> Vec<String> {
        let customers = self.customers.iter().map(ToString::to_string);
        customers.chain(self.rows.iter().map(|row| format!("row {row}"))).collect()
    }

    /// Whether it resembles earlier rows of a dry run only, which are not customers yet.
    pub fn is_row_only(&self) -> bool {
        self.customers.is_empty() && !self.rows.is_empty()
    }

    /// The only customer that it resembles.
    pub fn only(&self) -> Result<Option<CustomerId>, Failure> {
        if self.customers.len() > 1 {
            return Err(Failure::rejected(
                "row",
                format!(
                    "could be several customers ({}): write the id of the right one into a column named id",
                    self.shown().join(", ")
                ),
            ));
        }
        Ok(self.customers.first().copied())
    }
}

/// The contact points that a row gives, as terms.
pub fn terms(fields: &[FieldChange<'_>], region: Region) -> Vec<Term> {
    let term = |change: &FieldChange<'_>| {
        let role = change.field.role.filter(|role| matches!(role, Role::Email | Role::Phone))?;
        let normal = role.normal(change.value.as_ref()?.as_text(), region);
        (!normal.is_empty()).then(|| Term::new(TermKind::Role(role), normal))
    };
    fields.iter().filter_map(term).collect()
}

/// Keys that keep rows without an id in order if they may be about one customer.
pub fn turns(values: &Map<String, Value>, model: &ObjectStructure, region: Region) -> Vec<String> {
    if values.contains_key(ID) || values.contains_key(EXTERNAL_ID) {
        return Vec::new();
    }
    let key = |field: &FieldDefinition| {
        let role = field.role.filter(|role| matches!(role, Role::Email | Role::Phone))?;
        let normal = role.normal(values.get(&field.name)?.as_str()?, region);
        (!normal.is_empty()).then(|| format!("{} {normal}", role.name()))
    };
    model.fields.iter().filter_map(key).collect()
}

/// The customers that a row without an id resembles. The operator's `on` says what counts.
pub async fn alike(context: &Context, fields: &[FieldChange<'_>], on: Option<MatchOn>) -> Result<Alike, Error> {
    let mut asked = terms(fields, context.region());
    match on {
        Some(MatchOn::Email) => asked.retain(|term| term.kind == TermKind::Role(Role::Email)),
        Some(MatchOn::Phone) => asked.retain(|term| term.kind == TermKind::Role(Role::Phone)),
        Some(MatchOn::Best) | None => {}
    }
    let mut alike = Alike::default();
    for newcomer in context.newcomers.find(&asked) {
        match newcomer.id.filter(|_| !context.dry) {
            Some(id) => drop(alike.customers.insert(id)),
            None => drop(alike.rows.insert(newcomer.row)),
        }
    }
    if on == Some(MatchOn::Best) {
        let matched = crm_service::best_match(&session(context), &identity(fields)).await?;
        alike
            .customers
            .extend(matched.into_iter().map(|candidate| candidate.customer.id));
        return Ok(alike);
    }
    let found = context.store.customer_find(&asked, MOST).await?;
    let ids: Vec<CustomerId> = found.into_iter().flat_map(|found| found.ids).collect();
    if on.is_none() {
        // An index only proposes. For a count that is enough, and reading a record for each row would cost more than the row.
        alike.customers.extend(ids);
        return Ok(alike);
    }
    let customers = context.store.customer_get_many(ids).await?;
    let has_it = |customer: &Customer| {
        let has = |term: &Term| {
            let mut own = customer.identifiers.iter();
            own.any(|one| TermKind::Role(one.role) == term.kind && one.normal == term.value)
        };
        asked.iter().any(has)
    };
    alike
        .customers
        .extend(customers.into_iter().filter(has_it).map(|customer| customer.id));
    Ok(alike)
}

fn session(context: &Context) -> Session {
    Session::of_program(context.tenant.clone(), context.settings.clone(), context.store.clone())
}

/// The identity in a row, for best match.
fn identity(fields: &[FieldChange<'_>]) -> Identity {
    let all = |role: Role| -> Vec<String> {
        let of_role = fields.iter().filter(|change| change.field.role == Some(role));
        of_role
            .filter_map(|change| Some(change.value.as_ref()?.as_text().to_owned()))
            .collect()
    };
    let first = |role: Role| all(role).into_iter().next();
    let names = [first(Role::FirstName), first(Role::LastName)]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>();
    let full = (!names.is_empty()).then(|| names.join(" "));
    Identity {
        display_name: first(Role::DisplayName).or(full),
        screen_name: first(Role::Handle),
        profile_url: first(Role::ProfileUrl),
        email: first(Role::Email),
        phone_numbers: all(Role::Phone),
        addresses: Vec::new(),
        order_numbers: all(Role::OrderNumber),
        case_numbers: all(Role::CaseNumber),
        account_numbers: all(Role::AccountNumber),
        description: None,
    }
}
