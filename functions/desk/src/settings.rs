//! The tenant's settings, data model and keys, to be looked at.

use std::sync::Arc;

use agent::{text::Text, when::When};
use askama::Template;
use crm_domain::{FieldDefinition, ListValue, Permission, Role, TenantSettings, error::Error, matching::Strictness, model::Object};
use crm_lambda::http::{Request, Response};
use crm_service::{ListedKey, Session};

use crate::{
    history::Line,
    page::{self, Bar, INLINE, Inline, Place},
};

/// How many changes of the settings the page shows.
const MOST_CHANGES: usize = 20;
/// How many characters of a digest name a key, as in `crm keys list`.
const NAME_LENGTH: usize = 12;

#[derive(Template)]
#[template(path = "settings.html")]
struct SettingsPage {
    inline: &'static Inline,
    bar: Bar,
    is_saved: bool,
    /// Whether the person may change them.
    may_administer: bool,
    matching: &'static str,
    region: String,
    departments: Vec<Numbered>,
    brands: Vec<Numbered>,
    models: Vec<Model>,
    keys: Vec<Key>,
    history: Vec<Line>,
}

/// A department or a brand.
struct Numbered {
    id: String,
    name: Text,
}

/// The fields of one object.
struct Model {
    title: &'static str,
    /// Where they are edited.
    link: String,
    fields: Vec<Field>,
}

struct Field {
    label: Text,
    name: String,
    kind: &'static str,
    /// What can be chosen.
    choices: Option<Text>,
    /// What it is for, and what it asks for.
    notes: String,
}

struct Key {
    name: String,
    label: Text,
    permissions: String,
    state: &'static str,
    until: Option<When>,
    last_used: Option<When>,
}

/// `GET /desk/settings`.
///
/// # Errors
/// Those of the operations.
pub async fn settings(session: Session, request: Arc<Request>) -> Result<Response, Error> {
    let settings = crm_service::present_settings(&session).await?;
    let history = crm_service::settings_history(&session, MOST_CHANGES).await?;
    let may_administer = page::may_administer(&session);
    let keys = if may_administer {
        crm_service::list_keys(&session).await?
    } else {
        Vec::new()
    };
    let tenant = &settings.tenant;
    let page = SettingsPage {
        inline: &INLINE,
        bar: Bar::new(&session, &request, Place::Settings),
        is_saved: page::is_saved(&request),
        may_administer,
        matching: words_of(tenant.best_match),
        region: tenant.default_region.clone(),
        departments: tenant.departments.iter().map(|(id, name)| Numbered::new(id, name)).collect(),
        brands: tenant
            .brands
            .iter()
            .map(|(id, brand)| Numbered::new(id, &brand.name))
            .collect(),
        models: Object::ALL.iter().map(|object| Model::new(*object, &settings)).collect(),
        keys: keys.iter().map(|key| Key::new(key, &session)).collect(),
        history: history
            .iter()
            .map(|entry| Line::new(entry, &settings.customer_model))
            .collect(),
    };
    page::html(200, &page)
}

/// What a strictness of best match means.
pub fn words_of(strictness: Strictness) -> &'static str {
    match strictness {
        Strictness::Careful => "Careful: rather nobody than a wrong customer",
        Strictness::Balanced => "Balanced: right for most companies",
        Strictness::Generous => "Generous: rather a wrong customer now and then than nobody",
    }
}

/// What people call the fields of an object.
pub fn title_of(object: Object) -> &'static str {
    match object {
        Object::Customer => "Fields of customers",
        Object::Case => "Fields of cases",
    }
}

/// What people call a field's type.
pub fn kind_of(field: &FieldDefinition) -> &'static str {
    use crm_domain::FieldType::{Checkbox, SingleSelList, Text, Textarea};
    match field.field_type {
        Text => "One line",
        Textarea => "Several lines",
        SingleSelList => "Choice",
        Checkbox => "Yes or no",
    }
}

impl Numbered {
    fn new(id: &str, name: &str) -> Self {
        Self {
            id: id.to_owned(),
            name: Text::new(name),
        }
    }
}

impl Model {
    fn new(object: Object, settings: &TenantSettings) -> Self {
        let structure = match object {
            Object::Customer => &settings.customer_model,
            Object::Case => &settings.case_model,
        };
        Self {
            title: title_of(object),
            link: format!("/desk/settings/fields/{}", object.name()),
            fields: structure.fields.iter().map(Field::new).collect(),
        }
    }
}

impl Field {
    fn new(field: &FieldDefinition) -> Self {
        let names: Vec<&str> = field.list_values.iter().map(|one: &ListValue| one.name.as_str()).collect();
        let notes = [
            field.required.then(|| "required".to_owned()),
            field.searchable.then(|| "searchable".to_owned()),
            field
                .role
                .map(|role| format!("best match reads it as {}", words_of_role(role))),
            field.network.as_ref().map(|network| format!("on {network}")),
        ];
        Self {
            label: Text::new(&field.label),
            name: field.name.clone(),
            kind: kind_of(field),
            choices: (!names.is_empty()).then(|| Text::new(&names.join(", "))),
            notes: notes.into_iter().flatten().collect::<Vec<String>>().join(", "),
        }
    }
}

/// What a field is to best match and to the search, in plain words.
fn words_of_role(role: Role) -> &'static str {
    match role {
        Role::DisplayName => "the shown name",
        Role::FirstName => "the first name",
        Role::LastName => "the last name",
        Role::Email => "an e-mail address",
        Role::Phone => "a telephone number",
        Role::Handle => "a name on a network",
        Role::ProfileUrl => "the address of a profile",
        Role::StreetOne => "the street",
        Role::StreetTwo => "the second line of the street",
        Role::City => "the city",
        Role::State => "the state",
        Role::Zip => "the postal code",
        Role::AccountNumber => "an account number",
        Role::OrderNumber => "an order number",
        Role::CaseNumber => "a case number",
    }
}

impl Key {
    fn new(key: &ListedKey, session: &Session) -> Self {
        let record = &key.record;
        let permissions: Vec<&str> = record.permissions.iter().map(|one: &Permission| one.name()).collect();
        let state = if record.revoked {
            "revoked"
        } else if record.not_after.is_some_and(|until| until <= session.now) {
            "expired"
        } else {
            "valid"
        };
        Self {
            name: key.digest.chars().take(NAME_LENGTH).collect(),
            label: Text::new(&record.label),
            permissions: permissions.join(", "),
            state,
            until: record.not_after.map(Into::into),
            last_used: key.last_used.map(Into::into),
        }
    }
}
