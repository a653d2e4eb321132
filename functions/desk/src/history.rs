//! Who changed what, in words.

use agent::{text::Text, when::When};
use crm_domain::ObjectStructure;
use crm_service::Entry;

/// How many entries a page shows.
pub const MOST_ENTRIES: usize = 50;

/// One entry.
#[derive(Debug)]
pub struct Line {
    /// When.
    pub when: When,
    /// What was done.
    pub what: Text,
    /// The labels of the fields that were named.
    pub fields: Text,
    /// Who did it, as far as the request said.
    pub by: Option<Text>,
}

impl Line {
    /// The view of an entry.
    pub fn new(entry: &Entry, model: &ObjectStructure) -> Self {
        let label = |name: &String| {
            model
                .field(name)
                .map_or(name.as_str(), |field| field.label.as_str())
                .to_owned()
        };
        let fields: Vec<String> = entry.fields.iter().map(label).collect();
        Self {
            when: entry.at.into(),
            what: Text::new(words(&entry.operation)),
            fields: Text::new(&fields.join(", ")),
            by: entry.by.agent.as_deref().map(Text::new),
        }
    }
}

/// The operation as people call it; one that only another dialect has by its name there.
fn words(operation: &str) -> &str {
    match operation {
        "createCustomer" => "Added",
        "updateCustomer" => "Changed",
        "importCustomer" => "Imported",
        "deleteCustomer" => "Deleted",
        "restoreCustomer" => "Brought back",
        "mergeCustomers" => "Merged",
        "separateCustomers" => "Separated again",
        "markDistinct" => "Marked as another person",
        "changeSettings" => "Settings changed",
        "changeModel" => "Data model changed",
        "liftDistinct" => "Mark of another person lifted",
        other => other,
    }
}
