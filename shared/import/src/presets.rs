//! The meaning of columns in vendors' exports. A column is recognised by its whole name, in any letter case and with any signs between its
//! words, and never by a part of it.

use crm_domain::Role;
use serde::{Deserialize, Serialize};

use super::words::fold;
use crate::columns::{CREATED, CUSTOMER_EXTERNAL_ID, EXTERNAL_ID, Object, UPDATED};

/// The vendor of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "command-line", derive(clap::ValueEnum))]
pub enum Vendor {
    /// Contacts, accounts or cases of Salesforce: a data export or a report
    Salesforce,
    /// Contacts or tickets of Hubspot
    Hubspot,
    /// Users or tickets of Zendesk
    Zendesk,
    /// Google Contacts
    Google,
    /// Contacts of Outlook
    Outlook,
}

impl Vendor {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Salesforce, Self::Hubspot, Self::Zendesk, Self::Google, Self::Outlook];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Salesforce => "salesforce",
            Self::Hubspot => "hubspot",
            Self::Zendesk => "zendesk",
            Self::Google => "google",
            Self::Outlook => "outlook",
        }
    }
}

/// The meaning of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// The next field of this role without a column.
    Role(Role),
    /// The field of this name, if the model has it, or the CRM's own column.
    Named(&'static str),
}

type Row = (Meaning, &'static [&'static str]);

const NAME: Meaning = Meaning::Role(Role::DisplayName);
const FIRST: Meaning = Meaning::Role(Role::FirstName);
const LAST: Meaning = Meaning::Role(Role::LastName);
const EMAIL: Meaning = Meaning::Role(Role::Email);
const PHONE: Meaning = Meaning::Role(Role::Phone);
const STREET: Meaning = Meaning::Role(Role::StreetOne);
const STREET_TWO: Meaning = Meaning::Role(Role::StreetTwo);
const CITY: Meaning = Meaning::Role(Role::City);
const STATE: Meaning = Meaning::Role(Role::State);
const ZIP: Meaning = Meaning::Role(Role::Zip);
const ACCOUNT: Meaning = Meaning::Role(Role::AccountNumber);
const NUMBER: Meaning = Meaning::Named(EXTERNAL_ID);
const MADE: Meaning = Meaning::Named(CREATED);
const CHANGED: Meaning = Meaning::Named(UPDATED);
const NOTES: Meaning = Meaning::Named("description");
const TWITTER: Meaning = Meaning::Named("twitterHandle");
const TITLE: Meaning = Meaning::Named("title");
const STATUS: Meaning = Meaning::Named("status");
const WHOSE: Meaning = Meaning::Named(CUSTOMER_EXTERNAL_ID);

