//! Refreshing customers from the company's own CRM (sections 6.15 and 7).

use std::sync::Arc;

use crm_domain::{
    ExternalId, FieldValue, NewContactPoint, Role,
    error::{Absent, Error},
};
use crm_lambda::http::{Request, Response};
use crm_service::{FoundOrCreated, Session, claim_waiting_cases};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::{Map, Value};

use crate::{
    channels, crm_lookup,
    custom::{self, CustomValues},
    edits::Edits,
    identify::{self, NamedBrand},
    parameters::Parameters,
    rules::{self, CUSTOM, EMAIL, LONGEST_CUSTOM_VALUE, LONGEST_NAME, SYNC_EMAIL, SYNC_PHONE, TELEPHONE},
    texts::{self, MISSING, invalid},
    wire,
    writing::{self, DescribedCustomer},
};

/// The names that a CRM may use for the client's own id, first name and last name. Inferred, like everything about
/// the answer.
const OWN_ID: [&str; 4] = ["primaryID", "primary_id", "external_primary_id", "id"];
const FIRST_NAME: [&str; 2] = ["firstname", "firstName"];
const LAST_NAME: [&str; 2] = ["lastname", "lastName"];
const CUSTOM_FIELDS: [&str; 2] = ["customFields", "custom_fields"];
/// The name of the operation in histories.
const OPERATION: &str = "syncWithCRM";
/// How many customers are written concurrently.
const AT_ONCE: usize = 8;

/// `POST /api/v2/customer/syncWithCRM`.
pub async fn sync_with_crm(session: Session, request: Arc<Request>) -> Result<Response, Error> {
    let parameters = Parameters::of(&request).await?;
    let brand = NamedBrand::read(&parameters, "brandID")?.ok_or_else(|| MISSING.about("brandID"))?;
    let asked = Asked::read(&parameters, &session)?;
    let (brand, settings) = brand.existing(&session)?;
    let lookup = [("channelAddressType", asked.kind), ("address", asked.point.value.as_str())];
    let elements = crm_lookup::ask(settings, &lookup, &request.trace).await?;
    if elements.is_empty() {
        return Ok(wire::result(texts::NOT_IN_CRM, None));
    }
    let is_only = elements.len() == 1;
    let told = elements.iter().filter_map(Value::as_object);
    let told: Vec<Told> = told.map(|element| Told::read(element, &asked, is_only, &session)).collect();
    stream::iter(&told)
        .map(|told| told.write(&session, brand, &asked))
        .buffer_unordered(AT_ONCE)
        .try_collect::<Vec<()>>()
        .await?;
    Ok(wire::result(texts::SYNCHRONIZED, None))
}

/// The address that the request asks about.
struct Asked {
    kind: &'static str,
    point: NewContactPoint,
}

impl Asked {
    fn read(parameters: &Parameters, session: &Session) -> Result<Self, Error> {
        let (kind, name) = match parameters.needed("channel")? {
            SYNC_PHONE => (SYNC_PHONE, TELEPHONE),
            SYNC_EMAIL => (SYNC_EMAIL, EMAIL),
            _ => return Err(invalid("channel", &format!("must be {SYNC_PHONE} or {SYNC_EMAIL}"))),
        };
        parameters.needed("address")?;
        let point = channels::of_name(name, "address", parameters.verbatim("address").unwrap_or_default(), session)?;
        Ok(Self { kind, point })
    }
}

/// One element of the CRM's answer.
struct Told {
    own_id: Option<String>,
    edits: Edits,
}

impl Told {
    /// Reads an element leniently: values of another form are left out.
    fn read(element: &Map<String, Value>, asked: &Asked, is_only: bool, session: &Session) -> Self {
        let own_id = first_text(element, &OWN_ID).filter(|id| ExternalId::of_brand("", id).is_ok());
        let names = [(Role::FirstName, &FIRST_NAME), (Role::LastName, &LAST_NAME)];
        let names = names.into_iter().filter_map(|(role, members)| {
            let name = first_text(element, members)?;
            (name.chars().count() <= LONGEST_NAME).then_some((role, name))
        });
        let mut points = addresses(element, session);
        if is_only && own_id.is_some() {
            points.insert(0, asked.point.clone());
        }
        Self {
            own_id,
            edits: Edits {
                names: names.collect(),
                custom: custom_values(element, session),
                points,
            },
        }
    }

