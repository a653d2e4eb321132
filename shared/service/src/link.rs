//! Links to our own pages. A link shows one object until the end of the next day.
//!
//! A browser has no API key, so the link itself authorises the request. It ends in `?access={tenant}.{day}.{code}`: the tenant, the last
//! day on which the link opens (UTC), and an HMAC-SHA-256 over both and the path. The link is the same all day, so a record does not seem
//! to change while an agent works on it.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use crm_domain::{TenantId, Timestamp, error::Error};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::strength::{WANTED_BITS, bits};

/// The environment variable that holds the secrets which links are signed with.
pub const LINK_SECRET: &str = "LINK_SECRET";
/// The query parameter with the access.
pub const ACCESS: &str = "access";
/// The text between the page's path and the access.
const BEFORE_ACCESS: &str = "?access=";
/// The shortest secret. A shorter one could be guessed.
const SHORTEST_SECRET: usize = 32;
/// How long a link opens after the day on which it was created, in seconds.
const ONE_MORE_DAY: i64 = 24 * 60 * 60;

/// The secrets that sign links. The first one signs new links, and all of them are accepted. Without any secret no link opens.
#[derive(Clone, Default)]
pub struct LinkKeys(Vec<String>);

impl LinkKeys {
    /// Reads the value of [`LINK_SECRET`]: secrets with white space between them, the newest first. To replace one without breaking
    /// the links of today, put the new one before it, and take it away two days later.
    ///
    /// # Errors
    /// A message for an operator, without the secrets.
    pub fn read(text: &str) -> Result<Self, String> {
        let secrets: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
        if secrets.is_empty() {
            return Err(format!("the environment variable {LINK_SECRET} is not set"));
        }
        if secrets.iter().any(|secret| secret.len() < SHORTEST_SECRET) {
            return Err(format!(
                "a secret in {LINK_SECRET} is shorter than {SHORTEST_SECRET} characters"
            ));
        }
        if secrets.iter().any(|secret| bits(secret) < WANTED_BITS) {
            return Err(format!(
                "a secret in {LINK_SECRET} can be guessed, since its characters repeat: draw one at random"
            ));
        }
        Ok(Self(secrets))
    }

    /// The path of one of our pages with access to it until the end of tomorrow; without access where there is no secret.
    pub fn sign(&self, path: &str, tenant: &TenantId, now: Timestamp) -> String {
        let claim = Claim {
            tenant: tenant.as_str(),
            last_day: &now.plus_seconds(ONE_MORE_DAY).iso_date(),
        };
        let Some(code) = self.0.first().and_then(|secret| claim.code(secret, path)) else {
            return path.to_owned();
        };
        let code = URL_SAFE_NO_PAD.encode(code.finalize().into_bytes());
        format!("{path}{BEFORE_ACCESS}{}.{}.{code}", claim.tenant, claim.last_day)
    }

    /// The tenant to which an access grants the path. The code is checked first, in constant time, before anything else about the link is
    /// used.
    ///
    /// # Errors
    /// [`Error::Unauthorized`] with the reason for the log. The reader does not learn it.
    pub fn open(&self, path: &str, access: &str, now: Timestamp) -> Result<TenantId, Error> {
        let (claim, code) = Claim::parse(access).ok_or(Error::Unauthorized("the link has no access"))?;
        if !self.has_signed(path, &claim, &code) {
            return Err(Error::Unauthorized("the link was altered, or signed with another secret"));
        }
        if claim.last_day < now.iso_date().as_str() {
            return Err(Error::Unauthorized("the link has expired"));
        }
        TenantId::parse(claim.tenant).ok_or(Error::Unauthorized("the link names no tenant"))
    }

    fn has_signed(&self, path: &str, claim: &Claim<'_>, code: &[u8]) -> bool {
        let mut codes = self.0.iter().filter_map(|secret| claim.code(secret, path));
        codes.any(|right| right.verify_slice(code).is_ok())
    }

    /// The newest secret's code of a text. `purpose` keeps codes of one kind from being codes of another; it does not begin with a
    /// slash, as what links sign does.
    pub(crate) fn code(&self, purpose: &str, text: &str) -> Option<String> {
        let code = code_of(self.0.first()?, &format!("{purpose}\n{text}"))?;
        Some(URL_SAFE_NO_PAD.encode(code.finalize().into_bytes()))
    }

    /// Whether a code is that of a text, by any of the secrets. In constant time.
    pub(crate) fn is_code(&self, code: &str, purpose: &str, text: &str) -> bool {
        let Ok(code) = URL_SAFE_NO_PAD.decode(code) else {
            return false;
        };
        let mut codes = self
            .0
            .iter()
            .filter_map(|secret| code_of(secret, &format!("{purpose}\n{text}")));
        codes.any(|right| right.verify_slice(&code).is_ok())
    }

    /// Whether a link is one of ours to the same page, with the access of this or another day.
    pub fn is_same_page(&self, link: &str, other: &str) -> bool {
        let page = link.split_once(BEFORE_ACCESS).map_or(link, |(page, _)| page);
        link == other || self.signed_page(other) == Some(page)
    }

    /// A link without its access, if the access is ours, whatever its day.
    fn signed_page<'link>(&self, link: &'link str) -> Option<&'link str> {
        let (page, access) = link.split_once(BEFORE_ACCESS)?;
        let (_, after_scheme) = page.split_once("://")?;
        let path = &after_scheme[after_scheme.find('/')?..];
        let (claim, code) = Claim::parse(access)?;
        self.has_signed(path, &claim, &code).then_some(page)
    }
}

/// No secret in a log.
impl fmt::Debug for LinkKeys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} secrets", self.0.len())
    }
}

