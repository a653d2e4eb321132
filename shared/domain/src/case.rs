//! Cases and their interactions (contract section 5).

use std::collections::{BTreeMap, HashMap, hash_map::Entry};

use serde::{Deserialize, Serialize};
use strum::{EnumCount, EnumString, IntoStaticStr, VariantArray};

use super::{
    CaseId, Change, CustomerId, ExternalId, FieldType, FieldValue, Timestamp,
    model::{CustomFields, ObjectStructure},
    size,
};
use crate::error::FieldError;

/// An issue of one customer. Its interactions are records of their own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// Its number.
    pub id: CaseId,
    /// The number of writes so far. Every write is conditional on it.
    pub version: u64,
    /// Its id in another system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<ExternalId>,
    /// Whose it is.
    pub customer: CustomerId,
    /// For a case that waits for another customer: the brand of its former customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand: Option<String>,
    /// The subject, in one line.
    pub title: String,
    /// The description.
    pub description: String,
    /// Whether it is open or closed.
    pub status: Status,
    /// The values of the fields of the tenant's model.
    #[serde(default)]
    pub custom: CustomFields,
    /// When and by whom it was created.
    pub created: Change,
    /// When and by whom it was last changed.
    pub updated: Change,
}

/// The title of a case that outlived its customer.
const TITLE_OF_NOBODYS: &str = "Case of an erased customer";

/// Whether a case is open or closed.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, EnumCount, EnumString, IntoStaticStr, VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Status {
    /// Not settled.
    #[default]
    Open,
    /// Settled.
    Closed,
}

/// An edit of a case. `None` leaves a part unchanged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CaseChange {
    /// The new customer.
    pub customer: Option<CustomerId>,
    /// The new title.
    pub title: Option<String>,
    /// The new description.
    pub description: Option<String>,
    /// The new status.
    pub status: Option<Status>,
    /// Fields of the model to set, or to clear.
    pub custom: Vec<(String, Option<FieldValue>)>,
    /// Interactions to append, each identity once (see [`merged`]).
    pub interactions: Vec<Interaction>,
}

impl Case {
    /// A case without any content.
    pub fn new(id: CaseId, customer: CustomerId, created: Change) -> Self {
        Self {
            id,
            version: 1,
            external_id: None,
            customer,
            brand: None,
            title: String::new(),
            description: String::new(),
            status: Status::default(),
            custom: CustomFields::new(),
            updated: created.clone(),
            created,
        }
    }

    /// Assigns the case to a customer and takes over the customer's brand.
    pub fn give_to(&mut self, customer: CustomerId) {
        self.customer = customer;
        self.brand = None;
    }

    /// Applies the change. Parts that it does not name stay.
    pub fn apply(&mut self, change: &CaseChange) {
        let CaseChange {
            customer,
            title,
            description,
            status,
            custom,
            interactions: _,
        } = change;
        if let Some(customer) = customer {
            self.give_to(*customer);
        }
        self.status = status.unwrap_or(self.status);
        if let Some(title) = title {
            self.title.clone_from(title);
        }
        if let Some(description) = description {
            self.description.clone_from(description);
        }
        for (name, value) in custom {
            match value {
                Some(value) => self.custom.insert(name.clone(), value.clone()),
                None => self.custom.remove(name),
            };
        }
    }
}

impl Case {
    /// Checks that the record, an edit of `before`, fits into the table. Interactions do not count, since they are records of their own.
    ///
    /// # Errors
    /// The largest fields.
    pub fn check_size(&self, before: Option<&Self>) -> Result<(), Vec<FieldError>> {
        size::check(self, before, || {
            let fixed = [("title", self.title.len()), ("description", self.description.len())];
            let custom = self.custom.iter().map(|(name, value)| (name.as_str(), value.as_text().len()));
            let all = fixed.into_iter().chain(custom);
            all.map(|(name, size)| (name.to_owned(), size)).collect::<BTreeMap<_, _>>()
        })
    }

    /// Removes personal data after the customer was erased. Choices of agents stay: status, times, agents, lists and checkboxes. Text and
    /// the customer's id go.
    #[must_use]
    pub fn without_person(&self, model: &ObjectStructure) -> Self {
        let is_chosen = |name: &str| {
            let field = model.field(name);
            field.is_some_and(|field| matches!(field.field_type, FieldType::SingleSelList | FieldType::Checkbox))
        };
        Self {
            id: self.id,
            version: self.version + 1,
            external_id: None,
            customer: CustomerId::NOBODY,
            brand: None,
            title: TITLE_OF_NOBODYS.to_owned(),
            description: String::new(),
            status: self.status,
            custom: self
                .custom
                .iter()
                .filter(|(name, _)| is_chosen(name))
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect(),
            created: self.created.clone(),
            updated: self.updated.clone(),
        }
    }
}

/// One piece of the conversation, on the network where it took place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interaction {
    /// The network.
    pub service: String,
    /// The id on that network. Network and id together identify the interaction within a case.
    pub service_id: String,
    /// When it was written.
    pub created: Timestamp,
    /// Its text.
    pub body: String,
    /// Where it can be read.
    pub link_url: String,
    /// What it is on that network, such as a post or a comment.
    pub content_type: String,
    /// Who wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<Author>,
    /// When it was added to the case.
    pub added: Arrival,
}

