//! Signatures by Standard Webhooks (standardwebhooks.com): HMAC-SHA-256 over the message's id, the time of the attempt, and the body.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use crm_domain::{Timestamp, error::Error};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// The header with the message's id, which is the same at every attempt.
pub const WEBHOOK_ID: &str = "webhook-id";
/// The header with the time of the attempt, in seconds since 1970.
pub const WEBHOOK_TIMESTAMP: &str = "webhook-timestamp";
/// The header with the signatures.
pub const WEBHOOK_SIGNATURE: &str = "webhook-signature";
/// What a secret begins with.
const SECRET: &str = "whsec_";
/// What a signature begins with.
const VERSION: &str = "v1,";
/// How many random bytes a secret has. The specification asks for 24 to 64.
const SECRET_BYTES: usize = 32;
/// How far the time of an attempt may be from a receiver's, in seconds.
const TOLERANCE: i64 = 5 * 60;

/// Draws a secret.
///
/// # Errors
/// There are no random bits.
pub fn new_secret() -> Result<String, Error> {
    let mut bytes = [0; SECRET_BYTES];
    getrandom::fill(&mut bytes).map_err(|error| Error::internal("draw a secret", error.to_string()))?;
    Ok(format!("{SECRET}{}", STANDARD.encode(bytes)))
}

/// The value of [`WEBHOOK_SIGNATURE`]: a signature by each secret, with spaces between them.
pub fn signatures<'a>(secrets: impl Iterator<Item = &'a str>, id: &str, at: Timestamp, body: &str) -> String {
    let signed = secrets.filter_map(|secret| Some(hmac(secret, id, at.seconds(), body)?.finalize().into_bytes()));
    let signatures: Vec<String> = signed.map(|code| format!("{VERSION}{}", STANDARD.encode(code))).collect();
    signatures.join(" ")
}

/// The headers of a received message that count for its signature.
#[derive(Debug, Clone, Copy)]
pub struct Signed<'a> {
    /// The value of [`WEBHOOK_ID`].
    pub id: &'a str,
    /// The value of [`WEBHOOK_TIMESTAMP`].
    pub timestamp: &'a str,
    /// The value of [`WEBHOOK_SIGNATURE`].
    pub signatures: &'a str,
}

impl Signed<'_> {
    /// Whether the message was signed with this secret, about now. Signatures are compared in constant time.
    pub fn is_by(&self, secret: &str, body: &str, now: Timestamp) -> bool {
        let Ok(at) = self.timestamp.parse::<i64>() else {
            return false;
        };
        if (now.seconds() - at).abs() > TOLERANCE {
            return false;
        }
        let is_right = |signature: &str| {
            let code = signature.strip_prefix(VERSION).and_then(|code| STANDARD.decode(code).ok());
            code.is_some_and(|code| hmac(secret, self.id, at, body).is_some_and(|right| right.verify_slice(&code).is_ok()))
        };
        self.signatures.split(' ').any(is_right)
    }
}

fn hmac(secret: &str, id: &str, seconds: i64, body: &str) -> Option<Hmac<Sha256>> {
    let key = STANDARD.decode(secret.strip_prefix(SECRET)?).ok()?;
    let hmac = Hmac::<Sha256>::new_from_slice(&key).ok()?;
    Some(hmac.chain_update(format!("{id}.{seconds}.{body}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
    /// 2026-11-22.
    const AT: Timestamp = Timestamp::from_milliseconds(1_795_305_600_000);

    fn signed(signatures: &str) -> Signed<'_> {
        Signed {
            id: "1",
            timestamp: "1795305600",
            signatures,
        }
    }

    #[test]
    fn a_secret_is_as_the_specification_wants_it() {
        let secret = new_secret().unwrap();
        let bytes = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
        assert!((24..=64).contains(&bytes.len()), "{}", bytes.len());
        assert_ne!(secret, new_secret().unwrap());
    }

    /// The example of the specification's reference libraries.
    #[test]
    fn a_signature_is_that_of_the_reference() {
        let (secret, id) = ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek");
        let at = Timestamp::from_milliseconds(1_614_265_330_000);
        let found = signatures([secret].into_iter(), id, at, r#"{"test": 2432232314}"#);
        assert_eq!(found, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn each_secret_signs_and_any_of_them_verifies() {
        let new = new_secret().unwrap();
        let found = signatures([new.as_str(), OLD].into_iter(), "1", AT, "{}");
        assert_eq!(found.split(' ').count(), 2);
        for secret in [new.as_str(), OLD] {
            assert!(signed(&found).is_by(secret, "{}", AT));
            assert!(!signed(&found).is_by(secret, "{ }", AT), "another body");
            assert!(
                !Signed {
                    id: "2",
                    ..signed(&found)
                }
                .is_by(secret, "{}", AT),
                "another id"
            );
            let late = AT.plus_seconds(TOLERANCE + 1);
            assert!(!signed(&found).is_by(secret, "{}", late), "too late");
        }
        assert!(!signed(&found).is_by(&new_secret().unwrap(), "{}", AT));
        for wrong in ["", "v1,", "v1,AAAA", "v2,AAAA", "nonsense"] {
            assert!(!signed(wrong).is_by(OLD, "{}", AT), "{wrong}");
        }
    }
}
