//! Imports as administrators experience them: exports of vendors and spreadsheets with many wrong cells, imported
//! repeatedly.

use serde_json::{Value, json};

use crate::folder::{Folder, counts};

const WORKBOOK: &[u8] = include_bytes!("files/people.xlsx");

/// The file of rejected rows of a run.
#[track_caller]
fn rejected(folder: &Folder, document: &Value) -> String {
    folder.read(document["rejected"].as_str().expect("a file of rejected rows"))
}

#[test]
fn rejected_rows_are_corrected_in_their_own_file_and_imported() {
    let folder = Folder::new();
    folder.write(
        "people.csv",
        "No;First name;Note;E-Mail\nA1;Jane;\"likes\ntea\";jane@x.example\nA2;Jürgen;;juergen(at)x.example\nA3;Bo;\"x; y\";bo\n",
    );
    let options = ["--external-id", "No", "--map", "E-Mail=email", "--map", "Note=description"];
    let (first, results) = folder.import("customers", "people.csv", &options, 1);
    assert_eq!(counts(&first), [1, 0, 0, 2]);
    // A cell of two lines is in one row of the spreadsheet.
    let wanted = json!({"row": 3, "line": 4, "result": "rejected", "externalId": "A2", "fields": [{"name": "email",
        "message": "must be an e-mail address such as jane@example.com: it has no @", "value": "juergen(at)x.example"}]});
    assert_eq!(results[1], wanted);
    let reasons = json!([{"field": "email", "message": "must be an e-mail address such as jane@example.com: it has no @", "rows": 2, "firstRow": 3,
        "value": "juergen(at)x.example"}]);
    assert_eq!(first["findings"]["rejections"], reasons);
    let file = rejected(&folder, &first);
    let message = "email must be an e-mail address such as jane@example.com: it has no @";
    assert_eq!(
        file,
        format!(
            "\u{feff}crm:row;crm:problem;No;First name;Note;E-Mail\n3;{message};A2;Jürgen;;juergen(at)x.example\n4;{message};A3;Bo;\"x; \
             y\";bo\n"
        )
    );
    folder.write("mended.csv", file.replace("(at)", "@").replace(";bo\n", ";bo@x.example\n"));
    let (second, _) = folder.import("customers", "mended.csv", &options, 0);
    assert_eq!((counts(&second), &second["rejected"]), ([2, 0, 0, 0], &Value::Null));
    let (again, _) = folder.import("customers", "people.csv", &options, 1);
    assert_eq!(counts(&again), [0, 0, 1, 2]);
}

#[test]
fn rejected_lines_of_json_and_rows_of_wrong_width_are_corrected_in_the_same_way() {
    let folder = Folder::new();
    folder.write("people.jsonl", "{\"externalId\": \"1\", \"email\": \"x\"}\n{broken\n");
    let (document, _) = folder.import("customers", "people.jsonl", &[], 1);
    let mended = rejected(&folder, &document).replace("\"x\"", "\"x@x.example\"");
    folder.write("mended.jsonl", &mended);
    let (document, results) = folder.import("customers", "mended.jsonl", &[], 1);
    assert_eq!(counts(&document), [1, 0, 0, 1]);
    assert_eq!(
        results[1]["fields"][0]["message"],
        "was not a JSON object: replace this line by the object"
    );
    folder.write("people.csv", "externalId,city\n1,Ulm,x\n2\n");
    let (document, _) = folder.import("customers", "people.csv", &[], 1);
    folder.write("again.csv", rejected(&folder, &document));
    let (document, _) = folder.import("customers", "again.csv", &[], 1);
    assert_eq!(counts(&document), [0, 0, 0, 2]);
}

