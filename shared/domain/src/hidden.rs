//! Values of a record that no field of the data model shows: contact points that another dialect added, accounts that were learnt from
//! conversations, and values of fields that the model no longer has. Only exports and imports read them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    Attributes, Case, Customer, Identifier, LearntAccount, ObjectStructure, Role, Timestamp,
    model::{CustomFields, NAME_LENGTH, TEXT_LENGTH, TEXTAREA_LENGTH, check_length},
};
use crate::normal::Region;

/// The values that no field shows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hidden {
    /// Contact points and references.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub identifiers: Vec<HiddenIdentifier>,
    /// Names and parts of the address.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub profile: BTreeMap<Role, String>,
    /// All other values.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub custom: CustomFields,
    /// Accounts that were learnt from conversations.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub learnt: Vec<LearntAccount>,
}

/// An identifier that no field shows, without its normal form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HiddenIdentifier {
    /// What it is.
    pub role: Role,
    /// As it was entered.
    pub value: String,
    /// The network of a handle, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<String>,
    /// The field that showed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// When the record got it, in milliseconds since 1970.
    pub added: Timestamp,
}

impl Hidden {
    /// Whether there are no such values.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Checks that a record can hold these values beside the model's fields.
    ///
    /// # Errors
    /// A sentence for the person who entered it.
    pub fn check(&self, model: &ObjectStructure) -> Result<(), String> {
        self.check_texts()?;
        let shown = self.identifiers.iter().any(|one| is_shown(one.field.as_deref(), model))
            || self.profile.keys().any(|&role| has_role(model, role))
            || self.custom.keys().any(|name| has_custom(model, name));
        let misplaced =
            self.identifiers.iter().any(|one| !one.role.is_identifier()) || self.profile.keys().any(|role| role.is_identifier());
        match (shown, misplaced) {
            (true, _) => Err("has a value that a field of the data model shows: it belongs in that field's column".to_owned()),
            (_, true) => Err("has a role in the wrong place".to_owned()),
            _ => Ok(()),
        }
    }
}

impl Hidden {
    /// Values with a role, names and networks are single lines. All other values may come from text areas.
    fn check_texts(&self) -> Result<(), String> {
        let of_identifiers = self.identifiers.iter().flat_map(|one| {
            let others = [&one.network, &one.field].into_iter().flatten();
            others.chain([&one.value])
        });
        for line in of_identifiers.chain(self.profile.values()) {
            check_length(line, TEXT_LENGTH).map_err(|why| format!("has a value that {why}"))?;
        }
        let of_accounts = self.learnt.iter().flat_map(LearntAccount::texts);
        for line in of_accounts {
            check_length(line, TEXT_LENGTH).map_err(|why| format!("has an account that {why}"))?;
        }
        for (name, value) in &self.custom {
            if !(1..=NAME_LENGTH).contains(&name.len()) {
                return Err(format!("has a name that must have 1 to {NAME_LENGTH} bytes"));
            }
            check_length(value.as_text(), TEXTAREA_LENGTH).map_err(|why| format!("has a value that {why}"))?;
        }
        Ok(())
    }
}

fn is_shown(field: Option<&str>, model: &ObjectStructure) -> bool {
    let role = field.and_then(|name| model.field(name)).and_then(|field| field.role);
    role.is_some_and(Role::is_identifier)
}

fn has_role(model: &ObjectStructure, role: Role) -> bool {
    model.fields.iter().any(|field| field.role == Some(role))
}

fn has_custom(model: &ObjectStructure, name: &str) -> bool {
    model.field(name).is_some_and(|field| field.role.is_none())
}

impl Customer {
    /// The values that no field of the model shows.
    pub fn hidden(&self, model: &ObjectStructure) -> Hidden {
        // The values of contact persons are shown with the persons.
        let own = self.identifiers.iter().filter(|one| one.contact.is_none());
        let identifiers = own.filter(|one| !is_shown(one.field.as_deref(), model));
        let profile = self.profile.iter().filter(|(role, _)| !has_role(model, **role));
        Hidden {
            identifiers: identifiers.map(HiddenIdentifier::from).collect(),
            profile: profile.map(|(role, value)| (*role, value.clone())).collect(),
            custom: hidden_custom(&self.custom, model),
            learnt: self.learnt.clone(),
        }
    }

