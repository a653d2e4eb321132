//! `crm customer show`: the record, its contact points and its cases.

use crm_domain::{Case, Customer, CustomerId, Identifier, LearntAccount, ObjectStructure, TenantId, Timestamp};
use crm_service::{Duplicates, Session, find_duplicates};
use crm_store::Store;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::json;

use super::{merge::show_merged, named, view};
use crate::{
    Exit,
    connection::failed,
    duplicates,
    output::{Output, Tone},
};

/// The largest number of cases that are shown. These are the newest.
const MOST_CASES: usize = 200;
/// How many of them are read in parallel.
const AT_ONCE: usize = 16;

pub async fn run(store: &Store, tenant: &TenantId, id: &str, output: &mut Output) -> anyhow::Result<Exit> {
    let customer = named(store, id).await?;
    if CustomerId::parse(id).is_some_and(|asked| asked != customer.id) {
        output.line(&format!("{id} was merged into {}", customer.id));
    }
    let settings = store.settings_get().await.map_err(failed)?;
    let ids = store.customer_case_ids(customer.id).await.map_err(failed)?;
    let cases: Vec<Case> = stream::iter(ids.iter().take(MOST_CASES))
        .map(|&case| store.case_of(&customer, case))
        .buffered(AT_ONCE)
        .try_filter_map(async |case| Ok(case))
        .try_collect()
        .await
        .map_err(failed)?;
    show_record(&customer, &settings.customer_model, output);
    show_cases(&cases, output);
    let not_shown = ids.len().saturating_sub(MOST_CASES);
    if not_shown > 0 {
        output.line(&format!(
            "  and {not_shown} older ones: `crm customer export` writes all of them"
        ));
    }
    let mut document = view::customer(&customer, &settings);
    let session = Session::of_program(tenant.clone(), settings, store.clone());
    let found = find_duplicates(&session, &customer.id.to_string()).await.map_err(failed)?;
    show_duplicates(&found, output);
    document["duplicates"] = found.others.iter().map(duplicates::document).collect();
    document["cases"] = cases.iter().map(view::case).collect();
    document["casesNotShown"] = json!(not_shown);
    output.document(&document);
    Ok(Exit::Passed)
}

fn show_duplicates(found: &Duplicates, output: &mut Output) {
    if found.others.is_empty() {
        return;
    }
    output.line("may be the same person");
    for one in &found.others {
        duplicates::show(one, false, output);
    }
    output.line("  `crm customer merge` merges two records, `crm customer distinct` marks them as different people");
}

fn show_record(customer: &Customer, model: &ObjectStructure, output: &mut Output) {
    output.line(&format!("customer {}, version {}", customer.id, customer.version));
    if let Some(external) = &customer.external_id {
        output.line(&format!("  external id {}", view::printable(&external.id)));
    }
    show_merged(customer, output);
    for (what, change) in [("created", &customer.created), ("updated", &customer.updated)] {
        output.line(&format!("  {what} {} by {}", change.at.iso_seconds(), view::who(&change.by)));
    }
    let is_shown_below = |name: &str| customer.identifiers.iter().any(|one| one.field.as_deref() == Some(name));
    let fields: Vec<[String; 2]> = view::fields(customer, model)
        .into_iter()
        .filter(|field| !is_shown_below(&field.name))
        .map(|field| [field.label, view::printable(field.value.as_text())])
        .collect();
    table("fields", &fields, output);
    let identifiers: Vec<[String; 4]> = customer.identifiers.iter().map(|one| identifier(one, model)).collect();
    table("contact points and references", &identifiers, output);
    let accounts: Vec<[String; 4]> = customer.accounts().map(account).collect();
    if !accounts.is_empty() {
        table("accounts seen in conversations", &accounts, output);
    }
    show_party(customer, output);
}

