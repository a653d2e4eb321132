//! Attributes: small facts about customers, contact persons and contact points, each shown by some dialects only. The tables here list the
//! attributes and the form of their values. The dialects decide which to show. Names and contact points are not attributes, because
//! customers are found by them.

use std::collections::BTreeMap;

use super::model::check_length;

/// Attributes by name. An attribute without a value is absent.
pub type Attributes = BTreeMap<String, String>;

/// The form of an attribute's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A text of at most this many characters.
    Text(usize),
    /// One of these words. A dialect has its own label for each, in each language.
    Word(&'static [&'static str]),
    /// One of these words, or any other text.
    OpenWord(&'static [&'static str]),
    /// `true` or `false`.
    Flag,
    /// A whole number up to this one.
    Whole(u32),
}

/// An attribute of one of the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attribute {
    /// Its name.
    pub name: &'static str,
    /// The form of its value.
    pub form: Form,
}

const fn attribute(name: &'static str, form: Form) -> Attribute {
    Attribute { name, form }
}

const fn text(name: &'static str) -> Attribute {
    attribute(name, Form::Text(255))
}

const fn word(name: &'static str, words: &'static [&'static str]) -> Attribute {
    attribute(name, Form::Word(words))
}

const fn open_word(name: &'static str, words: &'static [&'static str]) -> Attribute {
    attribute(name, Form::OpenWord(words))
}

const CONSENT: Form = Form::Word(&["true", "false"]);
/// How urgent a contact point is.
pub const PRIORITY: Attribute = word("priority", &["low", "medium", "high"]);

/// The attributes of a customer.
pub const CUSTOMER: &[Attribute] = &[
    open_word("level", &["basic", "standard", "silver", "gold", "platinum", "premium"]),
    word("role", &["partner", "reseller", "customer"]),
    attribute("pin", Form::Text(50)),
    word("howReferred", &["website", "customer", "partner", "employee", "reseller"]),
    open_word(
        "industry",
        &[
            "telecom",
            "finance",
            "insurance",
            "retail",
            "travel",
            "healthcare",
            "technology",
            "government",
            "other",
        ],
    ),
    text("marketSegment"),
    attribute("entitlements", Form::Text(1_000)),
];

/// The attributes of a company.
pub const CORPORATE: &[Attribute] = &[
    text("region"),
    text("numberOfEmployees"),
    text("revenues"),
    text("currency"),
    text("registrationNumber"),
    text("sector"),
];

/// The attributes of a group of people.
pub const GROUP: &[Attribute] = &[
    word(
        "type",
        &["association", "club", "household", "joint_account", "membership", "other"],
    ),
    text("region"),
    text("numberOfMembers"),
    text("income"),
    text("currency"),
    text("registrationNumber"),
    text("affiliation"),
];

/// The attributes of a contact person.
pub const CONTACT: &[Attribute] = &[
    attribute("salutation", Form::Text(50)),
    attribute("firstName", Form::Text(124)),
    attribute("middleName", Form::Text(124)),
    attribute("lastName", Form::Text(124)),
    text("loginId"),
    text("jobTitle"),
    word(
        "employmentStatus",
        &["part-time", "full-time", "temporary", "contract", "intern", "unemployed"],
    ),
    text("dateOfBirth"),
    word("gender", &["male", "female"]),
    word("maritalStatus", &["married", "single", "separated", "divorced", "widowed"]),
    open_word("type", &["billing", "legal"]),
    text("firstNameFurigana"),
    text("middleNameFurigana"),
    text("lastNameFurigana"),
    word("suffix", &["jr.", "sr.", "i", "ii", "iii"]),
    attribute("initials", Form::Text(16)),
    text("startGreeting"),
    text("endGreeting"),
    attribute("spouseName", Form::Text(512)),
    attribute("emergencyContact", Form::Text(50)),
    text("priority"),
    text("occupation"),
    text("incomeLevel"),
    word("educationLevel", &["high school", "graduate", "post graduate", "doctorate"]),
    text("race"),
    text("dependents"),
    attribute("smoker", Form::Flag),
    text("hobbies"),
    text("interests"),
    attribute("contactOrder", Form::Whole(32_768)),
    attribute("hasDirectMailingConsent", CONSENT),
    attribute("hasDirectCallingConsent", CONSENT),
    attribute("hasHoldingDataConsent", CONSENT),
    text("externalId"),
];

/// The attributes of a postal address.
pub const POSTAL: &[Attribute] = &[
    word("type", &["office", "home", "mailto", "billto", "shipto"]),
    attribute("completeAddress", Form::Text(500)),
    attribute("address_1", Form::Text(50)),
    attribute("address_2", Form::Text(50)),
    attribute("city", Form::Text(50)),
    attribute("state", Form::Text(50)),
    attribute("zip", Form::Text(50)),
    attribute("country", Form::Text(50)),
    attribute("region", Form::Text(50)),
];

/// The attributes of a telephone number.
pub const PHONE: &[Attribute] = &[
    word("type", &["home", "office", "mobile", "fax", "pager"]),
    word("days", &["weekdays", "weekends", "any_day"]),
    word("times", &["mornings", "afternoons", "evenings", "day", "anytime"]),
];

/// The attributes of a web site.
pub const WEBSITE: &[Attribute] = &[open_word("websiteType", &["personal", "business"])];

impl Attribute {
    /// Checks a value.
    ///
    /// # Errors
    /// A sentence for the person who entered the value.
    pub fn check(&self, value: &str) -> Result<(), String> {
        match self.form {
            Form::Text(limit) => check_length(value, limit),
            Form::OpenWord(_) => check_length(value, 255),
            Form::Word(words) if words.contains(&value) => Ok(()),
            Form::Word(words) => Err(format!("must be one of {}", words.join(", "))),
            Form::Flag if matches!(value, "true" | "false") => Ok(()),
            Form::Flag => Err("must be true or false".to_owned()),
            Form::Whole(most) if value.parse::<u32>().is_ok_and(|number| number <= most) => Ok(()),
            Form::Whole(most) => Err(format!("must be a whole number up to {most}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(form: Form, value: &str, wanted: Result<(), &str>) {
        let checked = attribute("x", form).check(value);
        assert_eq!(checked.as_ref().map(drop).map_err(String::as_str), wanted, "{value}");
    }

    #[test]
    fn values_have_the_form_of_their_attribute() {
        check(Form::Text(3), "éàü", Ok(()));
        check(Form::Text(3), "four", Err("must be at most 3 characters long"));
        check(Form::Word(&["a", "b"]), "b", Ok(()));
        check(Form::Word(&["a", "b"]), "B", Err("must be one of a, b"));
        check(Form::OpenWord(&["a"]), "anything", Ok(()));
        check(Form::Flag, "yes", Err("must be true or false"));
        check(Form::Whole(7), "7", Ok(()));
        check(Form::Whole(7), "8", Err("must be a whole number up to 7"));
    }

    #[test]
    fn no_table_names_an_attribute_twice() {
        for table in [CUSTOMER, CORPORATE, GROUP, CONTACT, POSTAL, PHONE, WEBSITE] {
            let mut names: Vec<&str> = table.iter().map(|attribute| attribute.name).collect();
            names.sort_unstable();
            let count = names.len();
            names.dedup();
            assert_eq!(names.len(), count);
        }
    }
}
