//! Accounts under which a customer wrote, learnt from conversations (decision 0050).
//!
//! An interaction brings its author's network, stable id, handle and name. They are kept apart from the contact points
//! that people entered, and never change a field. A network's id survives a change of handle, so an account keeps its
//! earlier handles.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{CaseId, Customer, Interaction, Role, Term, TermKind, Timestamp, case::Author, matching::PersonName};
use crate::normal::{case_folded, handle_on};

/// The most accounts that a customer learns. A merge keeps those of both records.
pub const MOST_LEARNT: usize = 10;
/// The most handles of an account that are kept, the last ones.
const MOST_HANDLES: usize = 5;
/// How old the last sighting of a handle becomes before a newer one is written. Otherwise every message would write the
/// customer's record.
const RENEWED_AFTER_SECONDS: i64 = 30 * 86_400;
/// The name of the learnt accounts in histories, in the feed, and among what an undone merge keeps.
pub const ACCOUNTS: &str = "accounts";

/// An account on a network under which the customer wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LearntAccount {
    /// The network, in normal form.
    pub network: String,
    /// The account's id on the network.
    pub account: String,
    /// The name that it showed last.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Its handles, the last one last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub handles: Vec<LearntHandle>,
    /// The case from which it was learnt.
    pub case: CaseId,
    /// When somebody removed it. It is not learnt again then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removed: Option<Timestamp>,
}

/// A handle of an account. The times are those of messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LearntHandle {
    /// The handle as the network wrote it.
    pub value: String,
    /// The first message with it.
    pub first: Timestamp,
    /// The last message with it, to the month: newer ones are not noted before [`RENEWED_AFTER_SECONDS`].
    pub last: Timestamp,
    /// The case from which it was learnt, if that is another than the account's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<CaseId>,
    /// The last message of another account with it, if that account's customer is gone or has lost it. Then no other record
    /// tells that the network gave the handle away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passed_on: Option<Timestamp>,
}

impl LearntHandle {
    /// Whether it counts for the customer: nobody else was seen with it later.
    pub fn counts(&self) -> bool {
        self.passed_on.is_none_or(|later| self.last > later)
    }
}

/// Identifies an account: the network in normal form, and the id there.
pub type AccountKey = (String, String);

impl Author {
    /// The account of an author who has an id and a handle.
    fn account(&self) -> Option<AccountKey> {
        let network = network(&self.service);
        let account = self.service_id.trim();
        let is_usable = !network.is_empty() && !account.is_empty() && !handle_on(&self.handle, Some(&network)).is_empty();
        is_usable.then(|| (network, account.to_owned()))
    }
}

/// A network's name in normal form. X has two.
pub fn network(service: &str) -> String {
    match case_folded(service) {
        name if name == "x" => "twitter".to_owned(),
        name => name,
    }
}

impl LearntAccount {
    /// What identifies it.
    pub fn key(&self) -> AccountKey {
        (self.network.clone(), self.account.clone())
    }

    /// Whether it is the account of this id on a network, in any spelling of the network's name.
    pub fn is(&self, service: &str, account: &str) -> bool {
        self.network == network(service) && self.account == account
    }

    /// Whether it counts for the customer.
    pub fn counts(&self) -> bool {
        self.removed.is_none()
    }

    /// The handle that it was seen with last.
    pub fn handle(&self) -> Option<&LearntHandle> {
        self.handles.last()
    }

