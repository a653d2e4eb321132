//! Tenants: an operator's settings for one, and what requests use of them.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Not,
};

use serde::{Deserialize, Serialize};

use crate::{
    Belonging, ObjectStructure,
    error::FieldError,
    matching::Strictness,
    normal::{Region, region},
    webhook::OutgoingUrl,
};

/// Names that no tenant may have. Keys of its items would begin like those of items outside tenants, for which
/// policies have separate rules.
const RESERVED: [&str; 3] = ["key", "key-use", "nothing"];

/// A tenant's name in keys and logs: at most 64 letters, digits, `-` and `_`, except for the reserved names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TenantId(String);

impl TenantId {
    /// Reads a tenant's name; `None` if it could be confused with another part of a key.
    pub fn parse(name: &str) -> Option<Self> {
        let plain = |character: char| character.is_ascii_alphanumeric() || matches!(character, '-' | '_');
        let free = (1..=64).contains(&name.len()) && !RESERVED.contains(&name);
        (free && name.chars().all(plain)).then(|| Self(name.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for TenantId {
    type Error = &'static str;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        Self::parse(&name).ok_or("a tenant's name has letters, digits, - and _ only, and is not `key`, `key-use` or `nothing`")
    }
}

impl From<TenantId> for String {
    fn from(tenant: TenantId) -> Self {
        tenant.0
    }
}

/// A tenant's settings in the form that requests use.
#[derive(Debug, Clone)]
pub struct TenantSettings {
    /// The operator's settings, without the data model.
    pub tenant: TenantRecord,
    /// The parsed `default_region` of the tenant.
    pub default_region: Region,
    /// The fields of customers.
    pub customer_model: ObjectStructure,
    /// The fields of cases.
    pub case_model: ObjectStructure,
}

impl Default for TenantSettings {
    fn default() -> Self {
        Self {
            tenant: TenantRecord::default(),
            default_region: Region::US,
            customer_model: ObjectStructure::default_customer(),
            case_model: ObjectStructure::default_case(),
        }
    }
}

impl TenantSettings {
    /// The id of the department with this name or id.
    pub fn department(&self, name: &str) -> Option<&str> {
        named(&self.tenant.departments, name, |department, name| department == name)
    }

    /// The id of the tenant's first brand, by number.
    pub fn default_brand(&self) -> Option<&str> {
        let first = self
            .tenant
            .brands
            .keys()
            .min_by_key(|id| id.parse::<u64>().unwrap_or(u64::MAX));
        first.map(String::as_str)
    }

    /// The brand and department of customers who are created without.
    pub fn newcomers(&self) -> Belonging<'_> {
        Belonging {
            brand: self.default_brand(),
            department: self.tenant.default_department.as_deref(),
        }
    }

    /// The id of the brand with this name or id.
    pub fn brand(&self, name: &str) -> Option<&str> {
        named(&self.tenant.brands, name, |brand, name| brand.name == name)
    }
}

fn named<'ids, T>(all: &'ids BTreeMap<String, T>, name: &str, is_called: impl Fn(&T, &str) -> bool) -> Option<&'ids str> {
    let by_name = all.iter().find(|(_, one)| is_called(one, name)).map(|(id, _)| id.as_str());
    by_name.or_else(|| all.get_key_value(name).map(|(id, _)| id.as_str()))
}

/// A brand: one of the names under which a tenant serves customers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Brand {
    /// The name that people use.
    pub name: String,
    /// Whether its customers can be found by a contact point if the request lacks the client's own id.
    #[serde(default)]
    pub search_by_contact_points: bool,
    /// The URL at which further data of a customer can be requested. It may contain a secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sync_url: Option<String>,
    /// Whether `sync_url` may be plain http and a private address, for a CRM in the company's own network.
    #[serde(default, skip_serializing_if = "<&bool>::not")]
    pub sync_private: bool,
}

impl Brand {
    /// Whether `sync_url` is encrypted and public, or the brand may do without.
    fn has_good_sync_url(&self) -> bool {
        let is_good = |url: &String| OutgoingUrl(url).is_good(self.sync_private);
        self.sync_url.as_ref().is_none_or(is_good)
    }
}

