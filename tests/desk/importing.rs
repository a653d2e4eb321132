//! Imports of uploaded files.

use contract_tests::{client::id_of, stack::wait};
use crm_domain::Permission;
use crm_store::{Discarded, RunId, clock};
use serde_json::{Value, json};

use crate::visitor::{PERSON, Visitor, code_of, expect_page};

const IMPORTS: &str = "/desk/imports";
/// In windows-1252, as spreadsheets of Western Europe save it.
const TABLE: &[u8] = b"No;E-Mail;Vorname;Nachname;Umsatz\r\nA1;ann@import.example;Ann;Adams;1\r\nA2;bob at x;Bob;Brown;2\r\n\
    A3;cleo@import.example;Cl\xe9o;=Adams;3\r\n";

/// Loads a page as its browser does, until it has nothing to do any more.
#[track_caller]
fn settled(visitor: &mut Visitor, path: &str) -> String {
    for _ in 0..30 {
        let page = expect_page(&visitor.get(path), 200);
        if !page.contains("http-equiv=\"refresh\"") {
            return page;
        }
    }
    panic!("{path} goes on for ever");
}

/// Presses a button of a page.
#[track_caller]
fn press(visitor: &mut Visitor, path: &str, button: &str) -> String {
    let answer = visitor.fill(path, &[("do", button)]);
    assert_eq!(answer.headers["location"], path, "{answer:?}");
    settled(visitor, path)
}

#[track_caller]
fn expect_all(page: &str, wanted: &[&str]) {
    for wanted in wanted {
        assert!(page.contains(wanted), "{wanted} in {page}");
    }
}

/// Uploads a table and tries its rows. Returns the run's path, and the page.
#[track_caller]
fn tried(visitor: &mut Visitor, table: &[u8], fields: &[(&str, &str)]) -> (String, String) {
    let answer = visitor.upload(IMPORTS, "people.csv", table);
    assert_eq!(answer.status, 303, "{answer:?}");
    let path = answer.headers["location"].clone();
    let answer = visitor.fill(&path, &[fields, &[("do", "check")]].concat());
    assert_eq!(answer.headers["location"], path, "{answer:?}");
    let page = settled(visitor, &path);
    (path, page)
}

const FIELDS: [(&str, &str); 5] = [
    ("column-0", "externalId"),
    ("column-1", "email"),
    ("column-2", "firstName"),
    ("column-3", "lastName"),
    ("column-4", ""),
];

fn run_of(path: &str) -> RunId {
    RunId::parse(path.rsplit('/').next().unwrap()).unwrap()
}

fn found(visitor: &Visitor, email: &str) -> Vec<String> {
    visitor.tenant.search(&json!({"email": email}))
}

#[test]
fn a_table_is_tried_imported_and_taken_back() {
    let mut visitor = Visitor::who_may(Permission::DeskEdit);
    let answer = visitor.upload(IMPORTS, "C:\\data\\people.csv", TABLE);
    let path = answer.headers["location"].clone();
    let page = expect_page(&visitor.get(&path), 200);
    // What each column is, as far as its name tells, and the first rows by that.
    expect_all(
        &page,
        &[
            "Which column is which field?",
            "windows-1252",
            "<bdi>people.csv</bdi>, 4 lines",
            "<option value=\"email\" selected>",
            "<option value=\"firstName\" selected>",
            "ann@import.example · bob at x",
            "Cléo",
            "must be an e-mail address",
        ],
    );
    let twice = [&FIELDS[..4], &[("column-4", "email"), ("do", "check")]].concat();
    let page = expect_page(&visitor.fill(&path, &twice), 422);
    expect_all(
        &page,
        &[
            "id=\"m-column-4\"",
            "Another column has this field",
            "<option value=\"externalId\" selected>",
        ],
    );
    expect_page(&visitor.fill(&path, &[("do", "check")]), 422);

    let (path, page) = tried(&mut visitor, TABLE, &FIELDS);
    let counts = "2 created, 0 updated, 0 unchanged, 1 rejected";
    expect_all(
        &page,
        &[
            counts,
            "must be an e-mail address",
            "Cléo",
            "Id in the other system",
            "Delete the file",
        ],
    );
    let rejected = format!("{path}/rejected");
    let file = visitor.get(&rejected);
    assert_eq!(file.headers["content-type"], "text/csv; charset=utf-8");
    assert!(file.headers["content-disposition"].starts_with("attachment; filename=\"rejected-"));
    let lines: Vec<String> = file
        .text()
        .trim_start_matches('\u{feff}')
        .lines()
        .map(str::to_owned)
        .collect();
    assert_eq!(lines[0], "crm:row;crm:problem;No;E-Mail;Vorname;Nachname;Umsatz");
    assert!(
        lines[1].starts_with("3;email must be") && lines[1].ends_with(";A2;bob at x;Bob;Brown;2"),
        "{lines:?}"
    );
    assert!(found(&visitor, "ann@import.example").is_empty(), "a try stores nothing");

    let page = press(&mut visitor, &path, "import");
    expect_all(
        &page,
        &["Imported", counts, "The file was deleted", "Undo the import", &rejected],
    );
    let ann = found(&visitor, "ann@import.example");
    assert_eq!(visitor.tenant.customer(&ann[0])["lastName"], json!("Adams"));
    let page = expect_page(&visitor.get(&format!("/desk/people/{}", ann[0])), 200);
    expect_all(&page, &["<strong>Imported</strong>", PERSON]);
    let run = run_of(&path);
    assert_eq!(wait(visitor.store.upload_text(&run)).unwrap(), "", "the file is gone");
    let stored = wait(visitor.store.import_run_get(&run, clock::now())).unwrap().unwrap();
    assert_eq!((stored.counts.created, stored.file.as_str()), (2, "people.csv"));

    let page = press(&mut visitor, &path, "undo");
    expect_all(&page, &["This import was undone", "2 removed, 0 restored"]);
    assert!(found(&visitor, "ann@import.example").is_empty());
    expect_page(&visitor.get(&rejected), 404);
    let page = expect_page(&visitor.get(IMPORTS), 200);
    expect_all(&page, &["undone", counts]);
}