#[test]
fn on_demand_a_wrong_cell_is_left_out_and_its_row_is_imported() {
    let folder = Folder::new();
    folder.write(
        "people.csv",
        "externalId,firstName,email,phone\n1,Ann,nonsense,(415) 555-2671\n2,,nonsense,\n,Bob,b@x.example; c@x.example; d@x.example,none\n",
    );
    let (document, _) = folder.import("customers", "people.csv", &["--dry-run"], 1);
    assert_eq!(counts(&document), [0, 0, 0, 3]);
    let (document, results) = folder.import("customers", "people.csv", &["--skip-bad-cells"], 1);
    assert_eq!(counts(&document), [2, 0, 0, 1]);
    assert_eq!(results[0]["skippedCells"][0]["value"], "nonsense");
    assert_eq!(results[1]["fields"][0]["name"], "email", "{}", results[1]);
    let id = results[2]["id"].as_str().unwrap();
    let bob = folder.khoros.customer(id);
    assert_eq!(
        (&bob["email"], &bob["email2"]),
        (&json!("b@x.example"), &json!("c@x.example"))
    );
    assert_eq!(results[2]["skippedCells"].as_array().unwrap().len(), 2, "{}", results[2]);
    assert_eq!(document["findings"]["skippedCells"].as_array().unwrap().len(), 3);
}

#[test]
fn a_vendors_export_is_imported_with_the_vendors_name() {
    let folder = Folder::new();
    folder.write(
        "contacts.csv",
        "Id,IsDeleted,FirstName,LastName,Phone,MobilePhone,Email,Department,Photo,CreatedDate\n\
         003A,0,Jane,Doe,(415) 555-2671,(415) 555-2672,jane@x.example,Sales,/p.png,2021-03-04T00:30:15.000+0000\n",
    );
    let refused = folder.crm(&["import", "customers", "contacts.csv"], 2);
    assert!(
        refused.contains("--map 'IsDeleted='") && !refused.contains("'Department': is it"),
        "{refused}"
    );
    let shown = folder.crm(
        &[
            "import",
            "customers",
            "contacts.csv",
            "--from",
            "salesforce",
            "--dry-run",
            "--save-map",
            "map.yaml",
        ],
        0,
    );
    for line in [
        "Id           externalId  003A",
        "Department   (left out)  Sales",
        "MobilePhone  phone2      (415) 555-2672",
    ] {
        assert!(shown.contains(line), "{shown}");
    }
    for options in [&["--from", "salesforce"][..], &["--map-file", "map.yaml"]] {
        let (document, results) = folder.import("customers", "contacts.csv", options, 0);
        let id = results[0]["id"].as_str().unwrap();
        let jane = folder.khoros.customer(id);
        assert_eq!(
            (&jane["firstName"], &jane["phone2"]),
            (&json!("Jane"), &json!("(415) 555-2672")),
            "{document}"
        );
        assert!(folder.export("customers")[0].contains("\"created\":\"2021-03-04T00:30:15"));
        assert_eq!(results[0]["externalId"], "003A");
    }
    folder.write("users.csv", "id,name\n7,Jane\n");
    let refused = folder.crm(&["import", "customers", "users.csv", "--ignore-unknown"], 2);
    assert!(refused.contains("--external-id 'id'"), "{refused}");
}

#[test]
fn a_workbook_is_read_as_displayed() {
    let folder = Folder::new();
    folder.write("people.xlsx", WORKBOOK);
    let options = ["--external-id", "Customer no", "--map", "E-Mail=email", "--ignore-unknown"];
    let (document, results) = folder.import("customers", "people.xlsx", &options, 1);
    assert_eq!((counts(&document), &document["counts"]["skipped"]), ([2, 0, 0, 1], &json!(1)));
    let rows: Vec<&Value> = results.iter().map(|result| &result["row"]).collect();
    assert_eq!(rows, [2, 3, 4, 5]);
    assert_eq!(
        (&results[0]["externalId"], &results[1]["externalId"]),
        (&json!("4711"), &json!("4712"))
    );
    let jane = folder.khoros.customer(results[0]["id"].as_str().unwrap());
    assert_eq!((&jane["firstName"], &jane["phone"]), (&json!("Jürgen"), &json!("4155552671")));
    let exported = folder.export("customers").concat();
    assert!(exported.contains("\"created\":\"2021-03-04T12:00:00"), "{exported}");
    let (document, _) = folder.import("customers", "people.xlsx", &["--sheet", "Andere"], 1);
    assert_eq!(counts(&document), [0, 0, 0, 1]);
    let refused = folder.crm(&["import", "customers", "people.xlsx", "--sheet", "x"], 2);
    assert!(refused.contains("it has Kunden, Andere"), "{refused}");
}

