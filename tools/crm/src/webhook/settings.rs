//! The options of `crm tenant set` about the tenant's webhook.

use clap::Args;
use crm_domain::{OutgoingUrl, Timestamp, Webhook, WebhookSecret};
use crm_service::webhook::new_secret;
use crm_store::Store;
use serde_json::{Value, json};

use crate::{Misuse, connection::failed, output::Output, tenant::on_or_off};

/// For how many hours a replaced secret signs beside the new one, unless the operator says something else.
const USUAL_HOURS: &str = "24";
const HOUR_SECONDS: i64 = 3_600;
const LONGEST_HOURS: i64 = 30 * 24;

/// The options.
#[derive(Debug, Args)]
pub struct WebhookSettings {
    /// The URL that the tenant's changes are sent to; "" for none. The first time, a secret that signs them is made and shown, once
    #[arg(long, value_name = "URL")]
    webhook: Option<String>,
    /// Whether that URL may be http and in a private network, as for --brand-sync-private
    #[arg(long, value_name = "on|off", value_parser = on_or_off)]
    webhook_private: Option<bool>,
    /// Make a new secret and show it, once. The one before signs beside it for so many hours, which are 24 if none are given
    #[arg(long, value_name = "HOURS", num_args = 0..=1, default_missing_value = USUAL_HOURS,
        value_parser = clap::value_parser!(i64).range(0..=LONGEST_HOURS))]
    webhook_rotate: Option<i64>,
}

/// What the options make of the webhook.
pub struct Planned {
    /// The webhook; `None` if there is none any more.
    pub webhook: Option<Webhook>,
    /// Its new secret, to be shown.
    secret: Option<String>,
    is_changed: bool,
}

impl WebhookSettings {
    /// What these options make of a webhook. Nothing is written.
    pub fn plan(&self, before: Option<Webhook>, now: Timestamp) -> anyhow::Result<Planned> {
        let is_changed = self.webhook.is_some() || self.webhook_private.is_some() || self.webhook_rotate.is_some();
        let mut planned = Planned {
            is_changed,
            ..Planned::unchanged(before)
        };
        if !is_changed {
            return Ok(planned);
        }
        match (&self.webhook, &mut planned.webhook) {
            (Some(url), webhook) if url.is_empty() => *webhook = None,
            (Some(url), Some(webhook)) => webhook.url.clone_from(url),
            (Some(url), webhook) => {
                let value = new_secret().map_err(failed)?;
                planned.secret = Some(value.clone());
                *webhook = Some(Webhook {
                    url: url.clone(),
                    private: false,
                    secrets: vec![WebhookSecret { value, until: None }],
                    since: now,
                });
            }
            (None, _) => {}
        }
        let Some(webhook) = &mut planned.webhook else {
            if self.webhook_private.is_some() || self.webhook_rotate.is_some() {
                return Err(Misuse("there is no webhook: --webhook URL sets one".to_owned()).into());
            }
            return Ok(planned);
        };
        webhook.private = self.webhook_private.unwrap_or(webhook.private);
        if let (Some(hours), None) = (self.webhook_rotate, &planned.secret) {
            let value = new_secret().map_err(failed)?;
            webhook.rotate(value.clone(), now.plus_seconds(hours * HOUR_SECONDS), now);
            planned.secret = Some(value);
        }
        webhook
            .check()
            .map_err(|wrong| Misuse(format!("--{} {}", wrong.name, wrong.message)))?;
        Ok(planned)
    }
}

impl Planned {
    /// A webhook that stays as it is.
    pub fn unchanged(webhook: Option<Webhook>) -> Self {
        Self {
            webhook,
            secret: None,
            is_changed: false,
        }
    }

    /// Writes what is planned.
    pub async fn write(&self, store: &Store) -> anyhow::Result<()> {
        match &self.webhook {
            _ if !self.is_changed => Ok(()),
            Some(webhook) => store.webhook_put(webhook).await.map_err(failed),
            None => store.webhook_remove().await.map_err(failed),
        }
    }

    /// Shows the webhook, and its secret if it is new.
    pub fn show(&self, now: Timestamp, output: &mut Output) {
        let Some(webhook) = &self.webhook else { return };
        output.line(&format!("{:<16} {}", "webhook", line(webhook, now)));
        if let Some(secret) = &self.secret {
            output.line(&format!("{:<16} {secret}", "secret"));
            output.line(&format!(
                "{:<16} it is shown this once, and signs what is sent from now on",
                ""
            ));
        }
    }

