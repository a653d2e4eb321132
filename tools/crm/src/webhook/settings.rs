//! The options of `crm tenant set` about where the tenant's changes are sent.

use clap::Args;
use crm_domain::{BusArn, EventBus, OutgoingUrl, PushTarget, Timestamp, Webhook, WebhookSecret};
use crm_service::webhook::new_secret;
use crm_store::Store;
use serde_json::{Value, json};

use crate::{Misuse, connection::failed, outgoing_address::OutgoingAddress, output::Output, tenant::on_or_off};

/// For how many hours a replaced secret signs beside the new one, unless the operator says something else.
const USUAL_HOURS: &str = "24";
const HOUR_SECONDS: i64 = 3_600;
const LONGEST_HOURS: i64 = 30 * 24;

/// The options.
#[derive(Debug, Args)]
pub struct PushSettings {
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
    /// The event bus of Amazon EventBridge that the tenant's changes are put on, instead of a webhook; "" for none. The template's
    /// parameter `EventBuses` must list it
    #[arg(long, value_name = "ARN", value_parser = bus, conflicts_with_all = ["webhook", "webhook_private", "webhook_rotate"])]
    event_bus: Option<BusSetting>,
}

#[derive(Debug, Clone)]
enum BusSetting {
    None,
    Bus(BusArn),
}

fn bus(text: &str) -> Result<BusSetting, String> {
    if text.is_empty() {
        return Ok(BusSetting::None);
    }
    let wrong = || "write the ARN of an event bus, such as arn:aws:events:eu-west-1:123456789012:event-bus/crm".to_owned();
    BusArn::parse(text).map(BusSetting::Bus).ok_or_else(wrong)
}

/// What the options make of the target.
pub struct Planned {
    /// Where changes are sent; `None` if nowhere any more.
    pub target: Option<PushTarget>,
    /// The new secret of a webhook, to be shown.
    secret: Option<String>,
    is_changed: bool,
}

impl PushSettings {
    /// What these options make of a target. Nothing is written.
    pub fn plan(&self, before: Option<PushTarget>, now: Timestamp, is_local: bool) -> anyhow::Result<Planned> {
        if let Some(setting) = &self.event_bus {
            return plan_bus(setting, before, now);
        }
        if self.webhook.is_none() && self.webhook_private.is_none() && self.webhook_rotate.is_none() {
            return Ok(Planned::unchanged(before));
        }
        // A new target goes on where the former one is, which the delivery knows.
        let (webhook, is_bus) = match before {
            Some(PushTarget::Webhook(webhook)) => (Some(webhook), false),
            Some(PushTarget::EventBus(_)) => (None, true),
            None => (None, false),
        };
        if is_bus && self.webhook.as_deref().is_none_or(str::is_empty) {
            return Err(
                Misuse("changes are put on an event bus, not sent to a webhook: --event-bus '' ends that".to_owned()).into(),
            );
        }
        let (webhook, secret) = self.plan_webhook(webhook, now)?;
        if let Some(webhook) = &webhook {
            self.check(webhook, is_local)?;
        }
        Ok(Planned {
            target: webhook.map(PushTarget::Webhook),
            secret,
            is_changed: true,
        })
    }

    fn plan_webhook(&self, before: Option<Webhook>, now: Timestamp) -> anyhow::Result<(Option<Webhook>, Option<String>)> {
        let (mut planned, mut secret) = (before, None);
        match (&self.webhook, &mut planned) {
            (Some(url), webhook) if url.is_empty() => *webhook = None,
            (Some(url), Some(webhook)) => webhook.url.clone_from(url),
            (Some(url), webhook) => {
                let value = new_secret().map_err(failed)?;
                secret = Some(value.clone());
                *webhook = Some(Webhook {
                    url: url.clone(),
                    private: false,
                    secrets: vec![WebhookSecret { value, until: None }],
                    since: now,
                });
            }
            (None, _) => {}
        }
        let Some(webhook) = &mut planned else {
            if self.webhook_private.is_some() || self.webhook_rotate.is_some() {
                return Err(Misuse("there is no webhook: --webhook URL sets one".to_owned()).into());
            }
            return Ok((planned, secret));
        };
        webhook.private = self.webhook_private.unwrap_or(webhook.private);
        if let (Some(hours), None) = (self.webhook_rotate, &secret) {
            let value = new_secret().map_err(failed)?;
            webhook.rotate(value.clone(), now.plus_seconds(hours * HOUR_SECONDS), now);
            secret = Some(value);
        }
        Ok((planned, secret))
    }