#[test]
fn a_telephones_contacts_are_imported_unchanged() {
    let folder = Folder::new();
    folder.write(
        "contacts.vcf",
        "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:7\r\nFN:Ann Lee\r\nN:Lee;Ann;;;\r\nEMAIL:ann@x.example\r\nEMAIL:a@y.example\r\nEND:VCARD\r\n\
         BEGIN:VCARD\r\nFN:Bo\r\nEMAIL:nonsense\r\nEND:VCARD\r\n",
    );
    let (document, results) = folder.import("customers", "contacts.vcf", &[], 1);
    assert_eq!(counts(&document), [1, 0, 0, 1]);
    let ann = folder.khoros.customer(results[0]["id"].as_str().unwrap());
    assert_eq!((&ann["firstName"], &ann["email2"]), (&json!("Ann"), &json!("a@y.example")));
    folder.write("mended.csv", rejected(&folder, &document).replace("nonsense", "bo@x.example"));
    let (document, _) = folder.import("customers", "mended.csv", &[], 0);
    assert_eq!(counts(&document), [1, 0, 0, 0]);
}

#[test]
fn a_file_without_ids_creates_no_duplicates_if_matched_by_fields() {
    let folder = Folder::new();
    folder.write(
        "people.csv",
        "firstName,email,phone\nJane,jane@x.example,\nBob,,(415) 555-2671\nJanet,JANE@x.example,\nZoe,,\n",
    );
    let import = |options: &[&str], code| folder.import("customers", "people.csv", options, code);
    let (dry, _) = import(&["--dry-run"], 0);
    assert_eq!((counts(&dry), &dry["findings"]["lookAlikes"]), ([4, 0, 0, 0], &json!(1)));
    let (first, results) = import(&["--match-on", "email"], 0);
    assert_eq!(counts(&first), [3, 1, 0, 0]);
    assert_eq!(results[2]["changed"], json!(["firstName", "email"]));
    let (second, results) = import(&[], 0);
    assert_eq!(
        (counts(&second), &second["findings"]["lookAlikes"]),
        ([4, 0, 0, 0], &json!(3))
    );
    assert_eq!(results[1]["looksLike"].as_array().unwrap().len(), 1);
    let (third, results) = import(&["--match-on", "email"], 1);
    assert_eq!(counts(&third)[3], 2);
    let message = results[0]["fields"][0]["message"].as_str().unwrap();
    assert!(message.contains("could be several customers (C"), "{message}");
}

#[test]
fn repeated_external_ids_in_a_file_are_reported() {
    let folder = Folder::new();
    folder.write("people.csv", "externalId,city\n1,Ulm\n2,Bonn\n1,Kiel\n");
    let (document, results) = folder.import("customers", "people.csv", &[], 0);
    assert_eq!(
        (&document["findings"]["repeatedExternalIds"], &results[2]["repeats"]),
        (&json!(1), &json!(2))
    );
    assert_eq!(results[2]["changed"], json!(["city"]));
}

#[test]
fn a_dry_run_ends_early_if_most_rows_fail_in_the_same_way() {
    let folder = Folder::new();
    let rows: Vec<String> = (0..3_000).map(|row| format!("{row},nonsense\n")).collect();
    folder.write("people.csv", format!("externalId,email\n{}", rows.concat()));
    let said = folder.crm(&["import", "customers", "people.csv", "--dry-run"], 1);
    assert!(
        said.contains("stopped after row ") && said.contains("rows fail for the same reason: email must be"),
        "{said}"
    );
    let (document, _) = folder.import("customers", "people.csv", &["--dry-run", "--keep-going"], 1);
    assert_eq!(counts(&document), [0, 0, 0, 3_000]);
}
