//! `crm webhook`: tries the tenant's webhook or event bus, shows how far the delivery is, and sends changes again.

pub mod settings;

use std::time::Instant;

use aws_config::BehaviorVersion;
use clap::{Args, Subcommand};
use crm_domain::{PushTarget, TenantId, Timestamp};
use crm_outgoing::{Caller, Event, EventBusCaller, Guard, aws::Account};
use crm_service::{
    NOTICES_KEPT_DAYS, NoticePlace,
    webhook::{ATTEMPT, Message, Recipient},
};
use crm_store::{Delivery, Store, Undelivered, Undelivereds, clock};
use serde_json::{Value, json};

use crate::{
    Exit, Misuse,
    connection::{Connection, failed, wait},
    keys::time,
    output::{Output, Tone, plural},
};

const NO_TARGET: &str =
    "this tenant has no webhook and no event bus: `crm tenant set --webhook URL` or `crm tenant set --event-bus ARN` sets one";
/// The largest number of undelivered changes that are shown of a kind.
const MOST_SHOWN: usize = 10;
const DAY_SECONDS: i64 = 86_400;

const EXAMPLES: &str = "\
Examples:
  crm tenant set --webhook https://hooks.example.com/crm
  crm tenant set --event-bus arn:aws:events:eu-west-1:123456789012:event-bus/crm
  crm webhook test
  crm webhook status
  crm webhook replay --from 2027-01-31T08:00:00Z

Exit codes:
  0  the endpoint or bus accepted, or nothing is wrong
  1  it did not accept, or changes were given up";

/// The command's arguments.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    #[command(flatten)]
    connection: Connection,
    /// The subcommand.
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Send a message of the type webhook.test from this machine, signed as changes are; an event needs this machine's AWS credentials
    Test,
    /// Show how far the delivery is, what waits, and what was given up
    Status,
    /// Send all changes since a time again, also those that were given up, and go on with a delivery that was
    Replay {
        /// An ISO 8601 time of the last 30 days
        #[arg(long, value_parser = time, value_name = "TIME")]
        from: Timestamp,
    },
}

/// Runs the subcommand.
pub fn run(arguments: &Arguments, output: &mut Output) -> anyhow::Result<Exit> {
    let connection = &arguments.connection;
    wait(async {
        let (_, store) = match arguments.action {
            Action::Test | Action::Status => connection.open().await?,
            Action::Replay { .. } => connection.open_to_write(output).await?,
        };
        let target = store.push_target_get().await.map_err(failed)?;
        let missing = || Misuse(NO_TARGET.to_owned());
        let target = target.ok_or_else(missing)?;
        let tenant = connection.tenant()?;
        let of = Of {
            store: &store,
            tenant: &tenant,
            target: &target,
        };
        match arguments.action {
            Action::Test => of.test(connection.is_local(), output).await,
            Action::Status => of.status(output).await,
            Action::Replay { from } => of.replay(from, output).await,
        }
    })
}

/// A tenant's target.
struct Of<'a> {
    store: &'a Store,
    tenant: &'a TenantId,
    target: &'a PushTarget,
}