const SALESFORCE: &[Row] = &[
    (NUMBER, &["Id", "Contact ID", "Account ID", "Lead ID"]),
    (FIRST, &["FirstName"]),
    (LAST, &["LastName"]),
    (NAME, &["Name", "Full Name"]),
    (EMAIL, &["Email"]),
    (PHONE, &["Phone", "MobilePhone", "Mobile", "HomePhone", "OtherPhone"]),
    (STREET, &["MailingStreet", "BillingStreet", "Street"]),
    (CITY, &["MailingCity", "BillingCity", "City"]),
    (
        STATE,
        &[
            "MailingState",
            "Mailing State/Province",
            "BillingState",
            "Billing State/Province",
            "State",
        ],
    ),
    (
        ZIP,
        &[
            "MailingPostalCode",
            "Mailing Zip/Postal Code",
            "BillingPostalCode",
            "Billing Zip/Postal Code",
            "PostalCode",
        ],
    ),
    (ACCOUNT, &["AccountNumber"]),
    (NOTES, &["Description"]),
    (MADE, &["CreatedDate"]),
    (CHANGED, &["LastModifiedDate"]),
];
const SALESFORCE_CASES: &[Row] = &[
    (NUMBER, &["Id", "Case ID"]),
    (TITLE, &["Subject"]),
    (NOTES, &["Description"]),
    (STATUS, &["Status"]),
    (WHOSE, &["ContactId"]),
    (Meaning::Named("priority"), &["Priority"]),
    (MADE, &["CreatedDate"]),
    (CHANGED, &["LastModifiedDate"]),
];
const HUBSPOT: &[Row] = &[
    (NUMBER, &["Record ID", "Contact ID"]),
    (FIRST, &["First Name"]),
    (LAST, &["Last Name"]),
    (EMAIL, &["Email", "Additional email addresses", "Work email"]),
    (PHONE, &["Phone Number", "Mobile Phone Number"]),
    (STREET, &["Street Address"]),
    (CITY, &["City"]),
    (STATE, &["State/Region"]),
    (ZIP, &["Postal Code"]),
    (TWITTER, &["Twitter Username"]),
    (NOTES, &["Message"]),
    (MADE, &["Create Date"]),
    (CHANGED, &["Last Modified Date"]),
];
const HUBSPOT_CASES: &[Row] = &[
    (NUMBER, &["Ticket ID", "Record ID"]),
    (TITLE, &["Ticket name"]),
    (NOTES, &["Ticket description"]),
    (STATUS, &["Ticket status"]),
    (WHOSE, &["Associated Contact IDs"]),
    (Meaning::Named("priority"), &["Priority"]),
    (MADE, &["Create date"]),
    (CHANGED, &["Last modified date"]),
];
const ZENDESK: &[Row] = &[
    (NUMBER, &["id", "User ID"]),
    (NAME, &["name"]),
    (EMAIL, &["email"]),
    (PHONE, &["phone"]),
    (NOTES, &["notes", "details"]),
    (MADE, &["created_at"]),
    (CHANGED, &["updated_at"]),
];
const ZENDESK_CASES: &[Row] = &[
    (NUMBER, &["id", "Ticket ID"]),
    (TITLE, &["subject"]),
    (NOTES, &["description"]),
    (STATUS, &["status"]),
    (WHOSE, &["requester_id"]),
    (Meaning::Named("priority"), &["priority"]),
    (MADE, &["created_at"]),
    (CHANGED, &["updated_at"]),
];
const GOOGLE: &[Row] = &[
    (FIRST, &["First Name", "Given Name"]),
    (LAST, &["Last Name", "Family Name"]),
    (NAME, &["Name", "File As"]),
    (
        EMAIL,
        &["E-mail 1 - Value", "E-mail 2 - Value", "E-mail 3 - Value", "E-mail 4 - Value"],
    ),
    (
        PHONE,
        &["Phone 1 - Value", "Phone 2 - Value", "Phone 3 - Value", "Phone 4 - Value"],
    ),
    (STREET, &["Address 1 - Street"]),
    (STREET_TWO, &["Address 1 - Extended Address"]),
    (CITY, &["Address 1 - City"]),
    (STATE, &["Address 1 - Region"]),
    (ZIP, &["Address 1 - Postal Code"]),
    (NOTES, &["Notes"]),
];
const OUTLOOK: &[Row] = &[
    (FIRST, &["First Name", "Vorname"]),
    (LAST, &["Last Name", "Nachname"]),
    (NAME, &["Display Name"]),
    (
        EMAIL,
        &[
            "E-mail Address",
            "E-mail 2 Address",
            "E-mail 3 Address",
            "E-Mail-Adresse",
            "E-Mail 2: Adresse",
            "E-Mail 3: Adresse",
        ],
    ),
    (
        PHONE,
        &[
            "Business Phone",
            "Mobile Phone",
            "Home Phone",
            "Business Phone 2",
            "Home Phone 2",
            "Primary Phone",
            "Telefon (geschäftlich)",
            "Mobiltelefon",
            "Telefon (privat)",
        ],
    ),
    (
        STREET,
        &["Business Street", "Home Street", "Straße geschäftlich", "Straße privat"],
    ),
    (STREET_TWO, &["Business Street 2", "Home Street 2"]),
    (CITY, &["Business City", "Home City", "Ort geschäftlich", "Ort privat"]),
    (STATE, &["Business State", "Home State"]),
    (
        ZIP,
        &[
            "Business Postal Code",
            "Home Postal Code",
            "Postleitzahl geschäftlich",
            "Postleitzahl privat",
        ],
    ),
    (NOTES, &["Notes", "Notizen"]),
];
/// Usual names of columns beside the presets. They are only suggestions.
const COMMON: &[Row] = &[
    (NAME, &["Full name", "Customer name", "Contact name", "Name", "Kunde"]),
    (
        FIRST,
        &["Given name", "Forename", "Vorname", "Prénom", "Nombre", "Voornaam", "Nome"],
    ),
    (
        LAST,
        &[
            "Surname",
            "Family name",
            "Nachname",
            "Familienname",
            "Nom",
            "Apellido",
            "Apellidos",
            "Achternaam",
            "Cognome",
        ],
    ),
    (
        EMAIL,
        &[
            "Email",
            "E-mail address",
            "Mail",
            "Email 1",
            "Primary email",
            "Work email",
            "E-Mail-Adresse",
            "Courriel",
            "Correo electrónico",
        ],
    ),
    (
        PHONE,
        &[
            "Phone number",
            "Telephone",
            "Telephone number",
            "Tel",
            "Mobile",
            "Mobile number",
            "Mobile phone",
            "Cell",
            "Cell phone",
            "Telefon",
            "Telefonnummer",
            "Handy",
            "Mobil",
            "Téléphone",
            "Teléfono",
            "Telefoon",
        ],
    ),
    (
        STREET,
        &[
            "Street",
            "Street address",
            "Address",
            "Address 1",
            "Address line 1",
            "Straße",
            "Strasse",
            "Adresse",
            "Rue",
        ],
    ),
    (STREET_TWO, &["Address 2", "Address line 2"]),
    (CITY, &["Town", "Ort", "Stadt", "Ville", "Ciudad", "Plaats", "Città"]),
    (STATE, &["Province", "Region", "County", "Bundesland"]),
    (
        ZIP,
        &[
            "Zip code",
            "Postal code",
            "Post code",
            "PLZ",
            "Postleitzahl",
            "Code postal",
            "Código postal",
        ],
    ),
    (ACCOUNT, &["Account no"]),
    (
        NUMBER,
        &[
            "External id",
            "Customer no",
            "Customer number",
            "Customer id",
            "Kundennummer",
            "Kundennr",
        ],
    ),
    (NOTES, &["Notes", "Note", "Notizen", "Bemerkung", "Comments"]),
];

