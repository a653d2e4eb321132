//! `crm customer erase`: deletes everything about one person, and reports what was deleted and what stays.

use std::{collections::BTreeSet, io::Write as _, path::PathBuf};

use clap::Args;
use crm_domain::{ContactPointKey, Customer, CustomerId, PersonMark, Role, TenantSettings, Timestamp};
use crm_service::words_of;
use crm_store::{Begun, DataCounts, DataKind, Erased, Erasure, Manner, Store};
use serde_json::{Value, json};

use super::{absent, certain_customer_id, delete::change, view};
use crate::{
    Exit, Misuse,
    connection::failed,
    output::{Output, Progress},
    whole_file::WholeFile,
};

pub const ABOUT: &str = "\
Deletes everything that is stored about the person: the record and its search terms, the cases with their interactions, the \
histories of both, the records that detect repeated creates, the ids in the journals of imports, and the person's own keys. The \
person can no longer be found from the first moment on. If the command is interrupted, run it again to complete the erasure.

A customer who was deleted by `crm customer delete` is kept for a week. Erase it by the same id; it cannot be restored afterwards.

A customer who was deleted by Omnidesk's DELETE no longer has a record, but the cases are left. Erase them by the same id. If \
nobody knows the id, --contact-point erases the cases that wait for a customer with a contact point.

Keyed digests of the person's ids and contact points stay, without any value. With them `crm import` notices that it would create \
the person again. Backups, the table's point-in-time recovery, logs and Khoros' own copies are not changed; the receipt lists them.";

/// The longest period of DynamoDB's point-in-time recovery, in seconds.
const RECOVERY_SECONDS: i64 = 35 * 86_400;

#[derive(Debug, Args)]
pub struct Arguments {
    /// The customer's id, such as C0SA77REZRPC, or any text by which `crm customer find` finds exactly one customer
    #[arg(required_unless_present = "contact_points", conflicts_with = "contact_points")]
    id: Option<String>,
    /// Instead of the id: a contact point of a person without a record, such as email=ann@x.example,
    /// phone=+31612345678, `handle=ann_j` (with --network) or `url=x.com/ann_j`. Erases the cases that wait for a
    /// customer with it. May be given several times
    #[arg(long = "contact-point", value_name = "KIND=VALUE", value_parser = contact_point)]
    contact_points: Vec<(Role, String)>,
    /// The network of the handles, such as twitter; "" for handles without a known network
    #[arg(long, value_name = "NAME", conflicts_with = "id")]
    network: Option<String>,
    /// The name or number of the brand whose cases are erased; all brands if none is given. May be given several
    /// times
    #[arg(long = "brand", value_name = "BRAND", conflicts_with = "id")]
    brands: Vec<String>,
    /// Do not ask
    #[arg(long)]
    yes: bool,
    /// Keep the cases without a customer, with number, status, times, agents, lists and checkboxes, and without any text that somebody
    /// wrote
    #[arg(long)]
    keep_cases: bool,
    /// Write the receipt to this file, too, as JSON
    #[arg(long, value_name = "FILE")]
    receipt: Option<PathBuf>,
}

impl Arguments {
    fn manner(&self) -> Manner<'static> {
        if self.keep_cases {
            Manner::EraseButCases
        } else {
            Manner::Erase
        }
    }

    /// Created before anything is deleted, so that a path that cannot be written fails in time.
    fn receipt_file(&self) -> anyhow::Result<Option<WholeFile>> {
        self.receipt.as_deref().map(WholeFile::create).transpose()
    }
}

/// The kinds of contact points that the command line knows, and their roles.
const KINDS: [(&str, Role); 4] = [
    ("email", Role::Email),
    ("phone", Role::Phone),
    ("handle", Role::Handle),
    ("url", Role::ProfileUrl),
];

fn contact_point(text: &str) -> Result<(Role, String), String> {
    let found = text
        .split_once('=')
        .and_then(|(kind, value)| Some((KINDS.iter().find(|(name, _)| *name == kind)?.1, value.trim())));
    match found {
        Some((role, value)) if !value.is_empty() => Ok((role, value.to_owned())),
        _ => Err("write it as email=ann@x.example, phone=+31612345678, handle=ann_j or url=x.com/ann_j".to_owned()),
    }
}

