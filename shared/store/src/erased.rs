//! Erased persons: keyed digests by which an import notices that it would bring an erased person back.
//!
//! The key is random and the tenant's own. So a leaked digest reveals nothing, and nobody can test values against it. A digest is stored
//! with a time and a number only.

use std::collections::BTreeSet;

use crm_domain::{
    Customer, CustomerId, ErasureId, PersonMark, Timestamp,
    digest::{apart, hex},
    error::Error,
};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use super::{
    Item, Store, items,
    transaction::{Refusal, Write},
};

const ERASURE_KEY: &str = "erasure-key";

/// A person's erasure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erased {
    /// When.
    pub at: Timestamp,
    /// The number on the receipt.
    pub number: ErasureId,
}

/// The secret of a tenant's digests.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct DigestKey {
    secret: String,
}

impl DigestKey {
    #[cfg(test)]
    pub(super) fn of_secret(secret: &str) -> Self {
        Self {
            secret: secret.to_owned(),
        }
    }

    /// A key that no tenant has.
    pub(super) fn of_nobody() -> Self {
        Self {
            secret: "nobody".to_owned(),
        }
    }

    /// The digest of a mark.
    pub(super) fn digest(&self, mark: &PersonMark) -> Result<String, Error> {
        self.digest_of(&mark.parts())
    }

    pub(super) fn digests(&self, marks: &BTreeSet<PersonMark>) -> Result<Vec<String>, Error> {
        marks.iter().map(|mark| self.digest(mark)).collect()
    }

    /// The digest of other values: HMAC-SHA-256 in hexadecimal over parts, the first of which names their kind.
    pub(super) fn digest_of(&self, parts: &[&str]) -> Result<String, Error> {
        let mut hmac = Hmac::<Sha256>::new_from_slice(self.secret.as_bytes())
            .map_err(|source| Error::internal("read the key of erased persons' digests", source))?;
        hmac.update(&apart(parts));
        Ok(hex(&hmac.finalize().into_bytes()))
    }
}

impl Store {
    /// When the person was erased whom this customer would bring back, by any of its marks. Two reads; one if nobody was ever erased.
    ///
    /// Only imports ask this. An agent may create a customer of an erased person who writes again.
    pub async fn erased_since(&self, customer: &Customer) -> Result<Option<Timestamp>, Error> {
        let found = self.erased(&customer.marks()).await?;
        Ok(found.into_iter().map(|erased| erased.at).max())
    }

    /// The erasure of the customer who had this number.
    pub async fn erased_get(&self, id: CustomerId) -> Result<Option<Erased>, Error> {
        self.erased_by(&BTreeSet::from([PersonMark::of_id(id)])).await
    }

    /// The last erasure of somebody with any of these marks.
    pub async fn erased_by(&self, marks: &BTreeSet<PersonMark>) -> Result<Option<Erased>, Error> {
        Ok(self.erased(marks).await?.into_iter().max_by_key(|erased| erased.at))
    }

    async fn erased(&self, marks: &BTreeSet<PersonMark>) -> Result<Vec<Erased>, Error> {
        let Some(key) = self.digest_key().await? else {
            return Ok(Vec::new());
        };
        let keys = key.digests(marks)?.iter().map(|digest| self.keys.erased(digest)).collect();
        self.database.get_many(keys).await?.into_iter().map(items::read).collect()
    }

    /// The items that stay of an erased person.
    pub(super) fn erased_items(&self, digests: &[String], erased: &Erased) -> Result<Vec<Item>, Error> {
        let item = |digest: &String| items::write(&self.keys.erased(digest), erased);
        digests.iter().map(item).collect()
    }

    /// The key of the tenant's digests. It becomes this secret if there is none yet.
    pub(super) async fn digest_key_or(&self, secret: &[u8; 32]) -> Result<DigestKey, Error> {
        if let Some(key) = self.digest_key().await? {
            return Ok(key);
        }
        let (key, made) = self.new_digest_key(secret)?;
        match self.database.transact(vec![made]).await {
            Ok(()) => Ok(key),
            Err(Refusal::Failed(error)) => Err(error),
            // Another erasure was faster to set the tenant's first key.
            Err(Refusal::Conditions(_)) => self.digest_key().await?.ok_or(Error::Busy("make the key of digests")),
        }
    }

    /// The key of the tenant's digests, and the write that stores this secret if there is none yet.
    pub(super) fn new_digest_key(&self, secret: &[u8; 32]) -> Result<(DigestKey, Write), Error> {
        let key = DigestKey { secret: hex(secret) };
        let item = items::write(&self.keys.setting(ERASURE_KEY), &key)?;
        Ok((key, Write::PutNew(item)))
    }

    /// The key of the tenant's digests; `None` if nobody was ever erased.
    pub(super) async fn digest_key(&self) -> Result<Option<DigestKey>, Error> {
        self.database.get_as(self.keys.setting(ERASURE_KEY)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_depends_on_the_mark_and_on_the_key() {
        let key = DigestKey::of_secret;
        let mark = |id: &str| PersonMark::of_id(CustomerId::parse(id).unwrap());
        let one = key("s").digest(&mark("C00000000001")).unwrap();
        assert_eq!(one.len(), 64);
        assert_eq!(one, key("s").digest(&mark("C00000000001")).unwrap());
        assert_ne!(one, key("s").digest(&mark("C00000000002")).unwrap());
        assert_ne!(one, key("t").digest(&mark("C00000000001")).unwrap());
    }
}