fn show_party(customer: &Customer, output: &mut Output) {
    let party = &customer.party;
    if party.is_empty() {
        return;
    }
    let single = [
        ("kind", Some(party.kind.name())),
        ("department", party.department.as_deref()),
        ("brand", party.brand.as_deref()),
        (
            "preferred agent",
            party.preferred_agent.as_ref().map(|agent| agent.id.as_str()),
        ),
    ];
    let single = single.into_iter().filter_map(|(name, value)| Some((name, value?)));
    let attributes = party.organisation.iter().chain(&party.attributes);
    let attributes = attributes.map(|(name, value)| (name.as_str(), value.as_str()));
    let rows: Vec<[String; 2]> = single
        .chain(attributes)
        .map(|(name, value)| [name.to_owned(), view::printable(value)])
        .collect();
    table("what it is", &rows, output);
    let contacts: Vec<[String; 2]> = party
        .contacts
        .iter()
        .map(|person| {
            let attributes = customer.attributes_of(person);
            let known: Vec<String> = attributes
                .iter()
                .chain(&person.custom)
                .map(|(name, value)| format!("{name}: {}", view::printable(value)))
                .collect();
            [person.id.to_string(), known.join(", ")]
        })
        .collect();
    table("contact persons", &contacts, output);
}

fn identifier(identifier: &Identifier, model: &ObjectStructure) -> [String; 4] {
    let field = identifier.field.as_deref().and_then(|name| model.field(name));
    let network = identifier.network.as_ref().map(|network| format!(" on {network}"));
    [
        field.map_or_else(|| identifier.role.name().to_owned(), |field| field.label.clone()),
        view::printable(&identifier.value),
        format!(
            "compared as {}{}",
            view::printable(&identifier.normal),
            network.unwrap_or_default()
        ),
        format!("since {}", identifier.added.iso_seconds()),
    ]
}

/// An account: where it is, its last handle with the name, its id, and what is known of when.
fn account(account: &LearntAccount) -> [String; 4] {
    let (last, earlier) = account.handles.split_last().unzip();
    let shown = last.map_or_else(String::new, |handle| view::printable(&handle.value));
    let name = Some(view::printable(&account.name)).filter(|name| !name.is_empty());
    let since = last.map(|handle| format!("since {}", handle.first.iso_date()));
    let before = earlier.unwrap_or_default().iter().rev();
    let before = before.map(|handle| format!("{} until {}", view::printable(&handle.value), handle.last.iso_date()));
    let passed_on = last.filter(|last| !last.counts()).map(|_| "now somebody else's".to_owned());
    let times: Vec<String> = since
        .into_iter()
        .chain(passed_on)
        .chain(before)
        .chain([format!("seen in {}", account.case)])
        .collect();
    [
        view::printable(&account.network),
        name.map_or_else(|| shown.clone(), |name| format!("{shown} ({name})")),
        format!("account {}", view::printable(&account.account)),
        times.join(", "),
    ]
}

fn show_cases(cases: &[Case], output: &mut Output) {
    let activity = |at: Timestamp| format!("last activity {}", at.iso_seconds());
    let cases: Vec<[String; 5]> = cases
        .iter()
        .map(|case| {
            [
                case.id.to_string(),
                case.id.case_number(),
                case.status.name().to_owned(),
                activity(case.updated.at),
                view::printable(&case.title),
            ]
        })
        .collect();
    table("cases", &cases, output);
}

/// Rows in columns that are as wide as they need to be.
fn table<const COLUMNS: usize>(title: &str, rows: &[[String; COLUMNS]], output: &mut Output) {
    let widths: [usize; COLUMNS] =
        std::array::from_fn(|column| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default());
    let title = output.tinted(
        Tone::Quiet,
        &format!("{title}{}", if rows.is_empty() { ": none" } else { "" }),
    );
    output.line(&title);
    for row in rows {
        let cells: Vec<String> = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        output.line(&format!("  {}", cells.join("  ").trim_end()));
    }
}