pub async fn run(store: &Store, arguments: &Arguments, output: &mut Output) -> anyhow::Result<Exit> {
    let settings = store.settings_get().await.map_err(failed)?;
    match &arguments.id {
        Some(id) => {
            let id = certain_customer_id(store, id).await?;
            erase_customer(store, id, &settings, arguments, output).await
        }
        None => erase_waiting(store, &settings, arguments, output).await,
    }
}

async fn erase_customer(
    store: &Store,
    id: CustomerId,
    settings: &TenantSettings,
    arguments: &Arguments,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let begun = store.erasure_get(id).await.map_err(failed)?;
    let (record, is_kept) = match begun {
        Some(_) => (None, false),
        None => record_or_kept(store, id).await?,
    };
    let asked = match (&begun, &record) {
        (Some(begun), _) => {
            check_same(begun, arguments)?;
            output.line(&format!(
                "{id}: completing the erasure that was begun at {}",
                begun.at.iso_seconds()
            ));
            begun.is_deletion().then(|| format!("{id}, whose record was deleted"))
        }
        (None, Some(customer)) if is_kept => Some(format!("{id}{}, who was deleted and could be restored", name(customer))),
        (None, Some(customer)) => Some(format!("{id}{}", name(customer))),
        (None, None) => Some(format!("{id}, whose record was deleted")),
    };
    let is_gone = begun.is_none() && record.is_none();
    if let Some(whom) = asked.filter(|_| is_gone || !arguments.yes) {
        let parts = store.erasure_preview(id).await.map_err(failed)?;
        if is_gone && !parts.contains_key(&DataKind::Cases) {
            return nothing_left(store, id, output).await;
        }
        if !is_confirmed(&whom, parts, &id.to_string(), arguments, output)? {
            return Ok(Exit::Failed);
        }
    }
    let file = arguments.receipt_file()?;
    let erased = store
        .erasure_begin(id, arguments.manner(), &secret()?, &change("erase"))
        .await;
    let Some(Begun { mut erasure, .. }) = erased.map_err(failed)? else {
        return Err(absent(store, id).await?);
    };
    let mut keys = 0;
    for id in erasure.numbers() {
        keys += store.customer_keys_end(id).await.map_err(failed)?;
    }
    complete(store, &mut erasure, &format!("`crm customer erase {id}`"), output).await?;
    let waiting = waiting_under(store, record.as_ref(), settings).await?;
    end(store, &Receipt { erasure, keys, waiting }, file, output).await
}

/// The customer's record, or the one that is kept after a deletion, and which of the two it is.
async fn record_or_kept(store: &Store, id: CustomerId) -> anyhow::Result<(Option<Customer>, bool)> {
    if let Some(record) = store.customer_get(id).await.map_err(failed)? {
        return Ok((Some(record), false));
    }
    let kept = store.customer_set_aside_left(id).await.map_err(failed)?;
    let is_kept = kept.is_some();
    Ok((kept.map(|kept| kept.customer), is_kept))
}

/// Reports when a person without a record was erased. Revokes their keys, since Omnidesk's functions cannot.
async fn nothing_left(store: &Store, id: CustomerId, output: &mut Output) -> anyhow::Result<Exit> {
    let Some(erased) = store.erased_get(id).await.map_err(failed)? else {
        return Err(absent(store, id).await?);
    };
    let keys = store.customer_keys_end(id).await.map_err(failed)?;
    show_earlier(&format!("{id} was"), &erased, keys, output);
    Ok(Exit::Passed)
}

