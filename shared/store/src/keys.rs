//! All keys, which make the layout of the table (docs/table.md says why).
//!
//! | item | pk | sk | access |
//! |---|---|---|---|
//! | customer | `{t}#customer#{id}` | `customer` | by id; candidates of a search |
//! | search term | same partition | `term#{kind}#{value}` | through an index, by value |
//! | case pointer | same partition | `case#{created}#{id}` | a customer's cases, with the customer, in one query |
//! | timeline event | same partition | `event#{time}#{id}` | in order; activities also through an index, by medium, mode and time |
//! | merged customer | `{t}#customer#{id}` | `customer` | by id; leads to the record that it was merged into |
//! | merge | the merged customer's | `merge#{receipt}` | by its receipt |
//! | what it changed | same partition | `merge#{receipt}#…` | to undo it: three records, and the cases and events that were moved |
//! | two different people | both customers' | `distinct#{other}` | by merges, and by proposals of duplicates |
//! | deleted customer | same partition | `set-aside` | restored within a week |
//! | audit entry | same partition, or the case's | `audit#{time}#{random}` | who did what |
//! | case | `{t}#case#{id}` | `case` | by id |
//! | interaction | same partition | `interaction#{service}#{serviceId}` | with the case, in one query |
//! | created-once record | `{t}#once#{digest}` | `once` | a create that is sent again |
//! | erasure under way | `{t}#erasure#{id}` | `erasure` | to continue an interrupted one |
//! | erasures under way | `{t}#erasures` | `{id}` | those that nobody continues |
//! | unfinished work | `{t}#unfinished` | `{id}` | customers without all terms and cases without all interactions, for the request that completes them |
//! | unclaimed case | `{t}#unclaimed#{hmac}` | `{id}` | cases without a customer, by brand and contact point, or by former customer |
//! | its places | the case's partition | `unclaimed` | with the case: the places where it waits |
//! | erased person | `{t}#erased#{hmac}` | `erased` | an import that would bring one back |
//! | key of those digests | `{t}#settings` | `erasure-key` | with either |
//! | external id | `{t}#external#{kind}#{digest}` | `external` | our id for another system's |
//! | notice of a change | `{t}#changes#{day}#{part}` | `{time}-{random}` | other systems, in order, for 30 days |
//! | delivery of changes | `{t}#deliveries` | `delivery` | by the deliverer: how far it is |
//! | notice that waits | same partition | `waiting#{time}-{random}` | by the deliverer, until the endpoint accepts it |
//! | notice that was given up | same partition | `parked#{time}-{random}` | by operators |
//! | import run | `{t}#imports` | `{run}` | the list of runs; one by its id |
//! | import row | `{t}#import#{run}#{row / 1000}` | `row#{row}` | the results of a run, in the file's order |
//! | before-image | the record's partition | `before#{run}`, `before#{run}#interaction…` | what undoing a run restores; deleted with the record |
//! | upload | `{t}#uploads` | `head#{run}` | the import of a file at the desk, for a day |
//! | its text | same partition | `part#{run}#{nth}` | each step of the import |
//! | its rejected rows | same partition | `rejected#{run}#{row}#{nth}` | whoever corrects them |
//! | row of an extract | `{t}#sync#{source}#{part}` | `{digest}` | which rows of another system's extract changed since the last one |
//! | what it gave | the customer's partition | `sync#{source}#{digest}` | what others changed since; deleted with the record |
//! | tenant, data model | `{t}#settings` | `tenant`, `model#customer`, `model#case` | with every key |
//! | former data model | same partition | `model-before#{time}#…` | to return to an earlier model |
//! | backfill | same partition | `backfill` | the work after a change of the data model |
//! | webhook or event bus | `webhooks` | `{t}` | by the deliverer: all tenants' at once; with API keys the only items outside a tenant |
//! | API key | `key#{sha256}` | `key` | by digest |
//! | API key's use | `key-use#{sha256}` | `use` | for lists of keys |
//! | API key's pointer | `{t}#keys` | `{sha256}` | a tenant's keys |
//!
//! All keys but those of webhooks, API keys and their uses begin with the tenant. Only [`Store`](super::Store) builds them, from the tenant of the caller's key, so no request can
//! name another tenant's item.

