//! Creating and changing customers.

use std::sync::Arc;

use crm_domain::{CaseChange, CaseId, ContactPointKey, Customer, CustomerId, ExternalId, NewContactPoint, error::Error};
use crm_lambda::http::{Request, Response};
use crm_service::Session;
use crm_store::{Audit, CaseRefusal, Created, CustomerRefusal, OnceKey, random};

use crate::{
    channels,
    edits::Edits,
    identify::{self, Address, Identity, NOT_FOUND, NamedBrand, Names},
    parameters::Parameters,
    rules, spelling,
    texts::{self, MISSING, NO_SUCH_TICKET, NOTHING_KNOWN, TAKEN, TICKET_OF_OTHER_BRAND, UNIDENTIFIED},
    wire,
};

/// How often find-or-create is tried while another request creates the same customer.
const TRIES: u32 = 3;

/// `POST /api/v2/customer`: finds or creates a customer, links a channel and a ticket (section 6.3).
pub async fn post_index(session: Session, request: Arc<Request>) -> Result<Response, Error> {
    let parameters = Parameters::of(&request).await?;
    let Wish {
        wanted,
        ticket,
        is_alone,
    } = Wish::read(&parameters, &session)?;
    let ticket = match ticket {
        Some(number) => Some(existing_ticket(&session, number, wanted.brand).await?),
        None => None,
    };
    let Settled {
        customer,
        is_new,
        is_linked,
    } = wanted.find_or_create(&session, "POST index").await?;
    if let Some(ticket) = ticket {
        link_ticket(&session, ticket, customer.id).await?;
    }
    if !is_alone {
        claim(&session, &customer, &wanted.edits, "POST index").await?;
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
struct Wish<'request> {
    wanted: Wanted<'request>,
    /// The number of the ticket to link.
    ticket: Option<u64>,
    /// Whether other tickets of the address stay as they are (`noSync`).
    is_alone: bool,
}

impl<'request> Wish<'request> {
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
        let wanted = Wanted {
            brand: brand?.0,
            own_id,
            address: address.filter(|_| is_searched),
            edits,
        };
        Ok(Self {
            wanted,
            ticket,
            is_alone,
        })
    }
}

/// The customer to find or create.
#[derive(Debug)]
pub struct Wanted<'request> {
    /// The id of the brand.
    pub brand: &'request str,
    /// The client's own id.
    pub own_id: Option<&'request str>,
    /// An address by which the customer may be found.
    pub address: Option<String>,
    /// The edits to apply.
    pub edits: Edits,
}

/// A customer that was found or created.
pub struct Settled {
    /// The customer with the edits applied.
    pub customer: Customer,
    /// Whether it was created.
    pub is_new: bool,
    /// Whether an address was added.
    pub is_linked: bool,
}