    /// The same as a member of the tenant's document.
    pub fn document(&self, now: Timestamp) -> Option<Value> {
        let mut webhook = document(self.webhook.as_ref()?, now);
        if let Some(secret) = &self.secret {
            webhook["secret"] = json!(secret);
        }
        Some(webhook)
    }
}

/// A webhook in one line. Only the host of the URL is shown, since the rest may contain a secret.
pub fn line(webhook: &Webhook, now: Timestamp) -> String {
    let network = if webhook.private { ", also in a private network" } else { "" };
    let host = OutgoingUrl(&webhook.url).host();
    let ends = webhook
        .secrets
        .iter()
        .filter_map(|secret| secret.until)
        .filter(|until| *until > now);
    let others: Vec<String> = ends
        .map(|until| format!("; a former secret signs until {}", until.iso_seconds()))
        .collect();
    let others = others.concat();
    format!("{host}{network}, since {}{others}", webhook.since.iso_seconds())
}

/// The same as a document.
pub fn document(webhook: &Webhook, now: Timestamp) -> Value {
    json!({
        "host": OutgoingUrl(&webhook.url).host(),
        "private": webhook.private,
        "since": webhook.since.iso_seconds(),
        "secrets": webhook.secrets_at(now).count(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_milliseconds(1_795_305_600_000);
    const URL: &str = "https://hooks.example/crm?key=xyzzy";

    fn options(webhook: Option<&str>, private: Option<bool>, rotate: Option<i64>) -> WebhookSettings {
        WebhookSettings {
            webhook: webhook.map(str::to_owned),
            webhook_private: private,
            webhook_rotate: rotate,
        }
    }

    #[track_caller]
    fn planned(options: &WebhookSettings, before: Option<&Webhook>) -> Planned {
        options.plan(before.cloned(), NOW).unwrap()
    }

    #[test]
    fn a_secret_is_made_once_and_by_each_rotation() {
        let first = planned(&options(Some(URL), None, None), None);
        let webhook = first.webhook.clone().unwrap();
        assert_eq!(first.secret.as_deref(), Some(webhook.secrets[0].value.as_str()));
        let moved = planned(&options(Some("https://other.example/"), None, None), Some(&webhook));
        assert_eq!(
            (moved.secret.as_ref(), &moved.webhook.unwrap().secrets),
            (None, &webhook.secrets)
        );
        let rotated = planned(&options(None, None, Some(24)), Some(&webhook));
        let secrets = rotated.webhook.unwrap().secrets;
        assert_eq!(Some(&secrets[0].value), rotated.secret.as_ref());
        assert_eq!(
            (secrets[1].value.as_str(), secrets[1].until),
            (webhook.secrets[0].value.as_str(), Some(NOW.plus_seconds(86_400)))
        );
        let at_once = planned(&options(None, None, Some(0)), Some(&webhook));
        assert_eq!(at_once.webhook.unwrap().secrets.len(), 1);
    }

    #[test]
    fn a_webhook_goes_with_an_empty_url_and_nothing_is_set_without_one() {
        let webhook = planned(&options(Some(URL), None, None), None).webhook.unwrap();
        assert!(planned(&options(Some(""), None, None), Some(&webhook)).webhook.is_none());
        for wrong in [
            options(None, Some(true), None),
            options(None, None, Some(1)),
            options(Some(""), Some(true), None),
        ] {
            let told = wrong.plan(None, NOW).err().unwrap().to_string();
            assert!(told.contains("--webhook URL"), "{told}");
        }
        let nothing = planned(&options(None, None, None), Some(&webhook));
        assert!(!nothing.is_changed && nothing.webhook == Some(webhook));
    }

    #[test]
    fn plain_http_needs_a_private_network_and_only_the_host_is_shown() {
        let http = "http://10.0.0.7:8080/crm?key=xyzzy";
        let refused = options(Some(http), None, None).plan(None, NOW).err().unwrap().to_string();
        assert!(
            refused.contains("--webhook must be an https address") && !refused.contains("xyzzy"),
            "{refused}"
        );
        let private = planned(&options(Some(http), Some(true), None), None);
        let webhook = private.webhook.clone().unwrap();
        assert_eq!(
            line(&webhook, NOW),
            "10.0.0.7:8080, also in a private network, since 2026-11-22T00:00:00Z"
        );
        assert!(!private.document(NOW).unwrap().to_string().contains("xyzzy"));
    }
}