#[test]
fn rows_are_applied_once_however_often_a_step_is_repeated() {
    let mut visitor = Visitor::who_may(Permission::DeskEdit);
    let (path, _) = tried(&mut visitor, TABLE, &FIELDS);
    let run = run_of(&path);
    assert_eq!(visitor.fill(&path, &[("do", "import")]).status, 303);
    // The rows are applied, and what the step came to is lost.
    let before = wait(visitor.store.upload_get::<Value>(&run, clock::now())).unwrap().unwrap();
    let text = wait(visitor.store.upload_text(&run)).unwrap();
    settled(&mut visitor, &path);
    wait(visitor.store.upload_discard(&run, Discarded::Everything)).unwrap();
    wait(visitor.store.upload_begin(&run, &before.head, &text, clock::now())).unwrap();
    let page = settled(&mut visitor, &path);
    expect_all(&page, &["Imported", "2 created, 0 updated, 0 unchanged, 1 rejected"]);
    // Stopped where it is, it goes on when somebody wants it.
    let (path, _) = tried(
        &mut visitor,
        &[TABLE, b"A4;dora@import.example;Dora;Dean;4\r\n"].concat(),
        &FIELDS,
    );
    assert_eq!(visitor.fill(&path, &[("do", "import")]).status, 303);
    // The page that has this form would go on by itself.
    let code = code_of(&visitor.get("/desk/people"));
    visitor.post(&path, &[("form-code", &code), ("do", "pause")]);
    let page = expect_page(&visitor.get(&path), 200);
    expect_all(&page, &["It was stopped here.", "0 of 5 lines"]);
    let page = press(&mut visitor, &path, "continue");
    expect_all(&page, &["1 created, 0 updated, 2 unchanged, 1 rejected"]);
}

#[test]
fn an_erasure_deletes_files_that_wait() {
    let mut visitor = Visitor::who_may(Permission::Admin);
    let (path, _) = tried(&mut visitor, TABLE, &FIELDS);
    let jane = id_of(&visitor.tenant.create_customer(&json!({"firstName": "Jane"})));
    let erased = visitor.fill(&format!("/desk/people/{jane}/erase"), &[("confirm", &jane)]);
    expect_page(&erased, 200);
    assert_eq!(wait(visitor.store.upload_text(&run_of(&path))).unwrap(), "");
    let page = expect_page(&visitor.get(&path), 200);
    expect_all(&page, &["The file was deleted, because somebody was erased"]);
    expect_page(&visitor.get(&format!("{path}/rejected")), 404);
    let answer = visitor.fill(&path, &[("do", "forget")]);
    assert_eq!(answer.headers["location"], IMPORTS, "{answer:?}");
    expect_page(&visitor.get(&path), 404);
}

#[test]
fn only_a_table_of_its_size_is_taken_and_only_from_whom_it_may_come() {
    let mut visitor = Visitor::who_may(Permission::DeskEdit);
    let lines = "x@x.example\n".repeat(10_001);
    for (content, says) in [
        (&b""[..], "a file that is not empty"),
        (b"PK\x03\x04[Content_Types].xml", "is a workbook"),
        (b"%PDF-1.7", "is a PDF"),
        (b"<!doctype html><p>", "HTML"),
        (b"{\"externalId\": \"1\"}\n", "lines of JSON, which an operator imports"),
        (b"a,b;c\n1,2;3\n", "a line sep="),
        (lines.as_bytes(), "crm import customers"),
    ] {
        let page = expect_page(&visitor.upload(IMPORTS, "people.csv", content), 422);
        assert!(page.contains(says) && page.contains("id=\"m-file\""), "{says}: {page}");
    }
    let page = expect_page(&visitor.upload(IMPORTS, "people.csv", &vec![b'x'; 1_048_577]), 413);
    assert!(page.contains("crm import customers"), "{page}");
    let page = expect_page(&visitor.upload_with("no code", IMPORTS, "people.csv", TABLE), 403);
    assert!(page.contains("not from this sign-in"), "{page}");

    let path = visitor.upload(IMPORTS, "people.csv", TABLE).headers["location"].clone();
    let mut other = Visitor::who_may(Permission::DeskEdit);
    expect_page(&other.get(&path), 404);
    expect_page(&other.get(&format!("{path}/rejected")), 404);
    let mut viewer = Visitor::who_may(Permission::DeskView);
    assert!(!expect_page(&viewer.get("/desk/people"), 200).contains(IMPORTS));
    for path in [IMPORTS, &path, &format!("{path}/rejected")] {
        expect_page(&viewer.get(path), 403);
    }
}
