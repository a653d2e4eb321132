//! The kinds of files that `crm import` reads, and its messages about files that it
//! refuses.

use serde_json::{Value, json};

use crate::folder::{Folder, counts};

fn utf16(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(unit).collect()
}

/// A file with one customer, Jürgen of Köln, in some form.
#[track_caller]
fn check_read(content: impl AsRef<[u8]>, options: &[&str]) {
    let folder = Folder::new();
    folder.write("people.csv", content);
    let (document, results) = folder.import("customers", "people.csv", options, 0);
    assert_eq!(counts(&document), [1, 0, 0, 0], "{results:?}");
    let customer = folder.khoros.customer(results[0]["id"].as_str().unwrap());
    assert_eq!(
        (&customer["firstName"], &customer["city"]),
        (&json!("Jürgen"), &json!("Köln"))
    );
}

#[test]
fn a_table_is_read_in_its_encoding_and_with_its_line_ends_and_separators() {
    let table = "externalId,firstName,city\nA,Jürgen,Köln\n";
    check_read(table, &[]);
    check_read(format!("\u{feff}{table}"), &[]);
    check_read(table.replace('\n', "\r\n"), &[]);
    check_read(table.replace('\n', "\r"), &[]);
    for separator in [";", "\t", "|"] {
        check_read(table.replace(',', separator), &[]);
    }
    check_read(format!("sep=;\r\n{}", table.replace(',', ";").replace('\n', "\r\n")), &[]);
    check_read(format!("SEP=~\n{}", table.replace(',', "~")), &[]);
    check_read(table.replace(',', "^"), &["--delimiter", "^"]);
    for unit in [u16::to_le_bytes as fn(u16) -> [u8; 2], u16::to_be_bytes] {
        check_read(utf16(table, unit), &[]);
        check_read(utf16(&format!("\u{feff}{}", table.replace(',', "\t")), unit), &[]);
    }
    let latin: Vec<u8> = table
        .chars()
        .map(|character| u8::try_from(u32::from(character)).unwrap())
        .collect();
    check_read(latin, &["--encoding", "windows-1252"]);
}

#[test]
fn an_unreadable_file_is_refused_by_its_kind_before_the_first_row() {
    let folder = Folder::new();
    for (name, content, says) in [
        ("a.csv", &b""[..], "is empty"),
        (
            "a.csv",
            b"PK\x03\x04\x14\0\x06\0[Content_Types].xml",
            "cannot be read as a workbook",
        ),
        (
            "a.xlsx",
            b"PK\x03\x04\x14\0\x06\0[Content_Types].xml",
            "cannot be read as a workbook",
        ),
        ("a.csv", b"\x1f\x8b\x08\0", "gzip"),
        ("a.csv", b"%PDF-1.7\n", "PDF"),
        ("a.csv", b"<!DOCTYPE html><html>", "web page"),
        ("a.csv", b"[{\"firstName\": \"Ann\"}]", "JSON array"),
        ("a.jsonl", b"[\n{\"firstName\": \"Ann\"}\n]\n", "JSON array"),
        ("a.csv", b"{\"firstName\": \"Ann\"}\n", "--format jsonl"),
        ("a.jsonl", b"firstName\nAnn\n", "--format csv"),
        ("a.jsonl", b"{\n  \"firstName\": \"Ann\"\n}\n", "several lines"),
        ("a.csv", b"firstName\nAnn\nJ\xfcrgen M\xfcller\n", "line 3 is the first"),
        ("a.csv", b"firstName\nAnn\nJ\xfcrgen M\xfcller\n", "--encoding windows-1252"),
        ("a.csv", b"firstName,\"city\nAnn,Ulm\n", "line 1"),
    ] {
        folder.write(name, content);
        let said = folder.crm(&["import", "customers", name], 2);
        assert!(said.contains(says), "{name} {content:?}: {said}");
    }
    assert_eq!(folder.export("customers"), [""; 0]);
    assert_eq!(folder.document(&["import", "runs"], 0), json!([]));
    folder.write("header.csv", "externalId,firstName\n");
    let said = folder.crm(&["import", "customers", "header.csv"], 0);
    assert!(said.contains("0 created") && said.contains("has no rows"), "{said}");
}