impl Vendor {
    fn rows(self, object: Object) -> &'static [Row] {
        match (self, object) {
            (Self::Salesforce, Object::Customers) => SALESFORCE,
            (Self::Salesforce, Object::Cases) => SALESFORCE_CASES,
            (Self::Hubspot, Object::Customers) => HUBSPOT,
            (Self::Hubspot, Object::Cases) => HUBSPOT_CASES,
            (Self::Zendesk, Object::Customers) => ZENDESK,
            (Self::Zendesk, Object::Cases) => ZENDESK_CASES,
            (Self::Google, Object::Customers) => GOOGLE,
            (Self::Outlook, Object::Customers) => OUTLOOK,
            (Self::Google | Self::Outlook, Object::Cases) => &[],
        }
    }

    /// The meaning of a column in this vendor's exports, and its rank among columns of the same meaning.
    pub fn meaning(self, object: Object, column: &str) -> Option<(Meaning, usize)> {
        meaning(self.rows(object), column)
    }
}

/// The vendor with most of these columns, and their number.
pub fn looks_like(object: Object, columns: &[String]) -> Option<(Vendor, usize)> {
    let known = |vendor: &Vendor| {
        columns
            .iter()
            .filter(|column| vendor.meaning(object, column).is_some())
            .count()
    };
    let vendor = Vendor::ALL.into_iter().max_by_key(known)?;
    Some((vendor, known(&vendor)))
}

/// The usual meaning of a column of this name.
pub fn usual(column: &str) -> Option<Meaning> {
    meaning(COMMON, column).map(|(meaning, _)| meaning)
}

fn meaning(rows: &[Row], column: &str) -> Option<(Meaning, usize)> {
    let column = fold(column);
    let place = |names: &[&str]| names.iter().position(|name| fold(name) == column);
    rows.iter().find_map(|(meaning, names)| Some((*meaning, place(names)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_known_by_its_whole_name() {
        let of = |vendor: Vendor, column| vendor.meaning(Object::Customers, column).map(|(meaning, _)| meaning);
        assert_eq!(of(Vendor::Salesforce, "Id"), Some(NUMBER));
        assert_eq!(of(Vendor::Salesforce, "First Name"), Some(FIRST));
        assert_eq!(of(Vendor::Google, "e-mail 2 - value"), Some(EMAIL));
        for column in ["IsDeleted", "Department", "Photo", "role", "OwnerId", "E-mail 1 - Label"] {
            for vendor in Vendor::ALL {
                assert_eq!(of(vendor, column), None, "{column}");
            }
            assert_eq!(usual(column), None, "{column}");
        }
    }

    #[test]
    fn no_column_means_two_things() {
        let lists = Vendor::ALL
            .iter()
            .flat_map(|vendor| [Object::Customers, Object::Cases].map(|object| vendor.rows(object)));
        for rows in lists.chain([COMMON]) {
            let mut all: Vec<String> = rows
                .iter()
                .flat_map(|(_, names)| names.iter().map(|name| fold(name)))
                .collect();
            let count = all.len();
            all.sort();
            all.dedup();
            assert_eq!(all.len(), count);
        }
    }
}