    async fn write(&self, session: &Session, brand: &str, asked: &Asked) -> Result<(), Error> {
        let Some(own_id) = &self.own_id else {
            return self.write_to_holder(session, brand, asked).await;
        };
        let described = DescribedCustomer {
            brand,
            own_id: Some(own_id),
            address: None,
            edits: self.edits.clone(),
        };
        let FoundOrCreated { customer, .. } = described.find_or_create(session, OPERATION).await?;
        claim_waiting_cases(session, &customer, &self.edits.points, OPERATION).await
    }

    /// Applies an element without an id to the one customer who has the address. If several have it, nothing happens.
    async fn write_to_holder(&self, session: &Session, brand: &str, asked: &Asked) -> Result<(), Error> {
        let holders = identify::find_by_address(session, &asked.point.value, brand).await?;
        let [holder] = holders.customers.as_slice() else {
            return Ok(());
        };
        match writing::edit(session, holder.id, None, &self.edits, OPERATION).await {
            Ok(customer) => claim_waiting_cases(session, &customer, &self.edits.points, OPERATION).await,
            // Deleted meanwhile: then nobody has the address.
            Err(Error::NotFound(Absent::Customer)) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

/// The trimmed text of a string or number.
fn text(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Bool(flag) => flag.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

fn first_text(element: &Map<String, Value>, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| element.get(*name)).and_then(text)
}

/// The custom fields of an element: members `custom_…`, and the members of an object of custom fields. `null` clears
/// one.
fn custom_values(element: &Map<String, Value>, session: &Session) -> CustomValues {
    let own = element
        .iter()
        .filter_map(|(name, value)| Some((name.strip_prefix(CUSTOM)?, value)));
    let inner = CUSTOM_FIELDS.iter().find_map(|name| element.get(*name)?.as_object());
    let inner = inner.into_iter().flatten();
    let inner = inner.map(|(name, value)| (name.strip_prefix(CUSTOM).unwrap_or(name), value));
    let own = own.filter(|(name, _)| *name != "fields");
    own.chain(inner)
        .filter_map(|(name, value)| custom_field(name, value, session))
        .collect()
}

fn custom_field(name: &str, value: &Value, session: &Session) -> Option<(String, Option<FieldValue>)> {
    let is_name = custom::is_name(name) && !custom::is_standard_name(name, session.customer_model());
    let text = text(value);
    let is_good =
        is_name && (value.is_null() || text.is_some()) && text.as_ref().is_none_or(|text| text.len() <= LONGEST_CUSTOM_VALUE);
    if !is_good {
        return None;
    }
    let value = match session.customer_model().field(name) {
        Some(field) => field.read(&text.into(), session.region()).ok()?,
        None => text.map(FieldValue::Text),
    };
    Some((name.to_owned(), value))
}

/// The addresses that the CRM lists.
fn addresses(element: &Map<String, Value>, session: &Session) -> Vec<NewContactPoint> {
    let mut points = Vec::new();
    for channel in element.get("channels").and_then(Value::as_array).into_iter().flatten() {
        let kind = ["channelAddressType", "channel_id"]
            .iter()
            .find_map(|name| text(channel.get(*name)?));
        let address = channel.get("address").and_then(text);
        if let (Some(kind), Some(address)) = (kind, address) {
            let name = if kind == SYNC_PHONE { TELEPHONE } else { &kind };
            points.extend(channels::told(name, &address, session));
        }
    }
    for (member, name) in [("email", EMAIL), ("phoneNumber", TELEPHONE)] {
        let value = element.get(member).unwrap_or(&Value::Null);
        let values = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        for address in values.iter().filter_map(text) {
            points.extend(channels::told(name, &address, session));
        }
    }
    points.truncate(rules::MOST_PAIRS);
    points
}
