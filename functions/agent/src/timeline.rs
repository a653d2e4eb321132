//! Conversations, page by page: messages and the events between them, in order of time, with the newest page first.

use crm_domain::{Activity, Author, Event, Happening, Interaction, Medium, Mode, Timestamp, case::Arrival};
use crm_lambda::http::Request;
use crm_service::CaseEnd;

use crate::{
    network,
    text::{Text, web_link},
    when::When,
};

/// The largest number of entries of a page.
pub const MOST_ENTRIES: usize = 30;
/// The largest number of bytes of a page's texts, so that a page stays small whatever people write. A single entry
/// may be larger.
const MOST_BYTES: usize = 16_000;
/// How many characters of a writer's name are shown.
pub const LONGEST_NAME: usize = 80;
/// The largest page number.
const MOST_PAGES: usize = 1_000;

/// One entry of a conversation.
#[derive(Debug)]
pub enum Entry {
    /// What somebody wrote.
    Message(Box<Message>),
    /// An event of a record.
    Event {
        /// When.
        when: When,
        /// What happened.
        text: Text,
        /// Where there is more about it.
        link: Option<String>,
    },
}

/// What somebody wrote.
#[derive(Debug)]
pub struct Message {
    /// When.
    pub when: When,
    /// The network's mark.
    pub mark: &'static str,
    /// The network, as people call it.
    pub network: Text,
    /// The kind of message there: post, comment, ….
    pub kind: Text,
    /// The writer's name, or the handle if there is none.
    pub name: Text,
    /// The writer's handle, if it is not shown as the name.
    pub handle: Option<Text>,
    /// Whether the brand wrote it.
    pub is_brands: bool,
    /// The text.
    pub body: Text,
    /// Where it was written.
    pub origin: Option<String>,
    /// The case that it belongs to, if the page shows several cases.
    pub case: Option<CaseMark>,
}

/// A reference to a case.
#[derive(Debug, Clone)]
pub struct CaseMark {
    /// Its number.
    pub number: String,
    /// Its page.
    pub link: String,
}

/// Entries with their times.
#[derive(Debug, Default)]
pub struct Timeline {
    entries: Vec<(Order, Entry)>,
    /// How many entries there are in all. More than are held, if only the newest were read.
    count: usize,
}

/// The order of entries: by time. Within one second events come before messages, and messages in the order of arrival.
type Order = (Timestamp, Option<Arrival>);

impl Timeline {
    /// Adds an event of the record.
    pub fn add_event(&mut self, at: Timestamp, text: &str) {
        self.add(at, Text::new(text), None);
    }

    /// Adds an event of the customer's timeline.
    pub fn add_happening(&mut self, event: &Event) {
        match &event.what {
            Happening::Activity(activity) => self.add(event.at, Text::new(&contact(*activity)), None),
            Happening::External(external) => {
                let told = format!("{} ({})", external.message, external.initiated_by);
                self.add(event.at, Text::new(&told), external.source_url.as_deref().and_then(web_link));
            }
        }
    }

    fn add(&mut self, at: Timestamp, text: Text, link: Option<String>) {
        let when = When::from(at);
        self.entries.push(((at, None), Entry::Event { when, text, link }));
        self.count += 1;
    }

    /// Adds the newest messages of a case, and the event that it was opened. `link` is the case's page, if messages
    /// should name their case.
    pub fn add_case(&mut self, end: &CaseEnd, link: Option<&str>) {
        let number = end.case.id.case_number();
        let mark = link.map(|link| CaseMark {
            number: number.clone(),
            link: link.to_owned(),
        });
        self.add_event(end.case.created.at, &format!("Case {number} was opened"));
        self.entries.extend(end.newest.iter().map(|one| {
            let message = Message::of(one, mark.clone());
            ((one.created, Some(one.added)), Entry::Message(Box::new(message)))
        }));
        self.count += end.count;
    }

    /// The entries of one page. Page 1 has the newest; a number beyond the last page gives the last page.
    pub fn page(self, number: usize) -> Page {
        self.page_of(number, MOST_BYTES)
    }

    fn page_of(mut self, number: usize, most_bytes: usize) -> Page {
        self.entries.sort_by_key(|(order, _)| *order);
        // Only the newest messages of each case were read, so older ones may be missing from here on.
        let known = self.entries.len().min(number.saturating_mul(MOST_ENTRIES));
        let mut rest: Vec<Entry> = self
            .entries
            .drain(self.entries.len() - known..)
            .map(|(_, entry)| entry)
            .collect();
        let (mut entries, mut behind, mut turned) = (Vec::new(), 0, 0);
        while turned < number && !rest.is_empty() {
            behind += entries.len();
            entries = rest.split_off(start_of_last_page(&rest, most_bytes));
            turned += 1;
        }
        let last = self.count - behind;
        Page {
            number: turned,
            first: last + 1 - entries.len().min(last),
            last,
            count: self.count,
            entries,
        }
    }
}