    /// Refuses an address that no function would call. A rotation does not look at an address that is set already.
    fn check(&self, webhook: &Webhook, is_local: bool) -> Result<(), Misuse> {
        webhook
            .check()
            .map_err(|wrong| Misuse(format!("--{} {}", wrong.name, wrong.message)))?;
        if self.webhook.is_none() && self.webhook_private.is_none() {
            return Ok(());
        }
        let address = OutgoingAddress {
            option: "--webhook",
            allowing: "--webhook-private on",
            url: &webhook.url,
            is_private_allowed: webhook.private,
            is_local,
        };
        address.check()
    }
}

fn plan_bus(setting: &BusSetting, before: Option<PushTarget>, now: Timestamp) -> anyhow::Result<Planned> {
    let target = match (setting, before) {
        (BusSetting::Bus(event_bus), before) => {
            let since = before.map_or(now, |before| before.since());
            let event_bus = event_bus.clone();
            Some(PushTarget::EventBus(EventBus { event_bus, since }))
        }
        (BusSetting::None, Some(PushTarget::Webhook(_))) => {
            return Err(Misuse("changes are sent to a webhook, not put on an event bus: --webhook '' ends that".to_owned()).into());
        }
        (BusSetting::None, _) => None,
    };
    Ok(Planned {
        target,
        secret: None,
        is_changed: true,
    })
}

impl Planned {
    /// A target that stays as it is.
    pub fn unchanged(target: Option<PushTarget>) -> Self {
        Self {
            target,
            secret: None,
            is_changed: false,
        }
    }

    /// Writes what is planned.
    pub async fn write(&self, store: &Store) -> anyhow::Result<()> {
        match &self.target {
            _ if !self.is_changed => Ok(()),
            Some(target) => store.push_target_put(target).await.map_err(failed),
            None => store.push_target_remove().await.map_err(failed),
        }
    }

    /// Shows the target, and its secret if it is new.
    pub fn show(&self, now: Timestamp, output: &mut Output) {
        let Some(target) = &self.target else { return };
        output.line(&format!("{:<16} {}", name(target), line(target, now)));
        if let Some(secret) = &self.secret {
            output.line(&format!("{:<16} {secret}", "secret"));
            output.line(&format!(
                "{:<16} it is shown this once, and signs what is sent from now on",
                ""
            ));
        }
    }

    /// The same as a member of the tenant's document, with its name.
    pub fn document(&self, now: Timestamp) -> Option<(&'static str, Value)> {
        let (member, mut target) = document(self.target.as_ref()?, now);
        if let Some(secret) = &self.secret {
            target["secret"] = json!(secret);
        }
        Some((member, target))
    }
}

/// What kind of target it is.
pub fn name(target: &PushTarget) -> &'static str {
    match target {
        PushTarget::Webhook(_) => "webhook",
        PushTarget::EventBus(_) => "event bus",
    }
}

/// A target in one line.
pub fn line(target: &PushTarget, now: Timestamp) -> String {
    match target {
        PushTarget::Webhook(webhook) => webhook_line(webhook, now),
        PushTarget::EventBus(bus) => format!("{}, since {}", bus.event_bus, bus.since.iso_seconds()),
    }
}

/// The same as a document, with the name of its member.
pub fn document(target: &PushTarget, now: Timestamp) -> (&'static str, Value) {
    match target {
        PushTarget::Webhook(webhook) => ("webhook", webhook_document(webhook, now)),
        PushTarget::EventBus(bus) => ("eventBus", json!({"arn": bus.event_bus, "since": bus.since.iso_seconds()})),
    }
}

