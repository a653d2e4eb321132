//! Signing in at the desk: a key is exchanged for a token, which the browser keeps in a cookie.
//!
//! The token names the key by its digest, the tenant, the person and the time at which it ends, and carries an HMAC-SHA-256 over all of
//! these. Nothing is stored. Every request looks the key up, so a token ends with its key: when that is revoked or expires.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use crm_domain::{Actor, TenantId, Timestamp, error::Error};

use crate::link::LinkKeys;

/// How long a token is valid, in seconds: a working day.
pub const LASTS: i64 = 8 * 60 * 60;
/// The longest name that a person may give, in characters.
pub const LONGEST_PERSON: usize = 100;

/// What the codes of tokens and of forms are for. They are never codes of anything else.
const SIGN_IN: &str = "desk sign-in";
const FORM: &str = "desk form";

/// Who has signed in, and by which key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignIn {
    /// The digest of the key's value.
    pub digest: String,
    /// The key's tenant.
    pub tenant: TenantId,
    /// The name that the person gave. It goes into histories, and authorises nothing.
    pub person: String,
    /// When the token ends.
    pub until: Timestamp,
}

impl SignIn {
    /// A sign-in from now on.
    pub fn new(digest: String, tenant: TenantId, person: String, now: Timestamp) -> Self {
        Self {
            digest,
            tenant,
            person,
            until: now.plus_seconds(LASTS),
        }
    }

    /// The acting user, for histories.
    pub fn actor(&self) -> Actor {
        Actor {
            agent: Some(self.person.clone()),
            ..Actor::default()
        }
    }

    fn claim(&self) -> String {
        let person = URL_SAFE_NO_PAD.encode(&self.person);
        let (digest, tenant, until) = (&self.digest, self.tenant.as_str(), self.until.milliseconds());
        format!("{digest}.{tenant}.{until}.{person}")
    }

    fn parse(claim: &str) -> Option<Self> {
        let mut parts = claim.split('.');
        let (digest, tenant, until, person) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let person = String::from_utf8(URL_SAFE_NO_PAD.decode(person).ok()?).ok()?;
        let sign_in = Self {
            digest: digest.to_owned(),
            tenant: TenantId::parse(tenant)?,
            person,
            until: Timestamp::from_milliseconds(until.parse().ok()?),
        };
        parts.next().is_none().then_some(sign_in)
    }
}

impl LinkKeys {
    /// The token of a sign-in; `None` if there is no secret to sign with.
    pub fn token(&self, sign_in: &SignIn) -> Option<String> {
        let claim = sign_in.claim();
        let code = self.code(SIGN_IN, &claim)?;
        Some(format!("{claim}.{code}"))
    }

    /// The sign-in of a token. The code is checked before anything else of it is used.
    ///
    /// # Errors
    /// [`Error::Unauthorized`] with the reason for the log.
    pub fn sign_in(&self, token: &str, now: Timestamp) -> Result<SignIn, Error> {
        let (claim, code) = token.rsplit_once('.').ok_or(Error::Unauthorized("nobody has signed in"))?;
        if !self.is_code(code, SIGN_IN, claim) {
            return Err(Error::Unauthorized("the sign-in was altered, or signed with another secret"));
        }
        let sign_in = SignIn::parse(claim).ok_or(Error::Unauthorized("the sign-in is of another version"))?;
        if sign_in.until <= now {
            return Err(Error::Unauthorized("the sign-in has ended"));
        }
        Ok(sign_in)
    }

    /// The code that a form of this token's pages carries, so that no other site can send one.
    pub fn form_code(&self, token: &str) -> Option<String> {
        self.code(FORM, token)
    }

    /// Whether a form carries the code of this token.
    pub fn is_form_code(&self, code: &str, token: &str) -> bool {
        self.is_code(code, FORM, token)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: Timestamp = Timestamp::from_milliseconds(1_795_348_800_000);

    fn keys(secret: &str) -> LinkKeys {
        LinkKeys::read(secret).unwrap()
    }

    const NEW: &str = "new-secret-of-at-least-32-characters";
    const OLD: &str = "old-secret-of-at-least-32-characters";

    fn ann() -> SignIn {
        SignIn::new(
            "0a1b".to_owned(),
            TenantId::parse("acme").unwrap(),
            "Änn. O’Neil".to_owned(),
            NOW,
        )
    }

    #[test]
    fn a_token_says_who_until_it_ends() {
        let token = keys(NEW).token(&ann()).unwrap();
        assert_eq!(keys(NEW).sign_in(&token, NOW).unwrap(), ann());
        assert!(keys(NEW).sign_in(&token, NOW.plus_seconds(LASTS - 1)).is_ok());
        assert!(keys(NEW).sign_in(&token, NOW.plus_seconds(LASTS)).is_err());
    }

    #[test]
    fn a_replaced_secret_counts_as_long_as_it_is_there() {
        let token = keys(OLD).token(&ann()).unwrap();
        assert!(keys(&format!("{NEW} {OLD}")).sign_in(&token, NOW).is_ok());
        assert!(keys(NEW).sign_in(&token, NOW).is_err());
        assert!(LinkKeys::default().token(&ann()).is_none() && LinkKeys::default().sign_in(&token, NOW).is_err());
    }

    #[test]
    fn a_form_belongs_to_one_token() {
        let keys = keys(NEW);
        let token = keys.token(&ann()).unwrap();
        let code = keys.form_code(&token).unwrap();
        assert!(keys.is_form_code(&code, &token));
        let later = SignIn {
            until: NOW.plus_seconds(LASTS + 1),
            ..ann()
        };
        assert!(!keys.is_form_code(&code, &keys.token(&later).unwrap()));
        assert!(!keys.is_form_code("", &token) && !keys.is_form_code(token.rsplit_once('.').unwrap().1, &token));
    }

    proptest! {
        #[test]
        fn whatever_is_altered_signs_nobody_in(at in 0_usize..200, with in "[a-zA-Z0-9._-]") {
            let token = keys(NEW).token(&ann()).unwrap();
            let at = at % token.len();
            let altered = format!("{}{with}{}", &token[..at], &token[at + 1..]);
            prop_assume!(altered != token);
            let read = keys(NEW).sign_in(&altered, NOW);
            // The last character of base64 has bits that mean nothing.
            prop_assert!(read.is_err() || read.is_ok_and(|read| read == ann()), "{}", altered);
        }

        #[test]
        fn no_token_panics(token in "\\PC{0,80}") {
            prop_assert!(keys(NEW).sign_in(&token, NOW).is_err());
        }
    }
}