/// The access of a link.
struct Claim<'a> {
    tenant: &'a str,
    /// As `2026-11-23`, which sorts by time.
    last_day: &'a str,
}

impl<'a> Claim<'a> {
    fn parse(access: &'a str) -> Option<(Self, Vec<u8>)> {
        let mut parts = access.split('.');
        let (tenant, last_day, code) = (parts.next()?, parts.next()?, parts.next()?);
        let code = URL_SAFE_NO_PAD.decode(code).ok()?;
        parts.next().is_none().then_some((Self { tenant, last_day }, code))
    }

    /// The code. The parts are separated by line breaks, which none of them contains.
    fn code(&self, secret: &str, path: &str) -> Option<Hmac<Sha256>> {
        code_of(secret, &format!("{path}\n{}\n{}", self.tenant, self.last_day))
    }
}

fn code_of(secret: &str, text: &str) -> Option<Hmac<Sha256>> {
    let hmac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok();
    hmac.map(|hmac| hmac.chain_update(text))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NEW: &str = "new-secret-of-at-least-32-characters";
    const OLD: &str = "old-secret-of-at-least-32-characters";
    const PATH: &str = "/agent/customer/C0SA49MC02NW";
    /// 2026-11-22, noon.
    const NOON: Timestamp = Timestamp::from_milliseconds(1_795_348_800_000);
    const DAY: i64 = 24 * 60 * 60;

    fn keys(text: &str) -> LinkKeys {
        LinkKeys::read(text).unwrap()
    }

    fn acme() -> TenantId {
        TenantId::parse("acme").unwrap()
    }

    fn access_of(link: &str) -> &str {
        link.split_once(BEFORE_ACCESS).unwrap().1
    }

    #[test]
    fn a_link_is_the_same_all_day_and_expires_within_two() {
        let keys = keys(NEW);
        let link = keys.sign(PATH, &acme(), NOON);
        assert!(link.starts_with(&format!("{PATH}?access=acme.2026-11-23.")), "{link}");
        let midnight = NOON.plus_seconds(DAY / 2);
        assert_eq!(keys.sign(PATH, &acme(), midnight.plus_seconds(-1)), link);
        assert_ne!(keys.sign(PATH, &acme(), midnight), link);
        let opens = |now| keys.open(PATH, access_of(&link), now).is_ok();
        assert!(opens(NOON) && opens(midnight.plus_seconds(DAY - 1)));
        assert!(!opens(midnight.plus_seconds(DAY)), "the second midnight ends it");
    }

    #[test]
    fn a_replaced_secret_opens_links_until_it_is_removed() {
        let link = keys(OLD).sign(PATH, &acme(), NOON);
        let open = |secrets: &str| keys(secrets).open(PATH, access_of(&link), NOON);
        assert_eq!(open(&format!("{NEW} {OLD}")).ok(), Some(acme()));
        assert!(open(NEW).is_err());
        assert_ne!(
            keys(&format!("{NEW}\n{OLD}")).sign(PATH, &acme(), NOON),
            link,
            "the new one signs"
        );
    }

    #[test]
    fn without_a_secret_nothing_is_signed_and_nothing_opens() {
        let none = LinkKeys::default();
        assert_eq!(none.sign(PATH, &acme(), NOON), PATH);
        let link = keys(NEW).sign(PATH, &acme(), NOON);
        assert!(none.open(PATH, access_of(&link), NOON).is_err());
        let repeated = "ab".repeat(20);
        for wrong in ["", "  ", "short", &format!("{NEW} short"), &repeated] {
            let text = LinkKeys::read(wrong).unwrap_err();
            assert!(text.contains(LINK_SECRET) && !text.contains("short "), "{text}");
        }
        assert!(!format!("{:?}", keys(NEW)).contains(NEW));
    }

    #[test]
    fn a_page_is_the_same_under_the_access_of_any_day() {
        let keys = keys(NEW);
        let on = |day: i64, path: &str| {
            let path = keys.sign(path, &acme(), NOON.plus_seconds(day * DAY));
            format!("https://crm.example{path}")
        };
        let today = on(0, PATH);
        assert!(keys.is_same_page(&today, &today) && keys.is_same_page(&today, &on(-400, PATH)));
        let other_host = today.replace("crm.", "evil.");
        let no_access = format!("https://crm.example{PATH}");
        for other in [
            &on(0, "/agent/customer/C00000000001"),
            &other_host,
            &no_access,
            "",
            "https://",
            PATH,
        ] {
            assert!(!keys.is_same_page(&today, other), "{other}");
        }
        for end in ["x", "xx", "xxx", "&a=1", "."] {
            assert!(!keys.is_same_page(&today, &format!("{today}{end}")), "{end}");
        }
        assert!(keys.is_same_page("https://own.example/a?access=b.c.d", "https://own.example/a?access=b.c.d"));
        assert!(!keys.is_same_page("https://own.example/a?access=b.c.d", "https://own.example/a?access=b.c.e"));
    }

    proptest! {
        #[test]
        fn an_altered_link_does_not_open(at in 0_usize..200, with in "[a-zA-Z0-9._-]") {
            let keys = keys(NEW);
            let link = keys.sign(PATH, &acme(), NOON);
            let at = at % link.len();
            let altered = format!("{}{with}{}", &link[..at], &link[at + 1..]);
            prop_assume!(altered != link);
            let (path, access) = altered.split_once(BEFORE_ACCESS).unwrap_or((&altered, ""));
            prop_assert!(keys.open(path, access, NOON).is_err(), "{}", altered);
        }

        #[test]
        fn no_access_panics(access in "\\PC{0,60}") {
            prop_assert!(keys(NEW).open(PATH, &access, NOON).is_err());
        }
    }
}