impl Wanted<'_> {
    /// Finds or creates the customer and applies the edits.
    pub async fn find_or_create(&self, session: &Session, operation: &'static str) -> Result<Settled, Error> {
        for _ in 0..TRIES {
            let mut found = self.find(session).await?;
            if found.is_none() {
                match self.create(session, operation).await {
                    Ok(Created::Now(customer)) => {
                        return Ok(Settled {
                            customer,
                            is_new: true,
                            is_linked: !self.edits.points.is_empty(),
                        });
                    }
                    Ok(Created::Before(customer)) => found = Some(customer),
                    // Another request created the customer meanwhile.
                    Err(CustomerRefusal::ExternalIdTaken) => {}
                    Err(CustomerRefusal::Failed(error)) => return Err(error),
                }
            }
            if let Some(before) = found
                && let Some(customer) = self.update(session, before.id, operation).await?
            {
                return Ok(Settled {
                    customer,
                    is_new: false,
                    is_linked: self.edits.add_points_to(&before, session),
                });
            }
        }
        Err(Error::Busy("find or make a customer"))
    }

    /// Finds the customer by the client's own id, or else by address, if the brand allows it. Of several customers
    /// who share an address the one updated last is taken. Customers with another own id are left out.
    async fn find(&self, session: &Session) -> Result<Option<Customer>, Error> {
        if let Some(own_id) = self.own_id {
            let found = identify::find_by_own_id(session, own_id, Some(self.brand)).await?;
            if let Some(found) = found.into_iter().next() {
                return Ok(Some(found));
            }
        }
        let Some(address) = &self.address else {
            return Ok(None);
        };
        let found = identify::find_by_address(session, address, self.brand).await?;
        let open = found
            .customers
            .into_iter()
            .filter(|customer| self.own_id.is_none() || customer.external_id.is_none());
        Ok(open.max_by_key(|customer| (customer.updated.at, customer.id)))
    }

    /// Creates the customer. An index can be behind, so a create of the last minutes for the same address is found by
    /// its created-once record, as long as its customer has the address.
    async fn create(&self, session: &Session, operation: &'static str) -> Result<Created<Customer>, CustomerRefusal> {
        let create = async |once: Option<&OnceKey>| create(session, self.brand, self.own_id, &self.edits, once, operation).await;
        let (Some(address), None) = (&self.address, self.own_id) else {
            return create(None).await;
        };
        let key = format!("{}/{}", self.brand, address.to_lowercase());
        let once = OnceKey::new(operation, "", Some(&key), &key);
        match create(Some(&once)).await? {
            Created::Before(earlier) if !self.is_still(&earlier, address, session) => create(None).await,
            created => Ok(created),
        }
    }

    fn is_still(&self, earlier: &Customer, address: &str, session: &Session) -> bool {
        Address::new(address, session).is_of(earlier) || !self.edits.named(earlier, session).is_empty()
    }

    async fn update(&self, session: &Session, id: CustomerId, operation: &'static str) -> Result<Option<Customer>, Error> {
        let own_id = self.own_id.map(|own_id| external(self.brand, own_id));
        let edit = |customer: &mut Customer| {
            if customer.external_id.is_none() {
                customer.external_id.clone_from(&own_id);
            }
            self.edits.apply(customer, session)
        };
        match update(session, id, &self.edits, operation, edit).await {
            Ok(customer) => Ok(customer),
            // Another customer got this own id meanwhile: the next round finds that customer.
            Err(CustomerRefusal::ExternalIdTaken) => Ok(None),
            Err(CustomerRefusal::Failed(error)) => Err(error),
        }
    }
}

fn external(brand: &str, own_id: &str) -> ExternalId {
    ExternalId {
        brand: Some(brand.to_owned()),
        id: own_id.to_owned(),
    }
}

fn audit(operation: &'static str, edits: &Edits) -> Audit {
    Audit {
        operation,
        fields: edits.parts(),
        interactions: 0,
    }
}

async fn create(
    session: &Session,
    brand: &str,
    own_id: Option<&str>,
    edits: &Edits,
    once: Option<&OnceKey>,
    operation: &'static str,
) -> Result<Created<Customer>, CustomerRefusal> {
    let id = CustomerId::draw(session.now, random::bits());
    let mut customer = Customer::new(id, session.change());
    customer.party.brand = Some(brand.to_owned());
    customer.external_id = own_id.map(|own_id| external(brand, own_id));
    edits.apply(&mut customer, session)?;
    customer.settle_belonging(session.newcomers());
    if customer.is_blank() && customer.external_id.is_none() {
        return Err(NOTHING_KNOWN.refused().into());
    }
    let audit = audit(operation, edits);
    let model = session.customer_model();
    session.store().customer_create(customer, model, once, &audit).await
}

/// Edits a customer; `None` if no customer has this number.
pub async fn update(
    session: &Session,
    id: CustomerId,
    edits: &Edits,
    operation: &'static str,
    edit: impl Fn(&mut Customer) -> Result<(), Error>,
) -> Result<Option<Customer>, CustomerRefusal> {
    let (model, change, audit) = (session.customer_model(), session.change(), audit(operation, edits));
    session.store().customer_update(id, model, &change, &audit, edit).await
}