use crm_domain::{
    Activity, CaseId, CustomerId, Event, ExternalId, Interaction, Medium, MergeId, Mode, Role, Term, TermKind, Timestamp,
    digest::{digest, sha256},
    term::time_token,
};

use super::notices::NoticePlace;

/// The prefix of the partition keys of the only items that a function updates in place.
pub const KEY_USES: &str = "key-use#";

/// Longer values are replaced by their digest in keys: DynamoDB allows 1,024 bytes in a sort key and 2,048 in an index's.
const LONGEST_IN_KEY: usize = 400;

/// The largest number of characters of a word by which names are looked up.
const LONGEST_PREFIX: usize = 64;

/// A primary key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) pk: String,
    pub(super) sk: String,
}

impl Key {
    fn new(pk: impl Into<String>, sk: impl Into<String>) -> Self {
        Self {
            pk: pk.into(),
            sk: sk.into(),
        }
    }
}

/// The sort key of a customer's record. It sorts after all case pointers, so that one query reads both.
pub(super) const CUSTOMER: &str = "customer";
/// The sort key of what is kept after an operator's deletion of a customer. It sorts after the record's, so that no query of a customer
/// with cases reaches it.
pub(super) const SET_ASIDE: &str = "set-aside";
/// The sort key of a created-once record.
pub(super) const ONCE: &str = "once";
/// The sort key of a case's record. It sorts before all interactions, so that one query reads both.
pub(super) const CASE: &str = "case";
/// The prefix of the sort keys of case pointers.
pub(super) const CASE_POINTERS: &str = "case#";
/// The prefix of the sort keys of terms.
pub(super) const TERMS: &str = "term#";
/// The first sort key after all terms: `$` is the character after `#`.
pub(super) const AFTER_TERMS: &str = "term$";
/// The prefix of the sort keys of audit entries.
pub(super) const AUDIT: &str = "audit#";
/// The first sort key after all audit entries.
pub(super) const AFTER_AUDIT: &str = "audit$";
/// The prefix of the sort keys of interactions.
pub(super) const INTERACTIONS: &str = "interaction#";
/// The first sort key after all interactions.
pub(super) const AFTER_INTERACTIONS: &str = "interaction$";

/// The prefix of the sort keys of timeline events.
pub(super) const EVENTS: &str = "event#";
/// The first sort key after all timeline events.
pub(super) const AFTER_EVENTS: &str = "event$";

/// The prefix of the sort keys of merges.
pub(super) const MERGES: &str = "merge#";
/// The prefix of the sort keys of marks that two customers are different people.
pub(super) const DISTINCT: &str = "distinct#";
/// The first sort key after all of those.
pub(super) const AFTER_DISTINCT: &str = "distinct$";

/// The sort key of the item with the places where a case without customer waits.
pub(super) const UNCLAIMED: &str = "unclaimed";

/// The prefix of the sort keys of before-images, in which an import keeps the former content of a record or of another item of its
/// partition.
pub(super) const MARKS: &str = "before#";

/// The prefix of the sort keys of uploads.
pub(super) const UPLOADS: &str = "head#";
/// The first sort key after all uploads.
pub(super) const AFTER_UPLOADS: &str = "head$";
/// The prefix of the sort keys of uploads' texts.
pub(super) const PARTS: &str = "part#";
/// The prefix of the sort keys of uploads' rejected rows. No other key of the partition is between it and [`PARTS`].
pub(super) const REJECTED: &str = "rejected#";
/// The first sort key after all of those.
pub(super) const AFTER_REJECTED: &str = "rejected$";

