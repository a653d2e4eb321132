//! Custom fields (section 3.3): fields of the data model other than standard fields, and fields that only this
//! dialect knows.

use crm_domain::{FieldDefinition, FieldValue, ObjectStructure, Role, error::Error};
use crm_service::Session;

use crate::{
    parameters::Parameters,
    rules::{CUSTOM, LONGEST_CUSTOM_NAME, LONGEST_CUSTOM_VALUE, PAIR_TYPE, PAIR_VALUE, PARAMETERS, STANDARD_FIELDS},
    texts::invalid,
};

/// The custom fields in a request, by name, with their values; `None` clears a field.
pub type CustomValues = Vec<(String, Option<FieldValue>)>;

/// Whether this is a standard field of customers: a name or a contact point. These have parameters and channels of
/// their own.
pub fn is_standard(field: &FieldDefinition) -> bool {
    use Role::{DisplayName, Email, FirstName, Handle, LastName, Phone, ProfileUrl};
    matches!(
        field.role,
        Some(DisplayName | FirstName | LastName | Email | Phone | Handle | ProfileUrl)
    )
}

/// Whether this is the name of a standard field, which no custom field can have.
pub fn is_standard_name(name: &str, model: &ObjectStructure) -> bool {
    model.field(name).map_or_else(|| STANDARD_FIELDS.contains(&name), is_standard)
}

/// Whether a custom field can have this name.
pub fn is_name(name: &str) -> bool {
    let is_plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    is_plain && (1..=LONGEST_CUSTOM_NAME).contains(&name.len())
}

/// Reads the custom fields of a request. A parameter with the prefix names any field. One without it names a field of
/// the data model, as the vendor's guide on syncing does. If both are sent, the one with the prefix counts.
pub fn read(parameters: &Parameters, session: &Session) -> Result<CustomValues, Error> {
    let model = session.customer_model();
    let mut values = CustomValues::new();
    for (name, value) in parameters.custom() {
        let parameter = format!("{CUSTOM}{name}");
        if !is_name(name) {
            let form = format!("must have 1 to {LONGEST_CUSTOM_NAME} letters, digits and _ after {CUSTOM}");
            return Err(invalid(&parameter, &form));
        }
        if is_standard_name(name, model) {
            return Err(invalid(&parameter, "must name a custom field, not a standard one"));
        }
        values.push((name.to_owned(), field_value(&parameter, name, value, session)?));
    }
    for field in model.fields.iter().filter(|field| can_be_bare(field)) {
        let name = field.name.as_str();
        let is_named = values.iter().any(|(named, _)| named == name);
        if let Some(value) = parameters.verbatim(name).filter(|_| !is_named) {
            values.push((name.to_owned(), field_value(name, name, value, session)?));
        }
    }
    Ok(values)
}

/// Whether a parameter without the prefix can name the field. It cannot if an operation has another parameter of that
/// name.
fn can_be_bare(field: &FieldDefinition) -> bool {
    let name = field.name.as_str();
    let is_parameter = PARAMETERS.contains(&name) || name.starts_with(PAIR_TYPE) || name.starts_with(PAIR_VALUE);
    !is_standard(field) && !is_parameter && !name.starts_with(CUSTOM)
}

/// The value of a custom field, checked by the data model if it has the field. An empty value clears it.
fn field_value(parameter: &str, name: &str, value: &str, session: &Session) -> Result<Option<FieldValue>, Error> {
    if value.len() > LONGEST_CUSTOM_VALUE {
        let longest = format!("must be at most {LONGEST_CUSTOM_VALUE} bytes long");
        return Err(invalid(parameter, &longest));
    }
    match session.customer_model().field(name) {
        Some(field) => {
            let read = field.read(&value.into(), session.region());
            read.map_err(|reason| invalid(parameter, &reason))
        }
        None => Ok((!value.is_empty()).then(|| FieldValue::Text(value.to_owned()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standard_fields_of_the_default_model_are_listed() {
        let model = ObjectStructure::default_customer();
        let standard = model.fields.iter().filter(|field| is_standard(field));
        let names: Vec<&str> = standard.map(|field| field.name.as_str()).collect();
        assert_eq!(STANDARD_FIELDS[2..], names);
        for name in STANDARD_FIELDS {
            assert!(is_standard_name(name, &model), "{name}");
        }
        for name in ["city", "description", "tier", "Email"] {
            assert!(!is_standard_name(name, &model), "{name}");
        }
    }

    #[test]
    fn a_tenants_own_field_is_custom_whatever_its_name() {
        let mut model = ObjectStructure::default_customer();
        for field in &mut model.fields {
            if field.name == "screenName" {
                field.role = None;
            }
        }
        assert!(!is_standard_name("screenName", &model));
        model.fields.retain(|field| field.name != "email");
        assert!(is_standard_name("email", &model), "a name that means something stays taken");
    }
}
