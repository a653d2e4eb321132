//! Every key, and so the layout of the table (docs/table.md says why).
//!
//! | item | pk | sk | access |
//! |---|---|---|---|
//! | customer | `{t}#customer#{id}` | `customer` | by id; candidates of a search |
//! | search term | same partition | `term#{kind}#{value}` | through an index, by value |
//! | case pointer | same partition | `case#{created}#{id}` | a customer's cases, with the customer, in one query |
//! | timeline event | same partition | `event#{time}#{id}` | in order; activities also through an index, by medium, mode and time |
//! | merged customer | `{t}#customer#{id}` | `customer` | by id; leads to the record that it was merged into |
//! | merge | the merged customer's | `merge#{receipt}` | by its receipt |
//! | what it changed | same partition | `merge#{receipt}#…` | to take it back: three records, the cases and events that were moved |
//! | two different people | both customers' | `distinct#{other}` | by a merge, and by whoever proposes one |
//! | deleted customer | same partition | `set-aside` | what can be brought back within a week |
//! | audit entry | same partition, or the case's | `audit#{time}#{random}` | who did what |
//! | case | `{t}#case#{id}` | `case` | by id |
//! | interaction | same partition | `interaction#{service}#{serviceId}` | with the case, in one query |
//! | created-once record | `{t}#once#{digest}` | `once` | a create that is sent again |
//! | erasure under way | `{t}#erasure#{id}` | `erasure` | taking up one that broke off |
//! | erasures under way | `{t}#erasures` | `{id}` | those that nobody took up |
//! | unfinished work | `{t}#unfinished` | `{id}` | customers without all terms and cases without all interactions, for whoever completes them |
//! | unclaimed case | `{t}#unclaimed#{hmac}` | `{id}` | cases of nobody, by brand and contact point, or by former customer |
//! | its places | the case's partition | `unclaimed` | with the case: where it stands so |
//! | erased person | `{t}#erased#{hmac}` | `erased` | an import that would bring one back |
//! | key of those digests | `{t}#settings` | `erasure-key` | with either |
//! | external id | `{t}#external#{kind}#{digest}` | `external` | our id for another system's |
//! | import run | `{t}#imports` | `{run}` | the list of runs; one by its id |
//! | import row | `{t}#import#{run}#{row / 1000}` | `row#{row}` | what a run has done, in the file's order |
//! | before-image | the record's partition | `before#{run}`, `before#{run}#interaction…` | what a run can give back; dies with the record |
//! | tenant, data model | `{t}#settings` | `tenant`, `model#customer`, `model#case` | with every key |
//! | data model of before | same partition | `model-before#{time}#…` | what a model can be taken back to |
//! | backfill | same partition | `backfill` | what a changed data model leaves to do |
//! | API key | `key#{sha256}` | `key` | by digest; it and its use are the only items outside a tenant |
//! | API key's use | `key-use#{sha256}` | `use` | for lists of keys |
//! | API key's pointer | `{t}#keys` | `{sha256}` | a tenant's keys |
//!
//! The tenant comes first in every other key, and only [`Store`](super::Store) builds them, from the tenant of the caller's
//! key: no request can name another tenant's item.

use crm_domain::{
    Activity, CaseId, CustomerId, Event, ExternalId, Interaction, Medium, MergeId, Mode, Role, Term, TermKind, Timestamp,
    digest::{digest, sha256},
    term::time_token,
};

/// What the partition keys begin with of the only items that a function updates in place.
pub const KEY_USES: &str = "key-use#";

/// Longer values stand in keys as their digest: DynamoDB allows 1,024 bytes in a sort key and 2,048 in an index's.
const LONGEST_IN_KEY: usize = 400;

/// Names are looked up by so many characters of a word at most.
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