/// The prefix of the sort keys of an import's journal.
pub(super) const ROWS: &str = "row#";
/// The number of rows of an import per partition. One query can read them, and no partition gets hot.
pub const ROWS_TOGETHER: u64 = 1_000;

/// The word after the tenant in the partition keys of notices.
pub(super) const CHANGES: &str = "changes";
/// The prefix of the sort keys of notes of what another system's extract gave a record.
pub(super) const SYNCED: &str = "sync#";
/// How many partitions the rows of one source are in: one for each hexadecimal digit.
pub(super) const SYNC_PARTS: u8 = 16;

/// The partition of all tenants' webhooks. Only operators write there.
pub(super) const WEBHOOKS: &str = "webhooks";
/// The prefix of the sort keys of notices that wait for the endpoint.
pub(super) const WAITING: &str = "waiting#";
/// The prefix of the sort keys of notices that were given up.
pub(super) const PARKED: &str = "parked#";

/// How many partitions the notices of one day are in. Each takes some 500 a second.
pub(super) const NOTICE_PARTS: u64 = 4;

/// The key of an API key's item, by the digest of the whole header value. The value itself is not stored.
pub(super) fn api_key(digest: &str) -> Key {
    Key::new(format!("key#{digest}"), "key")
}

/// The key of the item with the time of an API key's last use. Policies that allow writing it and nothing else name the prefix of its
/// partition.
pub(super) fn api_key_use(digest: &str) -> Key {
    Key::new(format!("{KEY_USES}{digest}"), "use")
}

/// The key of an item that never exists. Reading it opens the connection, or tells the time. It lies beside the API keys, which
/// every policy allows to read.
pub(super) fn nothing() -> Key {
    Key::new("key#nothing", "nothing")
}

/// The part after the tenant in the partition key of its settings.
pub(super) const SETTINGS: &str = "#settings";
/// The part after the tenant in the partition key of its key pointers.
pub(super) const KEY_POINTERS: &str = "#keys";

/// Whether a sort key is that of a customer's or a case's record, or of a forward in its place. No other item has these.
pub(super) fn is_record(key: &Key) -> bool {
    key.sk == CUSTOMER || key.sk == CASE
}

/// The keys of one tenant's items.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct TenantKeys {
    tenant: String,
}

impl TenantKeys {
    pub(super) fn new(tenant: &str) -> Self {
        Self {
            tenant: tenant.to_owned(),
        }
    }

    pub(super) fn setting(&self, name: &str) -> Key {
        Key::new(format!("{}{SETTINGS}", self.tenant), name)
    }

    /// The partition of the tenant's key pointers.
    pub(super) fn key_pointers(&self) -> String {
        format!("{}{KEY_POINTERS}", self.tenant)
    }

    pub(super) fn key_pointer(&self, digest: &str) -> Key {
        Key::new(self.key_pointers(), digest)
    }

    /// The prefix of the partitions of the tenant's customers.
    pub(super) fn customer_partitions(&self) -> String {
        format!("{}#customer#", self.tenant)
    }

    pub(super) fn customer_partition(&self, id: CustomerId) -> String {
        format!("{}{id}", self.customer_partitions())
    }

    pub(super) fn customer(&self, id: CustomerId) -> Key {
        Key::new(self.customer_partition(id), CUSTOMER)
    }

    /// The key of what is kept after an operator's deletion of a customer.
    pub(super) fn set_aside(&self, id: CustomerId) -> Key {
        Key::new(self.customer_partition(id), SET_ASIDE)
    }

    /// The customer of a partition.
    pub(super) fn customer_of(&self, partition: &str) -> Option<CustomerId> {
        let id = partition.strip_prefix(&self.tenant)?.strip_prefix("#customer#")?;
        CustomerId::parse(id)
    }

    pub(super) fn term(&self, id: CustomerId, term: &Term) -> Key {
        Key::new(
            self.customer_partition(id),
            format!("{TERMS}{}#{}", kind_name(&term.kind), in_key(&term.value)),
        )
    }

