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
    /// How many messages were added to a case.
    pub messages: u64,
    /// Who did it, as far as the request said.
    pub by: Option<Text>,
}

impl Line {
    /// The view of an entry.
    pub fn new(entry: &Entry, model: &ObjectStructure) -> Self {
        let label = |name: &String| {
            let field = model.field(name);
            field.map_or_else(|| of_every_case(name), |field| &field.label).to_owned()
        };
        let fields: Vec<String> = entry.fields.iter().map(label).collect();
        Self {
            when: entry.at.into(),
            what: Text::new(words(&entry.operation)),
            fields: Text::new(&fields.join(", ")),
            messages: entry.interactions,
            by: entry.by.agent.as_deref().map(Text::new),
        }
    }
}

/// A field that every case has, as people call it.
fn of_every_case(name: &str) -> &str {
    match name {
        "title" => "Title",
        "description" => "Description",
        "status" => "Status",
        "customerId" => "Customer",
        other => other,
    }
}

/// The operation as people call it; one that only another dialect has by its name there.
fn words(operation: &str) -> &str {
    match operation {
        "createCustomer" | "createCase" => "Added",
        "updateCustomer" | "updateCase" => "Changed",
        "importCustomer" | "importCase" => "Imported",
        "undoImport" => "Import undone",
        "deleteCustomer" => "Deleted",
        "restoreCustomer" => "Brought back",
        "mergeCustomers" => "Merged",
        "separateCustomers" => "Separated again",
        "markDistinct" => "Marked as another person",
        "changeSettings" => "Settings changed",
        "changeModel" => "Data model changed",
        "liftDistinct" => "Mark of another person lifted",
        "learnAccounts" => "Account seen in a conversation",
        "unlearnAccounts" => "Account gone with its case",
        "removeAccount" => "Account removed",
        "passOnHandle" => "Handle now somebody else’s",
        other => other,
    }
}
