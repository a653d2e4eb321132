//! Who may ask: API keys and what they allow (contract section 1).
//!
//! A key is the whole header value, scheme word included. Only its SHA-256 digest is stored, and the look-up is by digest, so
//! that neither the table nor the time a comparison takes tells anything about a key. Pages, which a browser opens without a key,
//! have signed links instead ([`link`]).

pub mod link;
pub mod strength;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use serde::{Deserialize, Serialize};
use tracing::warn;

use crate::{
    domain::Timestamp,
    error::Error,
    store::{Database, KeyRecord, Store, TenantSettings, USE_IS_KNOWN_WITHIN, sha256},
};

/// How long a key and its tenant's settings are believed without reading them again. A revoked key stops within a minute.
const BELIEVED: Duration = Duration::from_secs(50);
/// How long after a change of settings every function works with them: all that was believed is read again, and the requests that
/// began with it are over.
pub const FOLLOWED: Duration = Duration::from_mins(1);
/// How many keys one execution environment remembers.
const MOST_KEYS: usize = 1_000;

/// What a key can allow: each dialect has its own, and none contains another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Permission {
    /// The operations of the Khoros contract.
    #[serde(rename = "khoros")]
    Khoros,
    /// eGain's customer search, as a client application.
    #[serde(rename = "egain:client")]
    EgainClient,
    /// eGain's customer search, as an agent of some departments.
    #[serde(rename = "egain:user")]
    EgainUser,
    /// eGain's customer search, as the one customer who is logged in.
    #[serde(rename = "egain:customer")]
    EgainCustomer,
    /// Omnidesk's reading actions.
    #[serde(rename = "CUSTOMER_READ")]
    CustomerRead,
    /// Omnidesk's writing actions.
    #[serde(rename = "CUSTOMER_CUD")]
    CustomerCud,
    /// Explanations that an operator may see and an agent may not.
    #[serde(rename = "admin")]
    Admin,
}

impl Permission {
    /// All there are.
    pub const ALL: [Self; 7] = [
        Self::Khoros,
        Self::EgainClient,
        Self::EgainUser,
        Self::EgainCustomer,
        Self::CustomerRead,
        Self::CustomerCud,
        Self::Admin,
    ];

    /// As operators and the table write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Khoros => "khoros",
            Self::EgainClient => "egain:client",
            Self::EgainUser => "egain:user",
            Self::EgainCustomer => "egain:customer",
            Self::CustomerRead => "CUSTOMER_READ",
            Self::CustomerCud => "CUSTOMER_CUD",
            Self::Admin => "admin",
        }
    }

    /// Reads what an operator writes.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|permission| permission.name() == name)
    }
}

/// A valid key, and everything that its tenant's requests need to know first.
#[derive(Debug)]
pub struct Grant {
    /// The digest of its value.
    pub digest: String,
    /// The key's record.
    pub key: KeyRecord,
    /// The tenant's settings.
    pub settings: TenantSettings,
    /// The tenant's part of the table.
    pub store: Store,
}

/// The keys that this execution environment has seen.
#[derive(Debug)]
pub struct KeyRing {
    database: Database,
    seen: Mutex<HashMap<String, Seen>>,
}

/// A key that was seen here.
#[derive(Debug, Clone)]
struct Seen {
    grant: Arc<Grant>,
    /// When it was read.
    at: Instant,
    /// When its use was last noted.
    noted: Option<Instant>,
}

impl KeyRing {
    /// No key seen yet.
    pub fn new(database: Database) -> Self {
        Self {
            database,
            seen: Mutex::new(HashMap::new()),
        }
    }

    /// The grant of a header value, if that is a key. Whether the key allows what is asked, [`KeyRecord::check`] says.
    pub async fn find(&self, value: Option<&str>) -> Result<Arc<Grant>, Error> {
        let value = value.filter(|value| !value.is_empty()).ok_or(Error::Unauthorized("no key"))?;
        let grant = self.grant(&sha256(value.as_bytes())).await?;
        grant.ok_or(Error::Unauthorized("unknown key"))
    }

