//! The edits of a customer that a request asks for. Absent parts stay as they are, so that two clients who edit
//! different parts both win.

use crm_domain::{
    CONTACTS, Customer, FieldChange, NewContactPoint, Role,
    error::{Error, FieldError},
};
use crm_service::Session;

use crate::{
    custom::{self, CustomValues},
    parameters::Parameters,
    rules::{self, CUSTOM, MOST_CUSTOM},
    texts::invalid,
};

/// The edits of one request.
#[derive(Debug, Clone, Default)]
pub struct Edits {
    /// Names to set, by role.
    pub names: Vec<(Role, String)>,
    /// Custom fields to set; `None` clears one.
    pub custom: CustomValues,
    /// Addresses to add.
    pub points: Vec<NewContactPoint>,
}

impl Edits {
    /// Reads names and custom fields.
    pub fn read(parameters: &Parameters, session: &Session) -> Result<Self, Error> {
        let mut edits = Self::default();
        for (role, name) in [(Role::FirstName, "firstname"), (Role::LastName, "lastname")] {
            edits.names.extend(parameters.name(name)?.map(|name| (role, name)));
        }
        edits.custom = custom::read(parameters, session)?;
        Ok(edits)
    }

    /// The same edits with these addresses.
    pub fn with(self, points: Vec<NewContactPoint>) -> Self {
        Self { points, ..self }
    }

    /// Applies the edits. If they change anything, a customer without a brand gets the tenant's first.
    ///
    /// # Errors
    /// [`Error::Invalid`] if the record would be too large.
    pub fn apply(&self, customer: &mut Customer, session: &Session) -> Result<(), Error> {
        let before = customer.clone();
        let (model, region) = (session.customer_model(), session.region());
        customer.rename(self.name(Role::FirstName), self.name(Role::LastName), session.now);
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
            if customer.contact_points_like(point, region).next().is_none() {
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
            customer.settle_belonging(session.newcomers());
        }
        customer.check_size(Some(&before), model).map_err(too_large)
    }

    fn name(&self, role: Role) -> Option<&str> {
        let of_role = self.names.iter().find(|(of, _)| *of == role);
        of_role.map(|(_, name)| name.as_str())
    }

    /// The names of the edited parts, for the history.
    pub fn parts(&self) -> Vec<String> {
        let names = self.names.iter().map(|(role, _)| role.name().to_owned());
        let custom = self.custom.iter().map(|(name, _)| name.clone());
        let points = self.points.iter().map(|point| point.role.name().to_owned());
        names.chain(custom).chain(points).collect()
    }
}

/// The error for a record that would be too large, worded by the parameter that is too long.
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