    /// Everything in it that others wrote.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &String> {
        let handles = self.handles.iter().map(|handle| &handle.value);
        [&self.network, &self.account, &self.name].into_iter().chain(handles)
    }

    fn normal(&self, handle: &LearntHandle) -> String {
        handle_on(&handle.value, Some(&self.network))
    }

    /// The normal forms under which it is found: its handles, and its id, which some addresses of profiles have in place of
    /// a handle.
    pub(crate) fn normal_forms(&self) -> impl Iterator<Item = String> {
        let handles = self.handles.iter().filter(|handle| handle.counts());
        handles
            .map(|handle| self.normal(handle))
            .chain([case_folded(&self.account)])
            .filter(|_| self.counts())
            .filter(|form| !form.is_empty())
    }

    /// Notes a message of this account. A message that is known, or older than what is known, changes nothing.
    fn note(&mut self, sighting: &Sighting<'_>, case: CaseId) {
        let normal = handle_on(&sighting.author.handle, Some(&self.network));
        let last = self.handle().map(|handle| (self.normal(handle), handle.last));
        let held = self.handles.iter().position(|handle| self.normal(handle) == normal);
        let is_last = last.as_ref().is_some_and(|(last, _)| *last == normal);
        let is_newer = last.is_none_or(|(_, last)| sighting.at > last);
        let is_other_name = self.name != sighting.author.name;
        match held {
            Some(at) if is_newer => {
                let is_old = sighting.at > self.handles[at].last.plus_seconds(RENEWED_AFTER_SECONDS);
                if !is_last || is_old || is_other_name || !self.handles[at].counts() {
                    let mut handle = self.handles.remove(at);
                    handle.last = sighting.at;
                    handle.value.clone_from(&sighting.author.handle);
                    self.handles.push(handle);
                    self.name.clone_from(&sighting.author.name);
                }
            }
            Some(_) => {
                if is_last && self.name.is_empty() {
                    self.name.clone_from(&sighting.author.name);
                }
            }
            None => {
                let handle = LearntHandle {
                    value: sighting.author.handle.clone(),
                    first: sighting.at,
                    last: sighting.at,
                    case: (case != self.case).then_some(case),
                    passed_on: None,
                };
                self.handles.push(handle);
                sort(&mut self.handles);
                if self.handles.len() > MOST_HANDLES {
                    self.handles.remove(0);
                }
                if is_newer {
                    self.name.clone_from(&sighting.author.name);
                }
            }
        }
    }

    /// The case from which a handle was learnt.
    fn origin(&self, handle: &LearntHandle) -> CaseId {
        handle.case.unwrap_or(self.case)
    }

    /// Sets the case from which the account was learnt. The handles keep theirs.
    fn set_case(&mut self, case: CaseId) {
        let before = std::mem::replace(&mut self.case, case);
        for handle in &mut self.handles {
            handle.case = Some(handle.case.unwrap_or(before)).filter(|of| *of != case);
        }
    }

    /// Forgets the handles that were learnt from a case, and the name with the last one.
    fn forget(&mut self, case: CaseId) {
        if self.handle().is_some_and(|last| self.origin(last) == case) {
            self.name.clear();
        }
        let learnt_from = self.case;
        self.handles.retain(|handle| handle.case.unwrap_or(learnt_from) != case);
        let first = self.handles.first().map(|first| self.origin(first));
        if let Some(first) = first.filter(|_| learnt_from == case) {
            self.set_case(first);
        }
    }

    /// The same account of two records of one person.
    fn joined(self, other: Self) -> Self {
        let times = |account: &Self| account.handle().map(|handle| handle.last);
        // Which record comes first makes no difference.
        let (older, newer) = if (times(&self), &self.name) <= (times(&other), &other.name) {
            (self, other)
        } else {
            (other, self)
        };
        let mut handles: BTreeMap<String, LearntHandle> = BTreeMap::new();
        for (account, handle) in [&older, &newer]
            .into_iter()
            .flat_map(|one| one.handles.iter().map(move |handle| (one, handle)))
        {
            let origin = account.origin(handle);
            let held = handles.entry(account.normal(handle)).or_insert_with(|| LearntHandle {
                case: Some(origin),
                ..handle.clone()
            });
            let value = (held.last, &held.value).max((handle.last, &handle.value)).1.clone();
            *held = LearntHandle {
                value,
                first: held.first.min(handle.first),
                last: held.last.max(handle.last),
                case: held.case.min(Some(origin)),
                passed_on: held.passed_on.max(handle.passed_on),
            };
        }
        let mut handles: Vec<LearntHandle> = handles.into_values().collect();
        sort(&mut handles);
        let case = older.case.min(newer.case);
        let mut joined = Self {
            // One record of the person has it, so it is the person's.
            removed: older.removed.and_then(|one| Some(one.max(newer.removed?))),
            handles,
            ..newer
        };
        joined.set_case(case);
        joined
    }
}

/// Brings handles into their order, the last one last.
fn sort(handles: &mut [LearntHandle]) {
    handles.sort_by(|one, other| (one.last, &one.value).cmp(&(other.last, &other.value)));
}