    /// Replaces the values that no field of the model shows.
    pub fn set_hidden(&mut self, hidden: &Hidden, model: &ObjectStructure, region: Region) {
        self.identifiers
            .retain(|one| is_shown(one.field.as_deref(), model) || one.contact.is_some());
        self.identifiers
            .extend(hidden.identifiers.iter().map(|one| one.identifier(region)));
        self.profile.retain(|&role, _| has_role(model, role));
        self.profile.extend(hidden.profile.clone());
        set_hidden_custom(&mut self.custom, &hidden.custom, model);
        self.learnt.clear();
        self.join_learnt(&hidden.learnt);
    }
}

impl Case {
    /// The values that no field of the model shows.
    pub fn hidden(&self, model: &ObjectStructure) -> Hidden {
        Hidden {
            custom: hidden_custom(&self.custom, model),
            ..Hidden::default()
        }
    }

    /// Replaces the values that no field of the model shows.
    pub fn set_hidden(&mut self, hidden: &Hidden, model: &ObjectStructure) {
        set_hidden_custom(&mut self.custom, &hidden.custom, model);
    }
}

fn hidden_custom(custom: &CustomFields, model: &ObjectStructure) -> CustomFields {
    let hidden = custom.iter().filter(|(name, _)| !has_custom(model, name));
    hidden.map(|(name, value)| (name.clone(), value.clone())).collect()
}

fn set_hidden_custom(custom: &mut CustomFields, hidden: &CustomFields, model: &ObjectStructure) {
    custom.retain(|name, _| has_custom(model, name));
    custom.extend(hidden.clone());
}

impl From<&Identifier> for HiddenIdentifier {
    fn from(identifier: &Identifier) -> Self {
        Self {
            role: identifier.role,
            value: identifier.value.clone(),
            network: identifier.network.clone(),
            field: identifier.field.clone(),
            added: identifier.added,
        }
    }
}

impl HiddenIdentifier {
    fn identifier(&self, region: Region) -> Identifier {
        Identifier {
            role: self.role,
            value: self.value.clone(),
            normal: self.role.normal_on(&self.value, self.network.as_deref(), region),
            network: self.network.clone(),
            field: self.field.clone(),
            contact: None,
            attributes: Attributes::new(),
            added: self.added,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::customer::tests::customer;

    #[test]
    fn values_hidden_by_a_smaller_model_can_be_restored() {
        let jane = customer(&[
            ("firstName", "Jane"),
            ("email", "jane@x.example"),
            ("email2", "j@y.example"),
            ("description", "tall"),
        ]);
        let mut model = ObjectStructure::default_customer();
        assert!(jane.hidden(&model).is_empty());
        model
            .fields
            .retain(|field| !["firstName", "email2", "description"].contains(&field.name.as_str()));
        let hidden = jane.hidden(&model);
        assert_eq!(hidden.check(&model), Ok(()));
        assert_eq!(
            (hidden.identifiers.len(), hidden.profile.len(), hidden.custom.len()),
            (1, 1, 1)
        );
        let mut bare = customer(&[("email", "jane@x.example")]);
        bare.set_hidden(&hidden, &model, Region::US);
        assert_eq!(bare, jane);
        assert!(hidden.check(&ObjectStructure::default_customer()).is_err(), "shown there");
    }

    #[test]
    fn restored_values_are_at_most_as_long_as_fields_allow() {
        let with_custom = |name: &str, letters: usize| Hidden {
            custom: [(name.to_owned(), crate::FieldValue::Text("x".repeat(letters)))].into(),
            ..Hidden::default()
        };
        let with_name = |letters: usize| Hidden {
            profile: [(Role::FirstName, "x".repeat(letters))].into(),
            ..Hidden::default()
        };
        let model = ObjectStructure { fields: Vec::new() };
        for good in [with_custom("old", TEXTAREA_LENGTH), with_name(TEXT_LENGTH)] {
            assert_eq!(good.check(&model), Ok(()));
        }
        for bad in [
            with_custom("old", TEXTAREA_LENGTH + 1),
            with_custom("", 1),
            with_custom(&"n".repeat(65), 1),
            with_name(TEXT_LENGTH + 1),
        ] {
            assert!(bad.check(&model).is_err());
        }
    }
}