/// An operator's settings for a tenant, without its data model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantRecord {
    /// The name that people use.
    #[serde(default)]
    pub name: String,
    /// The ISO 3166 country code of telephone numbers without a country code.
    pub default_region: String,
    /// How certain best match must be before it shows a customer.
    #[serde(default, rename = "match")]
    pub best_match: Strictness,
    /// Whether customers learn from conversations under which accounts they write.
    #[serde(default = "yes")]
    pub learns_accounts: bool,
    /// The URL of a customer for agents, with `{id}` in the place of the id. The CRM's own page if it is not set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_link: Option<String>,
    /// The URL of a case, in the same form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case_link: Option<String>,
    /// The origins whose pages may frame ours, such as `https://care.example.com` or `https://*.example.com`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub frame_origins: Vec<String>,
    /// Whether departments see only their own customers.
    #[serde(default, skip_serializing_if = "<&bool>::not")]
    pub departmentalized: bool,
    /// The names of departments by id. Ids are numbers.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub departments: BTreeMap<String, String>,
    /// The id of the department of customers who are created without one, as Khoros and Omnidesk do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_department: Option<String>,
    /// The brands by id. Ids are numbers.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub brands: BTreeMap<String, Brand>,
    /// The tenant's own numbers of channel types, with their names. They replace the default ones.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub channels: BTreeMap<String, String>,
    /// The names of the tenant's own attributes of contact persons.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub contact_attributes: BTreeSet<String>,
}

impl Default for TenantRecord {
    fn default() -> Self {
        Self {
            name: String::new(),
            default_region: "US".to_owned(),
            best_match: Strictness::default(),
            learns_accounts: true,
            customer_link: None,
            case_link: None,
            frame_origins: Vec::new(),
            departmentalized: false,
            departments: BTreeMap::new(),
            default_department: None,
            brands: BTreeMap::new(),
            channels: BTreeMap::new(),
            contact_attributes: BTreeSet::new(),
        }
    }
}

const fn yes() -> bool {
    true
}

/// The most departments, brands and attributes of a tenant. Every request reads them.
const MOST_NAMED: usize = 200;

impl TenantRecord {
    /// Checks that functions can work with these settings.
    ///
    /// # Errors
    /// All mistakes, by the names of the parts.
    pub fn check(&self) -> Result<(), Vec<FieldError>> {
        let mut wrong = Vec::new();
        if region(&self.default_region).is_none() {
            wrong.push(FieldError::new(
                "default_region",
                "must be an ISO 3166 country code such as US",
            ));
        }
        for (name, link) in [("customer_link", &self.customer_link), ("case_link", &self.case_link)] {
            let is_template = |link: &String| link.starts_with("https://") && link.contains(ID_IN_LINK);
            if link.as_ref().is_some_and(|link| !is_template(link)) {
                wrong.push(FieldError::new(
                    name,
                    "must be an https address with {id} where the record's id belongs",
                ));
            }
        }
        if self.frame_origins.len() > MOST_FRAME_ORIGINS || !self.frame_origins.iter().all(|origin| is_frame_origin(origin)) {
            wrong.push(FieldError::new(
                "frame_origins",
                format!(
                    "must be at most {MOST_FRAME_ORIGINS} https origins such as https://care.example.com or https://*.example.com, without a path"
                ),
            ));
        }
        let names = self.departments.iter().map(|(id, name)| ("departments", id, name.as_str()));
        let brands = self.brands.iter().map(|(id, brand)| ("brands", id, brand.name.as_str()));
        let channels = self.channels.iter().map(|(id, name)| ("channels", id, name.as_str()));
        for (part, id, name) in names.chain(brands).chain(channels) {
            if !is_number(id) || name.trim().is_empty() || name.chars().count() > LONGEST_NAME {
                wrong.push(FieldError::new(
                    part,
                    "must be written as a number, = and a name: 999=Service",
                ));
            }
        }
        let sizes = [
            ("departments", self.departments.len()),
            ("brands", self.brands.len()),
            ("channels", self.channels.len()),
            ("contact_attributes", self.contact_attributes.len()),
        ];
        for (part, _) in sizes.into_iter().filter(|(_, size)| *size > MOST_NAMED) {
            wrong.push(FieldError::new(part, format!("must be at most {MOST_NAMED}")));
        }
        if self
            .default_department
            .as_ref()
            .is_some_and(|id| !self.departments.contains_key(id))
        {
            wrong.push(FieldError::new("default_department", "must be one of the departments"));
        }
        if !self.brands.values().all(Brand::has_good_sync_url) {
            wrong.push(FieldError::new(
                "brand_sync_url",
                "must be an https address; http is allowed only if the brand may use private addresses",
            ));
        }
        let is_name =
            |name: &String| (1..=64).contains(&name.len()) && name.chars().all(|one| one.is_ascii_alphanumeric() || one == '_');
        if !self.contact_attributes.iter().all(is_name) {
            wrong.push(FieldError::new(
                "contact_attributes",
                "must have letters, digits and _ only, at most 64 of them",
            ));
        }
        if wrong.is_empty() { Ok(()) } else { Err(wrong) }
    }
}

