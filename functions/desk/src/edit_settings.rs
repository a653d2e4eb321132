//! Editing best match's setting, departments and brands.

use std::{collections::BTreeMap, sync::Arc};

use askama::Template;
use crm_domain::{
    FieldDefinition, FieldType, ListValue, TenantRecord,
    error::{Error, FieldError},
    matching::Strictness,
};
use crm_lambda::http::{Request, Response};
use crm_service::Session;

use crate::{
    form::{self, Input, Kind, Problem},
    page::{self, Bar, INLINE, Inline, Place, SAVED},
    settings::words_of,
};

const MATCH: &str = "match";
/// The others, by the names that the domain's check of settings has for them.
const DEPARTMENTS: &str = "departments";
const DEFAULT_DEPARTMENT: &str = "default_department";
const BRANDS: &str = "brands";

/// How a list is written.
const NUMBERED: &str = "must have a number, = and a name in each line: 999=Service";

#[derive(Template)]
#[template(path = "edit_settings.html")]
struct EditSettingsPage {
    inline: &'static Inline,
    bar: Bar,
    inputs: Vec<Input>,
    notice: Option<String>,
}

/// `POST /desk/settings/edit`, and `GET`, which shows the form.
///
/// # Errors
/// Those of the operations.
pub async fn edit_settings(session: Session, request: Arc<Request>) -> Result<Response, Error> {
    let mut tenant = crm_service::present_settings(&session).await?.tenant;
    let fields = fields(&tenant);
    if request.method != "POST" {
        return show(&session, &request, &fields, &Problem::default());
    }
    let saved = || Ok(page::see_other(&format!("/desk/settings?{SAVED}=1")));
    let stored = match change(&mut tenant, &fields, &request) {
        Ok(parts) if parts.is_empty() => return saved(),
        Ok(parts) => crm_service::change_tenant(&session, &tenant, parts).await,
        Err(mistakes) => Err(Error::Invalid(mistakes)),
    };
    match stored {
        Ok(()) => saved(),
        Err(error) => show(&session, &request, &fields, &Problem::of(error)?),
    }
}

fn show(session: &Session, request: &Request, fields: &[(FieldDefinition, String)], problem: &Problem) -> Result<Response, Error> {
    let input = |(field, stored): &(FieldDefinition, String)| {
        let hint = match field.name.as_str() {
            MATCH => "How sure best match must be before an agent sees a customer.",
            DEPARTMENTS | BRANDS => "One in each line, such as 999=Service. A removed line removes it.",
            _ => "Its number, for customers who come without one. Empty for none.",
        };
        let input = Input::edited(field, stored, request).with_mistake_of(&problem.fields);
        Input {
            hint: hint.to_owned(),
            ..input
        }
    };
    let inputs: Vec<Input> = fields.iter().map(input).collect();
    let page = EditSettingsPage {
        inline: &INLINE,
        bar: Bar::new(session, request, Place::Settings),
        notice: problem.above(&inputs),
        inputs,
    };
    page::html(problem.status(), &page)
}

/// The fields of the form, each with what is stored.
fn fields(tenant: &TenantRecord) -> [(FieldDefinition, String); 4] {
    let strictness = |one: &Strictness| ListValue {
        name: words_of(*one).to_owned(),
        value: one.name().to_owned(),
    };
    let matching = FieldDefinition {
        list_values: Strictness::ALL.iter().map(strictness).collect(),
        ..FieldDefinition::new(MATCH, "Best match", FieldType::SingleSelList)
    };
    let departments = lines(tenant.departments.iter());
    let brands = lines(tenant.brands.iter().map(|(id, brand)| (id, &brand.name)));
    let default = tenant.default_department.clone().unwrap_or_default();
    [
        (matching, tenant.best_match.name().to_owned()),
        (
            FieldDefinition::new(DEPARTMENTS, "Departments", FieldType::Textarea),
            departments,
        ),
        (
            FieldDefinition::new(DEFAULT_DEPARTMENT, "Department of newcomers", FieldType::Text),
            default,
        ),
        (FieldDefinition::new(BRANDS, "Brands", FieldType::Textarea), brands),
    ]
}

fn lines<'a>(named: impl Iterator<Item = (&'a String, &'a String)>) -> String {
    let lines: Vec<String> = named.map(|(id, name)| format!("{id}={name}")).collect();
    lines.join("\n")
}

/// Applies what was changed in the form, and returns the names of the changed parts.
fn change(
    tenant: &mut TenantRecord,
    fields: &[(FieldDefinition, String)],
    request: &Request,
) -> Result<Vec<String>, Vec<FieldError>> {
    let (mut parts, mut mistakes) = (Vec::new(), Vec::new());
    for (field, _) in fields {
        let Some(value) = form::changed(field, request) else {
            continue;
        };
        match set(tenant, &field.name, &value) {
            Ok(()) => parts.push(field.name.clone()),
            Err(message) => mistakes.push(FieldError::new(&field.name, message)),
        }
    }
    if mistakes.is_empty() { Ok(parts) } else { Err(mistakes) }
}

fn set(tenant: &mut TenantRecord, name: &str, value: &str) -> Result<(), &'static str> {
    match name {
        MATCH => tenant.best_match = Strictness::parse(value).ok_or("must be one of the three")?,
        DEPARTMENTS => tenant.departments = numbered(value)?,
        DEFAULT_DEPARTMENT => tenant.default_department = Some(value.to_owned()).filter(|id| !id.is_empty()),
        _ => {
            // What else is known of a brand stays with its number.
            let mut before = std::mem::take(&mut tenant.brands);
            for (id, name) in numbered(value)? {
                let mut brand = before.remove(&id).unwrap_or_default();
                brand.name = name;
                tenant.brands.insert(id, brand);
            }
        }
    }
    Ok(())
}

fn numbered(text: &str) -> Result<BTreeMap<String, String>, &'static str> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let mut all = BTreeMap::new();
    for line in lines {
        let (id, name) = line.split_once('=').ok_or(NUMBERED)?;
        let before = all.insert(id.trim().to_owned(), name.trim().to_owned());
        if before.is_some() {
            return Err("has a number twice");
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_a_number_and_a_name_in_each_line() {
        let read = numbered(" 1 = Acme \n\n999=A=B\n").unwrap();
        let wanted = [("1", "Acme"), ("999", "A=B")];
        assert_eq!(read, wanted.map(|(id, name)| (id.to_owned(), name.to_owned())).into());
        assert_eq!(numbered("Acme"), Err(NUMBERED));
        assert!(numbered("1=A\n1=B").is_err());
    }

    #[test]
    fn a_renamed_brand_keeps_what_else_is_known_of_it() {
        let brand = crm_domain::Brand {
            name: "Acme".to_owned(),
            search_by_contact_points: true,
            ..Default::default()
        };
        let mut tenant = TenantRecord {
            brands: [("1".to_owned(), brand)].into(),
            ..TenantRecord::default()
        };
        set(&mut tenant, BRANDS, "1=Acme Ltd\n2=Other").unwrap();
        assert!(tenant.brands["1"].search_by_contact_points && !tenant.brands["2"].search_by_contact_points);
        assert_eq!(tenant.brands["1"].name, "Acme Ltd");
    }
}
