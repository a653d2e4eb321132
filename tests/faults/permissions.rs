//! Least privilege: the template's roles allow what `crm_lambda::table_use` lists, and the functions need every entry
//! of the list. All other tests show that nothing is missing, because their database refuses what is not listed.

use std::collections::BTreeSet;

use contract_tests::{
    client::{ask, ask_raw, id_of, interaction, over},
    stack::{LINK_SECRET, one_at_a_time, wait},
    stand_in::{self, StandIn},
};
use crm_domain::{Actor, CaseId, CustomerId, Notice, NoticeKind, Permission as KeyPermission, PushTarget, Webhook, digest::sha256};
use crm_lambda::{
    routes::{self, Admission},
    table_use::{OF_DELIVERIES, OF_ERASURES, OF_FEED, OF_IMPORTS, OF_OPERATORS, SETTINGS, TO_DELIVER, TableUse, UPLOADS},
    tasks::{DELIVER_CHANGES, table_uses_of},
};
use crm_service::{link::LinkKeys, sign_in::SignIn};
use crm_store::{Delivery, Failing, KEY_USES, NoticePlace, Step, Undelivered, Undelivereds, clock};
use local::{
    stack::template_path,
    template::{Template, read_document},
};
use serde_json::{Value, json};

use crate::{
    omnidesk::{send, watched, watched_with},
    rig::{Rig, Watched, operations},
};

/// The table, as the template's policies name it.
const TABLE: &str = "ServedArn.Value";

/// The table's stream, and all streams of the table, as the template's policies name them.
const STREAM: [&str; 2] = ["Table.StreamArn", "${Table.Arn}/stream/*"];

/// An action, its resource, and its condition if it has one.
type Permission = (String, String, Option<String>);

fn strings(value: &Value) -> Vec<String> {
    match value {
        Value::Array(list) => list.iter().map(text).collect(),
        one => vec![text(one)],
    }
}

/// A text, or the one of a condition: `!If [condition, text, nothing]`.
fn text(value: &Value) -> String {
    value.as_str().or_else(|| value[1].as_str()).unwrap().to_owned()
}

/// The template's resources.
struct Resources(Value);

impl Resources {
    fn read() -> Self {
        Self(read_document(&template_path()).unwrap()["Resources"].take())
    }

    fn globals() -> Value {
        read_document(&template_path()).unwrap()["Globals"].take()
    }

    fn of_type(&self, kind: &str) -> Vec<(&String, &Value)> {
        let all = self.0.as_object().unwrap().iter();
        all.filter(|(_, resource)| resource["Type"] == kind).collect()
    }

    /// The statements of every policy of a role.
    fn statements(&self, role: &str) -> Vec<Value> {
        let role = &self.0[role]["Properties"];
        let managed = strings(&role["ManagedPolicyArns"]);
        let managed = managed.iter().map(|policy| &self.0[policy]["Properties"]["PolicyDocument"]);
        let own = role["Policies"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|policy| &policy["PolicyDocument"]);
        managed
            .chain(own)
            .flat_map(|document| document["Statement"].as_array().unwrap())
            // `!If [condition, statement, nothing]` counts as its statement.
            .map(|statement| statement.get(1).unwrap_or(statement).clone())
            .collect()
    }

    fn permissions(&self, role: &str) -> BTreeSet<Permission> {
        let mut permissions = BTreeSet::new();
        for statement in self.statements(role).iter().filter(|one| one["Effect"] == "Allow") {
            let condition = statement.get("Condition").map(ToString::to_string);
            for action in strings(&statement["Action"]) {
                for resource in strings(&statement["Resource"]) {
                    permissions.insert((action.clone(), resource, condition.clone()));
                }
            }
        }
        permissions
    }

    /// What a role is denied, whatever else it is allowed: actions and partitions.
    fn denials(&self, role: &str) -> BTreeSet<(String, String)> {
        let mut denials = BTreeSet::new();
        for statement in self.statements(role).iter().filter(|one| one["Effect"] != "Allow") {
            assert_eq!(statement["Resource"], TABLE, "{statement}");
            let condition = statement["Condition"].as_object().unwrap();
            assert_eq!(
                condition.keys().collect::<Vec<_>>(),
                ["ForAnyValue:StringLike"],
                "{statement}"
            );
            for action in strings(&statement["Action"]) {
                let partitions = strings(&condition["ForAnyValue:StringLike"]["dynamodb:LeadingKeys"]);
                denials.extend(partitions.into_iter().map(|partition| (action.clone(), partition)));
            }
        }
        denials
    }