/// One message's author.
#[derive(Debug, Clone, Copy)]
struct Sighting<'case> {
    author: &'case Author,
    at: Timestamp,
}

/// A conversation, from which its case's customer may learn.
#[derive(Debug, Clone, Copy)]
pub struct Conversation<'case> {
    /// The case.
    pub case: CaseId,
    /// The interactions that are known already.
    pub known: &'case [Interaction],
    /// All interactions.
    pub all: &'case [Interaction],
}

impl<'case> Conversation<'case> {
    /// The accounts that wrote and are not the company's own, with the authors of their messages by time.
    fn customers(interactions: &'case [Interaction]) -> BTreeMap<AccountKey, Vec<Sighting<'case>>> {
        let mut accounts: BTreeMap<AccountKey, Vec<Sighting<'_>>> = BTreeMap::new();
        let mut own = BTreeSet::new();
        for interaction in interactions {
            let Some(author) = &interaction.author else { continue };
            let Some(account) = author.account() else { continue };
            if author.brand_owned {
                own.insert(account);
            } else {
                let at = interaction.created;
                accounts.entry(account).or_default().push(Sighting { author, at });
            }
        }
        accounts.retain(|account, _| !own.contains(account));
        for sightings in accounts.values_mut() {
            sightings.sort_by(|one, other| (one.at, &one.author.handle).cmp(&(other.at, &other.author.handle)));
        }
        accounts
    }

    /// The accounts that were not seen here before, or not with this handle and name.
    fn news(&self) -> BTreeMap<AccountKey, Vec<Sighting<'case>>> {
        let known = Self::customers(self.known);
        let mut news = Self::customers(self.all);
        for (account, sightings) in &mut news {
            let seen = known.get(account);
            let is_known = |one: &Sighting<'_>| {
                seen.is_some_and(|seen| {
                    let mut seen = seen.iter().map(|seen| (&seen.author.handle, &seen.author.name));
                    seen.any(|seen| seen == (&one.author.handle, &one.author.name))
                })
            };
            sightings.retain(|sighting| !is_known(sighting));
        }
        news.retain(|_, sightings| !sightings.is_empty());
        news
    }

    /// Whether the customer may learn anything.
    pub fn has_news(&self) -> bool {
        !self.news().is_empty()
    }
}

impl Customer {
    /// Learns the accounts of a conversation that are the customer's: the only one among the customers' messages, those
    /// that agree with the customer's name or handle, and those that it has already. A repetition changes nothing.
    pub fn learn(&mut self, conversation: &Conversation<'_>) {
        let all = Conversation::customers(conversation.all);
        for (key, sightings) in conversation.news() {
            let place = self.learnt.binary_search_by_key(&key, LearntAccount::key);
            let place = match place {
                Ok(held) => held,
                Err(free) if self.learnt.len() < MOST_LEARNT && (all.len() == 1 || self.agrees_with(&key, &all)) => {
                    let (network, account) = key;
                    let learnt = LearntAccount {
                        network,
                        account,
                        name: String::new(),
                        handles: Vec::new(),
                        case: conversation.case,
                        removed: None,
                    };
                    self.learnt.insert(free, learnt);
                    free
                }
                Err(_) => continue,
            };
            let account = &mut self.learnt[place];
            if account.counts() {
                for sighting in &sightings {
                    account.note(sighting, conversation.case);
                }
            }
        }
    }