/// The sort key of a customer's record; after all of its case pointers, so that one query reads both.
pub(super) const CUSTOMER: &str = "customer";
/// The sort key of what is kept of a customer whom an operator deleted: after the record's, so that no query of a customer with
/// cases reaches it.
pub(super) const SET_ASIDE: &str = "set-aside";
/// The sort key of a created-once record.
pub(super) const ONCE: &str = "once";
/// The sort key of a case's record; before all of its interactions, likewise.
pub(super) const CASE: &str = "case";
/// What every case pointer's sort key begins with.
pub(super) const CASE_POINTERS: &str = "case#";
/// What every term's sort key begins with.
pub(super) const TERMS: &str = "term#";
/// The first sort key after all terms: `$` is the character after `#`.
pub(super) const AFTER_TERMS: &str = "term$";
/// What every audit entry's sort key begins with.
pub(super) const AUDIT: &str = "audit#";
/// The first sort key after all audit entries, likewise.
pub(super) const AFTER_AUDIT: &str = "audit$";
/// What every interaction's sort key begins with.
pub(super) const INTERACTIONS: &str = "interaction#";
/// The first sort key after all interactions, likewise.
pub(super) const AFTER_INTERACTIONS: &str = "interaction$";

/// What every timeline event's sort key begins with.
pub(super) const EVENTS: &str = "event#";
/// The first sort key after all timeline events, likewise.
pub(super) const AFTER_EVENTS: &str = "event$";

/// What every merge's sort keys begin with.
pub(super) const MERGES: &str = "merge#";
/// What the sort keys begin with of marks that two customers are different people.
pub(super) const DISTINCT: &str = "distinct#";
/// The first sort key after all of those, likewise.
pub(super) const AFTER_DISTINCT: &str = "distinct$";

/// The sort key of the item that says where a case without customer stands.
pub(super) const UNCLAIMED: &str = "unclaimed";

/// What every item begins with in which an import keeps what a record, or another item of its partition, was before.
pub(super) const MARKS: &str = "before#";

/// What every row of an import's journal begins with.
pub(super) const ROWS: &str = "row#";
/// How many rows of an import lie in one partition: so many that one query reads them, so few that none gets hot.
pub const ROWS_TOGETHER: u64 = 1_000;

/// An API key, found by the digest of the whole header value. The value itself is nowhere.
pub(super) fn api_key(digest: &str) -> Key {
    Key::new(format!("key#{digest}"), "key")
}

/// When an API key was last used. Its partition's prefix is what policies name that allow writing it and nothing else.
pub(super) fn api_key_use(digest: &str) -> Key {
    Key::new(format!("{KEY_USES}{digest}"), "use")
}

/// What nobody ever writes: reading it opens the connection.
pub(super) fn nothing() -> Key {
    Key::new("nothing", "nothing")
}

/// What the partition of a tenant's settings is called after the tenant.
pub(super) const SETTINGS: &str = "#settings";
/// What the partition of a tenant's key pointers is called after the tenant.
pub(super) const KEY_POINTERS: &str = "#keys";