/// When an interaction arrived, and its position in the request. The position orders interactions that were written in one second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Arrival {
    /// When the request arrived.
    pub at: Timestamp,
    /// The position in the request.
    pub place: u32,
}

/// Who wrote an interaction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Author {
    /// The network.
    pub service: String,
    /// The id on that network.
    pub service_id: String,
    /// The handle on that network.
    pub handle: String,
    /// The name on that network.
    pub name: String,
    /// Whether it is one of the company's own accounts.
    pub brand_owned: bool,
}

impl Interaction {
    /// Merges an interaction that is sent again. Text and links are taken from the new one. The times of writing and adding stay, and so
    /// does the author if none is sent. Nothing that an agent has added can disappear.
    fn absorb(&mut self, again: Self) {
        self.body = again.body;
        self.link_url = again.link_url;
        self.content_type = again.content_type;
        self.author = again.author.or(self.author.take());
    }
}

/// Both lists as one, each identity (network and id) once, ordered by the time of writing and then of arrival.
pub fn merged(earlier: Vec<Interaction>, later: Vec<Interaction>) -> Vec<Interaction> {
    let mut once: HashMap<(String, String), Interaction> = HashMap::with_capacity(earlier.len() + later.len());
    for interaction in earlier.into_iter().chain(later) {
        match once.entry((interaction.service.clone(), interaction.service_id.clone())) {
            Entry::Occupied(mut held) => held.get_mut().absorb(interaction),
            Entry::Vacant(free) => drop(free.insert(interaction)),
        }
    }
    let mut all: Vec<Interaction> = once.into_values().collect();
    all.sort_by_key(|interaction| (interaction.created, interaction.added));
    all
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn interaction(service_id: &str, second: i64, body: &str) -> Interaction {
        Interaction {
            service: "twitter".to_owned(),
            service_id: service_id.to_owned(),
            created: Timestamp::from_milliseconds(second * 1000),
            body: body.to_owned(),
            link_url: String::new(),
            content_type: "post".to_owned(),
            author: None,
            added: Arrival {
                at: Timestamp::from_milliseconds(0),
                place: 0,
            },
        }
    }

    #[test]
    fn without_its_customer_a_case_keeps_choices_and_loses_text() {
        use crate::Actor;
        let at = Timestamp::from_milliseconds(0);
        let made = Change {
            at,
            by: Actor::default(),
        };
        let text = |text: &str| FieldValue::Text(text.to_owned());
        let kept = [
            ("priority".to_owned(), text("high")),
            ("escalated".to_owned(), FieldValue::Flag(true)),
        ];
        let written = [
            ("product".to_owned(), text("Jane's shoe")),
            ("no longer in the model".to_owned(), text("Jane")),
        ];
        let case = Case {
            external_id: None,
            id: CaseId::draw(at, 1),
            version: 4,
            customer: CustomerId::draw(at, 1),
            brand: None,
            title: "Jane's parcel".to_owned(),
            description: "Jane waits".to_owned(),
            status: Status::Closed,
            custom: kept.iter().chain(&written).cloned().collect(),
            created: made.clone(),
            updated: made,
        };
        let wanted = Case {
            version: 5,
            external_id: None,
            customer: CustomerId::NOBODY,
            title: TITLE_OF_NOBODYS.to_owned(),
            description: String::new(),
            custom: kept.into(),
            ..case.clone()
        };
        assert_eq!(case.without_person(&ObjectStructure::default_case()), wanted);
    }

    #[test]
    fn a_case_that_would_not_fit_names_its_largest_fields() {
        let made = Change {
            at: Timestamp::from_milliseconds(0),
            by: crate::Actor::default(),
        };
        let mut case = Case::new(CaseId::draw(made.at, 1), CustomerId::NOBODY, made);
        case.title = "Late".to_owned();
        case.description = "語".repeat(32_768);
        for (name, letters) in [("a", 32_000), ("b", 32_768)] {
            case.custom.insert(name.to_owned(), FieldValue::Text("語".repeat(letters)));
        }
        assert_eq!(case.check_size(None), Ok(()));
        case.custom.insert("c".to_owned(), FieldValue::Text("語".repeat(10_000)));
        let wrong = case.check_size(None).unwrap_err();
        let names: Vec<&str> = wrong.iter().map(|field| field.name.as_str()).collect();
        assert_eq!(names, ["description", "b", "a"]);
        assert_eq!(case.check_size(Some(&case.clone())), Ok(()), "it was as large before");
    }

    #[test]
    fn an_interaction_sent_again_changes_its_body_and_keeps_its_time_and_author() {
        let author = Author {
            service: "twitter".to_owned(),
            service_id: "7".to_owned(),
            handle: "jane".to_owned(),
            name: "Jane".to_owned(),
            brand_owned: false,
        };
        let first = Interaction {
            author: Some(author.clone()),
            ..interaction("1", 50, "old")
        };
        let all = merged(vec![first], vec![interaction("2", 40, "before"), interaction("1", 90, "new")]);
        let shown: Vec<_> = all.iter().map(|one| (one.body.as_str(), one.created.seconds())).collect();
        assert_eq!(shown, [("before", 40), ("new", 50)]);
        assert_eq!(all[1].author, Some(author));
    }
}
