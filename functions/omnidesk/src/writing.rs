//! Creating and changing customers.

use std::sync::Arc;

use crm_domain::{CaseId, Customer, CustomerId, Identifier, NewContactPoint, error::Error};
use crm_lambda::http::{Request, Response};
use crm_service::{Address, CustomerEdit, CustomerRefusal, FindOrCreate, FoundOrCreated, Session, claim_waiting_cases};

use crate::{
    channels,
    edits::Edits,
    identify::{self, Identity, NamedBrand, Names},
    parameters::Parameters,
    rules, spelling,
    texts::{self, MISSING, NO_SUCH_TICKET, NOTHING_KNOWN, TAKEN, TICKET_OF_OTHER_BRAND, UNIDENTIFIED},
    wire,
};

/// `POST /api/v2/customer`: finds or creates a customer, links a channel and a ticket (section 6.3).
pub async fn post_index(session: Session, request: Arc<Request>) -> Result<Response, Error> {
    const OPERATION: &str = "POST index";
    let parameters = Parameters::of(&request).await?;
    let PostIndex {
        customer: described,
        ticket,
        is_alone,
    } = PostIndex::read(&parameters, &session)?;
    let ticket = match ticket {
        Some(number) => Some(existing_ticket(&session, number, described.brand).await?),
        None => None,
    };
    let FoundOrCreated {
        customer,
        is_new,
        is_linked,
    } = described.find_or_create(&session, OPERATION).await?;
    if let Some(ticket) = ticket {
        crm_service::move_case(&session, ticket, customer.id, OPERATION).await?;
    }
    if !is_alone {
        claim_waiting_cases(&session, &customer, &described.edits.points, OPERATION).await?;
    }
    let message = match (is_new, is_linked) {
        (true, true) => texts::CREATED_AND_LINKED,
        (true, false) => texts::CREATED,
        (false, true) => texts::LINKED,
        (false, false) => texts::UPDATED,
    };
    Ok(wire::result(message, Some(("customerID", customer.id.number()))))
}

/// The parameters of `POST index`.
struct PostIndex<'request> {
    customer: DescribedCustomer<'request>,
    /// The number of the ticket to link.
    ticket: Option<u64>,
    /// Whether other tickets of the address stay as they are (`noSync`).
    is_alone: bool,
}

impl<'request> PostIndex<'request> {
    fn read(parameters: &'request Parameters, session: &'request Session) -> Result<Self, Error> {
        let named = NamedBrand::needed(parameters, "brand_id", session)?;
        let own_id = identify::own_id(parameters, "primary_id")?;
        let brand = named.existing(session);
        let is_searched = brand.as_ref().is_ok_and(|(_, brand)| brand.search_by_contact_points);
        if brand.is_ok() && own_id.is_none() && !is_searched {
            return Err(MISSING.about("primary_id"));
        }
        let address = channels::asked(parameters, "search_customer_channel_value")?;
        let linked = channels::linked(parameters, session)?;
        let address = address.or_else(|| linked.as_ref().map(|point| point.value.clone()));
        let extra = channels::extra(parameters, &[rules::EMAIL, rules::TELEPHONE], session)?;
        let edits = Edits::read(parameters, session)?.with(linked.into_iter().chain(extra).collect());
        let ticket = parameters.number("ticket_id")?;
        let is_alone = parameters.flag("noSync")?;
        let customer = DescribedCustomer {
            brand: brand?.0,
            own_id,
            address: address.filter(|_| is_searched),
            edits,
        };
        Ok(Self {
            customer,
            ticket,
            is_alone,
        })
    }
}

/// A customer as a request or a CRM describes it, whether it exists or not.
#[derive(Debug)]
pub struct DescribedCustomer<'request> {
    /// The id of the brand.
    pub brand: &'request str,
    /// The client's own id.
    pub own_id: Option<&'request str>,
    /// An address by which the customer may be found.
    pub address: Option<String>,
    /// The edits to apply.
    pub edits: Edits,
}

impl DescribedCustomer<'_> {
    /// Finds or creates the customer and applies the edits.
    pub async fn find_or_create(&self, session: &Session, operation: &'static str) -> Result<FoundOrCreated, Error> {
        let types = channels::types(&session.grant.settings);
        let is_channel = |one: &Identifier| channels::type_of(one, &types).is_some();
        let address = self.address.clone();
        let wanted = FindOrCreate {
            brand: self.brand,
            external_id: self.own_id,
            address: address.map(|address| Address::new(address, session, &is_channel)),
            points: &self.edits.points,
            edit: CustomerEdit {
                operation,
                parts: self.edits.parts(),
                apply: &|customer| self.edits.apply(customer, session),
            },
        };
        crm_service::find_or_create_customer(session, &wanted).await.map_err(refused)
    }
}

fn refused(refusal: CustomerRefusal) -> Error {
    match refusal {
        CustomerRefusal::ExternalIdTaken => TAKEN.refused(),
        CustomerRefusal::NothingKnown => NOTHING_KNOWN.refused(),
        CustomerRefusal::Failed(error) => error,
    }
}

