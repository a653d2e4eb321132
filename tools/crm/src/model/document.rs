//! A YAML or JSON text as a tree with the place of every value. JSON is YAML, so one parser reads both.

use std::fmt;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle};
use serde::Serialize;

/// The deepest nesting of lists and objects. A model needs five levels.
const MOST_LEVELS: usize = 16;
/// The length of two escapes that encode one character.
const PAIR: usize = r"\ud83d\ude00".len();

/// A place: line and column, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Position {
    pub line: usize,
    pub column: usize,
}

impl fmt::Display for Position {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        write!(out, "{}:{}", self.line, self.column)
    }
}

impl From<&Marker> for Position {
    fn from(marker: &Marker) -> Self {
        Self {
            line: marker.line(),
            column: marker.col() + 1,
        }
    }
}

/// A value and its place.
#[derive(Debug)]
pub struct Node {
    pub at: Position,
    pub content: Content,
}

/// The kind of a value.
#[derive(Debug)]
pub enum Content {
    /// A text, number, flag or nothing; `plain` if it is not in quotes.
    Scalar {
        text: String,
        plain: bool,
    },
    List(Vec<Node>),
    Object(Vec<Member>),
}

/// A member of an object.
#[derive(Debug)]
pub struct Member {
    pub name: String,
    pub at: Position,
    pub value: Node,
}

/// The reason why a text cannot be read, and the place.
#[derive(Debug)]
pub struct Unreadable {
    pub at: Option<Position>,
    pub why: String,
}

/// Reads the one document of a text.
pub fn parse(text: &str) -> Result<Node, Unreadable> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let json = text.trim_start().starts_with('{').then(|| as_yaml(text));
    let mut tree = Tree::default();
    for event in Parser::new_from_str(json.as_deref().unwrap_or(text)) {
        let (event, span) = event.map_err(|error| Unreadable {
            at: Some(error.marker().into()),
            why: error.info().to_owned(),
        })?;
        let at = Position::from(&span.start);
        tree.take(event, at).map_err(|why| Unreadable {
            at: Some(at),
            why: why.to_owned(),
        })?;
    }
    tree.root.ok_or_else(|| Unreadable {
        at: None,
        why: "is empty".to_owned(),
    })
}

/// JSON without the two things that YAML does not allow: tabs between its parts (inside strings there are none), and characters that are
/// escaped as a pair.
fn as_yaml(json: &str) -> String {
    let mut yaml = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(at) = rest.find('\\') {
        yaml.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(character) = escaped_pair(rest) {
            yaml.push(character);
            rest = &rest[PAIR..];
        } else {
            // The backslash and what it escapes, which can be another.
            let length = 1 + rest[1..].chars().next().map_or(0, char::len_utf8);
            yaml.push_str(&rest[..length]);
            rest = &rest[length..];
        }
    }
    yaml.push_str(rest);
    yaml.replace('\t', " ")
}

/// The character that the two escapes at the beginning of a text stand for together.
fn escaped_pair(text: &str) -> Option<char> {
    let (high, low) = text.get(..PAIR)?.strip_prefix(r"\u")?.split_once(r"\u")?;
    let unit = |digits| u16::from_str_radix(digits, 16).ok();
    let character = char::decode_utf16([unit(high)?, unit(low)?]).next()?.ok()?;
    (character.len_utf16() == 2).then_some(character)
}

/// The tree so far. Open values are on a stack, because the text determines how deep a recursion would be.
#[derive(Default)]
struct Tree {
    open: Vec<Open>,
    root: Option<Node>,
}

struct Open {
    at: Position,
    content: Content,
    /// In an object: the member whose value comes next.
    name: Option<(String, Position)>,
}