    pub(super) fn case_pointer(&self, customer: CustomerId, created: Timestamp, case: CaseId) -> Key {
        Key::new(
            self.customer_partition(customer),
            format!("{CASE_POINTERS}{:014}#{case}", created.milliseconds()),
        )
    }

    /// The case to which a pointer's sort key leads.
    pub(super) fn case_of(pointer: &str) -> Option<CaseId> {
        CaseId::parse(pointer.strip_prefix(CASE_POINTERS)?.rsplit('#').next()?)
    }

    /// The prefix of the partitions of the tenant's cases.
    pub(super) fn case_partitions(&self) -> String {
        format!("{}#case#", self.tenant)
    }

    pub(super) fn case_partition(&self, id: CaseId) -> String {
        format!("{}{id}", self.case_partitions())
    }

    pub(super) fn case(&self, id: CaseId) -> Key {
        Key::new(self.case_partition(id), CASE)
    }

    pub(super) fn interaction(&self, case: CaseId, interaction: &Interaction) -> Key {
        let (service, id) = (escaped(&interaction.service), escaped(&interaction.service_id));
        Key::new(
            self.case_partition(case),
            format!("{INTERACTIONS}{}#{}", in_key(&service), in_key(&id)),
        )
    }

    pub(super) fn audit(partition: &str, at: Timestamp, random: u64) -> Key {
        Key::new(partition, format!("{AUDIT}{:014}#{random:016x}", at.milliseconds()))
    }

    pub(super) fn event(&self, customer: CustomerId, event: &Event) -> Key {
        Key::new(
            self.customer_partition(customer),
            format!("{EVENTS}{}#{}", time_token(event.at), event.id),
        )
    }

    /// The partition of the activities of one medium and mode in the index of terms.
    pub(super) fn activities(&self, medium: Medium, mode: Mode) -> String {
        format!("{}#activity#{}#{}", self.tenant, medium.name(), mode.name())
    }

    /// The sort key of an activity there. It begins with the time. The parts that can change come last, so that the key tells them without
    /// a read.
    pub(super) fn activity_token(at: Timestamp, activity: Activity) -> String {
        let flag = |flag, name| if flag { name } else { "-" };
        format!(
            "{}#{}{}",
            time_token(at),
            flag(activity.is_read, "r"),
            flag(activity.is_secure, "s")
        )
    }

    /// The key of a merge, in the partition of the merged record.
    pub(super) fn merge(&self, receipt: MergeId) -> Key {
        Key::new(self.customer_partition(receipt.merged), format!("{MERGES}{receipt}"))
    }

    /// The key of an item that a merge keeps under its receipt and this name.
    pub(super) fn merge_part(&self, receipt: MergeId, part: &str) -> Key {
        Key::new(self.customer_partition(receipt.merged), format!("{MERGES}{receipt}#{part}"))
    }

    /// The key of a mark that two customers are different people. The same mark is in the other's partition.
    pub(super) fn distinct(&self, one: CustomerId, other: CustomerId) -> Key {
        Key::new(self.customer_partition(one), format!("{DISTINCT}{other}"))
    }

    pub(super) fn once(&self, digest: &str) -> Key {
        Key::new(format!("{}#once#{digest}", self.tenant), ONCE)
    }

    pub(super) fn erasure(&self, id: CustomerId) -> Key {
        Key::new(format!("{}#erasure#{id}", self.tenant), "erasure")
    }

    /// The partition of the list of running erasures.
    pub(super) fn erasures(&self) -> String {
        format!("{}#erasures", self.tenant)
    }

    pub(super) fn erasure_pointer(&self, id: CustomerId) -> Key {
        Key::new(self.erasures(), id.to_string())
    }

    /// The partition of the list of unfinished work.
    pub(super) fn unfinished_list(&self) -> String {
        format!("{}#unfinished", self.tenant)
    }

    pub(super) fn unfinished(&self, id: &str) -> Key {
        Key::new(self.unfinished_list(), id)
    }

