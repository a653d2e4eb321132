//! Recognises files that are neither tables nor JSON lines, and says what to do about them.

use crate::columns::Format;

/// The first bytes of files that are not text.
const SIGNATURES: [(&[u8], &str); 13] = [
    (b"\x1f\x8b", "is compressed by gzip: unpack it with gunzip first"),
    (b"BZh", "is compressed by bzip2: unpack it with bunzip2 first"),
    (b"\xfd7zXZ\0", "is compressed by xz: unpack it with unxz first"),
    (b"\x28\xb5\x2f\xfd", "is compressed by zstd: unpack it with unzstd first"),
    (b"7z\xbc\xaf\x27\x1c", "is a 7-Zip archive: unpack it first"),
    (b"Rar!", "is a RAR archive: unpack it first"),
    (
        b"%PDF-",
        "is a PDF document: export the data as CSV from the original program",
    ),
    (
        b"{\\rtf",
        "is an RTF document: export the data as CSV from the original program",
    ),
    (b"SQLite format 3\0", "is an SQLite database: export its table as CSV"),
    (b"PAR1", "is a Parquet file: convert it to CSV or to JSON lines"),
    (b"\x89PNG", "is a picture"),
    (b"\xff\xd8\xff", "is a picture"),
    (b"\xff\xfe\0\0", "is UTF-32: save it as \"CSV UTF-8\""),
];
const ZIP: &[u8] = b"PK\x03\x04";
/// The entries of ZIP archives that are documents.
const ZIPPED: [(&[u8], &str); 2] = [
    (
        b"word/",
        "is a Word document: export the data as CSV from the original program",
    ),
    (
        b"Index/Document.iwa",
        "is a Numbers document: export it as CSV, with the encoding Unicode (UTF-8)",
    ),
];
/// The marks of readable workbooks: the old ones of Excel, the new ones, those of `LibreOffice`.
const OLD_OFFICE: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
const WORKBOOKS: [&[u8]; 3] = [b"opendocument.spreadsheet", b"xl/", b"[Content_Types].xml"];

/// Whether a file that begins with these bytes is, or may be, a workbook.
pub fn is_workbook(head: &[u8]) -> bool {
    let holds = |part: &[u8]| head.windows(part.len()).any(|window| window == part);
    let is_document = || ZIPPED.iter().any(|(part, _)| holds(part));
    head.starts_with(OLD_OFFICE) || (head.starts_with(ZIP) && WORKBOOKS.into_iter().any(holds) && !is_document())
}

/// The reason why a file that begins with these bytes is not readable text.
pub fn no_text(head: &[u8]) -> Option<&'static str> {
    let holds = |part: &[u8]| head.windows(part.len()).any(|window| window == part);
    if head.starts_with(ZIP) {
        let document = ZIPPED.iter().find(|(part, _)| holds(part)).map(|(_, problem)| *problem);
        return document.or(Some("is a ZIP archive: unpack it, and import the file in it"));
    }
    let signature = SIGNATURES.iter().find(|(signature, _)| head.starts_with(signature));
    signature.map(|(_, problem)| *problem)
}

/// The reason why a text with this beginning has no readable records.
pub fn no_records(head: &str) -> Option<&'static str> {
    let head = head.trim_start();
    let begins = |word: &str| {
        let start = head.get(..word.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(word))
    };
    let list = |rest: &str| rest.trim_start().is_empty() || rest.trim_start().starts_with(['{', '[', ']']);
    if head.is_empty() {
        Some("is empty")
    } else if begins("BEGIN:VCALENDAR") {
        Some("is a calendar (.ics)")
    } else if begins("dn: ") || begins("version: 1\ndn: ") {
        Some("is an address book in LDIF: export it as CSV")
    } else if begins("<!DOCTYPE html") || begins("<html") || begins("<head") || begins("<table") {
        Some(
            "is a web page (HTML), perhaps the page for signing in: download it again, or open it in a spreadsheet and save it as \"CSV UTF-8\"",
        )
    } else if begins("<?xml") || begins("<") {
        Some("is XML: export the data as CSV or JSON lines")
    } else if head.strip_prefix('[').is_some_and(list) {
        Some("is a JSON array, but every line must be one JSON object: `jq -c '.[]' FILE > people.jsonl` converts it")
    } else {
        None
    }
}

/// The reason why a text with this beginning is not of the format that its name or the operator says.
pub fn not_of(format: Format, head: &str) -> Option<&'static str> {
    let head = head.trim_start();
    let first = head.lines().next().unwrap_or_default().trim_end();
    match (format, head.starts_with('{')) {
        (_, true) if first == "{" => {
            Some("has JSON objects of several lines, but every line must be one object: `jq -c . FILE > people.jsonl` converts it")
        }
        (Format::Csv, true) if first.starts_with("{\"") || first.starts_with("{ \"") => {
            Some("has lines of JSON: import it with --format jsonl")
        }
        (Format::Jsonl, false) => {
            Some("has no lines of JSON, since its first line does not begin with {: if it is a table, import it with --format csv")
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(problem: Option<&'static str>, says: &str) {
        let problem = problem.unwrap_or("nothing is wrong");
        assert!(problem.contains(says), "{problem}");
    }

    #[test]
    fn a_file_that_is_no_text_is_called_what_it_is() {
        let zip = |content: &[u8]| [ZIP, b"\x14\0\0\0", content].concat();
        for workbook in [
            zip(b"[Content_Types].xml...xl/workbook.xml"),
            zip(b"[Content_Types].xml..."),
            zip(b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet"),
            [OLD_OFFICE, b"\0\0"].concat(),
        ] {
            assert!(is_workbook(&workbook));
        }
        let word = zip(b"[Content_Types].xml...word/document.xml");
        assert!(!is_workbook(&word));
        check(no_text(&word), "Word");
        check(no_text(&zip(b"people.csv")), "ZIP");
        check(no_text(b"\x1f\x8b\x08"), "gzip");
        check(no_text(b"%PDF-1.7"), "PDF");
        assert_eq!(no_text(b"externalId,firstName\n"), None);
        assert_eq!(no_text(b""), None);
    }

    #[test]
    fn a_text_that_holds_no_records_is_called_what_it_is() {
        check(no_records("\n\n"), "empty");
        check(no_records("\n<!doctype HTML>"), "HTML");
        check(no_records("<?xml version='1.0'?>"), "XML");
        check(no_records("[\n  {\"externalId\": \"1\"}\n]"), "JSON array");
        check(no_records("[]"), "JSON array");
        assert_eq!(no_records("[id];name\n"), None);
        assert_eq!(no_records("externalId\n"), None);
        assert_eq!(no_records("{\"externalId\": \"1\"}\n"), None);
    }

    #[test]
    fn a_text_of_another_format_is_said_to_be_one() {
        check(not_of(Format::Csv, "{\"externalId\": \"1\"}\n"), "--format jsonl");
        check(not_of(Format::Jsonl, "externalId,firstName\n"), "--format csv");
        for format in [Format::Csv, Format::Jsonl] {
            check(not_of(format, "{\n  \"externalId\": \"1\"\n}\n"), "several lines");
        }
        assert_eq!(not_of(Format::Csv, "{name},x\n"), None);
        assert_eq!(not_of(Format::Jsonl, "\n{\"externalId\"\n"), None);
    }
}