/// An activity in words: `E-mail from the customer, not read`.
fn contact(activity: Activity) -> String {
    let medium = match activity.medium {
        Medium::Email => "E-mail",
        Medium::Social => "Post",
        Medium::CallTrack => "Call",
        Medium::Chat => "Chat",
        Medium::Task => "Task",
    };
    let direction = match activity.mode {
        Mode::Inbound => " from the customer",
        Mode::Outbound => " to the customer",
        Mode::None => "",
    };
    let read = if activity.medium == Medium::Email && !activity.is_read {
        ", not read"
    } else {
        ""
    };
    format!("{medium}{direction}{read}")
}

/// The place where the newest page begins.
fn start_of_last_page(entries: &[Entry], most_bytes: usize) -> usize {
    let mut bytes = 0;
    let fitting = entries.iter().rev().take(MOST_ENTRIES).take_while(|entry| {
        bytes += entry.bytes();
        bytes <= most_bytes
    });
    entries.len() - fitting.count().max(1).min(entries.len())
}

/// One page of a conversation.
#[derive(Debug)]
pub struct Page {
    /// Its number; page 1 has the newest entries.
    pub number: usize,
    /// Its entries, in order of time.
    pub entries: Vec<Entry>,
    /// The place of its first entry among all, counted from 1.
    pub first: usize,
    /// The place of its last entry.
    pub last: usize,
    /// How many there are in all.
    pub count: usize,
}

impl Page {
    /// Whether there are older entries.
    pub fn has_earlier(&self) -> bool {
        self.first > 1
    }

    /// Whether there are newer entries.
    pub fn has_later(&self) -> bool {
        self.last < self.count
    }
}

/// The page number that a request asks for; 1 if it names none or an invalid one.
pub fn page_number(request: &Request, parameter: &str) -> usize {
    let asked = request.query_parameter(parameter).and_then(|number| number.parse().ok());
    asked.unwrap_or(1).clamp(1, MOST_PAGES)
}

impl Entry {
    fn bytes(&self) -> usize {
        match self {
            Self::Message(message) => message.body.len(),
            Self::Event { text, .. } => text.len(),
        }
    }
}

impl Message {
    fn of(interaction: &Interaction, case: Option<CaseMark>) -> Self {
        let author = interaction.author.as_ref();
        let text = |part: fn(&Author) -> &String| {
            let shown = author.map(|author| Text::beginning(part(author), LONGEST_NAME));
            shown.filter(|text| !text.is_empty())
        };
        let (name, handle) = (text(|author| &author.name), text(|author| &author.handle));
        let handle = handle.filter(|handle| Some(handle) != name.as_ref());
        let (name, handle) = match (name, handle) {
            (Some(name), handle) => (name, handle),
            (None, Some(handle)) => (handle, None),
            (None, None) => (Text::new("Unknown author"), None),
        };
        Self {
            when: interaction.created.into(),
            mark: network::mark(&interaction.service),
            network: Text::beginning(network::title(&interaction.service), LONGEST_NAME),
            kind: Text::beginning(&interaction.content_type, LONGEST_NAME),
            name,
            handle,
            is_brands: author.is_some_and(|author| author.brand_owned),
            body: Text::new(&interaction.body),
            origin: web_link(&interaction.link_url),
            case,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn timeline(sizes: &[usize]) -> Timeline {
        let mut timeline = Timeline::default();
        for (second, size) in (0_i64..).zip(sizes) {
            timeline.add_event(Timestamp::from_milliseconds(second * 1_000), &"x".repeat(*size));
        }
        timeline
    }

    fn texts(page: &Page) -> Vec<String> {
        let text = |entry: &Entry| match entry {
            Entry::Event { when, .. } => when.exact.clone(),
            Entry::Message(_) => panic!("there are events only"),
        };
        page.entries.iter().map(text).collect()
    }

    #[test]
    fn an_empty_conversation_has_an_empty_page() {
        let page = timeline(&[]).page(1);
        assert!(page.entries.is_empty() && !page.has_earlier() && !page.has_later());
    }

    #[test]
    fn a_page_is_small_and_never_empty() {
        let page = timeline(&[10, MOST_BYTES, MOST_BYTES + 1]).page(1);
        assert_eq!((page.first, page.last, page.count), (3, 3, 3));
        let page = timeline(&[10, MOST_BYTES, MOST_BYTES + 1]).page(2);
        assert_eq!((page.first, page.last), (2, 2));
        assert_eq!(timeline(&[10; 70]).page(1).entries.len(), MOST_ENTRIES);
    }

    proptest! {
        #[test]
        fn pages_show_everything_once_and_in_order(sizes in prop::collection::vec(0_usize..20, 1..100)) {
            let mut shown = Vec::new();
            for number in 1.. {
                let page = timeline(&sizes).page_of(number, 60);
                prop_assert_eq!(page.last - page.first + 1, page.entries.len());
                prop_assert_eq!(page.has_later(), number > 1);
                shown = [texts(&page), shown].concat();
                if !page.has_earlier() {
                    prop_assert_eq!(texts(&timeline(&sizes).page_of(number + 1, 60)), texts(&page), "beyond the last page is the last");
                    break;
                }
            }
            prop_assert_eq!(shown, texts(&Page { entries: timeline(&sizes).all(), number: 1, first: 1, last: 1, count: 1 }));
        }
    }

    impl Timeline {
        fn all(self) -> Vec<Entry> {
            self.entries.into_iter().map(|(_, entry)| entry).collect()
        }
    }
}
