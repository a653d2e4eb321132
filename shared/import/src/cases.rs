//! A row of cases.

use crm_domain::{Case, CaseChange, CaseId, CustomerId, ExternalId, Hidden, Status, case::merged, model::REQUIRED};
use crm_service::{
    NO_SUCH_CUSTOMER,
    json::{self, Mistakes},
};
use crm_store::{Applied, ImportRow, RowConflict, WholeCase, random};
use serde_json::{Map, Value};

use super::{
    context::{self, Context, Failure},
    reading::{self, Origin},
    row_result::{RowOutcome, RowResult},
    words::{self, Words},
};
use crate::columns::{CUSTOMER_EXTERNAL_ID, CUSTOMER_ID, EXTERNAL_ID, INTERACTIONS};

/// The content of a row.
struct CaseRow {
    id: Option<CaseId>,
    external_id: Option<ExternalId>,
    /// The external id of its customer.
    customer_external_id: Option<ExternalId>,
    origin: Origin,
    hidden: Option<Hidden>,
    content: CaseChange,
}

/// Creates or changes the row's case.
pub async fn apply(context: &Context, row: &ImportRow<'_>, values: Map<String, Value>) -> Result<RowResult, Failure> {
    let wanted = read(context, row, values)?;
    let external = wanted.external_id.clone();
    let result = write(context, row, wanted).await?;
    Ok(RowResult {
        external_id: external.map(|external| external.id),
        ..result
    })
}

fn read(context: &Context, row: &ImportRow<'_>, mut values: Map<String, Value>) -> Result<CaseRow, Failure> {
    let (model, mut mistakes) = (context.model(), Mistakes::default());
    words::settle(&mut values, model, &mut mistakes);
    let status = words::spell(&mut values, "status", &Words::new(Status::ALL.map(Status::name)));
    if mistakes.note("status", status).is_none() {
        values.remove("status");
    }
    let customer = customer_id(&mut values, &mut mistakes);
    let mut read = CaseRow {
        id: reading::id(&mut values, CaseId::parse, &mut mistakes),
        external_id: reading::external_id(&mut values, EXTERNAL_ID, &mut mistakes),
        customer_external_id: reading::external_id(&mut values, CUSTOMER_EXTERNAL_ID, &mut mistakes),
        origin: reading::origin(&mut values, &row.change, context.manner.dates, &mut mistakes),
        hidden: reading::hidden(&mut values, model, &mut mistakes),
        content: json::case_content(&mut values, model, context.region(), row.change.at, &mut mistakes),
    };
    read.content.customer = customer;
    json::no_others(values, &mut mistakes);
    if mistakes.is_empty() {
        Ok(read)
    } else {
        Err(Failure::Rejected(mistakes.into_fields()))
    }
}

fn customer_id(values: &mut Map<String, Value>, mistakes: &mut Mistakes) -> Option<CustomerId> {
    let text = reading::text(values, CUSTOMER_ID, mistakes)?;
    mistakes.note(CUSTOMER_ID, CustomerId::parse(&text).ok_or(NO_SUCH_CUSTOMER.to_owned()))
}

async fn write(context: &Context, row: &ImportRow<'_>, mut wanted: CaseRow) -> Result<RowResult, Failure> {
    let (id, before) = find(context, &wanted).await?;
    resolve_customer(context, &mut wanted).await?;
    follow_merge(context, before.as_ref(), &mut wanted).await?;
    let mut after = match &before {
        Some((before, _)) => before.clone(),
        None => new(row, id, &wanted)?,
    };
    after.apply(&wanted.content);
    if let Some(hidden) = &wanted.hidden {
        after.set_hidden(hidden, context.model());
    }
    if before.is_none() && wanted.id.is_none() {
        context.check_required(|field| after.custom.contains_key(&field.name))?;
    }
    after.external_id = wanted.external_id.clone().or(after.external_id);
    let held = before.as_ref().map(|(before, _)| before);
    after.check_size(held).map_err(Failure::Rejected)?;
    let stored = before.as_ref().map_or_else(Vec::new, |(_, stored)| stored.clone());
    let interactions = merged(stored, wanted.content.interactions);
    if before
        .as_ref()
        .is_some_and(|before| before.0 == after && before.1 == interactions)
    {
        return Ok(RowResult::of(row.number, RowOutcome::Unchanged, after.id.to_string()));
    }
    if context.dry {
        return dry(context, row, before.as_ref(), &after).await;
    }
    let learning = context.learning();
    let written = context
        .store
        .import_case(row, before.as_ref(), &after, &interactions, learning);
    let result = match Box::pin(written).await {
        Err(RowConflict::NoSuchCustomer) => Err(Failure::rejected(CUSTOMER_ID, NO_SUCH_CUSTOMER)),
        written => context::written(row, written),
    }?;
    let changed = before.map_or_else(Vec::new, |(before, stored)| {
        changed(context, (&before, &after), stored != interactions)
    });
    Ok(RowResult { changed, ..result })
}