impl Of<'_> {
    fn recipient(&self) -> Recipient<'_> {
        Recipient {
            store: self.store,
            tenant: self.tenant,
            target: self.target,
        }
    }

    async fn test(&self, is_local: bool, output: &mut Output) -> anyhow::Result<Exit> {
        let message = self.recipient().test_message(clock::now());
        let begun = Instant::now();
        let sent = self.send(&message, is_local).await;
        let milliseconds = begun.elapsed().as_millis();
        let line = settings::line(self.target, clock::now());
        let (exit, tone, text) = match &sent {
            Ok(()) => (Exit::Passed, Tone::Good, format!("accepted in {milliseconds} ms: {line}")),
            Err(reason) => (Exit::Failed, Tone::Bad, format!("not accepted, {reason}: {line}")),
        };
        output.line(&output.tinted(tone, &text));
        output.document(&json!({
            "accepted": sent.is_ok(),
            "reason": sent.err(),
            "id": message.id,
            "milliseconds": u64::try_from(milliseconds).unwrap_or(u64::MAX),
        }));
        Ok(exit)
    }

    /// Sends a message as the function does, with this machine's credentials where AWS asks for some.
    async fn send(&self, message: &Message, is_local: bool) -> Result<(), String> {
        let caller = Caller::new(Guard {
            allows_private: self.target.may_be_private(),
            is_local,
        });
        match self.target {
            PushTarget::Webhook(webhook) => {
                let attempt = message.signed(webhook, clock::now());
                caller.post(&webhook.url, &attempt.headers(), &message.body, ATTEMPT).await
            }
            PushTarget::EventBus(bus) => {
                let configuration = aws_config::defaults(BehaviorVersion::latest()).load().await;
                let credentials = configuration.credentials_provider().ok_or("there are no AWS credentials")?;
                let bus = EventBusCaller {
                    caller: &caller,
                    account: &Account::new(credentials),
                    bus: &bus.event_bus,
                };
                let event = Event {
                    kind: message.kind,
                    at: message.at,
                    detail: &message.body,
                };
                bus.put(event, ATTEMPT).await
            }
        }
    }

    async fn status(&self, output: &mut Output) -> anyhow::Result<Exit> {
        let now = clock::now();
        let delivery = self.recipient().delivery().await.map_err(failed)?;
        let waiting = self.store.undelivered(Undelivereds::Waiting).await.map_err(failed)?;
        let parked = self.store.undelivered(Undelivereds::Parked).await.map_err(failed)?;
        output.line(&format!(
            "{:<12} {}",
            settings::name(self.target),
            settings::line(self.target, now)
        ));
        for (what, text) in told(&delivery) {
            output.line(&format!("{what:<12} {text}"));
        }
        list("waiting", &waiting, output);
        list("given up", &parked, output);
        let (member, target) = settings::document(self.target, now);
        output.document(&json!({
            member: target,
            "deliveredUntil": delivery.cursor.at.iso_milliseconds(),
            "accepted": delivery.accepted.map(Timestamp::iso_seconds),
            "failing": delivery.failing.as_ref().map(|failing| json!({
                "since": failing.since.iso_seconds(),
                "tries": failing.tries,
                "next": failing.next.iso_seconds(),
                "reason": failing.reason,
            })),
            "stopped": delivery.stopped.map(Timestamp::iso_seconds),
            "waiting": documents(&waiting),
            "parked": documents(&parked),
        }));
        let is_well = delivery.stopped.is_none() && parked.is_empty();
        Ok(if is_well { Exit::Passed } else { Exit::Failed })
    }

    async fn replay(&self, from: Timestamp, output: &mut Output) -> anyhow::Result<Exit> {
        let now = clock::now();
        if from < now.plus_seconds(-NOTICES_KEPT_DAYS * DAY_SECONDS) || from > now {
            return Err(Misuse(format!("--from must be a time of the last {NOTICES_KEPT_DAYS} days")).into());
        }
        let before_from = Timestamp::from_milliseconds(from.milliseconds() - 1);
        let begun = self.store.delivery_replay(NoticePlace::after(before_from), now).await;
        if begun.map_err(failed)?.is_none() {
            return Err(Misuse("nothing was delivered yet, so there is nothing to send again".to_owned()).into());
        }
        output.line(&format!(
            "all changes since {} are sent again, within a minute or two; the receiver knows them by their ids",
            from.iso_seconds()
        ));
        output.document(&json!({"from": from.iso_seconds()}));
        Ok(Exit::Passed)
    }
}

/// How far the delivery is, in lines.
fn told(delivery: &Delivery) -> Vec<(&'static str, String)> {
    let accepted = delivery
        .accepted
        .map_or_else(|| "nothing yet".to_owned(), |at| format!("last at {}", at.iso_seconds()));
    let mut lines = vec![
        ("accepted", accepted),
        ("reached", format!("the changes of {}", delivery.cursor.at.iso_milliseconds())),
    ];
    if let Some(failing) = &delivery.failing {
        let since = failing.since.iso_seconds();
        let attempts = plural(u64::from(failing.tries), "attempt");
        lines.push(("failing", format!("since {since}, {attempts}: {}", failing.reason)));
        match delivery.stopped {
            None => lines.push(("next", failing.next.iso_seconds())),
            Some(at) => lines.push((
                "given up",
                format!(
                    "at {}: repair what is wrong there, then `crm webhook replay --from {since}`",
                    at.iso_seconds()
                ),
            )),
        }
    }
    lines
}

fn list(what: &str, undelivered: &[Undelivered], output: &mut Output) {
    if undelivered.is_empty() {
        return;
    }
    output.line(&format!("{what:<12} {}", plural(undelivered.len() as u64, "change")));
    for one in undelivered.iter().take(MOST_SHOWN) {
        let records: Vec<String> = one.notice.subjects().collect();
        output.line(&format!(
            "  {}  {}  {}  {}: {}",
            one.place,
            one.notice.kind.name(),
            records.join(" "),
            plural(u64::from(one.failing.tries), "attempt"),
            one.failing.reason
        ));
    }
    if undelivered.len() > MOST_SHOWN {
        output.line("  …");
    }
}

fn documents(undelivered: &[Undelivered]) -> Vec<Value> {
    let document = |one: &Undelivered| {
        json!({
            "id": one.place.to_string(),
            "kind": one.notice.kind.name(),
            "customer": one.notice.customer,
            "case": one.notice.case,
            "since": one.failing.since.iso_seconds(),
            "tries": one.failing.tries,
            "next": one.failing.next.iso_seconds(),
            "reason": one.failing.reason,
        })
    };
    undelivered.iter().map(document).collect()
}
