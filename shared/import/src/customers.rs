//! A row of customers.

use std::collections::HashMap;

use crm_domain::{Change, Customer, CustomerId, Event, ExternalId, FieldChange, Hidden, Role, Timestamp, error::FieldError};
use crm_service::json::{self, Mistakes};
use crm_store::{Applied, ImportRow, clock, random};
use serde_json::{Map, Value};

use super::{
    context::{self, Context, Failure},
    likeness::{self, Alike},
    party::{self, PartyRow},
    reading::{self, Origin},
    row_result::{RowOutcome, RowResult},
    several,
    sync::{self, Conflict},
    words,
};
use crate::columns::{
    ATTRIBUTES, BRAND, CONTACTS, CREATED, DEPARTMENT, EVENTS, EXTERNAL_ID, ID, KIND, ORGANISATION, PREFERRED_AGENT, UPDATED,
};

/// The columns that are not fields of the model.
const PARTY: [&str; 7] = [KIND, DEPARTMENT, BRAND, ORGANISATION, ATTRIBUTES, PREFERRED_AGENT, CONTACTS];

/// The content of a row.
struct CustomerRow<'model> {
    id: Option<CustomerId>,
    external_id: Option<ExternalId>,
    origin: Origin,
    hidden: Option<Hidden>,
    fields: Vec<FieldChange<'model>>,
    party: PartyRow,
}

/// Creates or changes the row's customer.
pub async fn apply(context: &Context, row: &ImportRow<'_>, values: Map<String, Value>) -> Result<RowResult, Failure> {
    let wanted = read(context, row, values)?;
    let external = wanted.external_id.clone();
    let result = write(context, row, wanted).await?;
    Ok(RowResult {
        external_id: external.map(|external| external.id),
        ..result
    })
}

/// The values of a row by field, as they would be stored.
pub fn understood(
    context: &Context,
    number: u64,
    mut values: Map<String, Value>,
) -> Result<HashMap<String, String>, Vec<FieldError>> {
    several::divide(&mut values, context.model(), context.region(), context.manner.skip_bad_cells);
    let row = ImportRow {
        run: &context.run,
        number,
        change: Change {
            at: clock::now(),
            by: context.by.clone(),
        },
        fields: Vec::new(),
        note: None,
    };
    let own = [KIND, DEPARTMENT, BRAND, CREATED, UPDATED];
    let own = own
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), values.get(name)?.as_str()?.to_owned())));
    let mut understood: HashMap<String, String> = own.collect();
    let read = match read(context, &row, values) {
        Ok(read) => read,
        Err(Failure::Rejected(wrong)) => return Err(wrong),
        Err(Failure::Moved | Failure::Failed(_)) => return Err(Vec::new()),
    };
    let fields = read.fields.iter().map(|change| {
        let value = change.value.as_ref().map(|value| value.as_text().to_owned());
        (change.field.name.clone(), value.unwrap_or_default())
    });
    understood.extend(fields);
    understood.extend(read.id.map(|id| (ID.to_owned(), id.to_string())));
    understood.extend(read.external_id.map(|external| (EXTERNAL_ID.to_owned(), external.id)));
    Ok(understood)
}

fn read<'model>(
    context: &'model Context,
    row: &ImportRow<'_>,
    mut values: Map<String, Value>,
) -> Result<CustomerRow<'model>, Failure> {
    let (model, mut mistakes) = (context.model(), Mistakes::default());
    words::settle(&mut values, model, &mut mistakes);
    let mut read = CustomerRow {
        id: reading::id(&mut values, CustomerId::parse, &mut mistakes),
        external_id: reading::external_id(&mut values, EXTERNAL_ID, &mut mistakes),
        party: party::read(&mut values, &context.settings, &mut mistakes),
        origin: reading::origin(&mut values, &row.change, context.manner.dates, &mut mistakes),
        hidden: reading::hidden(&mut values, model, &mut mistakes),
        fields: json::model_fields(&mut values, model, context.region(), &mut mistakes),
    };
    json::no_others(values, &mut mistakes);
    if let Some(external) = &mut read.external_id {
        external.brand.clone_from(&read.party.brand);
    }
    if mistakes.is_empty() {
        Ok(read)
    } else {
        Err(Failure::Rejected(mistakes.into_fields()))
    }
}

