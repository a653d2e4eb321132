//! `POST index`: cases 25 to 41.

use contract_tests::client::at_once;
use serde_json::json;

use crate::account::{Key, account, multipart, ok, opaque, refused, urlencoded};

const ANN: [(&str, &str); 5] = [
    ("brand_id", "1"),
    ("primary_id", "C-7"),
    ("firstname", "Ann"),
    ("channel_id", "email"),
    ("customer_link_channel", "ann@example.org"),
];

#[test]
fn case_25_and_26_a_repeated_request_finds_the_customer() {
    let account = account();
    let created = ok(&account.post("", &ANN));
    assert_eq!(created["message"], "User created and channel linked.");
    let number = created["customerID"].as_u64().unwrap();
    let again = ok(&account.post("", &ANN));
    assert_eq!(
        (&again["customerID"], &again["message"]),
        (&json!(number), &json!("Customer updated."))
    );
    assert_eq!(account.listed(""), [number]);
    assert_eq!(account.item(number)["channels"].as_array().unwrap().len(), 1);
    let updated = ok(&account.post("", &[("brand_id", "1"), ("primary_id", "C-7"), ("lastname", "Bos")]));
    assert_eq!(updated["message"], "Customer updated.");
    let bare = ok(&account.post("", &[("brand_id", "1"), ("primary_id", "D-8")]));
    assert_eq!(bare["message"], "Customer created.");
}

#[test]
fn concurrent_equal_requests_create_one_customer() {
    let account = account();
    let found = at_once(6, |_| account.customer(&ANN));
    assert!(found.iter().all(|number| *number == found[0]), "{found:?}");
    assert_eq!(account.listed(""), [found[0]]);
    let by_address = [
        ("brand_id", "2"),
        ("channel_id", "email"),
        ("customer_link_channel", "bo@x.nl"),
    ];
    let found = at_once(6, |_| account.customer(&by_address));
    assert!(found.iter().all(|number| *number == found[0]), "{found:?}");
}

#[test]
fn case_27_without_an_id_a_brand_without_channel_search_creates() {
    let account = account();
    assert_eq!(
        refused(&account.post("", &[("brand_id", "1")]), 400),
        "Missing parameter 'primary_id'."
    );
    let by_address = [("brand_id", "1"), ("search_customer_channel_value", "ann@example.org")];
    refused(&account.post("", &by_address), 400);
    assert_eq!(
        refused(&account.post("", &[("primary_id", "C-7")]), 400),
        "Missing parameter 'brand_id'."
    );
    assert_eq!(account.listed(""), Vec::<u64>::new());
}

#[test]
fn case_28_a_customer_is_found_by_an_address() {
    let account = account();
    let bo = [
        ("brand_id", "2"),
        ("search_customer_channel_value", "bo@x.nl"),
        ("channel_id", "email"),
        ("customer_link_channel", "bo@x.nl"),
    ];
    let number = account.customer(&bo);
    assert_eq!(account.customer(&bo), number);
    let spelled = account.customer(&[("brand_id", "2"), ("search_customer_channel_value", "BO@X.nl")]);
    assert_eq!(spelled, number);
    let with_id = [&bo[..], &[("primary_id", "P9")]].concat();
    assert_eq!(account.customer(&with_id), number, "an id is added to a customer without one");
    assert_eq!(account.item(number)["external_primary_id"], "P9");
    let named = account.customer(&[("brand_id", "2"), ("firstname", "Bo")]);
    assert_ne!(named, number, "no id and no address: create");
}

#[test]
fn a_former_address_finds_nobody() {
    let account = account();
    let zoe = [
        ("brand_id", "2"),
        ("channel_id", "email"),
        ("customer_link_channel", "zoe@x.nl"),
    ];
    let channel_of = |number: u64| account.item(number)["channels"][0]["id"].clone();
    let number = account.customer(&zoe);
    ok(&account.delete(&format!("/channel/{}", channel_of(number))));
    let somebody_else = account.customer(&zoe);
    assert_ne!(somebody_else, number);
    let khoros = account
        .khoros
        .patch(&format!("/customer/{}", opaque(somebody_else)), &json!({"city": "Delft"}));
    khoros.expect(201);
    assert_eq!(account.customer(&zoe), somebody_else);
    let searched = [
        ("brand_id", "2"),
        ("search_customer_channel_value", "nobody@x.nl"),
        ("firstname", "Zoe"),
    ];
    assert_ne!(
        account.customer(&searched),
        account.customer(&searched),
        "the address was not linked"
    );
}