    fn index_names(&self) -> Vec<String> {
        let indexes = self.0["Table"]["Properties"]["GlobalSecondaryIndexes"].as_array().unwrap();
        indexes
            .iter()
            .map(|index| index["IndexName"].as_str().unwrap().to_owned())
            .collect()
    }

    /// In the form that the template has.
    fn permissions_for(&self, table_use: TableUse) -> BTreeSet<Permission> {
        let action = table_use.action().to_owned();
        let on = |resource: String, condition: Option<Value>| (action.clone(), resource, condition.map(|one| one.to_string()));
        match table_use {
            TableUse::QueryContacts | TableUse::QueryTerms => {
                let mut names = self.index_names();
                names.retain(|name| (name == "term-index") == (table_use == TableUse::QueryTerms));
                names
                    .iter()
                    .map(|name| on(format!("${{ServedArn.Value}}/index/{name}"), None))
                    .collect()
            }
            TableUse::NoteKeyUse => {
                let only = json!({"ForAllValues:StringLike": {"dynamodb:LeadingKeys": [format!("{KEY_USES}*")]}});
                [on(TABLE.to_owned(), Some(only))].into()
            }
            TableUse::PutSettings => {
                let only = json!({"ForAllValues:StringLike": {"dynamodb:LeadingKeys": [SETTINGS]}});
                [on(TABLE.to_owned(), Some(only))].into()
            }
            TableUse::PutUploads => {
                let only = json!({"ForAllValues:StringLike": {"dynamodb:LeadingKeys": [UPLOADS]}});
                [on(TABLE.to_owned(), Some(only))].into()
            }
            TableUse::FindDelivery | TableUse::FollowFeed | TableUse::Deliver | TableUse::ForgetDelivered => {
                let reads = matches!(table_use, TableUse::FindDelivery | TableUse::FollowFeed);
                let partitions = if reads { TO_DELIVER } else { OF_DELIVERIES };
                let only = json!({"ForAllValues:StringLike": {"dynamodb:LeadingKeys": partitions}, "Null": {"dynamodb:LeadingKeys": false}});
                [on(TABLE.to_owned(), Some(only))].into()
            }
            _ => [on(TABLE.to_owned(), None)].into(),
        }
    }
}

#[test]
fn a_role_allows_exactly_the_table_uses_of_its_functions() {
    let resources = Resources::read();
    for (_, function) in resources.of_type("AWS::Serverless::Function") {
        let name = function["Metadata"]["Binary"].as_str().unwrap();
        let role = function["Properties"]["Role"].as_str().unwrap().trim_end_matches(".Arn");
        let uses = table_uses_of(name).unwrap_or_else(|| panic!("no route and no task has the function {name}"));
        let needed: BTreeSet<Permission> = uses.into_iter().flat_map(|one| resources.permissions_for(one)).collect();
        let mut allowed = resources.permissions(role);
        // The stream has statements of its own.
        allowed.retain(|(action, resource, _)| action.starts_with("dynamodb:") && !STREAM.contains(&resource.as_str()));
        assert_eq!(allowed, needed, "{role}, the role of {name}, and its list");
    }
}