impl Tree {
    fn take(&mut self, event: Event, at: Position) -> Result<(), &'static str> {
        match event {
            Event::SequenceStart(..) => self.begin(at, Content::List(Vec::new())),
            Event::MappingStart(..) => self.begin(at, Content::Object(Vec::new())),
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(Open { at, content, .. }) => self.put(Node { at, content }),
                None => Ok(()),
            },
            Event::Scalar(text, style, _, tag) => {
                let plain = style == ScalarStyle::Plain && tag.is_none();
                let text = text.into_owned();
                self.put(Node {
                    at,
                    content: Content::Scalar { text, plain },
                })
            }
            Event::Alias(_) => Err("aliases (*name) are not supported: write the value out"),
            Event::DocumentStart(_) if self.root.is_some() => Err("a second document begins: a model is one"),
            _ => Ok(()),
        }
    }

    fn begin(&mut self, at: Position, content: Content) -> Result<(), &'static str> {
        if self.open.len() == MOST_LEVELS {
            return Err("is nested too deeply: a model has five levels");
        }
        self.open.push(Open { at, content, name: None });
        Ok(())
    }

    fn put(&mut self, node: Node) -> Result<(), &'static str> {
        let Some(open) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        match (&mut open.content, open.name.take(), node.content) {
            (Content::Object(members), Some((name, name_at)), content) => members.push(Member {
                name,
                at: name_at,
                value: Node { at: node.at, content },
            }),
            (Content::Object(members), None, Content::Scalar { text, .. }) => {
                if members.iter().any(|member| member.name == text) {
                    return Err("occurs twice in this object");
                }
                open.name = Some((text, node.at));
            }
            (Content::Object(_), None, _) => return Err("must be a member's name"),
            (Content::List(list), _, content) => list.push(Node { at: node.at, content }),
            // Only lists and objects are opened.
            (Content::Scalar { .. }, ..) => {}
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(node: &Node) -> String {
        let content = match &node.content {
            Content::Scalar { text, plain: true } => text.clone(),
            Content::Scalar { text, plain: false } => format!("'{text}'"),
            Content::List(list) => format!("[{}]", list.iter().map(shown).collect::<Vec<_>>().join(" ")),
            Content::Object(members) => {
                let member = |one: &Member| format!("{}={}", one.name, shown(&one.value));
                format!("{{{}}}", members.iter().map(member).collect::<Vec<_>>().join(" "))
            }
        };
        format!("{content}@{}", node.at)
    }

    #[test]
    fn everything_knows_where_it_stands() {
        let yaml = "# a comment\na:\n  - b: 1\n    c: 'x'\n  - [true]\n";
        assert_eq!(
            shown(&parse(yaml).unwrap()),
            "{a=[{b=1@3:8 c='x'@4:8}@3:5 [true@5:6]@5:5]@3:3}@2:1"
        );
    }

    #[test]
    fn json_is_read_with_its_escapes_and_tabs() {
        let json = "\u{feff}{\n\t\"a\": \"\\u00e9\\/\\n\\\"\\\\d \\ud83d\\ude00 \\\\ud83d\\\\ude00\",\n\t\"b\": [1, {}]}";
        assert_eq!(
            shown(&parse(json).unwrap()),
            "{a='é/\n\"\\d 😀 \\ud83d\\ude00'@2:7 b=[1@3:8 {}@3:11]@3:7}@1:1"
        );
    }

    #[track_caller]
    fn check_unreadable(text: &str, at: Option<(usize, usize)>, says: &str) {
        let wrong = parse(text).unwrap_err();
        assert_eq!(wrong.at.map(|at| (at.line, at.column)), at, "{}", wrong.why);
        assert!(wrong.why.contains(says), "{}", wrong.why);
    }

    #[test]
    fn what_is_no_document_says_where() {
        check_unreadable("", None, "empty");
        check_unreadable("a: 1\na: 2", Some((2, 1)), "twice");
        check_unreadable("a: &x 1\nb: *x", Some((2, 4)), "alias");
        check_unreadable("a: 1\n---\nb: 1", Some((2, 1)), "second document");
        check_unreadable("a: [1\nb: 2", Some((2, 2)), "");
        check_unreadable(&"[".repeat(20), Some((1, 17)), "too deep");
        check_unreadable(&"- ".repeat(100_000), Some((1, 33)), "too deep");
    }
}