    /// The partition of waiting cases of one place: the digest of a contact point of the former customer, or of the customer's id.
    pub(super) fn unclaimed_place(&self, digest: &str) -> String {
        format!("{}#unclaimed#{digest}", self.tenant)
    }

    pub(super) fn unclaimed(&self, digest: &str, case: &str) -> Key {
        Key::new(self.unclaimed_place(digest), case)
    }

    pub(super) fn unclaimed_of(&self, case: CaseId) -> Key {
        Key::new(self.case_partition(case), UNCLAIMED)
    }

    /// The key of an erased person's item, under the keyed digest of one of their marks.
    pub(super) fn erased(&self, digest: &str) -> Key {
        Key::new(format!("{}#erased#{digest}", self.tenant), "erased")
    }

    /// The key of an external id's item. It contains the id's digest, because the id may be a name or an address.
    pub(super) fn external(&self, kind: &str, external: &ExternalId) -> Key {
        let parts: Vec<&str> = external.brand.as_deref().into_iter().chain([external.id.as_str()]).collect();
        Key::new(format!("{}#external#{kind}#{}", self.tenant, digest(&parts)), "external")
    }

    /// The key of a row of another system's extract, by the digest of its external id.
    pub(super) fn synced_row(&self, source: &str, row: &str) -> Key {
        let part: String = row.chars().take(1).collect();
        Key::new(format!("{}#sync#{source}#{part}", self.tenant), row)
    }

    /// The partition of a part of a day's notices.
    pub(super) fn notices(&self, day: &str, part: u64) -> String {
        format!("{}#{CHANGES}#{day}#{part}", self.tenant)
    }

    pub(super) fn notice(&self, place: NoticePlace) -> Key {
        Key::new(self.notices(&place.at.iso_date(), place.part()), place.to_string())
    }

    /// The key of the tenant's webhook or event bus.
    pub(super) fn webhook(&self) -> Key {
        Key::new(WEBHOOKS, self.tenant.clone())
    }

    /// The partition of the delivery to the tenant's webhook.
    pub(super) fn deliveries(&self) -> String {
        format!("{}#deliveries", self.tenant)
    }

    pub(super) fn delivery(&self) -> Key {
        Key::new(self.deliveries(), "delivery")
    }

    /// The key of a notice that waits or was given up, by the prefix of those.
    pub(super) fn undelivered(&self, prefix: &str, place: NoticePlace) -> Key {
        Key::new(self.deliveries(), format!("{prefix}{place}"))
    }

    /// The partition of a part of a run's journal, with [`ROWS_TOGETHER`] rows.
    pub(super) fn import_rows(&self, run: &str, part: u64) -> String {
        format!("{}#import#{run}#{part}", self.tenant)
    }

    pub(super) fn import_row(&self, run: &str, row: u64) -> Key {
        Key::new(self.import_rows(run, row / ROWS_TOGETHER), format!("{ROWS}{row:012}"))
    }

    /// The partition of creation times in the index of terms.
    pub(super) fn created_part(&self, part: u64) -> String {
        format!("{}#created#{part}", self.tenant)
    }

    /// The place where a term is looked up: the index, its partition key, and the prefix of the sort key for a name.
    pub(super) fn place(&self, term: &Term) -> IndexPlace {
        let value = in_key(&term.value);
        let (index, partition) = match &term.kind {
            TermKind::Role(Role::Email) => (Index::Email, format!("{}#{value}", self.tenant)),
            TermKind::Role(Role::Phone) => (Index::Phone, format!("{}#{value}", self.tenant)),
            TermKind::Role(Role::Handle) => (Index::Handle, format!("{}#{value}", self.tenant)),
            kind if kind.is_by_prefix() => {
                // The partition is that of the first letter. So index entries of names are spread over several partitions, and the shortest
                // prefix that an agent can type still finds them.
                let first: String = term.value.chars().take(1).collect();
                (Index::Term, format!("{}#{}#{first}", self.tenant, kind_name(kind)))
            }
            TermKind::Created(part) => (Index::Term, self.created_part(*part)),
            kind => (Index::Term, format!("{}#{}#{value}", self.tenant, kind_name(kind))),
        };
        let token = match &term.kind {
            TermKind::Created(_) => Some(term.value.clone()),
            kind if kind.is_by_prefix() => Some(term.value.chars().take(LONGEST_PREFIX).collect()),
            _ => None,
        };
        IndexPlace { index, partition, token }
    }
}