#[test]
fn the_result_says_whether_a_channel_was_linked() {
    let account = account();
    let ann = [
        ("brand_id", "1"),
        ("primary_id", "C-7"),
        ("channel_id", "email"),
        ("customer_link_channel", "ann@x.nl"),
    ];
    let more = [&ann[..], &[("extra_telephone", "+31612345678")]].concat();
    for (fields, message) in [
        (&ann[..], "User created and channel linked."),
        (&ann[..], "Customer updated."),
        (&more[..], "Channel linked."),
        (&more[..], "Customer updated."),
    ] {
        assert_eq!(ok(&account.post("", fields))["message"], message);
    }
}

#[test]
fn numbers_that_json_cannot_represent_exactly_are_no_ids() {
    let account = account();
    let send = |body: &str| account.send_as(Key::Rc, "POST", "", "application/json", body.as_bytes());
    let with_id = |id: &str| send(&format!(r#"{{"brand_id": 1, "primary_id": {id}}}"#));
    for id in ["123456789012345678901234", "1e300"] {
        assert!(refused(&with_id(id), 400).starts_with("Invalid value for parameter 'primary_id'."));
    }
    let number = with_id("7").expect(200)["customerID"].clone();
    assert_eq!(account.customer(&[("brand_id", "1"), ("primary_id", "7")]), number);
    let priced = send(r#"{"brand_id": 1, "primary_id": 7, "custom_price": 1.5, "custom_count": 1e3}"#);
    let item = account.item(priced.expect(200)["customerID"].as_u64().unwrap());
    assert_eq!(
        (&item["custom_price"], &item["custom_count"]),
        (&json!("1.5"), &json!("1000"))
    );
}

#[test]
fn case_29_the_id_takes_precedence() {
    let account = account();
    let one = account.customer(&[("brand_id", "2"), ("primary_id", "P1")]);
    let other = account.customer(&[
        ("brand_id", "2"),
        ("primary_id", "P2"),
        ("channel_id", "email"),
        ("customer_link_channel", "bo@x.nl"),
    ]);
    assert_ne!(one, other);
    let both = [
        ("brand_id", "2"),
        ("primary_id", "P1"),
        ("search_customer_channel_value", "bo@x.nl"),
    ];
    assert_eq!(account.customer(&both), one);
}

#[test]
fn case_30_an_unknown_brand_is_refused() {
    let answer = account().post("", &[("brand_id", "99"), ("primary_id", "C-7")]);
    assert_eq!(refused(&answer, 400), "This brand does not exist.");
}

#[test]
fn case_31_and_32_a_channel_needs_type_and_address() {
    let account = account();
    let with = |fields: &[(&str, &str)]| {
        let fields = [&[("brand_id", "1"), ("primary_id", "C-7")], fields].concat();
        account.post("", &fields)
    };
    let number = ok(&with(&[("channel_id", "email")]))["customerID"].as_u64().unwrap();
    assert_eq!(account.item(number)["channels"], json!([]));
    assert_eq!(
        refused(&with(&[("customer_link_channel", "ann@example.org")]), 400),
        "Missing parameter 'channel_id'."
    );
    refused(&with(&[("channel_id", "fax"), ("customer_link_channel", "x")]), 400);
    let unknown = with(&[("channel_id", "77"), ("customer_link_channel", "x")]);
    assert_eq!(refused(&unknown, 400), "This channel does not exist.");
    let wrong = refused(&with(&[("channel_id", "email"), ("customer_link_channel", "notmail")]), 400);
    assert!(
        wrong.starts_with("Invalid value for parameter 'customer_link_channel'. It must be an e-mail"),
        "{wrong}"
    );
    assert!(!wrong.contains("notmail"), "{wrong}");
}

#[test]
fn case_33_a_number_is_a_name() {
    let account = account();
    let by = |kind: &str, own_id: &str| {
        let number = account.customer(&[
            ("brand_id", "1"),
            ("primary_id", own_id),
            ("channel_id", kind),
            ("customer_link_channel", "ann@example.org"),
        ]);
        let mut channel = account.item(number)["channels"][0].clone();
        channel["id"] = json!(0);
        channel
    };
    let wanted =
        json!({"id": 0, "channel_id": 1, "channel_name": "e-mail", "channel_icon": "e-mail", "address": "ann@example.org"});
    assert_eq!((by("1", "A"), by("email", "B")), (wanted.clone(), wanted));
}

#[test]
fn case_34_telephone_numbers_are_international() {
    let account = account();
    let with = |phone: &str| account.post("", &[("brand_id", "1"), ("primary_id", "C-7"), ("extra_telephone", phone)]);
    refused(&with("0612345678"), 400);
    let number = ok(&with("+31612345678"))["customerID"].as_u64().unwrap();
    let channel = &account.item(number)["channels"][0];
    assert_eq!(
        (&channel["channel_name"], &channel["address"]),
        (&json!("telephone"), &json!("+31612345678"))
    );
}

#[test]
fn case_35_names_are_checked() {
    let account = account();
    let with = |name: &str| account.post("", &[("brand_id", "1"), ("primary_id", "C-7"), ("firstname", name)]);
    let number = ok(&with("Zoë-Anne O'Neil Jr."))["customerID"].as_u64().unwrap();
    assert_eq!(account.item(number)["firstname"], "Zoë-Anne O'Neil Jr.");
    refused(&with("R2D2"), 400);
    refused(&with("Łukasz"), 400);
    ok(&with("Zoe\u{308}"));
    assert_eq!(account.item(number)["firstname"], "Zoë");
}

#[test]
fn case_36_and_37_tickets_of_the_address_are_claimed() {
    let account = account();
    let address = "ann@example.org";
    let [one, two, other] = ["1", "1", "2"].map(|brand| account.ticket(brand, address));
    let linked = [("ticket_id", one.number.to_string())];
    let ticket: [(&str, &str); 1] = [("ticket_id", &linked[0].1)];
    let ann = account.customer(&[&ANN[..], &ticket, &[("noSync", "1")]].concat());
    assert_eq!((account.holder(&one), account.holder(&two)), (Some(ann), None));
    assert_eq!(account.customer(&[&ANN[..], &ticket].concat()), ann);
    assert_eq!((account.holder(&one), account.holder(&two)), (Some(ann), Some(ann)));
    assert_eq!(account.holder(&other), None);
    assert_eq!(account.khoros.cases(&crate::account::opaque(ann)).len(), 2);
}

#[test]
fn case_38_an_unknown_ticket_refuses_the_whole_request() {
    let account = account();
    let answer = account.post("", &[&ANN[..], &[("ticket_id", "777777")]].concat());
    assert_eq!(refused(&answer, 400), "This ticket does not exist.");
    assert_eq!(account.listed(""), Vec::<u64>::new());
}

/// Corrections of November 2026.
#[test]
fn a_ticket_of_another_brand_does_not_exist() {
    let account = account();
    let waiting = account.ticket("2", "ann@example.org");
    let bo = account.customer(&[("brand_id", "2"), ("primary_id", "P1"), ("firstname", "Bo")]);
    let case = contract_tests::client::id_of(&account.khoros.create_case(&opaque(bo), json!({})));
    let owned = crm_domain::CaseId::parse(&case).unwrap().number();
    let before = account.listed("");
    for number in [waiting.number, owned] {
        let answer = account.post("", &[&ANN[..], &[("ticket_id", &number.to_string())]].concat());
        assert_eq!(refused(&answer, 404), "This ticket does not exist.");
    }
    assert_eq!(account.listed(""), before, "nobody was created");
    assert_eq!(account.holder(&waiting), None);
    assert_eq!(account.khoros.case(&case)["customerId"], opaque(bo));
    let own = [
        ("brand_id", "2"),
        ("primary_id", "P2"),
        ("ticket_id", &waiting.number.to_string()),
    ];
    let number = account.customer(&own);
    assert_eq!(account.holder(&waiting), Some(number));
    let answer = account.post("", &[&ANN[..], &[("ticket_id", &waiting.number.to_string())]].concat());
    refused(&answer, 404);
}

#[test]
fn case_39_no_sync_is_a_boolean() {
    let account = account();
    refused(&account.post("", &[&ANN[..], &[("noSync", "maybe")]].concat()), 400);
    assert_eq!(account.listed(""), Vec::<u64>::new());
}

#[test]
fn case_40_custom_fields_are_stored() {
    let account = account();
    let fields = [
        ("custom_testfield", "x"),
        ("custom_city", "Delft"),
        ("colour", "x"),
        ("testfield", "y"),
    ];
    let number = account.customer(&[&ANN[..], &fields].concat());
    let item = account.item(number);
    assert_eq!(
        (&item["custom_testfield"], &item["custom_city"]),
        (&json!("x"), &json!("Delft"))
    );
    assert_eq!((item.get("colour"), item.get("testfield")), (None, None));
    assert_eq!(account.khoros.customer(&crate::account::opaque(number))["city"], "Delft");
    for name in ["custom_", "custom_a-b", "custom_é"] {
        refused(&account.post("", &[&ANN[..], &[(name, "x")]].concat()), 400);
    }
}

/// Corrections of November 2026.
#[test]
fn a_standard_field_is_refused_as_a_custom_field() {
    let account = account();
    let number = account.customer(&ANN);
    let before = account.item(number);
    for name in [
        "firstname",
        "lastname",
        "displayName",
        "firstName",
        "lastName",
        "email",
        "email2",
        "phone",
        "screenName",
        "profileUrl",
        "twitterHandle",
    ] {
        let parameter = format!("custom_{name}");
        for value in ["x@y.example", ""] {
            let fields = [(parameter.as_str(), value)];
            let wanted = format!("Invalid value for parameter '{parameter}'.");
            for answer in [
                account.post("", &[&ANN[..], &fields].concat()),
                account.put("", &[&[("customerID", number.to_string().as_str())][..], &fields].concat()),
                account.put(&format!("/{number}"), &fields),
                account.put("/updateCustomer", &[&[("externalPrimaryID", "C-7")][..], &fields].concat()),
                account.post(
                    "/createCustomerCRUD",
                    &[&[("primaryID", "D-8"), ("brandID", "1")][..], &fields].concat(),
                ),
            ] {
                assert!(refused(&answer, 400).starts_with(&wanted), "{answer:?}");
            }
        }
    }
    assert_eq!(account.item(number), before);
    assert_eq!(account.listed(""), [number]);
}

#[test]
fn a_custom_field_of_the_model_may_come_without_its_prefix() {
    let account = account();
    let field = json!({"name": "tier", "label": "Tier", "type": "single_sel_list",
        "listValues": [{"name": "Gold", "value": "gold"}, {"name": "Silver", "value": "silver"}]});
    account.add_fields(&[field, json!({"name": "query", "label": "Query", "type": "text"})]);
    let number = account.customer(
        &[
            &ANN[..],
            &[("tier", "gold"), ("city", "Delft"), ("colour", "red"), ("query", "x")],
        ]
        .concat(),
    );
    let item = account.item(number);
    assert_eq!(
        (
            &item["custom_tier"],
            &item["custom_city"],
            item.get("custom_colour"),
            item.get("custom_query")
        ),
        (&json!("gold"), &json!("Delft"), None, None)
    );
    let path = format!("/{number}");
    refused(&account.put(&path, &[("tier", "bronze")]), 400);
    ok(&account.put(&path, &[("tier", "gold"), ("custom_tier", "silver")]));
    assert_eq!(account.item(number)["custom_tier"], "silver", "the prefix says it explicitly");
    let json = json!({"primaryID": "C-7", "brandID": 1, "tier": "gold", "email": "new@x.nl"}).to_string();
    ok(&account.send_as(Key::Rc, "PUT", "", "application/json", json.as_bytes()));
    let item = account.item(number);
    assert_eq!(item["custom_tier"], "gold");
    assert_eq!(
        item["channels"].as_array().unwrap().len(),
        1,
        "addresses are set through channels"
    );
    ok(&account.put(&path, &[("tier", "")]));
    assert_eq!(account.item(number).get("custom_tier"), None);
}

#[test]
fn an_empty_request_creates_nobody() {
    let account = account();
    for fields in [&[][..], &[("colour", "red")], &[("custom_tier", "")], &[("firstname", " ")]] {
        let message = refused(&account.post("", &[&[("brand_id", "2")][..], fields].concat()), 400);
        assert!(message.starts_with("Nothing is known of this customer"), "{message}");
    }
    assert_eq!(account.listed(""), Vec::<u64>::new());
    let by_id = account.customer(&[("brand_id", "2"), ("primary_id", "P1")]);
    assert_eq!(account.listed(""), [by_id], "the client's own id is enough");
}

#[test]
fn case_41_three_encodings_are_accepted() {
    let account = account();
    let object = json!({"brand_id": 1, "primary_id": "C-7", "firstname": "Ann", "channel_id": "email",
        "customer_link_channel": "ann@example.org", "noSync": true});
    let number = ok(&account.send_as(Key::Rc, "POST", "", "application/json", object.to_string().as_bytes()))["customerID"].clone();
    let form = urlencoded(&ANN);
    let urlencoded = account.send_as(Key::Rc, "POST", "", "application/x-www-form-urlencoded", form.as_bytes());
    assert_eq!(ok(&urlencoded)["customerID"], number);
    assert_eq!(ok(&account.post("", &ANN))["customerID"], number);
    refused(&account.send_as(Key::Rc, "POST", "", "text/xml", b"<a/>"), 415);
}

#[test]
fn unreadable_bodies_are_refused() {
    let account = account();
    let multipart_type = "multipart/form-data; boundary=x-boundary-x";
    let mut cut = multipart(&ANN);
    cut.truncate(cut.len() / 2);
    let file =
        b"--x-boundary-x\r\nContent-Disposition: form-data; name=\"firstname\"; filename=\"a\"\r\n\r\nAnn\r\n--x-boundary-x--\r\n";
    let files = ["filename*=UTF-8''a.txt", "FileName=\"a\""].map(|file| {
        let head = format!("Content-Disposition: form-data; name=\"firstname\"; {file}");
        format!("--x-boundary-x\r\n{head}\r\n\r\nAnn\r\n--x-boundary-x--\r\n").into_bytes()
    });
    let latin = b"--x-boundary-x\r\nContent-Disposition: form-data; name=\"firstname\"\r\n\r\n\xe9\r\n--x-boundary-x--\r\n";
    for (content_type, body) in [
        (multipart_type, cut.as_slice()),
        (multipart_type, file),
        (multipart_type, &files[0]),
        (multipart_type, &files[1]),
        (multipart_type, latin),
        ("multipart/form-data", &multipart(&ANN)),
        ("application/json", b"[1]"),
        ("application/json", b"{\"firstname\": [1]}"),
        ("application/x-www-form-urlencoded", b"firstname=%E9"),
    ] {
        refused(&account.send_as(Key::Rc, "POST", "", content_type, body), 400);
    }
    for (begins, wanted) in [(&b"\xef\xbb\xbf"[..], "byte order mark"), (b"\x1f\x8b\x08", "gzip")] {
        for (content_type, body) in [
            (multipart_type, multipart(&ANN)),
            ("application/json", b"{\"brand_id\": 1}".to_vec()),
            ("application/x-www-form-urlencoded", urlencoded(&ANN).into_bytes()),
        ] {
            let body = [begins, &body].concat();
            let message = refused(&account.send_as(Key::Rc, "POST", "", content_type, &body), 400);
            assert!(message.contains(wanted), "{message}");
        }
    }
    assert_eq!(account.listed(""), Vec::<u64>::new());
    let large = vec![b'a'; (1 << 20) + 1];
    refused(&account.send_as(Key::Rc, "POST", "", multipart_type, &large), 413);
}
