//! API keys: the tenant, the permissions and the validity of a key (contract section 1).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use strum::{EnumCount, EnumString, IntoStaticStr, VariantArray};

use crate::{CustomerId, TenantId, Timestamp, error::Error};

/// The permissions of keys. Each dialect has its own, and none contains another.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    EnumCount,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
pub enum Permission {
    /// The operations of the Khoros contract.
    #[serde(rename = "khoros")]
    #[strum(serialize = "khoros")]
    Khoros,
    /// eGain's customer search, as a client application.
    #[serde(rename = "egain:client")]
    #[strum(serialize = "egain:client")]
    EgainClient,
    /// eGain's customer search, as an agent of some departments.
    #[serde(rename = "egain:user")]
    #[strum(serialize = "egain:user")]
    EgainUser,
    /// eGain's customer search, for one logged-in customer.
    #[serde(rename = "egain:customer")]
    #[strum(serialize = "egain:customer")]
    EgainCustomer,
    /// Omnidesk's reading actions.
    #[serde(rename = "CUSTOMER_READ")]
    #[strum(serialize = "CUSTOMER_READ")]
    CustomerRead,
    /// Omnidesk's writing actions.
    #[serde(rename = "CUSTOMER_CUD")]
    #[strum(serialize = "CUSTOMER_CUD")]
    CustomerCud,
    /// Merges, marks of different people and duplicates; explanations that an administrator may see and an agent may not; at the desk also
    /// exports, erasures and settings.
    #[serde(rename = "admin")]
    #[strum(serialize = "admin")]
    Admin,
    /// The feed of changes, for other systems of the company.
    #[serde(rename = "changes")]
    #[strum(serialize = "changes")]
    Changes,
    /// The desk's pages that show customers, cases and how best match decides.
    #[serde(rename = "desk:view")]
    #[strum(serialize = "desk:view")]
    DeskView,
    /// Changing records at the desk, and whatever the pages show.
    #[serde(rename = "desk:edit")]
    #[strum(serialize = "desk:edit")]
    DeskEdit,
}

/// An API key without its value. Only the value's digest is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyRecord {
    /// Whose it is.
    pub tenant: TenantId,
    /// The name that an operator gave it.
    pub label: String,
    /// Its permissions.
    pub permissions: BTreeSet<Permission>,
    /// The Khoros companies that may use it; empty for any.
    #[serde(default)]
    pub companies: BTreeSet<i64>,
    /// The ids of the departments whose customers an agent with this key sees.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub departments: BTreeSet<String>,
    /// The customer who uses it to see their own record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<CustomerId>,
    /// The beginning of its validity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Timestamp>,
    /// The end of its validity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_after: Option<Timestamp>,
    /// Whether it was revoked.
    #[serde(default)]
    pub revoked: bool,
    /// When it was revoked. Earlier versions did not store this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<Timestamp>,
    /// When it was created.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<Timestamp>,
}

impl KeyRecord {
    /// A key that is valid from now on, for any company.
    pub fn new(tenant: TenantId, label: impl Into<String>, permissions: impl Into<BTreeSet<Permission>>) -> Self {
        Self {
            tenant,
            label: label.into(),
            permissions: permissions.into(),
            companies: BTreeSet::new(),
            departments: BTreeSet::new(),
            customer: None,
            not_before: None,
            not_after: None,
            revoked: false,
            revoked_at: None,
            created: None,
        }
    }

    /// Checks that the key is valid now and has one of these permissions.
    ///
    /// # Errors
    /// Those of [`Self::check_valid`], and [`Error::Forbidden`] if the key lacks the permission.
    pub fn check(&self, permissions: &[Permission], company: Option<i64>, now: Timestamp) -> Result<(), Error> {
        self.check_valid(company, now)?;
        if permissions.iter().any(|one| self.permissions.contains(one)) {
            Ok(())
        } else {
            Err(Error::Forbidden("the key lacks the permission"))
        }
    }

    /// Checks that the key is for all customers of its tenant: for no department's only, and not for one customer's own record.
    ///
    /// # Errors
    /// [`Error::Forbidden`].
    pub fn check_whole_tenant(&self) -> Result<(), Error> {
        if self.departments.is_empty() && self.customer.is_none() {
            Ok(())
        } else {
            Err(Error::Forbidden("the key is for some customers only"))
        }
    }

    /// Checks that the key is valid now and, if it is bound to Khoros companies, that the request names one of them. A request to a bound
    /// key without the company's header, or with an unreadable one, is refused (contract section 1).
    ///
    /// # Errors
    /// [`Error::Unauthorized`] with the reason for the log. The caller does not learn it.
    pub fn check_valid(&self, company: Option<i64>, now: Timestamp) -> Result<(), Error> {
        let reason = if self.revoked {
            "the key is revoked"
        } else if self.not_before.is_some_and(|from| now < from) {
            "the key is not valid yet"
        } else if self.not_after.is_some_and(|until| until <= now) {
            "the key has expired"
        } else if !self.companies.is_empty() && company.is_none() {
            "the key is bound to companies, and the request names none"
        } else if company.is_some_and(|company| !self.companies.is_empty() && !self.companies.contains(&company)) {
            "the key is bound to other companies than the one that the request names"
        } else {
            return Ok(());
        };
        Err(Error::Unauthorized(reason))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TenantId;

    const NOW: Timestamp = Timestamp::from_milliseconds(1_000_000);

    fn key() -> KeyRecord {
        KeyRecord::new(TenantId::parse("acme").unwrap(), "test", [Permission::Khoros])
    }

    #[track_caller]
    fn check(key: &KeyRecord, company: Option<i64>, allowed: bool) {
        assert_eq!(key.check(&[Permission::Khoros], company, NOW).is_ok(), allowed, "{key:?}");
    }

    #[test]
    fn a_key_is_checked_for_permission_company_time_and_revocation() {
        check(&key(), None, true);
        check(&KeyRecord { revoked: true, ..key() }, None, false);
        check(
            &KeyRecord {
                permissions: [].into(),
                ..key()
            },
            None,
            false,
        );
        check(
            &KeyRecord {
                not_before: Some(NOW.plus_seconds(1)),
                ..key()
            },
            None,
            false,
        );
        check(
            &KeyRecord {
                not_before: Some(NOW),
                not_after: Some(NOW.plus_seconds(1)),
                ..key()
            },
            None,
            true,
        );
        check(
            &KeyRecord {
                not_after: Some(NOW),
                ..key()
            },
            None,
            false,
        );
        let bound = KeyRecord {
            companies: [7].into(),
            ..key()
        };
        check(&bound, Some(7), true);
        check(&bound, Some(8), false);
        check(&bound, None, false);
    }
}
