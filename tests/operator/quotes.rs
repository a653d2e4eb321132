//! `crm import` of tables with wrong quotes.

use proptest::{prelude::*, sample::Index};
use serde_json::Value;

use crate::folder::{Folder, counts};

/// The external ids and first names that are stored.
fn stored(folder: &Folder) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let line = |line: &String| {
        let value: Value = serde_json::from_str(line).unwrap();
        (text(&value["externalId"]), text(&value["firstName"]))
    };
    let mut stored: Vec<_> = folder
        .export("customers")
        .iter()
        .filter(|line| !line.is_empty())
        .map(line)
        .collect();
    stored.sort();
    stored
}

/// The line on which a row begins. It has a member of its own if the spreadsheet's row has another number.
fn line_of(result: &Value) -> u64 {
    let line = result.get("line").unwrap_or(&result["row"]);
    line.as_u64().unwrap()
}

/// Imports a table of external ids and first names twice. Returns what is stored and the lines of the rejected rows.
#[track_caller]
fn check(table: &str, wanted: &[(&str, &str)], rejected: &[u64]) {
    let folder = Folder::new();
    folder.write("people.csv", table);
    let code = i32::from(!rejected.is_empty());
    let (document, results) = folder.import("customers", "people.csv", &[], code);
    let own = |rows: &[(&str, &str)]| -> Vec<(String, String)> {
        rows.iter().map(|(id, name)| ((*id).to_owned(), (*name).to_owned())).collect()
    };
    assert_eq!(stored(&folder), own(wanted), "{results:?}");
    let (created, refused) = (wanted.len() as u64, rejected.len() as u64);
    assert_eq!(counts(&document), [created, 0, 0, refused], "{results:?}");
    let lines: Vec<u64> = results
        .iter()
        .filter(|result| result["result"] == "rejected")
        .map(line_of)
        .collect();
    assert_eq!(lines, rejected);
    let mut ids: Vec<&Value> = results.iter().filter_map(|result| result.get("id")).collect();
    ids.sort_by_key(ToString::to_string);
    ids.dedup();
    assert_eq!(ids.len(), wanted.len(), "a result has another row's id: {results:?}");
    let (again, _) = folder.import("customers", "people.csv", &[], code);
    assert_eq!(counts(&again), [0, 0, created, refused], "again");
    assert_eq!(stored(&folder), own(wanted), "again");
}

#[test]
fn an_open_quote_in_the_last_row_costs_that_row_only() {
    check(
        "externalId,firstName\nUO-1,Ann\nUO-2,Bob\nUO-3,\"Cy\n",
        &[("UO-1", "Ann"), ("UO-2", "Bob")],
        &[4],
    );
}

#[test]
fn a_quote_that_closes_in_a_later_row_loses_no_row() {
    check(
        "externalId,firstName\r\nUO-1,\"Ann\r\nUO-2,Bob\r\nUO-3,\"Cy\"\r\nUO-4,Dan\r\n",
        &[("UO-2", "Bob"), ("UO-3", "Cy"), ("UO-4", "Dan")],
        &[2],
    );
    check(
        "externalId,firstName\nUO-1,\"Ann\nUO-2,Bob\nUO-3,Cy\"\nUO-4,Dan\n",
        &[("UO-2", "Bob"), ("UO-4", "Dan")],
        &[2, 4],
    );
}

#[test]
fn cells_of_several_lines_are_kept_whatever_they_contain() {
    check(
        "externalId,firstName\nUO-1,\"12 High St, London\nFlat 2, Paris\n\n\"\"UK\"\"\"\nUO-2,\"a\r\nb\"\n",
        &[("UO-1", "12 High St, London\nFlat 2, Paris\n\n\"UK\""), ("UO-2", "a\r\nb")],
        &[],
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn despite_any_mistake_every_intact_row_is_applied_once_and_the_other_is_reported(
        rows in prop::collection::vec(("[A-Z][a-z]{1,6}(, [A-Z][a-z]{1,4}|\n[A-Z][a-z]{1,6}){0,2}", any::<bool>()), 8..30),
        place in any::<Index>(),
        quote in any::<Index>(),
        harm in 0..3,
        crlf in any::<bool>(),
    ) {
        let folder = Folder::new();
        let end = if crlf { "\r\n" } else { "\n" };
        let written = |(at, (name, quoted)): (usize, &(String, bool))| {
            let cell = if *quoted || name.contains([',', '\n']) { format!("\"{name}\"") } else { name.clone() };
            (format!("UO-{}", at + 1), name.clone(), cell)
        };
        let rows: Vec<(String, String, String)> = rows.iter().enumerate().map(written).collect();
        let harmed = place.index(rows.len());
        let mut table = format!("externalId,firstName{end}");
        let mut line = 2;
        let mut harmed_line = 0;
        for (at, (id, _, cell)) in rows.iter().enumerate() {
            let mut text = format!("{id},{cell}");
            if at == harmed {
                harmed_line = line;
                let quotes: Vec<usize> = text.match_indices('"').map(|(at, _)| at).collect();
                match (harm, quotes.is_empty()) {
                    (0, false) => drop(text.remove(*quote.get(&quotes))),
                    (1, false) => text.insert(*quote.get(&quotes), '"'),
                    _ => text.insert(id.len() + 1 + quote.index(cell.len()), '"'),
                }
            }
            line += text.matches('\n').count() as u64 + 1;
            table.push_str(&text);
            table.push_str(end);
        }
        folder.write("people.csv", &table);
        let output = folder.command(&["import", "customers", "people.csv", "--rate", "100000", "--json"]).output().unwrap();
        let document: Value = serde_json::from_slice(&output.stdout).unwrap();
        let results = folder.lines(document["results"].as_str().unwrap());
        let of_harmed = results.iter().filter(|result| line_of(result) == harmed_line).count();
        prop_assert_eq!(of_harmed, 1, "{:?} {:?}", table, results);
        let stored = stored(&folder);
        for (at, (id, name, _)) in rows.iter().enumerate() {
            let found: Vec<_> = stored.iter().filter(|(stored, _)| stored == id).collect();
            if at == harmed {
                prop_assert!(found.len() <= 1);
            } else {
                prop_assert_eq!(found, [&(id.clone(), name.clone())], "{:?} {:?}", table, results);
            }
        }
        prop_assert!(stored.len() <= rows.len(), "{:?} {:?}", table, stored);
    }
}