    /// A key that was seen a moment ago costs nothing. One that is older is read together with its settings; a new one before
    /// them, since only it tells whose they are. Unknown keys are not remembered: a new key works at once.
    async fn grant(&self, digest: &str) -> Result<Option<Arc<Grant>>, Error> {
        let seen = self.lock().get(digest).cloned();
        let (key, settings) = match seen {
            Some(seen) if seen.at.elapsed() < BELIEVED => return Ok(Some(seen.grant)),
            Some(seen) => self.database.key_and_settings_get(digest, &seen.grant.key.tenant).await?,
            None => match self.database.key_get(digest).await? {
                Some(key) => {
                    let settings = self.database.of(&key.tenant).settings_get().await?;
                    (Some(key), settings)
                }
                None => return Ok(None),
            },
        };
        let Some(key) = key else {
            self.lock().remove(digest);
            return Ok(None);
        };
        let store = self.database.of(&key.tenant);
        let grant = Arc::new(Grant {
            digest: digest.to_owned(),
            key,
            settings,
            store,
        });
        let mut seen = self.lock();
        if seen.len() >= MOST_KEYS {
            seen.clear();
        }
        let noted = seen.get(digest).and_then(|seen| seen.noted);
        let now_seen = Seen {
            grant: Arc::clone(&grant),
            at: Instant::now(),
            noted,
        };
        seen.insert(digest.to_owned(), now_seen);
        Ok(Some(grant))
    }

    /// Notes for the operator's list that the key is in use. It runs beside the request, which waits neither for it nor for its
    /// failure; what Lambda freezes of it, the next request thaws.
    pub fn note_use(&self, grant: &Grant, now: Timestamp) {
        let mut seen = self.lock();
        let Some(seen) = seen.get_mut(&grant.digest) else { return };
        if seen.noted.is_some_and(|noted| noted.elapsed() < USE_IS_KNOWN_WITHIN) {
            return;
        }
        seen.noted = Some(Instant::now());
        let (database, digest) = (self.database.clone(), grant.digest.clone());
        tokio::spawn(async move {
            if let Err(error) = database.key_use_put(&digest, now).await {
                warn!(cause = error.log_text(), "the use of a key could not be noted");
            }
        });
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Seen>> {
        // A map is whole whatever a panic interrupted.
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl KeyRecord {
    /// Whether the key is valid now and allows this: any one of `permissions`.
    ///
    /// # Errors
    /// Those of [`Self::check_valid`]; [`Error::Forbidden`] where the key is good for something else.
    pub fn check(&self, permissions: &[Permission], company: Option<i64>, now: Timestamp) -> Result<(), Error> {
        self.check_valid(company, now)?;
        if permissions.iter().any(|one| self.permissions.contains(one)) {
            Ok(())
        } else {
            Err(Error::Forbidden("the key lacks the permission"))
        }
    }

    /// Whether the key is valid now, for the Khoros company that the request names, where the key is bound to companies.
    /// A bound key needs the header: a request without a company, or with one that cannot be read, is refused like
    /// one with another company (contract section 1).
    ///
    /// # Errors
    /// [`Error::Unauthorized`] with the reason for the log; the caller is told none.
    pub fn check_valid(&self, company: Option<i64>, now: Timestamp) -> Result<(), Error> {
        let reason = if self.revoked {
            "the key is revoked"
        } else if self.not_before.is_some_and(|from| now < from) {
            "the key is not valid yet"
        } else if self.not_after.is_some_and(|until| until <= now) {
            "the key has expired"
        } else if !self.companies.is_empty() && company.is_none() {
            "the key is bound to companies, and x-sf-company-id names none"
        } else if company.is_some_and(|company| !self.companies.is_empty() && !self.companies.contains(&company)) {
            "the key is bound to other companies than x-sf-company-id names"
        } else {
            return Ok(());
        };
        Err(Error::Unauthorized(reason))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::TenantId;

    const NOW: Timestamp = Timestamp::from_milliseconds(1_000_000);

    fn key() -> KeyRecord {
        KeyRecord::new(TenantId::parse("acme").unwrap(), "test", [Permission::Khoros])
    }

    #[test]
    fn a_permission_has_one_name() {
        for permission in Permission::ALL {
            assert_eq!(serde_json::to_value(permission).unwrap(), permission.name());
            assert_eq!(Permission::parse(permission.name()), Some(permission));
        }
    }

    #[track_caller]
    fn check(key: &KeyRecord, company: Option<i64>, allowed: bool) {
        assert_eq!(key.check(&[Permission::Khoros], company, NOW).is_ok(), allowed, "{key:?}");
    }

    #[test]
    fn what_a_key_allows() {
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