/// Applies the edits to a customer. If a brand is named, it must be the customer's.
pub async fn edit(
    session: &Session,
    id: CustomerId,
    brand: Option<NamedBrand>,
    edits: &Edits,
    operation: &'static str,
) -> Result<Customer, Error> {
    let brand = identify::existing(brand, session)?;
    let edit = CustomerEdit {
        operation,
        parts: edits.parts(),
        apply: &|customer| {
            identify::check_brand(customer, brand, session)?;
            edits.apply(customer, session)
        },
    };
    crm_service::edit_customer(session, id, &edit).await
}

/// A ticket of a brand.
async fn existing_ticket(session: &Session, number: u64, brand: &str) -> Result<CaseId, Error> {
    let id = CaseId::from_number(number).ok_or_else(|| NO_SUCH_TICKET.refused())?;
    if crm_service::is_case_of_brand(session, id, brand).await? {
        Ok(id)
    } else {
        Err(TICKET_OF_OTHER_BRAND.refused())
    }
}

/// `PUT /api/v2/customer`: names and custom fields (section 6.4).
pub async fn put_index(session: Session, request: Arc<Request>) -> Result<Response, Error> {
    let parameters = Parameters::of(&request).await?;
    let names = Names {
        number: Some("customerID"),
        own_id: "primaryID",
        brand: "brandID",
    };
    let identity = Identity::read(&parameters, names)?;
    let edits = Edits::read(&parameters, &session)?;
    let found = identity.find(&session).await?;
    edit(&session, found.id, identity.brand, &edits, "PUT index").await?;
    Ok(wire::result(texts::UPDATED, None))
}

/// `PUT /api/v2/customer/{id}`: any field (section 6.5).
pub async fn put_item(session: Session, request: Arc<Request>) -> Result<Response, Error> {
    if spelling::is_action(&request, rules::UPDATE) {
        return update_customer(session, request).await;
    }
    let id = spelling::customer_in_path(&request)?;
    let parameters = Parameters::of(&request).await?;
    let brand = NamedBrand::read(&parameters, "brandID")?;
    let edits = Edits::read(&parameters, &session)?.with(channels::pairs(&parameters, &session)?);
    edit(&session, id, brand, &edits, "PUT item").await?;
    Ok(wire::result(texts::UPDATED, None))
}

/// `PUT /api/v2/customer/updateCustomer`: the same by the client's own id (section 6.10).
pub async fn update_customer(session: Session, request: Arc<Request>) -> Result<Response, Error> {
    let parameters = Parameters::of(&request).await?;
    let names = Names {
        number: None,
        own_id: "externalPrimaryID",
        brand: "brandID",
    };
    parameters.needed(names.own_id)?;
    let identity = Identity::read(&parameters, names)?;
    let edits = Edits::read(&parameters, &session)?.with(channels::pairs(&parameters, &session)?);
    let found = identity.find(&session).await?;
    edit(&session, found.id, identity.brand, &edits, "updateCustomer").await?;
    Ok(wire::result(texts::UPDATED, None))
}

/// `POST /api/v2/customer/addChannelOnly` (section 6.9).
pub async fn add_channel_only(session: Session, request: Arc<Request>) -> Result<Response, Error> {
    let parameters = Parameters::of(&request).await?;
    let names = Names {
        number: Some("customer_id"),
        own_id: "primary_id",
        brand: "brand_id",
    };
    let identity = Identity::read(&parameters, names)?;
    let points: Vec<NewContactPoint> = channels::extra(&parameters, &rules::NAMED_CHANNELS, &session)?;
    let is_alone = parameters.flag("noSync")?;
    if points.is_empty() {
        return Err(MISSING.about("extra_email"));
    }
    let edits = Edits::default().with(points);
    let found = identity.find(&session).await?;
    let customer = edit(&session, found.id, identity.brand, &edits, "addChannelOnly").await?;
    if !is_alone {
        claim_waiting_cases(&session, &customer, &edits.points, "addChannelOnly").await?;
    }
    Ok(wire::result(texts::CHANNEL_ADDED, None))
}

/// `POST /api/v2/customer/createCustomerCRUD`: strict creation. It never finds a customer and never touches tickets
/// (section 6.16).
pub async fn create_customer_crud(session: Session, request: Arc<Request>) -> Result<Response, Error> {
    let parameters = Parameters::of(&request).await?;
    parameters.needed("primaryID")?;
    let own_id = identify::own_id(&parameters, "primaryID")?.ok_or_else(|| UNIDENTIFIED.refused())?;
    let brand = NamedBrand::needed(&parameters, "brandID", &session)?;
    let edits = Edits::read(&parameters, &session)?.with(channels::pairs(&parameters, &session)?);
    let (brand, _) = brand.existing(&session)?;
    let holders = crm_service::customers_by_external_id(&session, own_id, Some(brand)).await?;
    if !holders.is_empty() {
        return Err(TAKEN.refused());
    }
    let edit = CustomerEdit {
        operation: "createCustomerCRUD",
        parts: edits.parts(),
        apply: &|customer| edits.apply(customer, &session),
    };
    let created = crm_service::create_customer_of_brand(&session, brand, own_id, &edit).await;
    let number = ("customerID", created.map_err(refused)?.id.number());
    Ok(wire::result(texts::CREATED, Some(number)))
}