/// The keys of one tenant's items.
#[derive(Debug, Clone)]
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

    /// Where all of the tenant's key pointers lie.
    pub(super) fn key_pointers(&self) -> String {
        format!("{}{KEY_POINTERS}", self.tenant)
    }

    pub(super) fn key_pointer(&self, digest: &str) -> Key {
        Key::new(self.key_pointers(), digest)
    }

    /// What the partitions of all of the tenant's customers begin with.
    pub(super) fn customer_partitions(&self) -> String {
        format!("{}#customer#", self.tenant)
    }

    pub(super) fn customer_partition(&self, id: CustomerId) -> String {
        format!("{}{id}", self.customer_partitions())
    }

    pub(super) fn customer(&self, id: CustomerId) -> Key {
        Key::new(self.customer_partition(id), CUSTOMER)
    }

    /// What is kept of a customer whom an operator deleted.
    pub(super) fn set_aside(&self, id: CustomerId) -> Key {
        Key::new(self.customer_partition(id), SET_ASIDE)
    }

    /// The customer whose partition this is.
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

    /// The case that a pointer's sort key points to.
    pub(super) fn case_of(pointer: &str) -> Option<CaseId> {
        CaseId::parse(pointer.strip_prefix(CASE_POINTERS)?.rsplit('#').next()?)
    }

    /// What the partitions of the tenant's cases begin with.
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

    /// Where the activities of one medium and mode stand in the index of terms.
    pub(super) fn activities(&self, medium: Medium, mode: Mode) -> String {
        format!("{}#activity#{}#{}", self.tenant, medium.name(), mode.name())
    }

    /// Where an activity stands there: by its time; what can change comes last, and tells without a reading what it was.
    pub(super) fn activity_token(at: Timestamp, activity: Activity) -> String {
        let flag = |flag, name| if flag { name } else { "-" };
        format!(
            "{}#{}{}",
            time_token(at),
            flag(activity.is_read, "r"),
            flag(activity.is_secure, "s")
        )
    }

    /// A merge, in the partition of the record that was merged into another.
    pub(super) fn merge(&self, receipt: MergeId) -> Key {
        Key::new(self.customer_partition(receipt.merged), format!("{MERGES}{receipt}"))
    }

    /// What a merge keeps under its receipt and this name.
    pub(super) fn merge_part(&self, receipt: MergeId, part: &str) -> Key {
        Key::new(self.customer_partition(receipt.merged), format!("{MERGES}{receipt}#{part}"))
    }

    /// That a customer is another person than the other one. The same stands in the other's partition.
    pub(super) fn distinct(&self, one: CustomerId, other: CustomerId) -> Key {
        Key::new(self.customer_partition(one), format!("{DISTINCT}{other}"))
    }

    pub(super) fn once(&self, digest: &str) -> Key {
        Key::new(format!("{}#once#{digest}", self.tenant), ONCE)
    }

    pub(super) fn erasure(&self, id: CustomerId) -> Key {
        Key::new(format!("{}#erasure#{id}", self.tenant), "erasure")
    }

    /// Where the tenant's erasures under way are listed.
    pub(super) fn erasures(&self) -> String {
        format!("{}#erasures", self.tenant)
    }

    pub(super) fn erasure_pointer(&self, id: CustomerId) -> Key {
        Key::new(self.erasures(), id.to_string())
    }

    /// Where the tenant's unfinished work is listed.
    pub(super) fn unfinished_list(&self) -> String {
        format!("{}#unfinished", self.tenant)
    }

    pub(super) fn unfinished(&self, id: &str) -> Key {
        Key::new(self.unfinished_list(), id)
    }

    /// Where cases without customer stand: by the digest of a contact point, or of the id, of the customer they had.
    pub(super) fn unclaimed_place(&self, digest: &str) -> String {
        format!("{}#unclaimed#{digest}", self.tenant)
    }

    pub(super) fn unclaimed(&self, digest: &str, case: &str) -> Key {
        Key::new(self.unclaimed_place(digest), case)
    }

    pub(super) fn unclaimed_of(&self, case: CaseId) -> Key {
        Key::new(self.case_partition(case), UNCLAIMED)
    }

    /// What is left of an erased person, under the keyed digest of one of their marks.
    pub(super) fn erased(&self, digest: &str) -> Key {
        Key::new(format!("{}#erased#{digest}", self.tenant), "erased")
    }

    /// Where an external id's owner stands. The id may be a name or an address, so that it is nowhere in a key.
    pub(super) fn external(&self, kind: &str, external: &ExternalId) -> Key {
        let parts: Vec<&str> = external.brand.as_deref().into_iter().chain([external.id.as_str()]).collect();
        Key::new(format!("{}#external#{kind}#{}", self.tenant, digest(&parts)), "external")
    }

    /// Where the rows of a run lie, [`ROWS_TOGETHER`] in each part.
    pub(super) fn import_rows(&self, run: &str, part: u64) -> String {
        format!("{}#import#{run}#{part}", self.tenant)
    }

    pub(super) fn import_row(&self, run: &str, row: u64) -> Key {
        Key::new(self.import_rows(run, row / ROWS_TOGETHER), format!("{ROWS}{row:012}"))
    }

    /// Where the times at which customers were made stand in the index of terms.
    pub(super) fn created_part(&self, part: u64) -> String {
        format!("{}#created#{part}", self.tenant)
    }

    /// Where a term is looked up: the index, its partition key, and for a name what the sort key begins with.
    pub(super) fn place(&self, term: &Term) -> IndexPlace {
        let value = in_key(&term.value);
        let (index, partition) = match &term.kind {
            TermKind::Role(Role::Email) => (Index::Email, format!("{}#{value}", self.tenant)),
            TermKind::Role(Role::Phone) => (Index::Phone, format!("{}#{value}", self.tenant)),
            TermKind::Role(Role::Handle) => (Index::Handle, format!("{}#{value}", self.tenant)),
            kind if kind.is_by_prefix() => {
                // By first letter, so that a name's index entries do not all lie in one partition, and the shortest prefix that
                // an agent can type still finds them.
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

/// What only operators read and write.
#[cfg(feature = "operator")]
impl TenantKeys {
    /// The case whose partition this is.
    pub(super) fn case_of_partition(&self, partition: &str) -> Option<CaseId> {
        CaseId::parse(partition.strip_prefix(&self.case_partitions())?)
    }

    /// Whether this is the partition of a customer or a case.
    pub(super) fn is_of_record(&self, partition: &str) -> bool {
        self.customer_of(partition).is_some() || self.case_of_partition(partition).is_some()
    }

    /// What kind of items a partition has: the word after the tenant.
    pub(super) fn kind_of<'key>(&self, partition: &'key str) -> &'key str {
        let rest = partition.strip_prefix(&self.tenant).and_then(|rest| rest.strip_prefix('#'));
        rest.and_then(|rest| rest.split('#').next()).unwrap_or_default()
    }

    /// What all of the tenant's partitions begin with.
    pub(super) fn partitions(&self) -> String {
        format!("{}#", self.tenant)
    }

    /// Where all of the tenant's import runs lie.
    pub(super) fn import_runs(&self) -> String {
        format!("{}#imports", self.tenant)
    }

    pub(super) fn import_run(&self, run: &str) -> Key {
        Key::new(self.import_runs(), run)
    }

    /// Where an import keeps what a record, or another item of its partition, was before. Outside of what the queries of cases and
    /// interactions read: `before` comes first.
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

/// Where in the indexes a term stands.
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

/// The value, or its digest where it is too long for a key. Candidates are compared with their records, so a digest that
/// stands for two values could only cost a read.
fn in_key(value: &str) -> String {
    if value.len() <= LONGEST_IN_KEY {
        value.to_owned()
    } else {
        format!("sha256:{}", sha256(value.as_bytes()))
    }
}

/// So that `a#b` on network `c` is not `b` on network `c#a`.
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
    fn events_and_activities_stand_in_order_of_time() {
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
    fn what_an_import_keeps_is_outside_of_what_readers_of_cases_read() {
        let partition = TenantKeys::new("acme").customer_partition(id());
        for item in [None, Some("interaction#x#1")] {
            let before = TenantKeys::before(&partition, "00000000ab", item);
            assert!(!(CASE_POINTERS..=CUSTOMER).contains(&before.sk.as_str()), "{}", before.sk);
            assert!(!(CASE..=AFTER_INTERACTIONS).contains(&before.sk.as_str()), "{}", before.sk);
        }
    }

    #[test]
    fn an_external_id_stands_in_no_key_and_is_unique_within_its_brand() {
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
    fn the_rows_of_an_import_lie_in_parts_and_in_order() {
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
    fn places_in_the_indexes() {
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
    fn parts_of_an_identity_cannot_run_into_each_other() {
        assert_ne!(digest(&["ab", "c"]), digest(&["a", "bc"]));
        assert_ne!(escaped("a#b"), escaped("a%23b"));
    }
}