#[test]
fn two_columns_with_the_same_name_can_each_be_selected() {
    let folder = Folder::new();
    folder.write("people.csv", "externalId,phone,phone\nA,+14155550134,+14155550135\n");
    let said = folder.crm(&["import", "customers", "people.csv"], 2);
    assert!(said.contains("--map 'phone#2='"), "{said}");
    let (_, results) = folder.import("customers", "people.csv", &["--map", "phone#2=phone2"], 0);
    let customer = folder.khoros.customer(results[0]["id"].as_str().unwrap());
    assert_eq!(
        (&customer["phone"], &customer["phone2"]),
        (&json!("+14155550134"), &json!("+14155550135"))
    );
    folder.write("people.csv", "externalId,phone,phone\nB,+14155550136,x\nC,,y\n");
    let (document, results) = folder.import("customers", "people.csv", &["--map", "phone#2="], 1);
    assert_eq!(counts(&document), [1, 0, 0, 1]);
    let customer = folder.khoros.customer(results[0]["id"].as_str().unwrap());
    assert_eq!((&customer["phone"], customer.get("phone2")), (&json!("+14155550136"), None));
}

#[test]
fn empty_rows_are_skipped_and_an_id_alone_creates_no_customer() {
    let folder = Folder::new();
    folder.crm(&["tenant", "set", "--brand", "1=Fietsen"], 0);
    folder.write(
        "people.csv",
        "externalId,firstName,kind\n,,\nA,Ann,\n,\" \",\n\"\",\"\",\"\"\nB,,\n,,individual\n",
    );
    for created in [1, 0] {
        let (document, results) = folder.import("customers", "people.csv", &[], 1);
        assert_eq!(counts(&document), [created, 0, 1 - created, 2], "{results:?}");
        assert_eq!(document["counts"]["skipped"], 3);
        let kinds: Vec<&str> = results.iter().map(|result| result["result"].as_str().unwrap()).collect();
        assert_eq!(kinds[0], "skipped");
        assert_eq!(kinds[2..], ["skipped", "skipped", "rejected", "rejected"]);
    }
    assert_eq!(folder.export("customers").len(), 1);
    folder.write_lines("people.jsonl", &[json!({}), json!({"externalId": null, "contacts": []})]);
    let said = folder.crm(&["import", "customers", "people.jsonl"], 0);
    assert!(said.contains("2 empty rows skipped"), "{said}");
    folder.write("cases.csv", "externalId,customerExternalId,title\n,,\n");
    let (document, _) = folder.import("cases", "cases.csv", &[], 0);
    assert_eq!((counts(&document), &document["counts"]["skipped"]), ([0, 0, 0, 0], &json!(1)));
}

#[test]
fn list_values_are_read_in_any_spelling_and_unknown_ones_refused() {
    let folder = Folder::new();
    folder.crm(&["tenant", "set", "--department", "999=Service", "--brand", "1=Fietsen"], 0);
    let social = |network: &str| json!([{"lastName": "Lee", "social": [{"type": network, "socialId": "annlee"}]}]);
    folder.write_lines(
        "people.jsonl",
        &[
            json!({"externalId": "1", "displayName": "Ann", "kind": "Corporate", "department": "SERVICE", "brand": "fietsen",
                "contacts": social("Twitter"), "attributes": {"level": "Gold", "role": "Partner"},
                "events": [{"at": "2024-05-01T10:00:00Z", "type": "Call track", "mode": "Inbound"}]}),
            json!({"externalId": "2", "displayName": "Bob", "contacts": social("X")}),
            json!({"externalId": "3", "displayName": "Cy", "contacts": social("Twiter")}),
            json!({"externalId": "4", "displayName": "Dan", "kind": "coporate"}),
            json!({"externalId": "5", "displayName": "Eve", "events": [{"at": "2024-05-01T10:00:00Z", "type": "fax", "mode": "inbound"}]}),
        ],
    );
    let (document, results) = folder.import("customers", "people.jsonl", &[], 1);
    assert_eq!(counts(&document), [2, 0, 0, 3], "{results:?}");
    let ids: Vec<&str> = results[..2].iter().map(|result| result["id"].as_str().unwrap()).collect();
    folder.khoros.expect_found(&json!({"twitterHandle": "annlee"}), &ids);
    let message = |at: usize| results[at]["fields"][0]["message"].as_str().unwrap().to_owned();
    assert!(message(2).contains("did you mean twitter?"), "{}", message(2));
    assert!(
        message(3).contains("individual, corporate, group: did you mean corporate?"),
        "{}",
        message(3)
    );
    assert!(message(4).contains("must be one of email, social"), "{}", message(4));
    let exported = folder.export("customers");
    let exported = exported.iter().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let exported = exported.into_iter().find(|line| line["displayName"] == "Ann").unwrap();
    assert_eq!(
        (&exported["kind"], &exported["department"], &exported["attributes"]),
        (
            &json!("corporate"),
            &json!("Service"),
            &json!({"level": "gold", "role": "partner"})
        )
    );

    folder.write(
        "cases.csv",
        "externalId,customerExternalId,title,status,priority,escalated\n1,1,Late,Solved,HIGH,Yes\n2,1,Late,lost,highest,maybe\n",
    );
    let (document, results) = folder.import("cases", "cases.csv", &[], 1);
    assert_eq!(counts(&document), [1, 0, 0, 1], "{results:?}");
    let case = folder.khoros.case(results[0]["id"].as_str().unwrap());
    assert_eq!(
        (&case["status"], &case["priority"], &case["escalated"]),
        (&json!("closed"), &json!("high"), &json!(true))
    );
    let wrong: Vec<&str> = results[1]["fields"]
        .as_array()
        .unwrap()
        .iter()
        .map(|field| field["name"].as_str().unwrap())
        .collect();
    assert_eq!(wrong, ["priority", "escalated", "status"]);
}

