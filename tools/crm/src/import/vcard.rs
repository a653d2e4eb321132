//! Reads vCards (`.vcf`), as telephones and address books write them, as a table with the columns of the usual data model. Several values
//! of one kind are put into one cell, which is divided if the model has room.

use crm_import::table::Record;

/// The columns. Those that no contact fills are left out.
const COLUMNS: [&str; 12] = [
    "externalId",
    "displayName",
    "firstName",
    "lastName",
    "email",
    "phone",
    "streetOne",
    "city",
    "state",
    "zip",
    "profileUrl",
    "description",
];
/// The separator of several values in one cell.
const SEPARATOR: &str = "; ";

/// Whether a text with this beginning has vCards.
pub fn is_it(head: &[u8]) -> bool {
    const BEGINNING: &[u8] = b"BEGIN:VCARD";
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    head.get(..BEGINNING.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(BEGINNING))
}

/// The columns, and a record for each contact.
pub fn records(text: &str) -> (Vec<String>, Vec<Record>) {
    let (mut cards, mut card, mut begins) = (Vec::new(), Card::default(), 1);
    for (number, line) in unfolded(text) {
        let Some(property) = Property::read(&line) else { continue };
        match (property.name.as_str(), property.value.trim().to_uppercase().as_str()) {
            ("BEGIN", "VCARD") => (card, begins) = (Card::default(), number),
            ("END", "VCARD") => cards.push((begins, std::mem::take(&mut card))),
            _ => card.add(&property),
        }
    }
    let is_filled = |at: &usize| cards.iter().any(|(_, card)| !card.0[*at].is_empty());
    let filled: Vec<usize> = (0..COLUMNS.len()).filter(is_filled).collect();
    let names = filled.iter().map(|at| COLUMNS[*at].to_owned()).collect();
    let records = (2..).zip(&cards).map(|(row, (line, card))| Record {
        line: *line,
        row,
        cells: Ok(filled.iter().map(|at| card.0[*at].clone().into_bytes()).collect()),
        kept: Vec::new(),
    });
    let records = records.collect();
    (names, records)
}

/// One contact, cell by cell.
#[derive(Debug, Default)]
struct Card([String; COLUMNS.len()]);

impl Card {
    fn add(&mut self, property: &Property) {
        let parts: Vec<String> = parts(&property.value);
        let part = |at: usize| parts.get(at).map(String::as_str).unwrap_or_default();
        match property.name.as_str() {
            "UID" => self.put("externalId", &plain(&property.value)),
            "FN" => self.put("displayName", &plain(&property.value)),
            "N" => {
                self.put("lastName", part(0));
                self.put("firstName", part(1));
            }
            "EMAIL" => self.put("email", &plain(&property.value)),
            "TEL" => self.put("phone", plain(&property.value).trim_start_matches("tel:")),
            "ADR" if self.0[6..10].iter().all(String::is_empty) => {
                self.put("streetOne", part(2));
                self.put("city", part(3));
                self.put("state", part(4));
                self.put("zip", part(5));
            }
            "URL" => self.put("profileUrl", &plain(&property.value)),
            "NOTE" => self.put("description", &plain(&property.value)),
            _ => {}
        }
    }

    /// Several contact points go into one cell. Of all other properties the first one counts.
    fn put(&mut self, column: &str, value: &str) {
        let Some(at) = COLUMNS.iter().position(|name| *name == column) else {
            return;
        };
        let (cell, value) = (&mut self.0[at], value.trim());
        if cell.is_empty() {
            value.clone_into(cell);
        } else if ["email", "phone"].contains(&column) && !value.is_empty() && !cell.split(SEPARATOR).any(|one| one == value) {
            cell.push_str(SEPARATOR);
            cell.push_str(value);
        }
    }
}

/// A line: `item1.TEL;TYPE=cell:+49 …`.
#[derive(Debug)]
struct Property {
    name: String,
    value: String,
}

