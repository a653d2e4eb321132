//! A tenant's webhook: where its changes are sent, and the secrets that sign them (decision 0047).

use std::{fmt, ops::Not};

use serde::{Deserialize, Serialize};

use crate::{Timestamp, error::FieldError};

/// The longest URL of another system, in bytes.
const LONGEST_URL: usize = 2_048;

/// A URL of another system of the company's that functions call. It may contain a secret.
#[derive(Clone, Copy)]
pub struct OutgoingUrl<'a>(pub &'a str);

impl<'a> OutgoingUrl<'a> {
    /// Whether it is encrypted, or plain http where private networks are allowed.
    pub fn is_good(self, allows_private: bool) -> bool {
        let is_web = self.0.starts_with("https://") || (allows_private && self.0.starts_with("http://"));
        is_web && self.0.len() <= LONGEST_URL && url::Url::parse(self.0).is_ok_and(|url| url.has_host())
    }

    /// Its host and port, which is all of it that may be shown.
    pub fn host(self) -> &'a str {
        let authority = self.0.split('/').nth(2).unwrap_or_default();
        let end = authority.find(['?', '#']).unwrap_or(authority.len());
        authority[..end].rsplit('@').next().unwrap_or_default()
    }
}

/// A secret that signs what is sent: `whsec_` and Base64 (Standard Webhooks).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookSecret {
    /// The secret.
    pub value: String,
    /// Until when it signs; for ever if nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// No secret in a log.
impl fmt::Debug for WebhookSecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "a secret until {:?}", self.until)
    }
}

/// Where a tenant's changes are sent.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Webhook {
    /// The URL. It may contain a secret.
    pub url: String,
    /// Whether the URL may be plain http and in a private network.
    #[serde(default, skip_serializing_if = "<&bool>::not")]
    pub private: bool,
    /// The secrets, the newest first. Each of them signs.
    pub secrets: Vec<WebhookSecret>,
    /// When it was set up. Earlier changes are not sent unless an operator asks for them.
    pub since: Timestamp,
}

/// No URL in a log.
impl fmt::Debug for Webhook {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "a webhook at {}", OutgoingUrl(&self.url).host())
    }
}

impl Webhook {
    /// The secrets that sign at this time, the newest first.
    pub fn secrets_at(&self, now: Timestamp) -> impl Iterator<Item = &str> {
        let signs = move |secret: &&WebhookSecret| secret.until.is_none_or(|until| until > now);
        self.secrets.iter().filter(signs).map(|secret| secret.value.as_str())
    }

    /// Makes this secret the newest. Those before sign until a time, and expired ones go.
    pub fn rotate(&mut self, value: String, keep_until: Timestamp, now: Timestamp) {
        let until = |secret: WebhookSecret| WebhookSecret {
            until: Some(secret.until.unwrap_or(keep_until).min(keep_until)),
            ..secret
        };
        let newest = WebhookSecret { value, until: None };
        let before = std::mem::take(&mut self.secrets).into_iter().map(until);
        let before = before.filter(|secret| secret.until.is_none_or(|until| until > now));
        self.secrets = std::iter::once(newest).chain(before).collect();
    }

    /// Checks that functions can work with it.
    ///
    /// # Errors
    /// What is wrong with the URL.
    pub fn check(&self) -> Result<(), FieldError> {
        if OutgoingUrl(&self.url).is_good(self.private) {
            return Ok(());
        }
        Err(FieldError::new(
            "webhook",
            "must be an https address; http is allowed only with --webhook-private on",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_milliseconds(1_795_305_600_000);

    fn webhook(url: &str, private: bool) -> Webhook {
        Webhook {
            url: url.to_owned(),
            private,
            secrets: vec![WebhookSecret {
                value: "whsec_one".to_owned(),
                until: None,
            }],
            since: NOW,
        }
    }

    #[test]
    fn a_url_is_encrypted_unless_private_addresses_are_allowed() {
        for (url, private, wanted) in [
            ("https://hooks.example/crm?key=1", false, true),
            ("http://hooks.example/", false, false),
            ("http://hooks.example/", true, true),
            ("ftp://hooks.example/", true, false),
            ("https://", false, false),
            ("hooks.example", true, false),
        ] {
            assert_eq!(webhook(url, private).check().is_ok(), wanted, "{url}");
        }
    }

    #[test]
    fn only_the_host_is_shown() {
        for (url, host) in [
            (
                "https://secret:secret@hooks.example:8443/secret?key=secret",
                "hooks.example:8443",
            ),
            ("https://hooks.example?key=secret", "hooks.example"),
            ("https://hooks.example#secret", "hooks.example"),
            ("nonsense", ""),
        ] {
            assert_eq!(OutgoingUrl(url).host(), host);
            let shown = format!("{:?}", webhook(url, false));
            assert!(!shown.contains("secret") && !shown.contains("whsec"), "{shown}");
        }
        assert!(!format!("{:?}", webhook("", false).secrets).contains("whsec"));
    }

    #[test]
    fn a_replaced_secret_signs_until_its_time_and_goes_with_the_next_one() {
        let mut webhook = webhook("https://hooks.example/", false);
        let later = |hours: i64| NOW.plus_seconds(hours * 3_600);
        webhook.rotate("whsec_two".to_owned(), later(24), NOW);
        let at = |webhook: &Webhook, now| webhook.secrets_at(now).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(at(&webhook, later(23)), ["whsec_two", "whsec_one"]);
        assert_eq!(at(&webhook, later(24)), ["whsec_two"]);
        webhook.rotate("whsec_three".to_owned(), later(1), later(0));
        assert_eq!(at(&webhook, later(0)), ["whsec_three", "whsec_two", "whsec_one"]);
        assert_eq!(
            at(&webhook, later(2)),
            ["whsec_three"],
            "no secret signs longer than was said last"
        );
        webhook.rotate("whsec_four".to_owned(), later(4), later(3));
        assert_eq!(webhook.secrets.len(), 2, "expired ones are gone");
    }
}