/// Applies the edits to a customer. If a brand is named, it must be the customer's.
async fn set(
    session: &Session,
    id: CustomerId,
    brand: Option<NamedBrand>,
    edits: &Edits,
    operation: &'static str,
) -> Result<Customer, Error> {
    let brand = identify::existing(brand, session)?;
    let edit = |customer: &mut Customer| {
        identify::check_brand(customer, brand, session)?;
        edits.apply(customer, session)
    };
    let updated = update(session, id, edits, operation, edit).await;
    let updated = updated.map_err(|refusal| refusal.unexpected("update a customer"))?;
    updated.ok_or(NOT_FOUND)
}

/// Gives the customer the waiting tickets whose contact address is one that the request names.
pub async fn claim(session: &Session, customer: &Customer, edits: &Edits, operation: &'static str) -> Result<(), Error> {
    let Some(brand) = identify::brand_of(customer, session) else {
        return Ok(());
    };
    let points: Vec<_> = edits
        .named(customer, session)
        .into_iter()
        .map(ContactPointKey::from)
        .collect();
    let (change, audit) = (session.change(), audit(operation, &Edits::default()));
    session
        .store()
        .cases_claim(customer.id, brand, &points, &change, &audit)
        .await
}

/// A ticket of a brand. A ticket has the brand of its customer; one of nobody that of the customer it had, where that is known.
async fn existing_ticket(session: &Session, number: u64, brand: &str) -> Result<CaseId, Error> {
    let id = CaseId::from_number(number).ok_or_else(|| NO_SUCH_TICKET.refused())?;
    let ticket = session.store().case_head(id).await?.ok_or_else(|| NO_SUCH_TICKET.refused())?;
    let is_of_brand = if ticket.customer == CustomerId::NOBODY {
        ticket.brand.is_none_or(|of| of == brand)
    } else {
        let holder = session.store().customer_get(ticket.customer).await?;
        let holder = holder.ok_or_else(|| NO_SUCH_TICKET.refused())?;
        identify::brand_of(&holder, session) == Some(brand)
    };
    if is_of_brand {
        Ok(id)
    } else {
        Err(TICKET_OF_OTHER_BRAND.refused())
    }
}

/// Moves a ticket to the customer.
async fn link_ticket(session: &Session, ticket: CaseId, customer: CustomerId) -> Result<(), Error> {
    let change = CaseChange {
        customer: Some(customer),
        ..CaseChange::default()
    };
    let audit = Audit {
        operation: "POST index",
        fields: vec!["customerId".to_owned()],
        interactions: 0,
    };
    let linked = session
        .store()
        .case_update(ticket, &change, &session.change(), &audit, |_| Ok(()))
        .await;
    match linked {
        Ok(Some(_)) => Ok(()),
        Ok(None) => Err(NO_SUCH_TICKET.refused()),
        Err(CaseRefusal::NoSuchCustomer) => Err(NOT_FOUND),
        Err(CaseRefusal::Failed(error)) => Err(error),
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
    set(&session, found.id, identity.brand, &edits, "PUT index").await?;
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
    set(&session, id, brand, &edits, "PUT item").await?;
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
    set(&session, found.id, identity.brand, &edits, "updateCustomer").await?;
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
    let customer = set(&session, found.id, identity.brand, &edits, "addChannelOnly").await?;
    if !is_alone {
        claim(&session, &customer, &edits, "addChannelOnly").await?;
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
    if !identify::find_by_own_id(&session, own_id, Some(brand)).await?.is_empty() {
        return Err(TAKEN.refused());
    }
    match create(&session, brand, Some(own_id), &edits, None, "createCustomerCRUD").await {
        Ok(Created::Now(customer) | Created::Before(customer)) => {
            let number = ("customerID", customer.id.number());
            Ok(wire::result(texts::CREATED, Some(number)))
        }
        Err(CustomerRefusal::ExternalIdTaken) => Err(TAKEN.refused()),
        Err(CustomerRefusal::Failed(error)) => Err(error),
    }
}
