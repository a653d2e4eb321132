//! What a request sets of a customer: absent parts stay as they are, so that two clients' edits of different parts both win.

use shared::{
    domain::{CONTACTS, Customer, FieldChange, FieldValue, Identifier, NewContactPoint, Role},
    error::{Error, FieldError},
    operations::Session,
};

use crate::{
    parameters::Parameters,
    rules::{self, CUSTOM, LONGEST_CUSTOM_NAME, LONGEST_CUSTOM_VALUE, MOST_CUSTOM},
    texts::invalid,
};

/// What is to be set.
#[derive(Debug, Clone, Default)]
pub struct Edits {
    /// Names by their roles.
    pub names: Vec<(Role, String)>,
    /// Custom fields; `None` clears one.
    pub custom: Vec<(String, Option<FieldValue>)>,
    /// Addresses to add.
    pub points: Vec<NewContactPoint>,
}

impl Edits {
    /// Names and custom fields.
    pub fn read(parameters: &Parameters, session: &Session) -> Result<Self, Error> {
        let mut edits = Self::default();
        for (role, name) in [(Role::FirstName, "firstname"), (Role::LastName, "lastname")] {
            edits.names.extend(parameters.name(name)?.map(|name| (role, name)));
        }
        for (name, value) in parameters.custom() {
            edits.custom.push((name.to_owned(), custom(name, value, session)?));
        }
        Ok(edits)
    }

    /// The same with these addresses.
    pub fn with(self, points: Vec<NewContactPoint>) -> Self {
        Self { points, ..self }
    }

    /// Sets it. Where it changes anything, a customer without brand gets the tenant's first.
    ///
    /// # Errors
    /// [`Error::Invalid`] where the record would be too large.
    pub fn apply(&self, customer: &mut Customer, session: &Session) -> Result<(), Error> {
        let before = customer.clone();
        let (model, region) = (session.customer_model(), session.region());
        for (role, name) in &self.names {
            customer.profile.insert(*role, name.clone());
        }
        for (name, value) in &self.custom {
            match (model.field(name), value) {
                (Some(field), _) => {
                    let value = value.clone();
                    customer.apply(&[FieldChange { field, value }], region, session.now);
                }
                (None, Some(value)) => drop(customer.custom.insert(name.clone(), value.clone())),
                (None, None) => drop(customer.custom.remove(name)),
            }
        }
        for point in &self.points {
            if held(customer, point, session).next().is_none() {
                customer.add_contact_point(point.clone(), None, model, region, session.now);
            }
        }
        if customer.custom.len() > MOST_CUSTOM && customer.custom.len() > before.custom.len() {
            return Err(invalid(
                CUSTOM,
                &format!("must be one of at most {MOST_CUSTOM} custom fields"),
            ));
        }
        if *customer != before {
            customer.settle_brand(session.default_brand());
        }
        customer.check_size(model).map_err(too_large)
    }

    /// Those of a customer's addresses that the request names.
    pub fn named<'customer>(&self, customer: &'customer Customer, session: &Session) -> Vec<&'customer Identifier> {
        self.points.iter().flat_map(|point| held(customer, point, session)).collect()
    }

    /// Whether a customer lacks any of the addresses.
    pub fn add_points_to(&self, customer: &Customer, session: &Session) -> bool {
        self.points
            .iter()
            .any(|point| held(customer, point, session).next().is_none())
    }

    /// The parts that are set, for the history.
    pub fn parts(&self) -> Vec<String> {
        let names = self.names.iter().map(|(role, _)| role.name().to_owned());
        let custom = self.custom.iter().map(|(name, _)| name.clone());
        let points = self.points.iter().map(|point| point.role.name().to_owned());
        names.chain(custom).chain(points).collect()
    }
}

/// What does not fit the record, by the name of a parameter.
fn too_large(fields: Vec<FieldError>) -> Error {
    let largest = fields.into_iter().next();
    largest.map_or(Error::TooLarge, |field| {
        let parameter = match field.name.as_str() {
            CONTACTS => format!("{}N", rules::PAIR_VALUE),
            name => format!("{CUSTOM}{name}"),
        };
        invalid(&parameter, &format!("is too large: {}", field.message))
    })
}

/// An address as a customer has it, whosever among its contact persons.
fn held<'customer>(
    customer: &'customer Customer,
    point: &NewContactPoint,
    session: &Session,
) -> impl Iterator<Item = &'customer Identifier> {
    let (role, network, normal) = (
        point.role,
        point.network.clone(),
        point.role.normal(&point.value, session.region()),
    );
    let is_same = move |one: &&Identifier| one.role == role && one.network == network && one.normal == normal;
    customer.identifiers.iter().filter(is_same)
}

/// A custom field's value: by the model's rules, where it has such a field.
fn custom(name: &str, value: &str, session: &Session) -> Result<Option<FieldValue>, Error> {
    let parameter = format!("{CUSTOM}{name}");
    let is_plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if !(1..=LONGEST_CUSTOM_NAME).contains(&name.len()) || !is_plain {
        let form = format!("must have 1 to {LONGEST_CUSTOM_NAME} letters, digits and _ after {CUSTOM}");
        return Err(invalid(&parameter, &form));
    }
    if value.len() > LONGEST_CUSTOM_VALUE {
        return Err(invalid(
            &parameter,
            &format!("must be at most {LONGEST_CUSTOM_VALUE} bytes long"),
        ));
    }
    match session.customer_model().field(name) {
        Some(field) => {
            let read = field.read(&value.into(), session.region());
            read.map_err(|reason| invalid(&parameter, &reason))
        }
        None => Ok((!value.is_empty()).then(|| FieldValue::Text(value.to_owned()))),
    }
}
