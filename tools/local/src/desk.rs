//! The link by which `make run` signs in at the desk. A deployment's desk takes no such link.

use anyhow::Result;
use crm_domain::{TenantId, Timestamp, digest::sha256};
use crm_service::{link::LinkKeys, sign_in::SignIn};

/// The name of whoever follows the link, in histories.
const PERSON: &str = "make run";

/// The desk of the key of `AUTH`.
#[derive(Debug)]
pub struct Desk {
    tenant: TenantId,
    digest: String,
    links: LinkKeys,
}

impl Desk {
    /// Its path, without signing in.
    pub const PATH: &str = "/desk";

    /// The desk of this key and tenant.
    pub fn new(tenant: TenantId, authorization: &str, link_secret: &str) -> Result<Self> {
        Ok(Self {
            tenant,
            digest: sha256(authorization.as_bytes()),
            links: LinkKeys::read(link_secret).map_err(anyhow::Error::msg)?,
        })
    }

    /// A path that signs in, for eight hours from now on.
    pub fn signed_in(&self, now: Timestamp) -> String {
        let sign_in = SignIn::new(self.digest.clone(), self.tenant.clone(), PERSON.to_owned(), now);
        let token = self.links.token(&sign_in).unwrap_or_default();
        format!("{}?token={token}", Self::PATH)
    }
}