async fn erase_waiting(
    store: &Store,
    settings: &TenantSettings,
    arguments: &Arguments,
    output: &mut Output,
) -> anyhow::Result<Exit> {
    let points = points(arguments, settings)?;
    let brands = brands(arguments, settings)?;
    let places = store.unclaimed_places(&brands, &points).await.map_err(failed)?;
    let marks: BTreeSet<PersonMark> = points.iter().filter_map(PersonMark::of_contact_point).collect();
    let begun = store.erasure_get_at(&places).await.map_err(failed)?;
    if let Some(begun) = &begun {
        check_same(begun, arguments)?;
        output.line(&format!(
            "completing the erasure that was begun at {}",
            begun.at.iso_seconds()
        ));
    } else {
        let parts = store.erasure_preview_at(&places).await.map_err(failed)?;
        if parts.is_empty() {
            return nothing_waits(store, &marks, output).await;
        }
        let (kind, value) = arguments.contact_points.first().map_or(("", ""), |(role, value)| {
            let kind = KINDS.iter().find(|(_, of)| of == role);
            (kind.map_or("", |(name, _)| *name), value.as_str())
        });
        let whom = "the cases that wait for a customer with this contact point";
        if !is_confirmed(whom, parts, &format!("{kind}={value}"), arguments, output)? {
            return Ok(Exit::Failed);
        }
    }
    let file = arguments.receipt_file()?;
    let erasure = match begun {
        Some(begun) => Some(begun),
        None => store
            .erasure_begin_at(&places, &marks, arguments.manner(), &secret()?, &change("erase"))
            .await
            .map_err(failed)?,
    };
    let Some(mut erasure) = erasure else {
        return nothing_waits(store, &marks, output).await;
    };
    complete(store, &mut erasure, "the same command", output).await?;
    let receipt = Receipt {
        erasure,
        keys: 0,
        waiting: 0,
    };
    end(store, &receipt, file, output).await
}

fn points(arguments: &Arguments, settings: &TenantSettings) -> Result<Vec<ContactPointKey>, Misuse> {
    let network = arguments.network.as_ref().map(|network| network.trim().to_lowercase());
    let point = |(role, value): &(Role, String)| {
        let network = match (role, &network) {
            (Role::Handle, None) => {
                return Err(Misuse(
                    "handle= needs --network, such as twitter: the same handle on another network belongs to somebody else"
                        .to_owned(),
                ));
            }
            (Role::Handle, Some(network)) => Some(network.clone()).filter(|network| !network.is_empty()),
            _ => None,
        };
        let key = ContactPointKey::new(*role, value, network, settings.default_region);
        if key.normal.is_empty() {
            return Err(Misuse(format!("--contact-point: nothing is left of {}", role.name())));
        }
        Ok(key)
    };
    arguments.contact_points.iter().map(point).collect()
}

/// The ids of the brands. A brand that the tenant no longer has goes by its number.
fn brands<'ids>(arguments: &'ids Arguments, settings: &'ids TenantSettings) -> Result<Vec<&'ids str>, Misuse> {
    if arguments.brands.is_empty() {
        return Ok(settings.tenant.brands.keys().map(String::as_str).collect());
    }
    let id = |brand: &'ids String| {
        let is_number = !brand.is_empty() && brand.bytes().all(|byte| byte.is_ascii_digit());
        let by_number = is_number.then_some(brand.as_str());
        let id = settings.brand(brand).or(by_number);
        id.ok_or_else(|| Misuse(format!("--brand: there is no brand {brand}: `crm tenant show` names them")))
    };
    arguments.brands.iter().map(id).collect()
}

async fn nothing_waits(store: &Store, marks: &BTreeSet<PersonMark>, output: &mut Output) -> anyhow::Result<Exit> {
    let earlier = store.erased_by(marks).await.map_err(failed)?;
    match earlier {
        Some(erased) => {
            show_earlier("no case waits for this contact point, whose owner was", &erased, 0, output);
            Ok(Exit::Passed)
        }
        None => Err(anyhow::anyhow!(
            "no case waits for this contact point: a person who has a record is found by a search and erased by its id; compare --brand, \
             --network, --tenant and --table"
        )),
    }
}

/// An erasure is completed with the options with which it was begun. A deletion becomes an erasure of either kind.
fn check_same(begun: &Erasure, arguments: &Arguments) -> Result<(), Misuse> {
    match (begun.keeps_cases, arguments.keep_cases) {
        _ if begun.is_deletion() => Ok(()),
        (false, true) => Err(Misuse("this erasure was begun without --keep-cases: leave it out".to_owned())),
        (true, false) => Err(Misuse("this erasure was begun with --keep-cases: add it".to_owned())),
        _ => Ok(()),
    }
}