#[test]
fn repeated_values_in_a_row_are_merged_or_refused() {
    let folder = Folder::new();
    let event = json!({"at": "2024-05-01T10:00:00Z", "type": "email", "mode": "inbound"});
    let told = json!({"at": "2024-05-02T10:00:00Z", "message": "Order shipped", "initiatedBy": "webshop"});
    let phone = json!({"countryCode": "1", "areaCode": "415", "phoneNo": "555 0134"});
    let row = json!({"externalId": "1", "displayName": "Ann", "email": "ann@x.example", "email2": "ANN@x.example",
        "contacts": [{"lastName": "Lee", "phone": [phone, phone]}, {"lastName": "Lee", "phone": [phone]}],
        "events": [event, told, event, told]});
    folder.write_lines("people.jsonl", &[row.clone(), row]);
    let (document, results) = folder.import("customers", "people.jsonl", &[], 0);
    assert_eq!(counts(&document), [1, 0, 1, 0], "{results:?}");
    let id = results[0]["id"].as_str().unwrap();
    let person = folder.document(&["customer", "export", id], 0);
    assert_eq!(person["events"].as_array().unwrap().len(), 2);
    let (document, _) = folder.import("customers", "people.jsonl", &[], 0);
    assert_eq!(counts(&document), [0, 0, 2, 0], "again");

    let known = person["events"][0]["id"].as_str().unwrap();
    folder.write_lines(
        "wrong.jsonl",
        &[
            json!({"externalId": "2", "displayName": "Bob", "events": [
                {"id": known, "at": "2024-05-01T10:00:00Z", "type": "chat", "mode": "inbound"},
                {"id": known, "at": "2024-05-01T10:00:00Z", "type": "email", "mode": "inbound"}]}),
            json!({"externalId": "3", "displayName": "Cy", "contacts": [{"id": 7, "lastName": "A"}, {"id": 7, "lastName": "B"}]}),
        ],
    );
    let (document, results) = folder.import("customers", "wrong.jsonl", &[], 1);
    assert_eq!(counts(&document), [0, 0, 0, 2], "{results:?}");
    let names: Vec<&Value> = results.iter().map(|result| &result["fields"][0]["name"]).collect();
    assert_eq!(names, ["events[1].id", "contacts[1].id"]);

    let said = crate::folder::interaction("1", "where?");
    folder.write_lines(
        "cases.jsonl",
        &[json!({"externalId": "1", "customerExternalId": "1", "title": "Late", "interactions": [said, said]})],
    );
    let (_, results) = folder.import("cases", "cases.jsonl", &[], 0);
    let case = folder.khoros.case(results[0]["id"].as_str().unwrap());
    assert_eq!(case["interactions"].as_array().unwrap().len(), 1);
}
