//! Sends changes to the tenants' webhooks and event buses (decisions 0047 and 0052). No request calls this function: AWS does by a
//! schedule, and when the table's stream has notices.

use std::{
    sync::OnceLock,
    time::{Duration, Instant},
};

use crm_domain::{PushTarget, TenantId, error::Error};
use crm_lambda::{
    local::is_local_stack,
    tasks::{self, Call, Done, Wake, Worker},
};
use crm_outgoing::{Caller, Event, EventBusCaller, Guard, aws::Account};
use crm_service::webhook::{ATTEMPT, Delivered, Message, Recipient};
use crm_store::{Database, LAG, NoticePlace, clock};
use futures::{StreamExt as _, stream};
use serde_json::{Value, json};

/// How many tenants' changes are sent at once. Endpoints that do not answer occupy as many at most, each for one attempt.
const AT_ONCE: usize = 32;
/// For how long one call sends at most.
const LONGEST: Duration = Duration::from_secs(40);
/// The part of a call's time that is reserved for writing down what was done.
const TO_WRITE: Duration = Duration::from_secs(5);
/// How often it is looked whether another call has finished.
const POLL: Duration = Duration::from_secs(1);

/// The function.
pub static DELIVER_CHANGES: Worker = Worker {
    task: &tasks::DELIVER_CHANGES,
    work: |call| Box::pin(deliver_changes(call)),
};

/// Sends what is due: all tenants' changes, or those of the tenants that have new ones.
///
/// # Errors
/// The table cannot be used. All other tenants' changes were sent nevertheless.
pub async fn deliver_changes(call: Call) -> Done {
    let end = Instant::now() + call.time.saturating_sub(ATTEMPT + TO_WRITE).min(LONGEST);
    let mut targets = call.database.push_targets().await?;
    if let Wake::Changes(last) = &call.wake {
        targets.retain(|(tenant, _)| last.contains_key(tenant));
        let newest = last
            .iter()
            .filter(|(tenant, _)| targets.iter().any(|(known, _)| known == *tenant));
        wait_until_readable(newest.map(|(_, place)| *place).max()).await;
    }
    let waits = matches!(call.wake, Wake::Changes(_));
    let sent = stream::iter(targets).map(|(tenant, target)| send_to(&call.database, tenant, target, end, waits));
    let lines: Vec<Result<Option<Value>, Error>> = sent.buffer_unordered(AT_ONCE).collect().await;
    // One tenant's failure has kept no other from its turn.
    let lines: Result<Vec<Option<Value>>, Error> = lines.into_iter().collect();
    Ok(lines?.into_iter().flatten().collect())
}

/// Waits until the feed shows a change: it is some seconds behind.
async fn wait_until_readable(place: Option<NoticePlace>) {
    let Some(place) = place else { return };
    let readable = place.at.milliseconds() + LAG * 1_000 + 1;
    let left = (readable - clock::now().milliseconds()).clamp(0, LAG * 1_000 + 1);
    tokio::time::sleep(Duration::from_millis(left.unsigned_abs())).await;
}

/// Sends one tenant's changes. If another call does so already, a call that knows of changes waits for its turn, since the other one may
/// have read the feed before them.
async fn send_to(
    database: &Database,
    tenant: TenantId,
    target: PushTarget,
    end: Instant,
    waits: bool,
) -> Result<Option<Value>, Error> {
    let begun = Instant::now();
    let store = database.of(&tenant);
    let recipient = Recipient {
        store: &store,
        tenant: &tenant,
        target: &target,
    };
    let sender = Sender::new(&target);
    let send = async |message: Message| sender.send(message).await;
    loop {
        let done = recipient
            .deliver(&send, end.saturating_duration_since(Instant::now()))
            .await?;
        if done.elsewhere && waits && Instant::now() + POLL < end {
            tokio::time::sleep(POLL).await;
        } else {
            return Ok(line(&tenant, &done, begun.elapsed()));
        }
    }
}

/// The caller of targets that may be in private networks, or of all others. Each is made once per process, because reading
/// the trusted roots takes milliseconds of processor time.
fn caller(allows_private: bool) -> &'static Caller {
    static CALLERS: [OnceLock<Caller>; 2] = [const { OnceLock::new() }; 2];
    CALLERS[usize::from(allows_private)].get_or_init(|| {
        Caller::new(Guard {
            allows_private,
            is_local: is_local_stack(),
        })
    })
}

/// Sends messages to a tenant's target, by connections that are kept.
struct Sender<'a> {
    target: &'a PushTarget,
    caller: &'static Caller,
    account: Account,
}

impl<'a> Sender<'a> {
    fn new(target: &'a PushTarget) -> Self {
        Self {
            target,
            caller: caller(target.may_be_private()),
            account: Account::of_function(),
        }
    }

    async fn send(&self, message: Message) -> Result<(), String> {
        let caller = self.caller;
        match self.target {
            PushTarget::Webhook(webhook) => {
                let attempt = message.signed(webhook, clock::now());
                caller.post(&webhook.url, &attempt.headers(), &message.body, ATTEMPT).await
            }
            PushTarget::EventBus(bus) => {
                let bus = EventBusCaller {
                    caller,
                    account: &self.account,
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
}

/// The line of the log; none if nothing was done.
fn line(tenant: &TenantId, done: &Delivered, took: Duration) -> Option<Value> {
    if done.accepted + done.failed + done.parked == 0 {
        return None;
    }
    let (level, message) = match done {
        Delivered { stopped: true, .. } => ("ERROR", "a tenant's delivery was given up"),
        Delivered { parked: 1.., .. } => ("ERROR", "changes were given up"),
        Delivered { failed: 1.., .. } => ("WARN", "not all changes were accepted"),
        _ => ("INFO", "delivered"),
    };
    let mut line = json!({
        "timestamp": clock::now().iso_milliseconds(),
        "level": level,
        "message": message,
        "function": tasks::DELIVER_CHANGES.function,
        "tenant": tenant.as_str(),
        "accepted": done.accepted,
        "failed": done.failed,
        "waiting": done.waiting,
        "parked": done.parked,
        "milliseconds": u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
    });
    if done.stopped || done.parked > 0 {
        // What an alarm counts.
        line["given_up"] = 1.into();
    }
    Some(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_what_an_operator_must_look_at() {
        let tenant = TenantId::parse("acme").unwrap();
        let of = |done: Delivered| line(&tenant, &done, Duration::from_millis(5));
        assert_eq!(of(Delivered::default()), None);
        let waiting = Delivered {
            waiting: 3,
            elsewhere: true,
            ..Delivered::default()
        };
        assert_eq!(of(waiting), None);
        let told = |done: Delivered| {
            let line = of(done).unwrap();
            (line["level"].clone(), line["given_up"].clone())
        };
        let accepted = Delivered {
            accepted: 1,
            ..Delivered::default()
        };
        assert_eq!(told(accepted), ("INFO".into(), Value::Null));
        assert_eq!(told(Delivered { failed: 1, ..accepted }), ("WARN".into(), Value::Null));
        let stopped = Delivered {
            failed: 1,
            stopped: true,
            ..Delivered::default()
        };
        assert_eq!(told(stopped), ("ERROR".into(), 1.into()));
        assert_eq!(told(Delivered { parked: 1, ..accepted }), ("ERROR".into(), 1.into()));
    }
}