fn is_confirmed(
    whom: &str,
    mut parts: DataCounts,
    wanted: &str,
    arguments: &Arguments,
    output: &mut Output,
) -> Result<bool, Misuse> {
    if arguments.yes {
        return Ok(true);
    }
    if !output.can_ask() {
        return Err(Misuse("there is nobody to ask: --yes erases without asking".to_owned()));
    }
    if arguments.keep_cases
        && let Some(cases) = parts.remove(&DataKind::Cases)
    {
        parts.insert(DataKind::KeptCases, cases);
    }
    output.line(&format!("This erases {whom} for good:"));
    show_parts(&parts, output);
    let what = if arguments.id.is_some() { "the customer's id" } else { wanted };
    let is_confirmed = output.ask(&format!("Type {what} to go on: ")) == wanted;
    if !is_confirmed {
        output.line("nothing was erased");
    }
    Ok(is_confirmed)
}

/// The customer's name in parentheses, because an id alone is easily mistaken.
fn name(customer: &Customer) -> String {
    let names = [Role::DisplayName, Role::FirstName, Role::LastName];
    let names: Vec<&str> = names
        .iter()
        .filter_map(|role| customer.profile.get(role))
        .map(String::as_str)
        .collect();
    if names.is_empty() {
        return String::new();
    }
    format!(" ({})", view::printable(&names.join(", ")))
}

/// The secret that becomes the key of the tenant's digests if there is none yet.
pub fn secret() -> anyhow::Result<[u8; 32]> {
    let mut secret = [0_u8; 32];
    getrandom::fill(&mut secret).map_err(|error| anyhow::anyhow!("the system has no random bytes for a key: {error}"))?;
    Ok(secret)
}

pub(super) async fn complete(store: &Store, erasure: &mut Erasure, again: &str, output: &mut Output) -> anyhow::Result<()> {
    output.line("The person can no longer be found. The rest takes ten seconds or more, until requests under way are done.");
    let mut progress = Progress::new(output, "items", None);
    let completed = store.erasure_complete(erasure, |items| progress.advance(items)).await;
    completed.map_err(|error| failed(error).context(format!("the erasure was interrupted; {again} completes it")))
}

/// The number of cases that wait under the record's former contact points. Another customer left them, perhaps the same person.
async fn waiting_under(store: &Store, record: Option<&Customer>, settings: &TenantSettings) -> anyhow::Result<usize> {
    let Some(record) = record else { return Ok(0) };
    let points: Vec<ContactPointKey> = record.identifiers.iter().map(ContactPointKey::from).collect();
    let brands: Vec<&str> = settings.tenant.brands.keys().map(String::as_str).collect();
    let places = store.unclaimed_places(&brands, &points).await.map_err(failed)?;
    Ok(store.unclaimed_cases(&places).await.map_err(failed)?.len())
}

/// Writes and shows the receipt, and then ends the erasure. An operator without a receipt can run the command again.
async fn end(store: &Store, receipt: &Receipt, file: Option<WholeFile>, output: &mut Output) -> anyhow::Result<Exit> {
    if let Some(mut file) = file {
        writeln!(file, "{:#}", receipt.document())?;
        file.finish()?;
    }
    receipt.show(output);
    store.erasure_end(&receipt.erasure).await.map_err(failed)?;
    Ok(Exit::Passed)
}

fn show_earlier(who: &str, erased: &Erased, keys: usize, output: &mut Output) {
    let at = erased.at.iso_seconds();
    output.line(&format!("{who} erased at {at} (receipt {})", erased.number));
    let mut document = json!({"receipt": erased.number, "at": at, "wasErasedBefore": true});
    if keys > 0 {
        output.line(&keys_ended(keys));
        document["keysEnded"] = json!(keys);
    }
    output.document(&document);
}

fn keys_ended(keys: usize) -> String {
    format!("{keys} {} of the person revoked", if keys == 1 { "key" } else { "keys" })
}