/// The most origins that may frame pages. Each is part of a header of every page.
const MOST_FRAME_ORIGINS: usize = 20;

/// Whether this is exactly one origin as a content security policy expects it, so that it cannot add a directive to
/// the policy.
fn is_frame_origin(origin: &str) -> bool {
    let Some(place) = origin.strip_prefix("https://") else {
        return false;
    };
    let (host, port) = place.split_once(':').unwrap_or((place, "443"));
    let labels: Vec<&str> = host.strip_prefix("*.").unwrap_or(host).split('.').collect();
    let is_label =
        |label: &&str| (1..=63).contains(&label.len()) && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    labels.len() >= 2 && labels.iter().all(is_label) && port.parse::<u16>().is_ok()
}

/// The longest name of a department or brand, in characters.
const LONGEST_NAME: usize = 100;

/// Whether this is a number that a JSON number can hold, in canonical form.
fn is_number(text: &str) -> bool {
    text.parse::<u64>()
        .is_ok_and(|number| (1..1 << 53).contains(&number) && number.to_string() == text)
}

/// The placeholder for the record's id in a tenant's own links.
pub const ID_IN_LINK: &str = "{id}";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenants_name_differs_from_prefixes_of_items_outside_tenants() {
        for name in ["acme", "acme-2", "keys", "key_use", "Key", "a-key"] {
            assert!(TenantId::parse(name).is_some(), "{name}");
        }
        for name in ["key", "key-use", "nothing", "", "a#b", "a b", &"a".repeat(65)] {
            assert!(TenantId::parse(name).is_none(), "{name}");
        }
    }

    #[test]
    fn a_frame_origin_is_one_origin_and_cannot_extend_the_policy() {
        for origin in [
            "https://care.example.com",
            "https://*.khoros.com",
            "https://crm.example.com:8443",
        ] {
            assert!(is_frame_origin(origin), "{origin}");
        }
        for wrong in [
            "",
            "*",
            "https:",
            "https://*",
            "https://com",
            "http://care.example.com",
            "https://care.example.com/",
            "https://care.example.com; script-src *",
            "https://care.example.com https://evil.example",
            "https://a.*.example.com",
            "https://user@care.example.com",
            "https://care.example.com:port",
            "'self'",
        ] {
            assert!(!is_frame_origin(wrong), "{wrong}");
        }
    }

    #[test]
    fn the_first_brand_is_the_one_of_the_lowest_number() {
        let mut settings = TenantSettings::default();
        assert_eq!(settings.default_brand(), None);
        settings.tenant.brands = ["10", "2"].map(|id| (id.to_owned(), Brand::default())).into();
        assert_eq!(settings.default_brand(), Some("2"));
    }

    #[test]
    fn a_sync_url_is_encrypted_unless_private_addresses_are_allowed() {
        let brand = |url: &str, sync_private| Brand {
            sync_url: Some(url.to_owned()),
            sync_private,
            ..Brand::default()
        };
        for (url, sync_private, wanted) in [
            ("https://crm.example/lookup?key=1", false, true),
            ("http://crm.example/", false, false),
            ("http://crm.example/", true, true),
            ("ftp://crm.example/", true, false),
            ("https://", false, false),
            ("crm.example", true, false),
        ] {
            assert_eq!(brand(url, sync_private).has_good_sync_url(), wanted, "{url}");
        }
    }
}