/// An attacker who controls a function cannot create a key, and can change settings only if the function removes
/// customers, or does nothing else.
#[test]
fn no_function_may_write_the_operators_items() {
    let resources = Resources::read();
    for (_, function) in resources.of_type("AWS::Serverless::Function") {
        let name = function["Metadata"]["Binary"].as_str().unwrap();
        let role = function["Properties"]["Role"].as_str().unwrap().trim_end_matches(".Arn");
        let uses = table_uses_of(name).unwrap();
        let denied = |uses: &[TableUse], partitions: &[&str]| {
            let pairs = uses
                .iter()
                .flat_map(|one| partitions.iter().map(|partition| (one.action(), *partition)));
            pairs
                .map(|(action, partition)| (action.to_owned(), partition.to_owned()))
                .collect::<BTreeSet<_>>()
        };
        // Only the function that imports puts runs and rows of their journals.
        let imports = uses.contains(&TableUse::Import);
        let closed = |partitions: &[&'static str]| -> Vec<&'static str> {
            let all = partitions.iter().copied();
            all.filter(|partition| !imports || !OF_IMPORTS.contains(partition)).collect()
        };
        let mut wanted = BTreeSet::new();
        if uses.contains(&TableUse::NoteKeyUse) {
            wanted.extend(denied(&[TableUse::Put], &closed(OF_OPERATORS)));
            wanted.extend(denied(&[TableUse::Delete, TableUse::BatchWrite], OF_OPERATORS));
            wanted.extend(denied(&[TableUse::Delete, TableUse::BatchWrite], OF_ERASURES));
            wanted.extend(denied(&[TableUse::Delete, TableUse::BatchWrite], OF_FEED));
        }
        if uses.contains(&TableUse::Put) && !uses.contains(&TableUse::Erase) {
            wanted.extend(denied(&[TableUse::Put], &closed(OF_ERASURES)));
        }
        assert_eq!(resources.denials(role), wanted, "{role}, the role of {name}");
    }
}

/// All functions share the secret, so anybody who can read the settings of one of these functions can sign links.
#[test]
fn only_functions_that_show_or_open_links_have_the_secret() {
    let resources = Resources::read();
    for (_, function) in resources.of_type("AWS::Serverless::Function") {
        let name = function["Metadata"]["Binary"].as_str().unwrap();
        let has_secret = !function["Properties"]["Environment"]["Variables"]["LINK_SECRET"].is_null();
        let needs_it = routes::of_function(name).is_some_and(|route| route.links);
        assert_eq!(has_secret, needs_it, "{name}");
    }
    let of_all = &Resources::globals()["Function"]["Environment"]["Variables"];
    assert!(of_all["TABLE_NAME"].is_string() && of_all["LINK_SECRET"].is_null());
}

#[test]
fn no_policy_allows_all_actions_or_all_resources() {
    let resources = Resources::read();
    for (role, _) in resources.of_type("AWS::IAM::Role") {
        for (action, resource, _) in resources.permissions(role) {
            assert!(!action.contains('*') && action != "dynamodb:Scan", "{role} allows {action}");
            // X-Ray's actions have no resources, and a list of streams is not of one stream.
            assert!(
                !resource.contains('*') || action.starts_with("xray:") || action == "dynamodb:ListStreams",
                "{role} allows {action} on {resource}"
            );
        }
    }
}

#[test]
fn every_role_has_a_function() {
    let resources = Resources::read();
    let functions = resources.of_type("AWS::Serverless::Function");
    for (role, _) in resources.of_type("AWS::IAM::Role") {
        let wanted = format!("{role}.Arn");
        assert!(
            functions.iter().any(|(_, function)| function["Properties"]["Role"] == wanted),
            "{role}"
        );
    }
}

#[test]
fn every_role_may_use_the_tables_key() {
    let resources = Resources::read();
    let roles: BTreeSet<String> = resources
        .of_type("AWS::IAM::Role")
        .into_iter()
        .map(|(role, _)| role.clone())
        .collect();
    let allowed = strings(&resources.0["UseTableKey"]["Properties"]["Roles"]);
    let with_the_table = |role: &String| {
        let permissions = resources.permissions(role);
        permissions.iter().any(|(action, ..)| action.starts_with("dynamodb:"))
    };
    let roles = roles.into_iter().filter(with_the_table).collect::<BTreeSet<String>>();
    assert_eq!(allowed.into_iter().collect::<BTreeSet<String>>(), roles);
}

#[test]
fn every_listed_table_use_is_needed() {
    let _alone = one_at_a_time();
    let rig = Rig::start();
    let (tenant, _) = rig.stack.tenant_with(|key| {
        key.permissions.insert(KeyPermission::EgainClient);
    });
    for operation in operations(&tenant) {
        // A repeated create returns the result of the first one.
        operation.ask(&tenant).expect(operation.success);
        operation.ask(&tenant).expect(operation.success);
    }
    tenant.get("/meta/object/case").expect(200);
    tenant.get("/openapi.json").expect(200);
    tenant.get("/nowhere").error(404, "not_found");
    // Removing a value removes a term.
    let jane = id_of(&tenant.create_customer(&json!({"email": "jane@example.com", "phone": "+1 415-555-2671"})));
    tenant
        .patch(&format!("/customer/{jane}"), &json!({"phone": null}))
        .expect(201);
    // More terms than a transaction holds.
    let many = |first: usize| (first..first + 60).map(|n| format!("Name{n}")).collect::<Vec<_>>().join(" ");
    let names = |first| json!({"displayName": many(first), "firstName": many(first + 100), "lastName": many(first + 200)});
    let long_named = id_of(&tenant.create_customer(&names(0)));
    tenant.patch(&format!("/customer/{long_named}"), &names(1_000)).expect(201);
    // More interactions than a transaction holds, and a move to another customer.
    let long: Vec<Value> = (0..150).map(|n| interaction(n, json!({}))).collect();
    let case = id_of(&tenant.create_case(&jane, json!({"interactions": long})));
    let joan = id_of(&tenant.create_customer(&json!({"firstName": "Joan"})));
    let more: Vec<Value> = (150..300).map(|n| interaction(n, json!({}))).collect();
    let moved = json!({"customerId": joan, "interactions": more});
    tenant.patch(&format!("/case/{case}"), &moved).expect(201);
    // By name, which is in another index than contact points.
    tenant.post("/customers", &json!({"firstName": "Joan"})).expect(200);
    tenant
        .post(
            "/customer/bestmatch",
            &json!({"displayName": "Joan", "email": "joan@example.com"}),
        )
        .expect(200);

    // The agents' pages, and eGain's search by activity.
    let origin = tenant.base.trim_end_matches("/api/v1");
    let jane = tenant.get(&format!("/customer/{jane}")).expect(200);
    for link in [&jane["url"], &tenant.get(&format!("/case/{case}")).expect(200)["url"]] {
        let path = link.as_str().unwrap().trim_start_matches(origin);
        assert_eq!(ask(origin, "GET", path, &[], b"").status, 200, "{link}");
        // Of a customer, with records that may be of the same person.
        assert_eq!(
            ask(origin, "GET", &format!("{path}&same=shown"), &[], b"").status,
            200,
            "{link}"
        );
    }
    for query in [
        "email=jane@example.com",
        "email=jane@example.com&activity=%7B%22mode%22:%22inbound%22%7D",
        "customerName=joan",
    ] {
        let path = format!("/core/customermgr/v3/customer?{query}");
        let answer = ask(origin, "GET", &path, &[("authorization", &tenant.authorization)], b"");
        assert!([200, 204].contains(&answer.status), "{query}: {}", answer.text());
    }
    let nowhere = ask(
        origin,
        "GET",
        "/core/nowhere",
        &[("authorization", &tenant.authorization)],
        b"",
    );
    assert_eq!(nowhere.status, 404);

    as_omnidesk(&rig);
    as_administrator(&rig);
    at_the_desk(&rig);
    to_a_webhook(&rig);
    take_up_everywhere(&rig);

    for function in Template::read(&template_path()).unwrap().functions {
        let mut listed = table_uses_of(&function.name).unwrap_or_default();
        let done = rig.proxy.uses_of(&function.name);
        if !done.contains(&TableUse::BatchGet) {
            // A key and its settings are read together if the last read was 50 s ago. `revocation` covers that.
            listed.remove(&TableUse::BatchGet);
        }
        let is_page = routes::of_function(&function.name).is_some_and(|route| route.admission == Admission::Link);
        if is_page && !done.contains(&TableUse::Get) {
            // A page gets only the item that opens the connection, and gives up on that on a busy machine.
            listed.remove(&TableUse::Get);
        }
        assert_eq!(listed, done, "what {} may do, and what it did", function.name);
    }
    for route in routes::all().filter(|route| route.writes()) {
        let tells = !OF_MARKS.contains(&route.function);
        assert_eq!(
            rig.proxy.has_told(route.function),
            tells,
            "{} and the feed of changes",
            route.function
        );
    }
}

/// These write nothing of a customer, so they give no notice.
const OF_MARKS: [&str; 3] = ["admin-mark-distinct", "admin-lift-distinct", "desk-distinct"];

/// Each function that writes completes unfinished work of others with its first request, whatever that request's
/// result.
fn take_up_everywhere(rig: &Rig) {
    for route in routes::all().filter(|route| route.writes()) {
        let tenant = watched(rig);
        let list = format!("{}#unfinished", tenant.name);
        rig.leave_unfinished(&tenant);
        let segments = route.paths[0].split('/').map(|segment| match segment {
            "{action+}" => "none",
            parameter if parameter.starts_with('{') => "1",
            literal => literal,
        });
        let path = segments.collect::<Vec<&str>>().join("/");
        let method = if route.is_catch_all() { "PUT" } else { route.method };
        let origin = tenant.base.trim_end_matches("/api/v1");
        let (token, form) = at_the_door(&tenant);
        let headers = [
            ("authorization", tenant.authorization.as_str()),
            ("apiKey", &tenant.authorization),
            ("cookie", &format!("desk={token}")),
        ];
        let is_desk = matches!(route.admission, Admission::SignedIn(_));
        let body = if is_desk { form.as_bytes() } else { b"" };
        let answer = ask(origin, method, &path, &headers, body);
        assert!((400..500).contains(&answer.status), "{}: {answer:?}", route.function);
        assert_eq!(rig.table().items(&list), [], "{}", route.function);
    }
}

/// The token of a sign-in at the desk by this tenant's key, and the form of a page.
fn at_the_door(tenant: &Watched) -> (String, String) {
    let links = LinkKeys::read(LINK_SECRET).unwrap();
    let digest = sha256(tenant.authorization.as_bytes());
    let sign_in = SignIn::new(digest, tenant.key.tenant.clone(), "Ann".to_owned(), clock::now());
    let token = links.token(&sign_in).unwrap();
    let form = format!("form-code={}", links.form_code(&token).unwrap());
    (token, form)
}

/// A name's maximum of 85 words of two letters each. Two such names have more terms than a transaction holds.
fn words(nth: u32) -> String {
    let letter = |n: u32| char::from_u32(u32::from('a') + n % 26).unwrap();
    let words: Vec<String> = (nth * 85..(nth + 1) * 85)
        .map(|n| format!("{}{}", letter(n / 26), letter(n)))
        .collect();
    words.join(" ")
}

/// All uses of the table by Omnidesk's functions.
fn as_omnidesk(rig: &Rig) {
    let crm = StandIn::start();
    let tenant = watched_with(rig, Some(crm.url()));
    let ask = |method: &str, path: &str, body: Value| send(&tenant, method, path, &body).expect(200);
    let [first, second, third] = [0, 2, 4].map(|nth| json!({"firstname": words(nth), "lastname": words(nth + 1)}));
    let number_of = |answer: &Value| answer["customerID"].as_u64().unwrap();

    // With the documented paths, and with other spellings, which one function serves for all of them.
    for (spelling, [list, add_channel]) in [["", "/addChannelOnly"], ["/", "/ADDCHANNELONLY"]].into_iter().enumerate() {
        let own_id = format!("own-{spelling}");
        let address = |name: &str| json!({"channel_id": "email", "customer_link_channel": format!("{name}{spelling}@example.com")});
        let left = number_of(&ask("POST", list, over(first.clone(), address("left"))));
        let opaque = CustomerId::from_number(left).unwrap().to_string();
        id_of(&tenant.create_case(&opaque, json!({"interactions": [written_by(9)]})));
        ask("DELETE", &format!("/{left}"), Value::Null);
        // The next customer with the address gets the case.
        let heir = number_of(&ask("POST", list, over(address("heir"), json!({"primary_id": own_id}))));
        let left = format!("left{spelling}@example.com");
        ask("POST", add_channel, json!({"customer_id": heir, "extra_email": left}));
        ask(
            "POST",
            list,
            over(
                first.clone(),
                json!({"primary_id": own_id, "ticket_id": ticket(&tenant, heir)}),
            ),
        );
        ask("POST", list, over(second.clone(), json!({"primary_id": own_id})));
    }

    let heir = ask("POST", "/SearchByPrimaryExternalID", json!({"primary_id": "own-0"}))["item"]["id"]
        .as_u64()
        .unwrap();
    for list in ["", "/"] {
        ask("GET", list, Value::Null);
    }
    ask("GET", &format!("/{heir}"), Value::Null);
    ask(
        "POST",
        "/SearchByCustomerChannelValue",
        json!({"customerChannelValue": "heir0@example.com"}),
    );
    ask(
        "POST",
        "/externalEvent",
        json!({"customer_id": heir, "message": "Parcel sent."}),
    );
    for spelling in ["/timelineByCustomerExternalID", "/timelinebycustomerexternalid"] {
        ask("GET", &format!("{spelling}?external_id=own-0"), Value::Null);
    }
    for (path, identity) in [
        ("", json!({"customerID": heir})),
        (&*format!("/{heir}"), json!({})),
        ("/updateCustomer", json!({"externalPrimaryID": "own-0"})),
    ] {
        ask("PUT", path, over(third.clone(), identity.clone()));
        ask("PUT", path, over(second.clone(), identity));
    }
    for names in [&first, &second] {
        let told = over(names.clone(), json!({"primaryID": "told"}));
        crm.answers(stand_in::json(&json!([told]).to_string()));
        ask(
            "POST",
            "/syncWithCRM",
            json!({"brandID": 1, "channel": "email", "address": "told@example.com"}),
        );
    }
    crm.answers(stand_in::json(&json!([{"lastname": "Told"}]).to_string()));
    ask(
        "POST",
        "/syncWithCRM",
        json!({"brandID": 1, "channel": "email", "address": "told@example.com"}),
    );
    let strict = number_of(&ask(
        "POST",
        "/createCustomerCRUD",
        over(third.clone(), json!({"primaryID": "strict"})),
    ));

    let shown = ask("GET", &format!("/{heir}"), Value::Null);
    ask(
        "DELETE",
        &format!("/channel/{}", shown["item"]["channels"][0]["id"]),
        Value::Null,
    );
    ask("DELETE", &format!("/purgeData/{heir}"), Value::Null);
    ask("DELETE", &format!("/purgedata?customer_id={strict}"), Value::Null);
    let other = number_of(&ask(
        "POST",
        "/createCustomerCRUD",
        over(third, json!({"primaryID": "other"})),
    ));
    ask("DELETE", &format!("/PURGEDATA/{other}"), Value::Null);
    first_removals(rig);
}

/// All uses of the table by the administrators' functions, without the completion of others' work.
fn as_administrator(rig: &Rig) {
    let tenant = watched(rig);
    let origin = tenant.base.trim_end_matches("/api/v1");
    let headers = [("authorization", tenant.authorization.as_str())];
    let ask = |method: &str, path: &str, body: &Value| {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let path = format!("/admin/v1{path}");
        contract_tests::client::ask(origin, method, &path, &headers, body.as_bytes())
    };
    let [one, other] = ["Ulm", "Bonn"].map(|city| {
        let jane = json!({"firstName": "Jane", "lastName": "Dovzhenko", "email": "jane@dovzhenko.example", "city": city});
        id_of(&tenant.create_customer(&jane))
    });
    for path in [&format!("/customers/{one}/duplicates"), "/duplicates"] {
        let found = ask("GET", path, &Value::Null).expect(200);
        assert!(found.to_string().contains("certain"), "{path}: {found}");
    }
    let mark = format!("/distinct/{one}/{other}");
    ask("PUT", &mark, &json!({"reason": "twins"})).expect(200);
    ask("DELETE", &mark, &Value::Null).expect(200);
    let merge = ask("POST", "/merges", &json!({"survivor": one, "merged": other})).expect(201);
    let receipt = format!("/merges/{}", merge["receipt"].as_str().unwrap());
    ask("GET", &receipt, &Value::Null).expect(200);
    ask("DELETE", &receipt, &Value::Null).expect(200);
    ask("GET", "/changes", &Value::Null).expect(200);
}

/// All that the desk's functions do to the table.
fn at_the_desk(rig: &Rig) {
    let tenant = watched(rig);
    let origin = tenant.base.trim_end_matches("/api/v1");
    let jane = id_of(&tenant.create_customer(&json!({"firstName": "Jane", "email": "jane@desk.example"})));
    let [case, _] = [9, 10].map(|account| {
        let conversation = json!({"title": format!("Of {account}"), "interactions": [written_by(account)]});
        id_of(&tenant.create_case(&jane, conversation))
    });
    let key = tenant.authorization.replace(' ', "%20");
    let word = [("cookie", "desk-form=word")];
    let form = format!("form-code=word&person=Ann&key={key}");
    let signed_in = ask_raw(origin, "POST", "/desk/sign-in", &word, form.as_bytes());
    assert_eq!(signed_in.status, 303, "{signed_in:?}");
    let cookie = signed_in.headers["set-cookie"].split_once(';').unwrap().0.to_owned();
    let headers = [("cookie", cookie.as_str())];
    let [one, other] = ["Ulm", "Bonn"].map(|city| {
        let joan = json!({"firstName": "Joan", "lastName": "Dovzhenko", "email": "joan@desk.example", "city": city});
        id_of(&tenant.create_customer(&joan))
    });
    let page = ask_raw(origin, "GET", "/desk", &headers, b"");
    let page = page.text();
    let (_, code) = page.split_once("name=\"form-code\" value=\"").unwrap();
    let code = code.split_once('"').unwrap().0;
    for (path, fields) in [
        ("/desk", "displayName=Joan&email=jane%40desk.example"),
        ("/desk/people", "firstName=Jane"),
        ("/desk/people", "email=jane%40desk.example"),
    ] {
        let form = format!("form-code={code}&{fields}");
        assert_eq!(ask_raw(origin, "POST", path, &headers, form.as_bytes()).status, 200, "{path}");
    }
    let send = |path: &str, fields: &str| {
        let form = format!("form-code={code}&{fields}");
        let answer = ask_raw(origin, "POST", path, &headers, form.as_bytes());
        assert_eq!(answer.status, 303, "{path}: {answer:?}");
        answer.headers["location"].clone()
    };
    let neo = send("/desk/people/new", "firstName=Neo").replace("?saved=1", "");
    send(&format!("{neo}/edit"), "before-firstName=Neo&firstName=Thomas");
    let owner = neo.trim_start_matches("/desk/people/");
    let parcel = send(&format!("{neo}/new-case"), &format!("title=Parcel&customerId={owner}")).replace("?saved=1", "");
    send(&format!("{parcel}/edit"), "before-title=Parcel&title=Letter");
    send(&format!("/desk/people/{jane}/accounts"), "network=twitter&account=9");
    send("/desk/settings/edit", "match=careful");
    let fields = "/desk/settings/fields/case";
    let page = ask_raw(origin, "GET", fields, &headers, b"").text();
    let before = page
        .split_once("name=\"before\" value=\"")
        .unwrap()
        .1
        .split_once('"')
        .unwrap()
        .0;
    let labels = "label-priority=P&label-product=Q&label-escalated=R&choices-priority=a";
    send(fields, &format!("do=apply&before={before}&{labels}"));
    send(&format!("/desk/distinct/{one}/{other}"), "reason=twins");
    send(&format!("/desk/distinct/{one}/{other}"), "lift=1");
    import_at_the_desk(origin, cookie.as_str(), code);
    let receipt = send(&format!("/desk/merge/{one}/{other}"), "do=merge");
    assert_eq!(ask_raw(origin, "GET", &receipt, &headers, b"").status, 200, "{receipt}");
    send(&format!("{receipt}/undo"), "");
    for path in [
        format!("/desk/people/{jane}"),
        format!("/desk/cases/{case}"),
        format!("/desk/people/{one}/duplicates"),
        "/desk/duplicates".to_owned(),
        "/desk/sign-out".to_owned(),
        "/desk/people/new".to_owned(),
        format!("/desk/people/{jane}/export"),
        "/desk/settings".to_owned(),
    ] {
        assert_eq!(ask_raw(origin, "GET", &path, &headers, b"").status, 200, "{path}");
    }
    let form = format!("form-code={code}&confirm={jane}");
    let erased = ask_raw(
        origin,
        "POST",
        &format!("/desk/people/{jane}/erase"),
        &headers,
        form.as_bytes(),
    );
    assert_eq!(erased.status, 200, "{erased:?}");
}

/// All that the desk's import does to the table: it creates and changes customers, also with more terms than a transaction holds, finds
/// others by best match, and is taken back.
fn import_at_the_desk(origin: &str, cookie: &str, code: &str) {
    let ask = |method: &str, path: &str, content_type: &str, body: &[u8]| {
        ask_raw(
            origin,
            method,
            path,
            &[("cookie", cookie), ("content-type", content_type)],
            body,
        )
    };
    let table = format!(
        "externalId,displayName,firstName,lastName,email\nI1,{},{},Imported,i1@desk.example\n,,Joan,Dovzhenko,joan@desk.example\n\
         ,,Joan,Imported,i3@desk.example\nI4,,,,nobody\n",
        words(0),
        words(1)
    );
    let head = |name: &str| format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"");
    let body = format!(
        "{}\r\n\r\n{code}\r\n{}; filename=\"people.csv\"\r\n\r\n{table}\r\n--x--\r\n",
        head("form-code"),
        head("file")
    );
    let uploaded = ask("POST", "/desk/imports", "multipart/form-data; boundary=x", body.as_bytes());
    assert_eq!(uploaded.status, 303, "{uploaded:?}");
    let path = uploaded.headers["location"].as_str();
    let columns = ["externalId", "displayName", "firstName", "lastName", "email"];
    let columns: Vec<String> = (0..).zip(columns).map(|(at, field)| format!("column-{at}={field}")).collect();
    let columns = format!("do=check&match=best&{}", columns.join("&"));
    let form = "application/x-www-form-urlencoded";
    for (fields, wanted) in [
        (columns.as_str(), "What the import would do"),
        ("do=import", "Imported"),
        ("do=undo", "This import was undone"),
    ] {
        let sent = ask("POST", path, form, format!("form-code={code}&{fields}").as_bytes());
        assert_eq!(sent.status, 303, "{sent:?}");
        let page = loop {
            let page = ask("GET", path, form, b"").text();
            if !page.contains("http-equiv=\"refresh\"") {
                break page;
            }
        };
        assert!(page.contains(wanted), "{wanted} in {page}");
        if wanted == "Imported" {
            assert_eq!(ask("GET", &format!("{path}/rejected"), form, b"").status, 200);
        }
    }
    assert_eq!(ask("GET", "/desk/imports", form, b"").status, 200);
}