impl Property {
    fn read(line: &str) -> Option<Self> {
        let (head, value) = line.split_once(':')?;
        let mut parameters = head.split(';');
        let name = parameters.next()?.rsplit('.').next()?.trim().to_uppercase();
        let is_quoted = parameters.any(|one| one.to_uppercase().contains("QUOTED-PRINTABLE"));
        let value = if is_quoted {
            quoted_printable(value)
        } else {
            value.to_owned()
        };
        Some(Self { name, value })
    }
}

/// The lines, each with those that continue it: they begin with a space, or the one before ends with `=`.
fn unfolded(text: &str) -> Vec<(u64, String)> {
    let mut lines: Vec<(u64, String)> = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        match lines.last_mut() {
            Some((_, before)) if line.starts_with([' ', '\t']) => before.push_str(&line[1..]),
            Some((_, before)) if before.ends_with('=') && before.to_uppercase().contains("QUOTED-PRINTABLE") => {
                before.pop();
                before.push_str(line);
            }
            _ => lines.push((number, line.to_owned())),
        }
    }
    lines
}

fn quoted_printable(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let Some((&first, after)) = rest.split_first() {
        let hex = after
            .get(..2)
            .and_then(|hex| u8::from_str_radix(str::from_utf8(hex).ok()?, 16).ok());
        if let (b'=', Some(byte)) = (first, hex) {
            bytes.push(byte);
            rest = &after[2..];
        } else {
            bytes.push(first);
            rest = after;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The parts between semicolons, except for escaped ones.
fn parts(value: &str) -> Vec<String> {
    let (mut parts, mut part, mut is_escaped) = (Vec::new(), String::new(), false);
    for character in value.chars() {
        match character {
            ';' if !is_escaped => parts.push(std::mem::take(&mut part)),
            _ => part.push(character),
        }
        is_escaped = character == '\\' && !is_escaped;
    }
    parts.push(part);
    parts.iter().map(|part| plain(part)).collect()
}

/// A value without its backslashes.
fn plain(value: &str) -> String {
    let (mut text, mut characters) = (String::new(), value.chars());
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some('n' | 'N') => text.push('\n'),
                Some(other) => text.push(other),
                None => {}
            },
            other => text.push(other),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contacts_of_telephones_are_rows() {
        let text = "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:7\r\nFN:Dr. Jane D\\, MD\r\nN:Doe;Jane;;Dr.;\r\nitem1.EMAIL;type=INTERNET:jane@\r\n x.example\r\n\
                    EMAIL:j@y.example\r\nTEL;TYPE=CELL:+1 415 555 2671\r\nADR;TYPE=HOME:;;1 High St;Leeds;;LS1;UK\r\nEND:VCARD\r\n\
                    begin:vcard\r\nFN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:J=C3=BCr=\r\ngen\r\nNOTE:a\\nb\r\nEND:VCARD\r\n";
        assert!(is_it(text.as_bytes()) && !is_it(b"externalId"));
        let (names, records) = records(text);
        let wanted = [
            "externalId",
            "displayName",
            "firstName",
            "lastName",
            "email",
            "phone",
            "streetOne",
            "city",
            "zip",
            "description",
        ];
        assert_eq!(names, wanted);
        let cells = |at: usize| -> Vec<String> {
            let record: &Record = &records[at];
            let cells = record.cells.as_ref().unwrap().iter();
            cells.map(|cell| String::from_utf8(cell.clone()).unwrap()).collect()
        };
        let jane = [
            "7",
            "Dr. Jane D, MD",
            "Jane",
            "Doe",
            "jane@x.example; j@y.example",
            "+1 415 555 2671",
            "1 High St",
            "Leeds",
            "LS1",
            "",
        ];
        assert_eq!(cells(0), jane);
        assert_eq!(cells(1), ["", "Jürgen", "", "", "", "", "", "", "", "a\nb"]);
        assert_eq!((records[0].line, records[1].line, records[1].row), (1, 12, 3));
    }
}