/// The changed fields, by their names in files.
fn changed(context: &Context, (before, after): (&Case, &Case), has_interactions: bool) -> Vec<String> {
    let own = [
        ("title", before.title != after.title),
        ("description", before.description != after.description),
        ("status", before.status != after.status),
        (CUSTOMER_ID, before.customer != after.customer),
        (EXTERNAL_ID, before.external_id != after.external_id),
        (INTERACTIONS, has_interactions),
    ];
    let own = own.into_iter().filter(|(_, is_changed)| *is_changed).map(|(name, _)| name);
    let of_model = context.model().fields.iter().map(|field| field.name.as_str());
    let of_model = of_model.filter(|name| before.custom.get(*name) != after.custom.get(*name));
    own.chain(of_model).map(str::to_owned).collect()
}

/// The row's case, and the id for a new one.
async fn find(context: &Context, wanted: &CaseRow) -> Result<(Option<CaseId>, Option<WholeCase>), Failure> {
    let owner = match &wanted.external_id {
        Some(external) => context.store.case_by_external(external).await?,
        None => None,
    };
    if let (Some(owner), Some(id)) = (owner, wanted.id)
        && owner != id
    {
        return Err(Failure::rejected(EXTERNAL_ID, format!("belongs to another case, {owner}")));
    }
    let id = wanted.id.or(owner);
    let before = match id {
        Some(id) => context.store.case_get(id).await?,
        None => None,
    };
    Ok((id, before))
}

/// Our id of the customer takes precedence over an external id. An external id may be of any brand, if it is of one only.
async fn resolve_customer(context: &Context, wanted: &mut CaseRow) -> Result<(), Failure> {
    let (None, Some(external)) = (wanted.content.customer, &wanted.customer_external_id) else {
        return Ok(());
    };
    let of_brand = |brand: &String| ExternalId {
        brand: Some(brand.clone()),
        ..external.clone()
    };
    let mut externals: Vec<ExternalId> = context.settings.tenant.brands.keys().map(of_brand).collect();
    externals.push(external.clone());
    let found = context.store.customers_by_external(&externals).await?;
    let message = match found.len() {
        0 => "must be the external id of a customer that exists: import the customers first",
        1 => "",
        _ => "is the external id of customers of several brands: name the one by its customerId",
    };
    wanted.content.customer = found.into_iter().next().filter(|_| message.is_empty());
    if wanted.content.customer.is_none() {
        return Err(Failure::rejected(CUSTOMER_EXTERNAL_ID, message));
    }
    Ok(())
}

/// The id of a merged record leads to the survivor. Nothing is read for a case that stays with its customer.
async fn follow_merge(context: &Context, before: Option<&WholeCase>, wanted: &mut CaseRow) -> Result<(), Failure> {
    let Some(asked) = wanted.content.customer else { return Ok(()) };
    if before.is_none_or(|(before, _)| before.customer != asked)
        && let Some(customer) = context.store.customer_get(asked).await?
    {
        wanted.content.customer = Some(customer.id);
    }
    Ok(())
}

fn new(row: &ImportRow<'_>, id: Option<CaseId>, wanted: &CaseRow) -> Result<Case, Failure> {
    let mut mistakes = Mistakes::default();
    if wanted.content.title.is_none() {
        mistakes.invalid("title", REQUIRED);
    }
    let Some(customer) = wanted.content.customer.filter(|_| mistakes.is_empty()) else {
        if wanted.content.customer.is_none() {
            mistakes.invalid(CUSTOMER_ID, format!("{REQUIRED}, or {CUSTOMER_EXTERNAL_ID} in its place"));
        }
        return Err(Failure::Rejected(mistakes.into_fields()));
    };
    let id = id.unwrap_or_else(|| CaseId::draw(row.change.at, random::bits()));
    Ok(Case {
        updated: wanted.origin.updated.clone(),
        ..Case::new(id, customer, wanted.origin.created.clone())
    })
}

async fn dry(context: &Context, row: &ImportRow<'_>, before: Option<&WholeCase>, after: &Case) -> Result<RowResult, Failure> {
    let is_new_there = before.is_none_or(|(before, _)| before.customer != after.customer);
    if is_new_there && context.store.customer_get(after.customer).await?.is_none() {
        return Err(Failure::rejected(CUSTOMER_ID, NO_SUCH_CUSTOMER));
    }
    let applied = Applied {
        id: after.id.to_string(),
        created: before.is_none(),
    };
    Ok(RowResult::applied(row.number, applied))
}
