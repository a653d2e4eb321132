//! The list of a tenant's customers, ordered by number: all of them, or those who match some words.
//!
//! The list of all is read from the index of creation times, whose entries are written and deleted with the records.
//! So only the page is read. For words, the indexes propose customers, and their records decide who is listed and
//! counted.

use std::{
    cell::Cell,
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use crm_domain::{
    Customer, CustomerId, Role, Span, Term, TermKind,
    error::Error,
    normal::{Readings, meets, name_tokens},
};
use crm_store::Found;

use super::Session;

/// The largest number of customers that a list shows and counts.
const MOST_LISTED: usize = 10_000;
/// The number of words that are looked up at once. Longer words come first, because they are rarer. There can be any number of words, and
/// all of them are required.
const WORDS_AT_ONCE: usize = 8;
/// The names whose words are compared.
const NAMES: [Role; 3] = [Role::FirstName, Role::LastName, Role::DisplayName];
/// The number of keys that are asked of each part of the index of creation times at first: together a fifth more than
/// a list has. Customers are spread evenly over the parts, so a second round is rarely needed.
const MOST_OF_PART: i32 = 3_000;

/// A page of a list of customers.
#[derive(Debug)]
pub struct CustomerList {
    /// The customers of the page, in order.
    pub shown: Vec<Customer>,
    /// How many there are on all pages.
    pub total: usize,
    /// Whether these are all. Of too many customers the first are listed.
    pub is_complete: bool,
}

/// A page of all customers, or of those who match all words, each in one of the ways in which it may be meant.
pub async fn list_customers(session: &Session, mut words: Vec<Readings>, page: Range<usize>) -> Result<CustomerList, Error> {
    if words.is_empty() {
        return all(session, page).await;
    }
    words.sort_by_key(|readings| Reverse(shortest(readings)));
    with_words(session, &words, page).await
}

/// The length of the rarest word: for each reading the longest word, and of these the shortest.
fn shortest(readings: &Readings) -> usize {
    let longest = readings
        .iter()
        .map(|words| words.iter().map(String::len).max().unwrap_or_default());
    longest.min().unwrap_or_default()
}

/// The customers that the indexes name, up to the bound of the list, and whether these are all.
struct Candidates {
    ids: BTreeSet<CustomerId>,
    is_complete: bool,
}

impl Candidates {
    /// The first of them, up to the bound of the list.
    fn of(found: Found) -> Self {
        let is_complete = found.complete && found.ids.len() <= MOST_LISTED;
        let ids = found.ids.into_iter().take(MOST_LISTED).collect();
        Self { ids, is_complete }
    }
}

/// One more than a list has, so that the result tells whether it is complete.
fn most() -> i32 {
    i32::try_from(MOST_LISTED + 1).unwrap_or(i32::MAX)
}

async fn all(session: &Session, page: Range<usize>) -> Result<CustomerList, Error> {
    let always = Span { from: None, until: None };
    let mut found = session.store().customers_created(&always, MOST_OF_PART).await?;
    if !found.complete && found.ids.len() <= MOST_LISTED {
        found = session.store().customers_created(&always, most()).await?;
    }
    page_of(session, Candidates::of(found), page, |_| true).await
}

/// A page of candidates. The total counts what the index names, and the records decide which of the page are shown.
async fn page_of(
    session: &Session,
    candidates: Candidates,
    page: Range<usize>,
    is_met: impl Fn(&Customer) -> bool,
) -> Result<CustomerList, Error> {
    let Candidates { ids, is_complete } = candidates;
    let asked: Vec<CustomerId> = ids.iter().copied().skip(page.start).take(page.len()).collect();
    let mut shown = session.store().customer_get_many(asked.iter().copied()).await?;
    shown.retain(is_met);
    shown.sort_by_key(|customer| customer.id);
    // An index may name a deleted customer for a moment. The total is not corrected for that.
    let gone = if is_complete { asked.len() - shown.len() } else { 0 };
    Ok(CustomerList {
        shown,
        total: ids.len() - gone,
        is_complete,
    })
}

/// The customers whose records match all words. The indexes are asked for the first [`WORDS_AT_ONCE`] words, and for more only if these
/// name too many.
async fn with_words(session: &Session, words: &[Readings], page: Range<usize>) -> Result<CustomerList, Error> {
    let candidates = named_by(session, words).await?;
    let is_one_word = matches!(words, [readings] if matches!(readings.as_slice(), [words] if words.len() == 1));
    if is_one_word && !candidates.is_complete {
        // More than are counted.
        return page_of(session, candidates, page, |customer| is_met(words, customer)).await;
    }
    those_of(session, candidates, words, page).await
}

/// The customers that the indexes name for the words. A word with too many entries excludes nobody, unless all words have too many.
async fn named_by(session: &Session, words: &[Readings]) -> Result<Candidates, Error> {
    let mut cut = Vec::new();
    for some in words.chunks(WORDS_AT_ONCE) {
        let (complete, longer): (Vec<Found>, Vec<Found>) =
            look_up(session, some).await?.into_iter().partition(|list| list.complete);
        cut.extend(longer);
        if !complete.is_empty() {
            return Ok(Candidates::of(shared_by(complete)));
        }
    }
    Ok(Candidates::of(shared_by(cut)))
}

/// For each word the customers that the indexes name for all words of one of its readings.
async fn look_up(session: &Session, asked: &[Readings]) -> Result<Vec<Found>, Error> {
    let words: BTreeSet<&String> = asked.iter().flatten().flatten().collect();
    let of_word = |word: &&String| {
        let names = NAMES.map(TermKind::Role).into_iter();
        let kinds = names.chain([TermKind::DirectoryWord]);
        kinds.map(|kind| Term::new(kind, word.as_str())).collect::<Vec<Term>>()
    };
    let terms: Vec<Term> = words.iter().flat_map(of_word).collect();
    let found = session.store().customer_find(&terms, most()).await?;
    let nobody = Found {
        complete: true,
        ..Found::default()
    };
    let lists = found.chunks(NAMES.len() + 1);
    let lists = lists.map(|lists| lists.iter().cloned().fold(nobody.clone(), Found::or));
    let found: BTreeMap<&String, Found> = words.into_iter().zip(lists).collect();
    let of_reading = |words: &Vec<String>| shared_by(words.iter().filter_map(|word| found.get(word).cloned()).collect());
    let of_readings = |readings: &Readings| readings.iter().map(of_reading).fold(nobody.clone(), Found::or);
    Ok(asked.iter().map(of_readings).collect())
}

/// The candidates whose records match all words. Only those of the page are kept in memory.
async fn those_of(
    session: &Session,
    candidates: Candidates,
    words: &[Readings],
    page: Range<usize>,
) -> Result<CustomerList, Error> {
    let met = Cell::new(0);
    let pick = |customer: Customer| {
        is_met(words, &customer).then(|| {
            let place = met.replace(met.get() + 1);
            page.contains(&place).then_some(customer)
        })
    };
    let picked = session.store().customer_pick(candidates.ids, MOST_LISTED, pick).await?;
    Ok(CustomerList {
        total: picked.picked.len(),
        shown: picked.picked.into_iter().flatten().collect(),
        is_complete: candidates.is_complete && picked.is_all,
    })
}

/// The intersection of the lists.
fn shared_by(lists: Vec<Found>) -> Found {
    let all = lists.into_iter().reduce(|one, other| Found {
        ids: &one.ids & &other.ids,
        complete: one.complete && other.complete,
    });
    all.unwrap_or_default()
}

/// Whether every word of the query, in one of its readings, is a prefix of one of the customer's words.
fn is_met(words: &[Readings], customer: &Customer) -> bool {
    let names = NAMES.iter().filter_map(|role| customer.profile.get(role));
    let mut tokens: BTreeSet<String> = names.flat_map(|name| name_tokens(name)).collect();
    tokens.extend(customer.directory_words());
    meets(&tokens, words)
}