    /// Whether an account of a conversation has the customer's handle or full name. If the customer has another account
    /// on the network, or another author there has the name, too, the name may be somebody else's.
    fn agrees_with(&self, (network, account): &AccountKey, all: &BTreeMap<AccountKey, Vec<Sighting<'_>>>) -> bool {
        if self.learnt.iter().any(|one| one.counts() && one.network == *network) {
            return false;
        }
        let has_handle = |sighting: &Sighting<'_>| {
            let normal = handle_on(&sighting.author.handle, Some(network));
            let mut entered = self.entered_handles();
            entered.any(|(of, handle)| of.is_none_or(|of| of == *network) && handle == normal)
        };
        let names: BTreeSet<String> = self.person_names().iter().filter_map(PersonName::sorted).collect();
        let has_name = |sighting: &Sighting<'_>| {
            let name = PersonName::read(&sighting.author.name);
            name.and_then(|name| name.sorted()).is_some_and(|name| names.contains(&name))
        };
        let of_network = || all.iter().filter(|((of, _), _)| of == network);
        let bearers = of_network().filter(|(_, sightings)| sightings.iter().any(has_name));
        let bearers: Vec<&String> = bearers.map(|((_, account), _)| account).collect();
        let has_entered_handle = all
            .get(&(network.clone(), account.clone()))
            .is_some_and(|sightings| sightings.iter().any(has_handle));
        has_entered_handle || (bearers == [account] && !self.has_entered_handle_on(network))
    }

    fn has_entered_handle_on(&self, network: &str) -> bool {
        self.entered_handles().any(|(of, _)| of.as_deref() == Some(network))
    }

    /// Removes what was learnt from a case that turned out to be another customer's, or that was taken back. A handle goes
    /// with the case that taught it first, even if the customer wrote under it in others as well.
    pub fn unlearn(&mut self, case: CaseId) {
        for account in self.learnt.iter_mut().filter(|account| account.counts()) {
            account.forget(case);
        }
        self.learnt.retain(|account| !account.counts() || !account.handles.is_empty());
    }

    /// The cases from which the accounts and their handles were learnt.
    pub fn taught_by(&self) -> BTreeSet<CaseId> {
        let of_account = |account: &LearntAccount| -> Vec<CaseId> {
            let of_handles = account.handles.iter().map(|handle| account.origin(handle));
            of_handles.chain([account.case]).collect()
        };
        self.accounts().flat_map(of_account).collect()
    }

    /// Removes a learnt account for good: only its id stays, so that it is not learnt again. Returns whether there was such
    /// an account.
    pub fn remove_account(&mut self, service: &str, account: &str, now: Timestamp) -> bool {
        let mut learnt = self.learnt.iter_mut().filter(|one| one.counts());
        let Some(learnt) = learnt.find(|one| one.is(service, account)) else {
            return false;
        };
        learnt.removed = Some(now);
        learnt.handles.clear();
        learnt.name.clear();
        true
    }

    /// Gives up the handles that one of these accounts of another customer was seen with later. Returns whether there were
    /// any.
    pub fn pass_on(&mut self, holders: &[LearntAccount]) -> bool {
        let mut has_any = false;
        for account in self.learnt.iter_mut().filter(|account| account.counts()) {
            let others = holders.iter().filter(|holder| holder.network == account.network);
            let others: Vec<&LearntAccount> = others.filter(|holder| holder.account != account.account).collect();
            for at in 0..account.handles.len() {
                let (handle, normal) = (&account.handles[at], account.normal(&account.handles[at]));
                let seen = others.iter().flat_map(|holder| {
                    let same = holder.handles.iter().filter(|other| holder.normal(other) == normal);
                    same.map(|other| (other.last, &holder.account))
                });
                let later = seen.max().filter(|later| *later > (handle.last, &account.account));
                if let Some((later, _)) = later.filter(|_| handle.counts()) {
                    account.handles[at].passed_on = Some(later);
                    has_any = true;
                }
            }
        }
        has_any
    }

    /// The learnt accounts that nobody has removed.
    pub fn accounts(&self) -> impl Iterator<Item = &LearntAccount> {
        self.learnt.iter().filter(|account| account.counts())
    }

    /// Handles that were learnt, and the ids of their accounts, each with its network.
    pub(crate) fn learnt_handles(&self) -> impl Iterator<Item = (String, String)> {
        self.accounts()
            .flat_map(|account| account.normal_forms().map(|form| (account.network.clone(), form)))
    }

    /// Adds the learnt accounts of another record of the same person.
    pub(crate) fn join_learnt(&mut self, other: &[LearntAccount]) {
        let mut all: BTreeMap<AccountKey, LearntAccount> = BTreeMap::new();
        for account in std::mem::take(&mut self.learnt).into_iter().chain(other.iter().cloned()) {
            let key = account.key();
            let joined = match all.remove(&key) {
                Some(held) => held.joined(account),
                None => account,
            };
            all.insert(key, joined);
        }
        self.learnt = all.into_values().collect();
    }
}

/// The terms under which customers are found who have a handle of these accounts.
pub fn handle_terms(accounts: &[LearntAccount]) -> BTreeSet<Term> {
    let normal = accounts
        .iter()
        .flat_map(|account| account.handles.iter().map(|handle| account.normal(handle)));
    normal.map(|normal| Term::new(TermKind::Role(Role::Handle), normal)).collect()
}