/// A webhook in one line. Only the host of the URL is shown, since the rest may contain a secret.
fn webhook_line(webhook: &Webhook, now: Timestamp) -> String {
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

fn webhook_document(webhook: &Webhook, now: Timestamp) -> Value {
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

    fn options(webhook: Option<&str>, private: Option<bool>, rotate: Option<i64>) -> PushSettings {
        PushSettings {
            webhook: webhook.map(str::to_owned),
            webhook_private: private,
            webhook_rotate: rotate,
            event_bus: None,
        }
    }

    fn bus_option(text: &str) -> PushSettings {
        PushSettings {
            event_bus: Some(bus(text).unwrap()),
            ..options(None, None, None)
        }
    }

    fn webhook_of(planned: &Planned) -> Option<Webhook> {
        match &planned.target {
            Some(PushTarget::Webhook(webhook)) => Some(webhook.clone()),
            _ => None,
        }
    }

    fn refusal(options: &PushSettings, before: Option<PushTarget>) -> String {
        options.plan(before, NOW, false).err().unwrap().to_string()
    }

    #[track_caller]
    fn planned(options: &PushSettings, before: Option<&Webhook>) -> Planned {
        let before = before.cloned().map(PushTarget::Webhook);
        options.plan(before, NOW, false).unwrap()
    }

    #[test]
    fn a_secret_is_made_once_and_by_each_rotation() {
        let first = planned(&options(Some(URL), None, None), None);
        let webhook = webhook_of(&first).unwrap();
        assert_eq!(first.secret.as_deref(), Some(webhook.secrets[0].value.as_str()));
        let moved = planned(&options(Some("https://other.example/"), None, None), Some(&webhook));
        assert_eq!(
            (moved.secret.as_ref(), &webhook_of(&moved).unwrap().secrets),
            (None, &webhook.secrets)
        );
        let rotated = planned(&options(None, None, Some(24)), Some(&webhook));
        let secrets = webhook_of(&rotated).unwrap().secrets;
        assert_eq!(Some(&secrets[0].value), rotated.secret.as_ref());
        assert_eq!(
            (secrets[1].value.as_str(), secrets[1].until),
            (webhook.secrets[0].value.as_str(), Some(NOW.plus_seconds(86_400)))
        );
        let at_once = planned(&options(None, None, Some(0)), Some(&webhook));
        assert_eq!(webhook_of(&at_once).unwrap().secrets.len(), 1);
    }

    #[test]
    fn a_webhook_goes_with_an_empty_url_and_nothing_is_set_without_one() {
        let webhook = webhook_of(&planned(&options(Some(URL), None, None), None)).unwrap();
        assert!(planned(&options(Some(""), None, None), Some(&webhook)).target.is_none());
        for wrong in [
            options(None, Some(true), None),
            options(None, None, Some(1)),
            options(Some(""), Some(true), None),
        ] {
            let told = refusal(&wrong, None);
            assert!(told.contains("--webhook URL"), "{told}");
        }
        let nothing = planned(&options(None, None, None), Some(&webhook));
        assert!(!nothing.is_changed && webhook_of(&nothing) == Some(webhook));
    }

    #[test]
    fn plain_http_needs_a_private_network_and_only_the_host_is_shown() {
        let http = "http://10.0.0.7:8080/crm?key=xyzzy";
        let refused = refusal(&options(Some(http), None, None), None);
        assert!(
            refused.contains("--webhook must be an https address") && !refused.contains("xyzzy"),
            "{refused}"
        );
        let private = planned(&options(Some(http), Some(true), None), None);
        assert_eq!(
            line(private.target.as_ref().unwrap(), NOW),
            "10.0.0.7:8080, also in a private network, since 2026-11-22T00:00:00Z"
        );
        assert!(!private.document(NOW).unwrap().1.to_string().contains("xyzzy"));
    }

    #[test]
    fn an_internal_address_is_refused_at_once_and_again_if_private_networks_are_no_longer_allowed() {
        let inside = "https://10.0.0.7/crm?key=xyzzy";
        let refused = refusal(&options(Some(inside), None, None), None);
        assert!(refused.contains("private network") && !refused.contains("xyzzy"), "{refused}");
        let allowed = planned(&options(Some(inside), Some(true), None), None);
        let webhook = webhook_of(&allowed).unwrap();
        let refused = refusal(&options(None, Some(false), None), allowed.target);
        assert!(refused.contains("private network"), "{refused}");
        let rotated = planned(&options(None, None, Some(1)), Some(&webhook));
        assert_eq!(webhook_of(&rotated).unwrap().secrets.len(), 2);
    }

    #[test]
    fn a_bus_takes_the_place_of_a_webhook_and_the_other_way_round() {
        let arn = "arn:aws:events:eu-west-1:123456789012:event-bus/crm";
        let webhook = webhook_of(&planned(&options(Some(URL), None, None), None)).unwrap();
        let later = NOW.plus_seconds(60);
        let before = Some(PushTarget::Webhook(webhook));
        let moved = bus_option(arn).plan(before.clone(), later, false).unwrap();
        let shown = json!({"arn": arn, "since": NOW.iso_seconds()});
        assert_eq!(
            moved.document(NOW),
            Some(("eventBus", shown)),
            "it goes on from where the webhook is"
        );
        let back = options(Some(URL), None, None)
            .plan(moved.target.clone(), later, false)
            .unwrap();
        assert!(webhook_of(&back).is_some() && back.secret.is_some());
        assert!(
            bus_option("")
                .plan(moved.target.clone(), NOW, false)
                .unwrap()
                .target
                .is_none()
        );
        for wrong in [options(Some(""), None, None), options(None, None, Some(1))] {
            assert!(refusal(&wrong, moved.target.clone()).contains("--event-bus ''"));
        }
        assert!(refusal(&bus_option(""), before).contains("--webhook ''"));
        assert!(bus("crm").unwrap_err().contains("ARN"));
    }
}
