//! XML answers (contract section 5.3), made from the same value as JSON answers. A member becomes an element, an
//! array repeats its element, `id` becomes an attribute of its owner, and a link becomes an empty element with `rel`
//! and `href`. The element rules are those of the v12 sibling; the namespace is inferred.

use crm_domain::error::Error;
use quick_xml::{
    Writer,
    escape::escape,
    events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event, attributes::Attribute},
    name::QName,
};
use serde_json::{Map, Value};

use crate::rules::NAMESPACE;

/// A whole document with this root.
pub fn document(root: &str, body: &Value) -> Result<String, Error> {
    let mut writer = Writer::new(Vec::new());
    let failed = |source: std::io::Error| Error::internal("write an answer as XML", source);
    writer
        .write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))
        .map_err(failed)?;
    let mut start = BytesStart::new(root);
    start.push_attribute(("xmlns", NAMESPACE));
    element(&mut writer, start, body).map_err(failed)?;
    String::from_utf8(writer.into_inner()).map_err(|source| Error::internal("write an answer as XML", source))
}

fn element(writer: &mut Writer<Vec<u8>>, mut start: BytesStart<'_>, value: &Value) -> std::io::Result<()> {
    let (attributes, content) = parts(value);
    for (name, value) in attributes {
        let value = escaped(&value);
        start.push_attribute(Attribute {
            key: QName(name.as_bytes()),
            value: value.into_bytes().into(),
        });
    }
    if matches!(&content, Content::Members(members) if members.is_empty()) {
        return writer.write_event(Event::Empty(start));
    }
    let end: BytesEnd<'static> = start.to_end().into_owned();
    writer.write_event(Event::Start(start))?;
    match content {
        Content::Text(text) => writer.write_event(Event::Text(BytesText::from_escaped(escaped(&text))))?,
        Content::Members(members) => {
            for (name, value) in members {
                match value {
                    Value::Array(list) => {
                        for one in list {
                            element(writer, BytesStart::new(name.as_str()), one)?;
                        }
                    }
                    value => element(writer, BytesStart::new(name.as_str()), value)?,
                }
            }
        }
    }
    writer.write_event(Event::End(end))
}

/// The content of an element.
enum Content<'value> {
    Text(String),
    Members(Vec<(&'value String, &'value Value)>),
}

/// The attributes and the content of an element.
fn parts(value: &Value) -> (Vec<(&str, String)>, Content<'_>) {
    match value {
        Value::Object(members) => {
            let (attributes, content): (Vec<_>, Vec<_>) = members.iter().partition(|(name, _)| is_attribute(name, members));
            let attributes = attributes.into_iter().map(|(name, value)| (name.as_str(), scalar(value)));
            (attributes.collect(), Content::Members(content))
        }
        other => (Vec::new(), Content::Text(scalar(other))),
    }
}

fn is_attribute(name: &str, members: &Map<String, Value>) -> bool {
    let is_link = members.len() == 2 && members.contains_key("rel") && members.contains_key("href");
    name == "id" || is_link
}

fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Escapes a text. Characters that XML 1.0 does not allow are dropped. Line breaks and tabs become references,
/// because parsers normalise them.
fn escaped(text: &str) -> String {
    let legal: String = text.chars().filter(|&one| is_legal(one)).collect();
    let escaped = escape(legal.as_str());
    escaped.replace('\r', "&#13;").replace('\n', "&#10;").replace('\t', "&#9;")
}