/// All that is done to the table to send changes: some are accepted, and one waits and is accepted then.
fn to_a_webhook(rig: &Rig) {
    let tenant = watched(rig);
    let (endpoint, store) = (StandIn::start(), tenant.store());
    let after = NoticePlace::after(clock::now().plus_seconds(-60));
    let webhook = Webhook {
        url: endpoint.url(),
        private: true,
        secrets: Vec::new(),
        since: after.at,
    };
    wait(store.push_target_put(&PushTarget::Webhook(webhook))).unwrap();
    let notice = Notice {
        customer: CustomerId::parse("C00000000001"),
        ..Notice::new(NoticeKind::CustomerUpdated, "test", &Actor::default())
    };
    let failing = Failing {
        since: after.at,
        tries: 1,
        next: after.at,
        reason: String::new(),
    };
    let delivery = Delivery {
        version: 1,
        cursor: after,
        busy_until: after.at,
        accepted: None,
        failing: None,
        stopped: None,
    };
    let waiting = Step::Wait(Undelivered {
        place: after,
        notice,
        failing,
    });
    assert!(wait(store.delivery_put(&delivery, vec![waiting])).unwrap());
    assert!(rig.stack.deliver_changes());
    assert_eq!(wait(store.undelivered(Undelivereds::Waiting)).unwrap(), []);
    assert_eq!(endpoint.asked().len(), 1);
    assert!(
        rig.proxy
            .uses_of(DELIVER_CHANGES.function)
            .contains(&TableUse::ForgetDelivered)
    );
}

/// The first removal of a tenant creates the key of its digests, whichever function it is.
fn first_removals(rig: &Rig) {
    for path in ["/purgeData", "/purgedata", ""] {
        let tenant = watched_with(rig, None);
        let person = json!({"lastname": "First", "primaryID": "first"});
        let made = send(&tenant, "POST", "/createCustomerCRUD", &person).expect(200);
        let path = format!("{path}/{}", made["customerID"]);
        send(&tenant, "DELETE", &path, &Value::Null).expect(200);
    }
}

/// A message of an account on X, which its case's customer learns.
fn written_by(account: usize) -> Value {
    let author = json!({
        "service": "TWITTER", "serviceId": account.to_string(), "handle": format!("harbour{account}"), "name": "A", "brandOwned": false,
    });
    interaction(account, json!({"author": author}))
}

/// Creates a case for this customer and returns its number.
fn ticket(tenant: &Watched, customer: u64) -> u64 {
    let customer = CustomerId::from_number(customer).unwrap().to_string();
    let case = id_of(&tenant.create_case(&customer, json!({})));
    CaseId::parse(&case).unwrap().number()
}