async fn write(context: &Context, row: &ImportRow<'_>, mut wanted: CustomerRow<'_>) -> Result<RowResult, Failure> {
    let (id, before) = find(context, &wanted).await?;
    let (row, conflicts) = &settled(context, row, &mut wanted, before.as_ref()).await?;
    let is_nameless = id.is_none() && wanted.external_id.is_none();
    let alike = if is_nameless {
        likeness::alike(context, &wanted.fields, context.manner.match_on).await?
    } else {
        Alike::default()
    };
    let (id, before) = match context.manner.match_on {
        Some(_) if is_nameless => match alike.only()? {
            Some(id) => (Some(id), context.store.customer_get(id).await?),
            None => (None, None),
        },
        _ => (id, before),
    };
    let mut after = match &before {
        Some(before) => before.clone(),
        None => new(row, id, &wanted),
    };
    let now = if before.is_some() { row.change.at } else { after.created.at };
    after.apply(&wanted.fields, context.region(), now);
    let has_contacts = wanted.party.has_contacts();
    let told = std::mem::take(&mut wanted.party);
    let events = set_party(context, &mut after, told, now, wanted.id.is_some())?;
    let events = context.store.events_changed(after.id, &events).await?;
    if let Some(hidden) = &wanted.hidden {
        after.set_hidden(hidden, context.model(), context.region());
    }
    if has_contacts {
        after.adopt_contact_name(&named_by(&wanted.fields));
        if let Some(before) = &before {
            // This comes after the name, because a name that moves to the profile does not change the contact person.
            party::keep_times(&mut after, before, now);
        }
    }
    if let Some(external) = &wanted.external_id
        // The external id of a merged record stays: it also leads to the customer.
        && !after.external_ids().any(|held| held == external)
    {
        after.external_id = Some(external.clone());
    }
    after.settle_belonging(context.settings.newcomers());
    after
        .check_size(before.as_ref(), context.model())
        .map_err(Failure::Rejected)?;
    if before.as_ref() == Some(&after) && events.is_empty() {
        let id = after.id;
        if !context.dry {
            context.store.customer_settled(after, context.model()).await?;
            if let Some(note) = &row.note {
                // A record that is gone by now is found out by the next extract.
                context.store.synced_put(id, note).await?;
            }
        }
        return Ok(RowResult {
            conflicts: conflicts.clone(),
            ..RowResult::of(row.number, RowOutcome::Unchanged, id.to_string())
        });
    }
    if before.is_none() {
        if after.is_blank() && wanted.id.is_none() {
            return Err(Failure::rejected("row", "must fill in at least one field"));
        }
        if wanted.id.is_none() {
            context.check_required(|field| after.field(field).is_some())?;
        }
        if context.sync.is_some() && context.erased_since(&after).await?.is_some() {
            return Ok(RowResult::of_erased(row.number));
        }
        context.check_new_customer(&after).await?;
    }
    let result = if context.dry {
        // An earlier row of the file would have created this customer.
        let is_new = before.is_none() && !(context.manner.match_on.is_some() && alike.is_row_only());
        let applied = Applied {
            id: after.id.to_string(),
            created: is_new,
        };
        RowResult::applied(row.number, applied)
    } else {
        let written = context
            .store
            .import_customer(row, before.as_ref(), &after, &events, context.model())
            .await;
        context::written(row, written)?
    };
    if is_nameless && before.is_none() {
        let terms = likeness::terms(&wanted.fields, context.region());
        context.newcomers.note(row.number, &terms, &result);
    }
    let changed = before.map_or_else(Vec::new, |before| {
        changed(context, row, (&before, &after), !events.is_empty())
    });
    Ok(RowResult {
        changed,
        looks_like: alike.shown(),
        conflicts: conflicts.clone(),
        ..result
    })
}