/// Keys that only operators use.
#[cfg(feature = "operator")]
impl TenantKeys {
    /// The case of a partition.
    pub(super) fn case_of_partition(&self, partition: &str) -> Option<CaseId> {
        CaseId::parse(partition.strip_prefix(&self.case_partitions())?)
    }

    /// Whether this is the partition of a customer or a case.
    pub(super) fn is_of_record(&self, partition: &str) -> bool {
        self.customer_of(partition).is_some() || self.case_of_partition(partition).is_some()
    }

    /// The kind of a partition: the word after the tenant.
    pub(super) fn kind_of<'key>(&self, partition: &'key str) -> &'key str {
        let rest = partition.strip_prefix(&self.tenant).and_then(|rest| rest.strip_prefix('#'));
        rest.and_then(|rest| rest.split('#').next()).unwrap_or_default()
    }

    /// The prefix of all of the tenant's partitions.
    pub(super) fn partitions(&self) -> String {
        format!("{}#", self.tenant)
    }
}

/// Keys of imports and of extracts of other systems.
impl TenantKeys {
    /// The partition of the tenant's uploads.
    pub(super) fn uploads(&self) -> String {
        format!("{}#uploads", self.tenant)
    }

    pub(super) fn upload(&self, run: &str) -> Key {
        Key::new(self.uploads(), format!("{UPLOADS}{run}"))
    }

    pub(super) fn upload_part(&self, run: &str, nth: usize) -> Key {
        Key::new(self.uploads(), format!("{PARTS}{run}#{nth:03}"))
    }

    /// The first sort key of the parts of an upload's text, and one after them.
    pub(super) fn upload_parts(run: &str) -> (String, String) {
        (format!("{PARTS}{run}#"), format!("{PARTS}{run}$"))
    }

    pub(super) fn upload_rejected(&self, run: &str, row: u64, nth: usize) -> Key {
        Key::new(self.uploads(), format!("{REJECTED}{run}#{row:012}#{nth:03}"))
    }

    /// The first sort key of an upload's rejected rows, and one after them.
    pub(super) fn upload_rejected_rows(run: &str) -> (String, String) {
        (format!("{REJECTED}{run}#"), format!("{REJECTED}{run}$"))
    }

    /// The partition of a part of the rows of a source.
    pub(super) fn synced_part(&self, source: &str, part: u8) -> String {
        format!("{}#sync#{source}#{part:x}", self.tenant)
    }

    /// The key of the note of what a row gave a record.
    pub(super) fn synced(&self, id: CustomerId, source: &str, row: &str) -> Key {
        Key::new(self.customer_partition(id), format!("{SYNCED}{source}#{row}"))
    }

    /// The partition of the tenant's import runs.
    pub(super) fn import_runs(&self) -> String {
        format!("{}#imports", self.tenant)
    }

    pub(super) fn import_run(&self, run: &str) -> Key {
        Key::new(self.import_runs(), run)
    }

    /// The key of a before-image. It sorts before what the queries of cases and interactions read.
    pub(super) fn before(partition: &str, run: &str, item: Option<&str>) -> Key {
        match item {
            None => Key::new(partition, format!("{MARKS}{run}")),
            Some(item) => Key::new(partition, format!("{MARKS}{run}#{item}")),
        }
    }
}

/// The table's four sparse indexes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Index {
    Email,
    Phone,
    Handle,
    Term,
}

