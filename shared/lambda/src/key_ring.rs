//! Authentication by an API key (contract section 1).
//!
//! A key is the whole header value, including the scheme word. Only its SHA-256 digest is stored, and keys are looked up by digest. So
//! neither the table nor the time of a comparison reveals anything about a key. Pages, which a browser opens without a key, have signed
//! links instead ([`crate::link_ring`]).

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use crm_domain::{Timestamp, digest::sha256, error::Error};
use crm_service::{BELIEVED, Grant, sign_in::SignIn};
use crm_store::{Database, USE_IS_KNOWN_WITHIN};
use tracing::warn;

/// The largest number of keys that one execution environment remembers.
pub(crate) const MOST_KEYS: usize = 1_000;

/// The keys that this execution environment has seen.
#[derive(Debug)]
pub struct KeyRing {
    database: Database,
    seen: Mutex<HashMap<String, Seen>>,
}

/// A remembered key.
#[derive(Debug, Clone)]
struct Seen {
    grant: Arc<Grant>,
    /// When it was read.
    at: Instant,
    /// When its use was last recorded.
    noted: Option<Instant>,
    /// Whether a request has looked for what others left unfinished since the key was read.
    looked: bool,
}

impl KeyRing {
    /// No key seen yet.
    pub fn new(database: Database) -> Self {
        Self {
            database,
            seen: Mutex::new(HashMap::new()),
        }
    }

    /// The grant of a header value, if it is a key. [`KeyRecord::check`](crm_domain::KeyRecord::check) says whether the key allows the
    /// request.
    pub async fn find(&self, value: Option<&str>) -> Result<Arc<Grant>, Error> {
        let value = value.filter(|value| !value.is_empty()).ok_or(Error::Unauthorized("no key"))?;
        let grant = self.grant(&sha256(value.as_bytes())).await?;
        grant.ok_or(Error::Unauthorized("unknown key"))
    }

    /// The grant of the key by which somebody has signed in.
    pub async fn of_sign_in(&self, sign_in: &SignIn) -> Result<Arc<Grant>, Error> {
        let grant = self.grant(&sign_in.digest).await?;
        let grant = grant.filter(|grant| grant.key.tenant == sign_in.tenant);
        grant.ok_or(Error::Unauthorized("the key of the sign-in is gone"))
    }

    /// A key that was read a moment ago is not read again. An older one is read together with its settings. A new one is read first, since
    /// only the key tells the tenant. Unknown keys are not remembered, so a new key works at once.
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
        let grant = Arc::new(Grant::new(digest.to_owned(), key, settings, store));
        let mut seen = self.lock();
        if seen.len() >= MOST_KEYS {
            seen.clear();
        }
        let noted = seen.get(digest).and_then(|seen| seen.noted);
        let now_seen = Seen {
            grant: Arc::clone(&grant),
            at: Instant::now(),
            noted,
            looked: false,
        };
        seen.insert(digest.to_owned(), now_seen);
        Ok(Some(grant))
    }

    /// The write that records the key's use for the operator's list; `None` if its use was recorded a moment ago.
    pub(crate) fn note_of_use(&self, grant: &Grant, now: Timestamp) -> Option<impl Future<Output = ()> + use<>> {
        let mut seen = self.lock();
        let seen = seen.get_mut(&grant.digest)?;
        if seen.noted.is_some_and(|noted| noted.elapsed() < USE_IS_KNOWN_WITHIN) {
            return None;
        }
        seen.noted = Some(Instant::now());
        let (database, digest) = (self.database.clone(), grant.digest.clone());
        Some(async move {
            if let Err(error) = database.key_use_put(&digest, now).await {
                warn!(cause = error.log_text(), "the use of a key could not be noted");
            }
        })
    }

    /// Whether this request is the first to look for what others left unfinished since the key was read.
    pub fn is_first_look(&self, grant: &Grant) -> bool {
        let mut seen = self.lock();
        let looked = seen.get_mut(&grant.digest).map(|seen| &mut seen.looked);
        looked.is_some_and(|looked| !std::mem::replace(looked, true))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Seen>> {
        // The map is consistent even after a panic in another thread.
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