/// The receipt of an erasure. It contains no personal data.
struct Receipt {
    erasure: Erasure,
    /// The number of the person's keys that were revoked.
    keys: usize,
    /// The number of cases that wait under the record's former contact points.
    waiting: usize,
}

/// Data that stay.
struct Stay {
    what: String,
    place: &'static str,
    /// When they expire, if they do.
    until: Option<Timestamp>,
}

impl Receipt {
    fn show(&self, output: &mut Output) {
        let erasure = &self.erasure;
        output.line(&format!("receipt {}, {}", erasure.number, erasure.at.iso_seconds()));
        output.line("erased:");
        show_parts(&erasure.parts, output);
        if self.keys > 0 {
            output.line(&keys_ended(self.keys));
        }
        output.line("what stays:");
        for Stay { what, place, until } in self.stays() {
            let until = until.map_or_else(String::new, |until| format!(", until {}", until.iso_seconds()));
            output.line(&format!("  {what}: {place}{until}"));
        }
        output.document(&self.document());
    }

    fn document(&self) -> Value {
        let erasure = &self.erasure;
        let count = |part| (part, erasure.parts.get(&part).copied().unwrap_or_default());
        let stays = self.stays().into_iter();
        let stays =
            stays.map(|stay| json!({"what": stay.what, "where": stay.place, "until": stay.until.map(Timestamp::iso_seconds)}));
        json!({
            "receipt": erasure.number,
            "at": erasure.at.iso_seconds(),
            "erased": DataKind::ALL.into_iter().map(count).collect::<DataCounts>(),
            "digests": erasure.digests,
            "keysEnded": self.keys,
            "stays": stays.collect::<Vec<Value>>(),
            "wasErasedBefore": false,
        })
    }

    fn stays(&self) -> Vec<Stay> {
        const TABLE: &str = "in the table";
        let stay = |what: &str, place, until| Stay {
            what: what.to_owned(),
            place,
            until,
        };
        let mut stays = vec![stay(
            &format!("{} keyed digests, so that an import notices the person", self.erasure.digests),
            TABLE,
            None,
        )];
        if self.waiting > 0 {
            let what = format!(
                "{} cases that wait under contact points of the person (`crm customer erase --contact-point` erases them)",
                self.waiting
            );
            stays.push(stay(&what, TABLE, None));
        }
        for (run, until) in self.erasure.journals() {
            let what = format!("ids of erased records in the journal of the import {run}, which an earlier version wrote");
            stays.push(stay(&what, TABLE, until));
        }
        let recovered = self.erasure.at.plus_seconds(RECOVERY_SECONDS);
        stays.extend([
            stay(
                "everything, unchanged",
                "in the table's point-in-time recovery",
                Some(recovered),
            ),
            stay(
                "everything, unchanged",
                "in backups of your own, as long as you keep them",
                None,
            ),
            stay("ids", "in results files of imports, where you keep them", None),
            stay("what was exported", "where the files are", None),
            stay("conversations, cases and fields", "at Khoros", None),
        ]);
        stays
    }
}

fn show_parts(parts: &DataCounts, output: &mut Output) {
    for (&part, &count) in parts.iter().filter(|(_, count)| **count > 0) {
        let kept = if part == DataKind::KeptCases {
            " kept, without a customer"
        } else {
            ""
        };
        output.line(&format!("{count:>8} {}{kept}", words_of(part, count)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contact_point_says_what_it_is() {
        for (text, role, value) in [
            ("email=ann@x.example", Role::Email, "ann@x.example"),
            ("phone= +31612345678 ", Role::Phone, "+31612345678"),
            ("handle=a=b", Role::Handle, "a=b"),
            ("url=x.com/ann_j", Role::ProfileUrl, "x.com/ann_j"),
        ] {
            assert_eq!(contact_point(text), Ok((role, value.to_owned())), "{text}");
        }
        for wrong in ["", "ann@x.example", "email=", "email= ", "Email=ann@x.example", "fax=1"] {
            assert!(contact_point(wrong).is_err(), "{wrong}");
        }
    }
}