/// Takes from records that were read together the learnt handles that another account was seen with later: a network gives
/// away a handle that its owner has given up. Only handles that count for an answer remain, so such records are not
/// written.
pub fn keep_last_holders<'read>(customers: impl IntoIterator<Item = &'read mut Customer>) {
    let mut customers: Vec<&mut Customer> = customers.into_iter().collect();
    let mut holders: BTreeMap<(String, String), (Timestamp, String)> = BTreeMap::new();
    for account in customers.iter().flat_map(|customer| customer.accounts()) {
        for handle in account.handles.iter().filter(|handle| handle.counts()) {
            let holder = (handle.last, account.account.clone());
            let place = holders.entry((account.network.clone(), account.normal(handle)));
            let held = place.or_insert_with(|| holder.clone());
            if *held < holder {
                *held = holder;
            }
        }
    }
    for account in customers.iter_mut().flat_map(|customer| &mut customer.learnt) {
        let LearntAccount {
            network,
            account,
            handles,
            ..
        } = account;
        handles.retain(|handle| {
            if !handle.counts() {
                return false;
            }
            let place = (network.clone(), handle_on(&handle.value, Some(network)));
            holders
                .get(&place)
                .is_none_or(|(last, holder)| holder == account || *last <= handle.last)
        });
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        AskedIdentifier, CustomerId, ObjectStructure, Role,
        case::tests::interaction,
        customer::tests::{NOW, customer},
        normal::Region,
    };

    fn case(number: u64) -> CaseId {
        CaseId::draw(NOW, number)
    }

    /// A message of an account on X.
    fn message(second: i64, account: &str, handle: &str, name: &str) -> Interaction {
        Interaction {
            author: Some(Author {
                service: "TWITTER".to_owned(),
                service_id: account.to_owned(),
                handle: handle.to_owned(),
                name: name.to_owned(),
                brand_owned: false,
            }),
            ..interaction(&format!("{account}-{second}"), second, "Hello")
        }
    }

    fn answer(account: &str) -> Interaction {
        let mut answer = message(9, account, "care", "Care");
        answer.author.as_mut().unwrap().brand_owned = true;
        answer
    }

    fn learn(customer: &mut Customer, number: u64, all: &[Interaction]) {
        let conversation = Conversation {
            case: case(number),
            known: &[],
            all,
        };
        customer.learn(&conversation);
        let once = customer.clone();
        customer.learn(&conversation);
        assert_eq!(*customer, once, "a repetition changes nothing");
    }

    /// A handle with the seconds of its first and last message.
    type Shown<'a> = (&'a str, i64, i64);

    /// The accounts with their handles.
    fn shown(customer: &Customer) -> Vec<(&str, Vec<Shown<'_>>)> {
        let handle = |handle: &'_ LearntHandle| (handle.first.seconds(), handle.last.seconds());
        let accounts = customer.accounts().map(|account| {
            let handles = account.handles.iter().map(|one| {
                let (first, last) = handle(one);
                (one.value.as_str(), first, last)
            });
            (account.account.as_str(), handles.collect())
        });
        accounts.collect()
    }

    #[track_caller]
    fn check_learnt(fields: &[(&str, &str)], all: &[Interaction], wanted: &[&str]) {
        let mut jane = customer(fields);
        let before = jane.clone();
        learn(&mut jane, 1, all);
        let accounts: Vec<&str> = jane.accounts().map(|account| account.account.as_str()).collect();
        assert_eq!(accounts, wanted);
        jane.learnt.clear();
        assert_eq!(jane, before, "nothing else changes");
    }

    #[test]
    fn the_only_account_among_the_customers_messages_is_learnt() {
        let jane = [("firstName", "Jane")];
        check_learnt(
            &jane,
            &[message(1, "7", "anybody", "A"), answer("1"), message(2, "7", "anybody", "A")],
            &["7"],
        );
        check_learnt(&jane, &[message(1, "7", "a", "A"), message(2, "8", "b", "B")], &[]);
        check_learnt(&jane, &[answer("1")], &[]);
        // The company's own account, which one message does not mark.
        check_learnt(&jane, &[message(1, "1", "care", "Care"), answer("1")], &[]);
        let mut nameless = message(1, "7", " @ ", "A");
        check_learnt(&jane, std::slice::from_ref(&nameless), &[]);
        nameless.author = None;
        check_learnt(&jane, &[nameless], &[]);
    }

    #[test]
    fn among_several_accounts_the_customers_handle_or_full_name_decides() {
        let (jane, other) = (message(1, "7", "jd", "Doe, Jane"), message(2, "8", "troll", "Tom Troll"));
        let both = [jane.clone(), other.clone()];
        check_learnt(&[("firstName", "Jane"), ("lastName", "Doe")], &both, &["7"]);
        check_learnt(&[("twitterHandle", "@JD")], &both, &["7"]);
        check_learnt(&[("profileUrl", "https://twitter.com/jd")], &both, &["7"]);
        check_learnt(&[("facebookHandle", "jd")], &both, &[]);
        check_learnt(&[("firstName", "Jane")], &both, &[]);
        // Two have the name, or the customer has another handle there.
        let twin = message(3, "9", "jane2", "Jane Doe");
        let named = [("firstName", "Jane"), ("lastName", "Doe")];
        check_learnt(&named, &[jane.clone(), other.clone(), twin], &[]);
        let elsewhere = [("firstName", "Jane"), ("lastName", "Doe"), ("twitterHandle", "jane_d")];
        check_learnt(&elsewhere, &both, &[]);
        // A customer with an account on the network gets no second one by name.
        let mut known = customer(&named);
        learn(&mut known, 1, &[message(1, "6", "jane6", "Jane Doe")]);
        learn(&mut known, 2, &both);
        assert_eq!(shown(&known), [("6", vec![("jane6", 1, 1)])]);
    }

    #[test]
    fn an_account_keeps_its_earlier_handles_with_their_times() {
        let mut jane = customer(&[("firstName", "Jane")]);
        learn(&mut jane, 1, &[message(10, "7", "ada_l", "Ada")]);
        learn(
            &mut jane,
            2,
            &[message(20, "7", "Ada_New", "Ada L."), message(30, "7", "ada_new", "Ada L.")],
        );
        assert_eq!(shown(&jane), [("7", vec![("ada_l", 10, 10), ("Ada_New", 20, 20)])]);
        assert_eq!((jane.learnt[0].name.as_str(), jane.learnt[0].case), ("Ada L.", case(1)));
        // An older message that comes late.
        learn(
            &mut jane,
            3,
            &[message(15, "7", "ada_l", "Ada"), message(5, "7", "ada_0", "Ada")],
        );
        assert_eq!(
            shown(&jane),
            [("7", vec![("ada_0", 5, 5), ("ada_l", 10, 10), ("Ada_New", 20, 20)])]
        );
        assert_eq!(jane.learnt[0].name, "Ada L.");
        // A handle that was taken back, and one that is still there after a month.
        learn(&mut jane, 4, &[message(40, "7", "ada_l", "Ada")]);
        let month = RENEWED_AFTER_SECONDS + 41;
        learn(&mut jane, 5, &[message(month, "7", "ada_l", "Ada")]);
        let wanted = vec![("ada_0", 5, 5), ("Ada_New", 20, 20), ("ada_l", 10, month)];
        assert_eq!(shown(&jane), [("7", wanted)]);
        let forms: Vec<String> = jane.learnt[0].normal_forms().collect();
        assert_eq!(forms, ["ada_0", "ada_new", "ada_l", "7"]);
    }

    #[test]
    fn accounts_and_handles_are_bounded() {
        let mut jane = customer(&[("firstName", "Jane")]);
        for number in 0..30 {
            let at = i64::from(number);
            learn(&mut jane, 1, &[message(at, "7", &format!("handle{number}"), "Jane")]);
            learn(&mut jane, 1, &[message(at, &format!("other{number}"), "one", "Jane")]);
        }
        assert_eq!(jane.learnt.len(), MOST_LEARNT);
        let handles: Vec<&str> = jane.learnt[0].handles.iter().map(|handle| handle.value.as_str()).collect();
        assert_eq!(handles, ["handle25", "handle26", "handle27", "handle28", "handle29"]);
    }

    #[test]
    fn only_news_of_a_conversation_is_learnt() {
        let (first, again) = (message(1, "7", "jane", "Jane"), message(2, "7", "jane", "Jane"));
        let known = std::slice::from_ref(&first);
        let has_news = |all: &[Interaction]| {
            let case = case(1);
            Conversation { case, known, all }.has_news()
        };
        assert!(!has_news(&[first.clone(), again, answer("1")]));
        assert!(has_news(&[first.clone(), message(3, "7", "jane2", "Jane")]));
        assert!(has_news(&[first.clone(), message(3, "8", "jane", "Jane")]));
    }

    #[test]
    fn a_removed_account_is_not_learnt_again_and_a_moved_cases_is() {
        let all = [message(1, "7", "jane", "Jane")];
        let mut jane = customer(&[("firstName", "Jane")]);
        learn(&mut jane, 1, &all);
        assert!(!jane.remove_account("twitter", "8", NOW));
        assert!(jane.remove_account("X", "7", NOW) && !jane.remove_account("X", "7", NOW));
        learn(&mut jane, 2, &all);
        assert_eq!((jane.accounts().count(), jane.learnt_handles().count()), (0, 0));
        assert!(
            !serde_json::to_string(&jane.learnt).unwrap().contains("jane"),
            "only the id stays"
        );
        jane.unlearn(case(1));
        assert_eq!(jane.learnt.len(), 1, "what was removed stays so");
        let mut joan = customer(&[("firstName", "Joan")]);
        learn(&mut joan, 1, &all);
        joan.unlearn(case(2));
        assert_eq!(joan.accounts().count(), 1);
        joan.unlearn(case(1));
        assert_eq!(joan, customer(&[("firstName", "Joan")]));
        learn(&mut joan, 1, &all);
        assert_eq!(joan.accounts().count(), 1);
    }

    #[test]
    fn a_handle_goes_with_the_case_that_taught_it() {
        let taught = || {
            let mut jane = customer(&[("firstName", "Jane")]);
            learn(&mut jane, 1, &[message(10, "7", "ada_l", "Ada")]);
            learn(&mut jane, 2, &[message(20, "7", "ada_new", "Ada L.")]);
            learn(&mut jane, 3, &[message(5, "7", "ada_0", "A.")]);
            jane
        };
        let after = |number: u64| {
            let mut jane = taught();
            jane.unlearn(case(number));
            let account = &jane.learnt[0];
            let handles: Vec<&str> = account.handles.iter().map(|handle| handle.value.as_str()).collect();
            (handles.join(" "), account.name.clone(), account.case)
        };
        assert_eq!(after(1), ("ada_0 ada_new".to_owned(), "Ada L.".to_owned(), case(3)));
        assert_eq!(after(2), ("ada_0 ada_l".to_owned(), String::new(), case(1)));
        assert_eq!(after(3), ("ada_l ada_new".to_owned(), "Ada L.".to_owned(), case(1)));
        assert_eq!(after(4), ("ada_0 ada_l ada_new".to_owned(), "Ada L.".to_owned(), case(1)));
        // The rest keeps its own origin, and what is taught again is whole.
        let mut jane = taught();
        jane.unlearn(case(1));
        jane.unlearn(case(2));
        assert_eq!(shown(&jane), [("7", vec![("ada_0", 5, 5)])]);
        learn(&mut jane, 3, &[message(5, "7", "ada_0", "A.")]);
        assert_eq!((jane.learnt[0].name.as_str(), jane.learnt[0].handles[0].case), ("A.", None));
        jane.unlearn(case(3));
        assert!(jane.learnt.is_empty());
    }

    #[test]
    fn a_handle_counts_for_the_account_that_was_seen_with_it_last() {
        let person = |number: u64, all: &[Interaction]| {
            let mut customer = customer(&[("firstName", "Jane")]);
            customer.id = CustomerId::draw(NOW, number);
            learn(&mut customer, number, all);
            customer
        };
        let former = person(1, &[message(1, "7", "jane", "Jane"), message(5, "7", "jane_2", "Jane")]);
        let holder = person(2, &[message(9, "8", "Jane", "J.")]);
        let asked = AskedIdentifier::new(Role::Handle, "@jane", None, Region::US);
        let model = ObjectStructure::default_customer();
        for customer in [&former, &holder] {
            assert!(asked.is_of(customer), "by itself each has it");
            let terms = customer.terms(&model);
            assert!(asked.terms().iter().all(|term| terms.contains(term)));
        }
        for order in [[&former, &holder], [&holder, &former]] {
            let mut read = order.map(Clone::clone);
            keep_last_holders(&mut read);
            let found: Vec<CustomerId> = read.iter().filter(|one| asked.is_of(one)).map(|one| one.id).collect();
            assert_eq!(found, [holder.id]);
        }
        let mut alone = [former.clone()];
        keep_last_holders(&mut alone);
        assert_eq!(alone, [former]);
    }

    #[test]
    fn a_handle_that_was_passed_on_does_not_return_when_its_last_holder_goes() {
        let person = |number: u64, all: &[Interaction]| {
            let mut customer = customer(&[("firstName", "Jane")]);
            customer.id = CustomerId::draw(NOW, number);
            learn(&mut customer, number, all);
            customer
        };
        let mut former = person(1, &[message(1, "7", "jane", "Jane"), message(5, "7", "jane_2", "Jane")]);
        let holder = person(2, &[message(9, "8", "Jane", "J.")]);
        let asked = AskedIdentifier::new(Role::Handle, "@jane", None, Region::US);
        assert!(handle_terms(&holder.learnt).is_superset(&asked.terms().into_iter().collect()));
        assert!(!former.clone().pass_on(&former.learnt), "not to itself");
        assert!(!holder.clone().pass_on(&former.learnt), "not to whoever had it before");
        assert!(former.pass_on(&holder.learnt) && !former.pass_on(&holder.learnt), "once");
        assert!(!asked.is_of(&former));
        let mut alone = [former.clone()];
        keep_last_holders(&mut alone);
        assert_eq!(shown(&alone[0]), [("7", vec![("jane_2", 5, 5)])]);
        let other = AskedIdentifier::new(Role::Handle, "jane_2", None, Region::US);
        assert!(other.is_of(&former), "the account has its other handle");
        // The network gave it back.
        learn(&mut former, 3, &[message(12, "7", "jane", "Jane")]);
        assert!(asked.is_of(&former));
    }

    /// Customers with accounts of which some are the same.
    pub(crate) fn any_accounts() -> impl Strategy<Value = Vec<LearntAccount>> {
        let text = |texts: &[&'static str]| prop::sample::select(texts.to_vec());
        let sighting = (
            text(&["7", "8"]),
            text(&["jane", "Jane", "joe"]),
            text(&["Jane", "J."]),
            0..9_i64,
            1..4_u64,
        );
        let (removed, passed_on) = (prop::option::of(text(&["7", "8"])), prop::option::of(0..9_i64));
        (prop::collection::vec(sighting, 0..5), removed, passed_on).prop_map(|(sightings, removed, passed_on)| {
            let mut customer = customer(&[]);
            for (account, handle, name, at, number) in sightings {
                let all = [message(at, account, handle, name)];
                let (known, case) = (&[], case(number));
                customer.learn(&Conversation { case, known, all: &all });
            }
            if let Some(passed_on) = passed_on {
                let mut holder = self::customer(&[]);
                learn(&mut holder, 1, &[message(passed_on, "9", "jane", "J.")]);
                customer.pass_on(&holder.learnt);
            }
            if let Some(removed) = removed {
                customer.remove_account("twitter", removed, NOW);
            }
            customer.learnt
        })
    }

    proptest! {
        /// Whichever record is merged into which, and in whatever order, the survivor has the same accounts.
        #[test]
        fn accounts_of_several_records_are_joined_in_any_order(one in any_accounts(), two in any_accounts(), three in any_accounts()) {
            let joined = |parts: &[&[LearntAccount]]| {
                let mut customer = customer(&[]);
                for part in parts {
                    customer.join_learnt(part);
                }
                customer.learnt
            };
            let first = joined(&[&joined(&[&one, &two]), &three]);
            prop_assert_eq!(&first, &joined(&[&one, &joined(&[&two, &three])]));
            prop_assert_eq!(&first, &joined(&[&three, &two, &one]));
            prop_assert_eq!(&first, &joined(&[&first, &first]));
            for account in one.iter().chain(&two).chain(&three).filter(|account| account.counts()) {
                let held = first.iter().find(|held| held.key() == account.key());
                prop_assert!(held.is_some_and(|held| held.counts() && held.handles.len() >= account.handles.len()));
            }
        }
    }
}
