//! Finds a customer by what the operator knows: an id, an address, a number or a name.

use std::collections::BTreeSet;

use crm_domain::{
    AskedIdentifier, Customer, CustomerId, ExternalId, Role, TenantSettings, Term, TermKind,
    learnt::keep_last_holders,
    normal::{Region, is_email, is_phone, is_web_address, name_tokens, name_words},
};
use crm_store::Store;
use serde_json::{Value, json};

use super::view;
use crate::{Exit, connection::failed, output::Output};

/// The largest number of customers that each index returns, and the largest number that is shown.
const MOST_KEYS: i32 = 200;
const MOST_SHOWN: usize = 20;
const NAMES: [Role; 3] = [Role::DisplayName, Role::FirstName, Role::LastName];

/// How a customer was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// By a value of its own: an id, a contact point, a reference.
    Own,
    /// By a name, which many may have.
    Name,
}

/// `crm customer find`.
pub async fn run(store: &Store, text: &str, output: &mut Output) -> anyhow::Result<Exit> {
    let (mut found, _) = find(store, text).await?;
    found.sort_by_key(|customer| std::cmp::Reverse(customer.updated.at));
    for customer in found.iter().take(MOST_SHOWN) {
        output.line(&line(customer));
    }
    if found.len() > MOST_SHOWN {
        output.line(&format!("and {} others: be more specific", found.len() - MOST_SHOWN));
    }
    if found.is_empty() {
        output.line("nobody: e-mail addresses, telephone numbers, handles, ids of other systems and account numbers are compared as a whole, \
                     names by the beginnings of their words");
    }
    output.document(&found.iter().take(MOST_SHOWN).map(document).collect::<Vec<Value>>());
    Ok(if found.is_empty() { Exit::Failed } else { Exit::Passed })
}

/// The customers that a text finds, and how. The meanings of the text are tried in turn until one finds somebody.
pub async fn find(store: &Store, text: &str) -> anyhow::Result<(Vec<Customer>, By)> {
    let text = text.trim();
    if let Some(id) = CustomerId::parse(text) {
        let found = store.customer_get(id).await.map_err(failed)?;
        return Ok((found.into_iter().collect(), By::Own));
    }
    let settings = store.settings_get().await.map_err(failed)?;
    let mut ids = by_external_id(store, &settings, text).await?;
    let own = own_values(text, settings.default_region);
    let terms: Vec<Term> = own.iter().flat_map(AskedIdentifier::terms).collect();
    ids.extend(look_up(store, &terms).await?.into_iter().flatten());
    let mut found = store.customer_get_many(ids).await.map_err(failed)?;
    // An index entry is only a candidate.
    keep_last_holders(&mut found);
    found.retain(|customer| customer.is_called(text) || own.iter().any(|asked| asked.is_of(customer)));
    if !found.is_empty() {
        return Ok((found, By::Own));
    }
    Ok((by_name(store, text).await?, By::Name))
}

/// Each brand has its own external ids.
async fn by_external_id(store: &Store, settings: &TenantSettings, text: &str) -> anyhow::Result<BTreeSet<CustomerId>> {
    let Ok(external) = ExternalId::parse(text) else {
        return Ok(BTreeSet::new());
    };
    let of_brand = |brand: &String| ExternalId {
        brand: Some(brand.clone()),
        ..external.clone()
    };
    let mut externals: Vec<ExternalId> = settings.tenant.brands.keys().map(of_brand).collect();
    externals.push(external.clone());
    let found = store.customers_by_external(&externals).await.map_err(failed)?;
    Ok(found.into_iter().collect())
}

/// The identifiers that a customer could have with this text.
fn own_values(text: &str, region: Region) -> Vec<AskedIdentifier> {
    let may_be = |role: Role| match role {
        Role::Email => is_email(text),
        Role::Phone => is_phone(text, region),
        Role::ProfileUrl => is_web_address(text),
        _ => role.is_identifier(),
    };
    let roles = Role::ALL.into_iter().filter(|role| may_be(*role));
    let values = roles.map(|role| AskedIdentifier::new(role, text, None, region));
    values.filter(|value| !value.is_empty()).collect()
}

async fn look_up(store: &Store, terms: &[Term]) -> anyhow::Result<Vec<BTreeSet<CustomerId>>> {
    let found = store.customer_find(terms, MOST_KEYS).await.map_err(failed)?;
    Ok(found.into_iter().map(|found| found.ids).collect())
}

/// The customers whose names have, for each word of the text, a word that begins with it.
async fn by_name(store: &Store, text: &str) -> anyhow::Result<Vec<Customer>> {
    let words = name_words(text);
    let mut shared: Option<BTreeSet<CustomerId>> = None;
    for word in &words {
        let terms = NAMES.map(|role| Term::new(TermKind::Role(role), word.clone()));
        let ids: BTreeSet<CustomerId> = look_up(store, &terms).await?.into_iter().flatten().collect();
        shared = Some(shared.map_or(ids.clone(), |shared| &shared & &ids));
    }
    let mut found = store.customer_get_many(shared.unwrap_or_default()).await.map_err(failed)?;
    found.retain(|customer| {
        let names = NAMES.iter().filter_map(|role| customer.profile.get(role));
        let tokens: Vec<String> = names.flat_map(|name| name_tokens(name)).collect();
        words
            .iter()
            .all(|word| tokens.iter().any(|token| token.starts_with(word.as_str())))
    });
    Ok(found)
}

/// A customer in one line.
pub fn line(customer: &Customer) -> String {
    let contact_points = customer.identifiers.iter().map(|one| view::printable(&one.value));
    let external = customer
        .external_id
        .iter()
        .map(|external| format!("external id {}", view::printable(&external.id)));
    let parts: Vec<String> = std::iter::once(name(customer))
        .chain(contact_points.take(3))
        .chain(external)
        .collect();
    format!("{}  {}", customer.id, parts.join("  "))
}

fn name(customer: &Customer) -> String {
    let of = |role: &Role| customer.profile.get(role).map(|name| view::printable(name));
    let full: Vec<String> = NAMES[1..].iter().filter_map(of).collect();
    of(&Role::DisplayName).unwrap_or_else(|| full.join(" "))
}

fn document(customer: &Customer) -> Value {
    json!({
        "id": customer.id.to_string(),
        "name": name(customer),
        "contactPoints": customer.identifiers.iter().map(|one| &one.value).collect::<Vec<_>>(),
        "externalId": customer.external_id.as_ref().map(|external| &external.id),
        "updated": customer.updated.at.iso_seconds(),
    })
}