fn is_legal(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use quick_xml::{Reader, escape::unescape};
    use serde_json::json;

    use super::*;

    #[test]
    fn elements_attributes_and_links() {
        let body = json!({
            "link": [{"rel": "self", "href": "/x?a=1&b=2"}],
            "customer": [{"cases": {"link": [{"rel": "case", "href": "/c"}]}, "type": {"value": "group", "group": {"type": {"value": "club"}}},
                "systemCreated": true, "notes": [{"rel": "note", "href": "/n"}], "id": "2002"}],
            "paginationInfo": {"count": 4},
        });
        let wanted = concat!(
            r#"<?xml version="1.0" encoding="UTF-8"?>"#,
            r#"<customers xmlns="http://bindings.egain.com/ws/model/xsds/v3/gen/interaction/customer">"#,
            r#"<link rel="self" href="/x?a=1&amp;b=2"/>"#,
            r#"<customer id="2002"><cases><link rel="case" href="/c"/></cases>"#,
            "<type><value>group</value><group><type><value>club</value></type></group></type>",
            r#"<systemCreated>true</systemCreated><notes rel="note" href="/n"/></customer>"#,
            "<paginationInfo><count>4</count></paginationInfo></customers>",
        );
        assert_eq!(document("customers", &body).unwrap(), wanted);
    }

    /// Reads an element back: attributes and children as members, all in lists, texts as they are.
    fn read(reader: &mut Reader<&[u8]>, start: &BytesStart<'_>, has_content: bool) -> Value {
        let mut members: Map<String, Value> = Map::new();
        for attribute in start
            .attributes()
            .map(Result::unwrap)
            .filter(|one| one.key.as_ref() != b"xmlns")
        {
            let value = std::str::from_utf8(&attribute.value).unwrap();
            members.insert(name(attribute.key), json!([unescape(value).unwrap()]));
        }
        let text = if has_content {
            read_content(reader, &mut members)
        } else {
            String::new()
        };
        if members.is_empty() { text.into() } else { members.into() }
    }

    fn name(name: QName<'_>) -> String {
        String::from_utf8(name.as_ref().to_vec()).unwrap()
    }

    /// Reads up to the end of an element: its children, and its text.
    fn read_content(reader: &mut Reader<&[u8]>, members: &mut Map<String, Value>) -> String {
        let mut text = String::new();
        loop {
            let (child, has_content) = match reader.read_event().unwrap() {
                Event::Start(child) => (child, true),
                Event::Empty(child) => (child, false),
                Event::End(_) => return text,
                Event::Text(part) => {
                    text.push_str(std::str::from_utf8(&part).unwrap());
                    continue;
                }
                Event::GeneralRef(reference) => {
                    let reference = format!("&{};", std::str::from_utf8(&reference).unwrap());
                    text.push_str(&unescape(&reference).unwrap());
                    continue;
                }
                other => panic!("{other:?}"),
            };
            let value = read(reader, &child.to_owned(), has_content);
            let list = members.entry(name(child.name())).or_insert_with(|| json!([]));
            list.as_array_mut().unwrap().push(value);
        }
    }

    fn read_back(document: &str) -> Value {
        let mut reader = Reader::from_str(document);
        loop {
            if let Event::Start(root) = reader.read_event().unwrap() {
                let root = root.into_owned();
                return read(&mut reader, &root, true);
            }
        }
    }

    /// The JSON that XML can express: every member in a list, every scalar as text, without illegal characters.
    fn sayable(value: &Value) -> Value {
        match value {
            Value::Object(members) => {
                let each = members.iter().filter_map(|(name, value)| {
                    let list = match value {
                        Value::Array(list) => list.iter().map(sayable).collect(),
                        one => vec![sayable(one)],
                    };
                    (!list.is_empty()).then(|| (name.clone(), Value::from(list)))
                });
                let members: Map<String, Value> = each.collect();
                if members.is_empty() { "".into() } else { members.into() }
            }
            other => scalar(other).chars().filter(|&one| is_legal(one)).collect::<String>().into(),
        }
    }

    fn value() -> impl Strategy<Value = Value> {
        let text = prop_oneof!["\\PC{0,12}", any::<String>()];
        let leaf = prop_oneof![
            text.prop_map(Value::from),
            any::<bool>().prop_map(Value::from),
            any::<u32>().prop_map(Value::from)
        ];
        leaf.prop_recursive(4, 40, 5, |inner| {
            let list = prop::collection::vec(inner.clone().prop_filter("no list in a list", |one| !one.is_array()), 1..3);
            let member = prop_oneof![inner, list.prop_map(Value::from)];
            let name = "[a-z][A-Za-z_0-9]{0,6}".prop_filter("an attribute", |name| name != "id");
            let id = prop::option::of("[0-9]{1,9}");
            (prop::collection::btree_map(name, member, 1..4), id).prop_map(|(members, id)| {
                let id = id.map(|id| ("id".to_owned(), Value::from(id)));
                Value::Object(members.into_iter().chain(id).collect())
            })
        })
    }

    proptest! {
        #[test]
        fn xml_carries_the_data_of_the_json(members in prop::collection::btree_map("[a-z]{1,5}", value(), 1..4)) {
            let is_attribute = |name: &String| name == "id";
            prop_assume!(!members.keys().any(is_attribute));
            let body = Value::Object(members.into_iter().collect());
            let document = document("customers", &body).unwrap();
            prop_assert_eq!(read_back(&document), sayable(&body), "{}", document);
        }
    }
}
