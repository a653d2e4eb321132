//! The list of customers, ordered by number (section 6.1). Indexes alone tell who is on a page; only the page is read.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use crm_domain::{
    Customer, CustomerId, Role, Span, Term, TermKind,
    error::Error,
    model::check_length,
    normal::{Readings, described, meets, name_readings, name_tokens},
};
use crm_lambda::http::{Request, Response};
use crm_service::Session;
use crm_store::Found;

use crate::{
    parameters::Parameters,
    rules::{self, DEFAULT_LIMIT, LARGEST_NUMBER, LONGEST_QUERY, MOST_LIMIT, MOST_LISTED, WORDS_AT_ONCE},
    texts::{TOO_DEEP, invalid},
    wire,
};

/// The names whose words a query can match.
const NAMES: [Role; 3] = [Role::FirstName, Role::LastName, Role::DisplayName];

/// `GET /api/v2/customer`.
pub async fn get_index(session: Session, request: Arc<Request>) -> Result<Response, Error> {
    let parameters = Parameters::of(&request).await?;
    let words = words(&parameters)?;
    let largest = usize::try_from(LARGEST_NUMBER).unwrap_or(usize::MAX);
    let start = parameters.count("itemStart", 0, largest)?;
    let limit = parameters.count("itemLimit", DEFAULT_LIMIT, MOST_LIMIT)?;
    let listed = if words.is_empty() {
        all(&session).await?
    } else {
        with_words(&session, &words).await?
    };
    if start >= listed.ids.len() && !listed.is_complete {
        return Err(TOO_DEEP.about(&listed.ids.len().to_string()));
    }
    let page = listed.ids.iter().copied().skip(start).take(limit);
    let mut customers = session.store().customer_get_many(page).await?;
    customers.sort_by_key(|customer| customer.id);
    let shown = customers.iter().map(|customer| wire::customer_in_list(customer, &session));
    Ok(wire::items(start, limit, listed.ids.len(), listed.is_complete, shown))
}

/// The words of the query in the ways in which they may be meant, each once, the longest first.
fn words(parameters: &Parameters) -> Result<Vec<Readings>, Error> {
    let Some(query) = parameters.text("query") else {
        return Ok(Vec::new());
    };
    check_length(query, LONGEST_QUERY).map_err(|why| invalid("query", &why))?;
    if !rules::is_query(query) {
        let odd = query.chars().find(|sign| !rules::is_query(&sign.to_string()));
        let odd = odd.map(|odd| format!(": it has {}", described(odd))).unwrap_or_default();
        return Err(invalid(
            "query",
            &format!("must have letters, digits and spaces only, such as ann jansen{odd}"),
        ));
    }
    let mut words = name_readings(query);
    words.sort_by_key(|readings| Reverse(shortest(readings)));
    Ok(words)
}

/// How long the longest word of each reading is at least.
fn shortest(readings: &Readings) -> usize {
    let longest = readings
        .iter()
        .map(|words| words.iter().map(String::len).max().unwrap_or_default());
    longest.min().unwrap_or_default()
}

/// The ids of the matching customers, and whether these are all.
struct Listed {
    ids: BTreeSet<CustomerId>,
    is_complete: bool,
}

impl Listed {
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

/// The number of keys that are asked of each part of the index of creation times at first: together a fifth more than
/// a list has. Customers are spread evenly over the parts, so a second round is rarely needed.
const MOST_OF_PART: i32 = 3_000;

async fn all(session: &Session) -> Result<Listed, Error> {
    let always = Span { from: None, until: None };
    let mut found = session.store().customers_created(&always, MOST_OF_PART).await?;
    if !found.complete && found.ids.len() <= MOST_LISTED {
        found = session.store().customers_created(&always, most()).await?;
    }
    Ok(Listed::of(found))
}

/// The customers who match all words. Up to [`WORDS_AT_ONCE`] words, the indexes tell, unless one of them has too many
/// entries for a word. Otherwise the records of those who match some words are read and compared.
async fn with_words(session: &Session, words: &[Readings]) -> Result<Listed, Error> {
    let mut cut = Vec::new();
    for some in words.chunks(WORDS_AT_ONCE) {
        let (complete, longer): (Vec<Found>, Vec<Found>) =
            look_up(session, some).await?.into_iter().partition(|list| list.complete);
        cut.extend(longer);
        if !complete.is_empty() {
            let is_exact = some.len() == words.len() && cut.is_empty();
            let candidates = Listed::of(shared_by(complete));
            return if is_exact {
                Ok(candidates)
            } else {
                those_of(session, candidates, words).await
            };
        }
    }
    let candidates = Listed::of(shared_by(cut));
    let is_one_word = matches!(words, [readings] if matches!(readings.as_slice(), [words] if words.len() == 1));
    if is_one_word {
        Ok(candidates)
    } else {
        those_of(session, candidates, words).await
    }
}

/// Whom the indexes name for each of the words: in one of its readings, all words of that.
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

/// Those of the candidates who meet all words, as their records say.
async fn those_of(session: &Session, candidates: Listed, words: &[Readings]) -> Result<Listed, Error> {
    let met = |customer: Customer| is_met(words, &customer).then_some(customer.id);
    let met = session.store().customer_pick(candidates.ids, MOST_LISTED, met).await?;
    Ok(Listed {
        ids: met.picked.into_iter().collect(),
        is_complete: candidates.is_complete && met.is_all,
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

/// Whether every word of the query, in one of its readings, begins the customer's words.
fn is_met(words: &[Readings], customer: &Customer) -> bool {
    let names = NAMES.iter().filter_map(|role| customer.profile.get(role));
    let mut tokens: BTreeSet<String> = names.flat_map(|name| name_tokens(name)).collect();
    tokens.extend(customer.directory_words());
    meets(&tokens, words)
}