impl Index {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Email => "email-index",
            Self::Phone => "phone-index",
            Self::Handle => "handle-index",
            Self::Term => "term-index",
        }
    }

    /// The attribute that is the index's partition key.
    pub(super) fn attribute(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Handle => "handle",
            Self::Term => TERM,
        }
    }
}

/// The partition key of [`Index::Term`].
const TERM: &str = "term";
/// The sort key of [`Index::Term`]; the other indexes sort by the table's partition key.
pub(super) const TOKEN: &str = "token";

/// The place of a term in the indexes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct IndexPlace {
    pub(super) index: Index,
    pub(super) partition: String,
    pub(super) token: Option<String>,
}

fn kind_name(kind: &TermKind) -> String {
    match kind {
        TermKind::Role(role) => role.name().to_owned(),
        TermKind::NameWord => "nameWord".to_owned(),
        TermKind::NamePair => "namePair".to_owned(),
        TermKind::NameInitial => "nameInitial".to_owned(),
        TermKind::NameSound => "nameSound".to_owned(),
        TermKind::Alias => "alias".to_owned(),
        TermKind::NamePlace => "namePlace".to_owned(),
        TermKind::Custom(field) => format!("custom.{field}"),
        TermKind::ContactCustom(name) => format!("contactCustom.{name}"),
        TermKind::WholeName => "wholeName".to_owned(),
        TermKind::Created(part) => format!("created.{part}"),
        TermKind::ContactPoint => "contactPoint".to_owned(),
        TermKind::DirectoryWord => "directoryWord".to_owned(),
    }
}

/// The value, or its digest if it is too long for a key. Candidates are compared with their records, so two values with one digest could
/// only cost a read.
fn in_key(value: &str) -> String {
    if value.len() <= LONGEST_IN_KEY {
        value.to_owned()
    } else {
        format!("sha256:{}", sha256(value.as_bytes()))
    }
}

