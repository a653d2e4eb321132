//! Two records side by side.

use agent::text::Text;
use crm_domain::{Customer, Difference, FieldDefinition, ObjectStructure};
use crm_service::MergePlan;

/// The beginning of the names of inputs that choose a value.
pub const PICK: &str = "pick-";
/// The value of such an input that takes the other record's value.
pub const THEIRS: &str = "theirs";

/// One part of the two records.
#[derive(Debug)]
pub struct Row {
    /// The field's name, by which a choice is sent.
    pub name: String,
    /// Its label.
    pub label: Text,
    /// The value of the record that stays.
    pub ours: Text,
    /// The value of the one that is merged into it.
    pub theirs: Text,
    /// Whether one of the two has to be chosen.
    pub choice: Option<Choice>,
}

/// A choice between two values.
#[derive(Debug, Clone, Copy)]
pub struct Choice {
    /// Whether the other record's is chosen.
    pub is_theirs: bool,
    /// Whether two people are likely to be meant, as long as nobody has decided.
    pub is_conflict: bool,
}

impl Row {
    /// All parts of which either record has a value: the fields of the model, then whatever else differs.
    pub fn all(survivor: &Customer, merged: &Customer, plan: &MergePlan, model: &ObjectStructure) -> Vec<Self> {
        let of_field = |field: &FieldDefinition| {
            let value = |customer: &Customer| customer.field(field).map(|value| value.as_text().to_owned());
            let (ours, theirs) = (value(survivor).unwrap_or_default(), value(merged).unwrap_or_default());
            let difference = plan.differences.iter().find(|one| one.name == field.name);
            let is_there = difference.is_some() || !ours.is_empty() || !theirs.is_empty();
            is_there.then(|| match difference {
                Some(difference) => Self::differing(difference, model),
                None => Self::new(&field.name, [&ours, &theirs], model),
            })
        };
        let others = plan.differences.iter().filter(|one| model.field(&one.name).is_none());
        let rows = model.fields.iter().filter_map(of_field);
        rows.chain(others.map(|one| Self::differing(one, model))).collect()
    }

    fn new(name: &str, [ours, theirs]: [&str; 2], model: &ObjectStructure) -> Self {
        Self {
            name: name.to_owned(),
            label: Text::new(label_of(name, model)),
            ours: Text::new(ours),
            theirs: Text::new(theirs),
            choice: None,
        }
    }

    fn differing(difference: &Difference, model: &ObjectStructure) -> Self {
        let choice = Choice {
            is_theirs: difference.is_taken,
            is_conflict: difference.is_conflict && !difference.is_taken,
        };
        Self {
            choice: Some(choice),
            ..Self::new(&difference.name, [&difference.survivor, &difference.merged], model)
        }
    }
}

/// What people call a part of a record.
pub fn label_of<'model>(name: &'model str, model: &'model ObjectStructure) -> &'model str {
    match name {
        "externalId" => "Id in another system",
        "brand" => "Brand",
        "department" => "Department",
        "kind" => "Kind",
        "preferredAgent" => "Preferred agent",
        "distinct" => "the mark that they are different people",
        field => model.field(field).map_or(field, |field| field.label.as_str()),
    }
}