/// The row with what is to be remembered of it. In a sync, `wanted` keeps only what the source has changed and wins.
async fn settled<'run>(
    context: &Context,
    row: &ImportRow<'run>,
    wanted: &mut CustomerRow<'_>,
    before: Option<&Customer>,
) -> Result<(ImportRow<'run>, Vec<Conflict>), Failure> {
    let mut conflicts = Vec::new();
    let mut note = row.note.clone();
    if let (Some(sync), Some(note)) = (&context.sync, &mut note) {
        note.given = sync::given(&wanted.fields);
        if let Some(before) = before {
            let last = sync.last_given(&context.store, note).await?;
            conflicts = sync.settle(&mut wanted.fields, before, &last, wanted.origin.updated.at);
        }
    }
    let row = ImportRow {
        run: row.run,
        number: row.number,
        change: row.change.clone(),
        fields: row.fields.clone(),
        note,
    };
    Ok((row, conflicts))
}

/// The changed fields, by their names in files.
fn changed(context: &Context, row: &ImportRow<'_>, (before, after): (&Customer, &Customer), has_events: bool) -> Vec<String> {
    let fields = context
        .model()
        .fields
        .iter()
        .filter(|field| before.field(field) != after.field(field));
    let mut changed: Vec<String> = fields.map(|field| field.name.clone()).collect();
    if before.external_id != after.external_id {
        changed.push(EXTERNAL_ID.to_owned());
    }
    if before.party != after.party {
        let of_party = row.fields.iter().filter(|name| PARTY.contains(&name.as_str()));
        changed.extend(of_party.cloned());
    }
    if has_events {
        changed.push(EVENTS.to_owned());
    }
    changed
}

/// The parts of the name that the row has in columns of their own.
fn named_by(fields: &[FieldChange<'_>]) -> Vec<Role> {
    let given = fields.iter().filter(|change| change.value.is_some());
    given
        .filter_map(|change| change.field.role)
        .filter(|role| role.is_name())
        .collect()
}

fn set_party(
    context: &Context,
    customer: &mut Customer,
    party: PartyRow,
    now: Timestamp,
    is_ours: bool,
) -> Result<Vec<Event>, Failure> {
    let mut mistakes = Mistakes::default();
    let events = party.events(customer.id, &mut mistakes);
    party.apply(customer, &context.settings, now, is_ours, &mut mistakes);
    if mistakes.is_empty() {
        Ok(events)
    } else {
        Err(Failure::Rejected(mistakes.into_fields()))
    }
}

fn new(row: &ImportRow<'_>, id: Option<CustomerId>, wanted: &CustomerRow<'_>) -> Customer {
    let id = id.unwrap_or_else(|| CustomerId::draw(row.change.at, random::bits()));
    Customer {
        updated: wanted.origin.updated.clone(),
        ..Customer::new(id, wanted.origin.created.clone())
    }
}

/// The row's customer, and the id for a new one.
async fn find(context: &Context, wanted: &CustomerRow<'_>) -> Result<(Option<CustomerId>, Option<Customer>), Failure> {
    let owner = match &wanted.external_id {
        Some(external) => context.store.customer_by_external(external).await?,
        None => None,
    };
    let id = wanted.id.or(owner);
    let before = match id {
        Some(id) => context.store.customer_get(id).await?,
        None => None,
    };
    let is_owner = |owner: CustomerId| Some(owner) == id || before.as_ref().is_some_and(|before| before.is_of(owner));
    match owner.filter(|&owner| !is_owner(owner)) {
        Some(owner) => Err(Failure::rejected(
            EXTERNAL_ID,
            format!("belongs to another customer, {owner}"),
        )),
        None => Ok((id, before)),
    }
}