/// Escaped, so that `a#b` on network `c` differs from `b` on network `c#a`.
fn escaped(part: &str) -> String {
    part.replace('%', "%25").replace('#', "%23")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crm_domain::{EventId, Happening, case::Arrival};

    fn id() -> CustomerId {
        CustomerId::parse("C00000000001").unwrap()
    }

    fn event() -> Event {
        let activity = Activity {
            medium: Medium::Email,
            mode: Mode::Inbound,
            is_read: true,
            is_secure: false,
        };
        Event {
            id: EventId::from_number(7).unwrap(),
            at: Timestamp::from_milliseconds(5),
            what: Happening::Activity(activity),
        }
    }

    #[test]
    fn events_and_activities_sort_by_time() {
        let keys = TenantKeys::new("acme");
        let key = keys.event(id(), &event());
        assert_eq!(key.sk, "event#09200000000005#V00000000007");
        assert!((EVENTS..AFTER_EVENTS).contains(&key.sk.as_str()));
        let token = TenantKeys::activity_token(event().at, event().activity().unwrap());
        assert_eq!(token, "09200000000005#r-");
        let before = TenantKeys::activity_token(Timestamp::from_milliseconds(-5), event().activity().unwrap());
        assert!(before < token);
    }

    #[test]
    fn the_record_comes_right_after_the_case_pointers() {
        let keys = TenantKeys::new("acme");
        let case = CaseId::parse("K000000001").unwrap();
        let pointer = keys.case_pointer(id(), Timestamp::from_milliseconds(0), case);
        assert_eq!(pointer.sk, "case#00000000000000#K000000001");
        assert_eq!(TenantKeys::case_of(&pointer.sk), Some(case));
        assert!(*CASE_POINTERS < *pointer.sk && *pointer.sk < *CUSTOMER);
        let term = Term::new(TermKind::Role(Role::City), "paris");
        for other in [
            keys.term(id(), &term),
            TenantKeys::audit(&keys.customer_partition(id()), Timestamp::from_milliseconds(1), 2),
            keys.event(id(), &event()),
        ] {
            assert!(!(CASE_POINTERS..=CUSTOMER).contains(&other.sk.as_str()), "{}", other.sk);
        }
    }

    #[cfg(feature = "operator")]
    #[test]
    fn readers_of_cases_do_not_read_what_imports_keep() {
        let partition = TenantKeys::new("acme").customer_partition(id());
        for item in [None, Some("interaction#x#1")] {
            let before = TenantKeys::before(&partition, "00000000ab", item);
            assert!(!(CASE_POINTERS..=CUSTOMER).contains(&before.sk.as_str()), "{}", before.sk);
            assert!(!(CASE..=AFTER_INTERACTIONS).contains(&before.sk.as_str()), "{}", before.sk);
        }
    }

    #[test]
    fn an_external_id_is_unique_within_its_brand_and_in_no_key() {
        let keys = TenantKeys::new("acme");
        let external = |brand: Option<&str>, id: &str| {
            let brand = brand.map(str::to_owned);
            let id = id.to_owned();
            keys.external("customer", &ExternalId { brand, id })
        };
        assert!(!external(None, "jane@x.example").pk.contains("jane"));
        assert_ne!(external(None, "a"), external(Some("b"), "a"));
        assert_ne!(external(None, "a"), keys.external("case", &ExternalId::parse("a").unwrap()));
        assert_ne!(external(None, "a"), external(None, "A"));
    }

    #[test]
    fn the_rows_of_an_import_are_in_parts_and_in_order() {
        let keys = TenantKeys::new("acme");
        let (one, other) = (keys.import_row("00000000ab", 999), keys.import_row("00000000ab", 1_000));
        assert_eq!(
            (one.pk.as_str(), one.sk.as_str()),
            ("acme#import#00000000ab#0", "row#000000000999")
        );
        assert_eq!(other.pk, keys.import_rows("00000000ab", 1));
    }

    #[test]
    fn a_partition_belongs_to_one_tenant() {
        let keys = TenantKeys::new("acme");
        assert_eq!(keys.customer_of("acme#customer#C00000000001"), Some(id()));
        assert_eq!(keys.customer_of("acme2#customer#C00000000001"), None);
    }

    #[test]
    fn terms_have_places_in_the_indexes() {
        let keys = TenantKeys::new("acme");
        let place = |kind, value: &str| keys.place(&Term::new(kind, value));
        let email = place(TermKind::Role(Role::Email), "j@x.example");
        assert_eq!(
            (email.index.name(), email.partition.as_str(), email.token),
            ("email-index", "acme#j@x.example", None)
        );
        let name = place(TermKind::Role(Role::LastName), "élan");
        assert_eq!(
            (name.partition.as_str(), name.token.as_deref()),
            ("acme#lastName#é", Some("élan"))
        );
        let city = place(TermKind::Role(Role::City), "paris");
        assert_eq!(
            (city.index.name(), city.partition.as_str()),
            ("term-index", "acme#city#paris")
        );
    }

    #[test]
    fn no_value_outgrows_a_key() {
        let keys = TenantKeys::new("acme");
        let long = "é".repeat(1000);
        let term = Term::new(TermKind::Custom("f".repeat(64)), &long);
        assert!(keys.term(id(), &term).sk.len() <= 1024);
        assert!(keys.place(&term).partition.len() <= 2048);
        let interaction = Interaction {
            service: long.clone(),
            service_id: long,
            created: Timestamp::from_milliseconds(0),
            body: String::new(),
            link_url: String::new(),
            content_type: String::new(),
            author: None,
            added: Arrival {
                at: Timestamp::from_milliseconds(0),
                place: 0,
            },
        };
        assert!(keys.interaction(CaseId::parse("K000000001").unwrap(), &interaction).sk.len() <= 1024);
    }

    #[test]
    fn parts_of_an_interactions_identity_stay_apart() {
        assert_ne!(digest(&["ab", "c"]), digest(&["a", "bc"]));
        assert_ne!(escaped("a#b"), escaped("a%23b"));
    }
}
