//! Servers for the program to talk to: Khoros' counterpart in memory, good or with one [`Defect`], and canned answers.

pub use contract_tests::stand_in::Request;

use contract_tests::stand_in::{self, Manner};
use serde_json::{Map, Value, json};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

pub const KEY: &str = "Bearer stand-in-key-123";

/// A defect of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Defect {
    None,
    AnsweringWithoutKey,
    AnyKeyWillDo,
    KeyPrefixWillDo,
    ParsingBeforeKey,
    UpdateIs200,
    SearchNothingIs200,
    BestMatchNothingIs204,
    BestMatchIsAnybody,
    UnknownFieldsIgnored,
    OneErrorAtATime,
    ErrorsAreText,
    ErrorsWithoutMessage,
    InteractionsReplaced,
    InteractionsDoubled,
    NoCustomId,
    CasesLag,
    LookupLags,
    LostUpdates,
    RedirectedSearch,
    TwoLinks,
    NullFields,
    CreatesTwice,
    Slow,
    ServerErrors,
    CriteriaAreAlternatives,
    StaleIndex,
    ClearsNothing,
    WipesAbsentFields,
    KeyInErrors,
    NoIdInModel,
    ListWithoutValues,
    NoUnicode,
    DeadLinks,
    LocalTimes,
    EmailIsUnique,
    ClosedCasesHidden,
    IndexLags,
    FallsSilent,
    CachedAnswers,
    StrictFormats,
    EndlessSearch,
    FoundTwice,
    NoPaths,
}

/// Status, further header lines, body.
pub type Response = (u16, String, Vec<u8>);

/// Serves until the test process ends; `None` closes the connection without an answer.
pub fn serve(respond: impl Fn(&Request) -> Option<Response> + Send + Sync + 'static) -> String {
    stand_in::serve(move |request| match respond(request) {
        Some((status, headers, body)) => stand_in::answer(&format!("{status} X"), &headers, body),
        None => Manner::Dropped,
    })
}

/// The contract, in memory, with a defect. Returns the `instanceUrl`.
pub fn crm(defect: Defect) -> String {
    let server = Server {
        defect,
        state: Mutex::default(),
    };
    format!("{}/api/v1", serve(move |request| server.answer(request)))
}

#[derive(Default)]
struct State {
    customers: Vec<Value>,
    cases: Vec<Value>,
    made: Vec<(String, Vec<u8>, Value)>,
    created: Vec<(String, Instant)>,
    stale: Vec<(String, Value)>,
    calls: usize,
}

struct Server {
    defect: Defect,
    state: Mutex<State>,
}

type Answered = Result<Response, Response>;

fn json_response(status: u16, body: &Value) -> Response {
    (
        status,
        "content-type: application/json\r\n".to_owned(),
        body.to_string().into_bytes(),
    )
}

fn field(name: &str, kind: &str, searchable: bool) -> Value {
    json!({"name": name, "label": name, "type": kind, "searchable": searchable})
}

impl Server {
    fn is(&self, defect: Defect) -> bool {
        self.defect == defect
    }

    fn answer(&self, request: &Request) -> Option<Response> {
        let calls = {
            let mut state = self.state.lock().unwrap();
            state.calls += 1;
            state.calls
        };
        if self.is(Defect::FallsSilent) && calls > 60 {
            return None;
        }
        let (mut status, mut headers, body) = self.checked(request).unwrap_or_else(|refusal| refusal);
        if self.is(Defect::CachedAnswers) {
            headers.push_str("cache-control: public, max-age=60\r\n");
        }
        if self.is(Defect::UpdateIs200) && request.method == "PATCH" && status == 201 {
            status = 200;
        }
        Some((status, headers, body))
    }

    fn checked(&self, request: &Request) -> Answered {
        if request.path.starts_with("/page/") {
            let dead = self.is(Defect::DeadLinks);
            return Ok((
                if dead { 404 } else { 200 },
                "content-type: text/html\r\n".to_owned(),
                b"<p>".to_vec(),
            ));
        }
        let given = request.header("authorization").unwrap_or_default();
        let good = match self.defect {
            Defect::AnsweringWithoutKey => true,
            Defect::AnyKeyWillDo => !given.is_empty(),
            Defect::KeyPrefixWillDo => given.len() > 8 && KEY.starts_with(given),
            Defect::ParsingBeforeKey if request.method == "POST" => {
                self.body(request)?;
                given == KEY
            }
            _ => given == KEY,
        };
        if !good {
            return Err(self.error(401, &format!("No such key: {given}"), &[], request));
        }
        let path = request
            .path
            .strip_prefix("/api/v1/")
            .filter(|_| !self.is(Defect::NoPaths))
            .unwrap_or("-");
        let parts: Vec<&str> = path.split('/').collect();
        match (request.method.as_str(), parts.as_slice()) {
            ("GET", ["meta", "object", kind]) => self.meta(kind, request),
            ("POST", ["customers"]) => self.search(request),
            ("POST", ["customer", "bestmatch"]) => self.best_match(request),
            ("POST", ["customer"]) => self.create_customer(request),
            ("GET", ["customer", id]) => Ok(json_response(200, &self.shown(&self.customer(id, request)?))),
            ("PATCH", ["customer", id]) => self.update_customer(id, request),
            ("GET", ["customer", id, "cases"]) => self.cases_of(id, request),
            ("POST", ["case"]) => self.create_case(request),
            ("GET", ["case", id]) => self.lookup(id, request),
            ("PATCH", ["case", id]) => self.update_case(id, request),
            _ => Err(self.error(404, "There is nothing here.", &[], request)),
        }
    }

    fn error(&self, status: u16, message: &str, fields: &[String], request: &Request) -> Response {
        if self.is(Defect::ErrorsAreText) {
            return (status, "content-type: text/plain\r\n".to_owned(), message.as_bytes().to_vec());
        }
        let echo = if self.is(Defect::KeyInErrors) {
            request.header("authorization").unwrap_or_default()
        } else {
            ""
        };
        let mut body =
            json!({"error": format!("error_{status}"), "message": format!("{} {echo}", message.split(':').next().unwrap())});
        if self.is(Defect::ErrorsWithoutMessage) {
            body = json!({"error": "error"});
        }
        if !fields.is_empty() {
            body["fields"] = fields
                .iter()
                .map(|name| json!({"name": name, "errorMessage": "is wrong"}))
                .collect();
        }
        json_response(status, &body)
    }

    fn customer_fields(&self) -> Vec<Value> {
        let mut tier = field("tier", "single_sel_list", true);
        if !self.is(Defect::ListWithoutValues) {
            tier["listValues"] = json!([{"name": "Gold", "value": "gold"}, {"name": "Other", "value": "other"}]);
        }
        let mut fields = vec![
            field("uri", "text", false),
            field("lastName", "text", true),
            field("email", "text", true),
        ];
        fields.extend([
            field("phone", "text", true),
            field("twitterHandle", "text", true),
            field("profileUrl", "text", true),
        ]);
        fields.extend([
            field("city", "text", true),
            field("notes", "textarea", false),
            field("vip", "checkbox", true),
            tier,
        ]);
        if !self.is(Defect::NoIdInModel) {
            fields.push(field("id", "text", false));
        }
        if self.is(Defect::StrictFormats) {
            fields.push(field("memberSince", "text", true));
        }
        fields
    }

    fn case_fields() -> Vec<Value> {
        let mut priority = field("priority", "single_sel_list", false);
        priority["listValues"] = json!([{"name": "Low", "value": "low"}]);
        let mut fields = vec![priority, field("escalated", "checkbox", false)];
        fields.extend(["id", "linkUrl", "created"].map(|name| field(name, "text", false)));
        fields
    }

    fn meta(&self, kind: &str, request: &Request) -> Answered {
        let fields = match kind {
            "customer" => self.customer_fields(),
            "case" => Self::case_fields(),
            _ => return Err(self.error(400, "No such type.", &[], request)),
        };
        Ok(json_response(200, &json!({"name": kind, "fields": fields})))
    }

    fn body(&self, request: &Request) -> Result<Map<String, Value>, Response> {
        if request.body.len() > 1 << 20 {
            return Err(self.error(413, "Too large.", &[], request));
        }
        match serde_json::from_slice(&request.body) {
            Ok(Value::Object(body)) => Ok(body),
            _ => Err(self.error(400, "Not a JSON object.", &[], request)),
        }
    }

    /// Refuses unknown fields with 400 and invalid values with 422.
    fn check(
        &self,
        body: &Map<String, Value>,
        fields: &[Value],
        own: &[&str],
        mut invalid: Vec<String>,
        request: &Request,
    ) -> Result<(), Response> {
        let known = |name: &String| own.contains(&name.as_str()) || fields.iter().any(|field| field["name"] == **name);
        let unknown: Vec<String> = body.keys().filter(|name| !known(name)).cloned().collect();
        if !unknown.is_empty() && !self.is(Defect::UnknownFieldsIgnored) {
            return Err(self.error(400, "Unknown fields.", &unknown, request));
        }
        for field in fields {
            let value = &body.get(field["name"].as_str().unwrap()).cloned().unwrap_or_default();
            let good = match field["type"].as_str().unwrap() {
                "checkbox" => value.is_null() || value == "" || value.is_boolean(),
                "single_sel_list" => {
                    value.is_null() || value == "" || field["listValues"].to_string().contains(&format!("\"value\":{value}"))
                }
                _ if field["name"] == "memberSince" => value.is_null() || value.as_str().is_some_and(|text| text.len() == 4),
                _ => value.is_null() || value.is_string(),
            };
            if !good {
                invalid.push(field["name"].as_str().unwrap().to_owned());
            }
        }
        if self.is(Defect::OneErrorAtATime) {
            invalid.truncate(1);
        }
        if invalid.is_empty() {
            Ok(())
        } else {
            Err(self.error(422, "Invalid values.", &invalid, request))
        }
    }

    /// The record as it is sent.
    fn shown(&self, record: &Value) -> Value {
        let mut record = record.clone();
        if self.is(Defect::NullFields) && record.get("city").is_none() && record.get("title").is_none() {
            record["city"] = Value::Null;
            record["fax"] = Value::Null;
        }
        record
    }

    fn customer(&self, id: &str, request: &Request) -> Result<Value, Response> {
        let state = self.state.lock().unwrap();
        state
            .customers
            .iter()
            .find(|customer| customer["id"] == id)
            .cloned()
            .ok_or_else(|| self.error(404, "No such customer.", &[], request))
    }

    fn case(&self, id: &str, request: &Request) -> Result<Value, Response> {
        if self.is(Defect::Slow) {
            thread::sleep(Duration::from_millis(if id.starts_with('k') { 0 } else { 4200 }));
        }
        let state = self.state.lock().unwrap();
        state
            .cases
            .iter()
            .find(|case| case["id"] == id)
            .cloned()
            .ok_or_else(|| self.error(404, "No such case.", &[], request))
    }

    fn is_new(&self, id: &Value, age: Duration) -> bool {
        let state = self.state.lock().unwrap();
        state
            .created
            .iter()
            .any(|(created, at)| *id == *created && at.elapsed() < age)
    }

    /// The record of an identical create, if there was one.
    fn made_before(&self, request: &Request) -> Option<Response> {
        let state = self.state.lock().unwrap();
        let same = state
            .made
            .iter()
            .find(|(path, body, _)| *path == request.path && *body == request.body);
        same.filter(|_| !self.is(Defect::CreatesTwice))
            .map(|(_, _, record)| json_response(201, record))
    }

    fn keep(&self, request: &Request, record: &Value) {
        let mut state = self.state.lock().unwrap();
        state.made.push((request.path.clone(), request.body.clone(), record.clone()));
        state
            .created
            .push((record["id"].as_str().unwrap().to_owned(), Instant::now()));
        let list = if request.path.ends_with("/case") {
            &mut state.cases
        } else {
            &mut state.customers
        };
        list.push(record.clone());
    }

    fn next_id(&self, prefix: &str) -> String {
        let state = self.state.lock().unwrap();
        format!("{prefix}{}", state.customers.len() + state.cases.len() + 1)
    }

    fn page(request: &Request, id: &str) -> String {
        format!("http://{}/page/{id}", request.header("host").unwrap_or_default())
    }

    fn create_customer(&self, request: &Request) -> Answered {
        let body = self.body(request)?;
        self.check(&body, &self.customer_fields(), &[], vec![], request)?;
        if body.values().all(|value| value.is_null() || value == "") {
            return Err(self.error(422, "Nothing to create.", &[], request));
        }
        if let Some(response) = self.made_before(request) {
            return Ok(response);
        }
        let taken = self
            .state
            .lock()
            .unwrap()
            .customers
            .iter()
            .any(|customer| body.get("email").is_some_and(|email| customer["email"] == *email));
        if taken && self.is(Defect::EmailIsUnique) {
            return Err(self.error(422, "There is one.", &["email".to_owned()], request));
        }
        let id = self.next_id("c");
        let page = Self::page(request, &id);
        let mut customer = json!({"id": id, "url": page, "uri": page});
        if self.is(Defect::TwoLinks) {
            customer["url"] = json!("http://elsewhere.example/");
        }
        for (name, value) in body {
            customer[name] = self.stored(value);
        }
        if self.is(Defect::NullFields) {
            customer["fax"] = Value::Null;
        }
        self.keep(request, &customer);
        Ok(json_response(201, &self.shown(&customer)))
    }

    fn stored(&self, value: Value) -> Value {
        match value {
            Value::String(text) if self.is(Defect::NoUnicode) => json!(text.replace(|c: char| !c.is_ascii(), "?")),
            other => other,
        }
    }

    fn update_customer(&self, id: &str, request: &Request) -> Answered {
        let mut customer = self.customer(id, request)?;
        let before = customer.clone();
        let body = self.body(request)?;
        let own = ["id", "url", "uri"];
        let invalid = own
            .iter()
            .filter(|name| body.get(**name).is_some_and(|value| *value != customer[**name]));
        self.check(
            &body,
            &self.customer_fields(),
            &own,
            invalid.map(|name| (*name).to_owned()).collect(),
            request,
        )?;
        if self.is(Defect::LostUpdates) {
            thread::sleep(Duration::from_millis(60));
        } else {
            customer = self.customer(id, request)?;
        }
        if self.is(Defect::WipesAbsentFields) {
            customer
                .as_object_mut()
                .unwrap()
                .retain(|name, _| own.contains(&name.as_str()) || name == "lastName");
        }
        let mut state = self.state.lock().unwrap();
        let place = state.customers.iter().position(|customer| customer["id"] == id).unwrap();
        if !self.is(Defect::LostUpdates) && !self.is(Defect::WipesAbsentFields) {
            customer = state.customers[place].clone();
        }
        for (name, value) in body {
            let is_empty = value.is_null() || value == "";
            match (is_empty, self.is(Defect::ClearsNothing)) {
                (true, true) => {}
                (true, false) => drop(customer.as_object_mut().unwrap().remove(&name)),
                (false, _) => customer[name] = self.stored(value),
            }
        }
        if self.is(Defect::StaleIndex) {
            state.stale.push((id.to_owned(), before));
        }
        state.customers[place] = customer.clone();
        Ok(json_response(201, &customer))
    }

    fn plain(value: &Value) -> String {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_lowercase);
        let text = text.trim_start_matches("https://").trim_start_matches('@').to_owned();
        if text.starts_with('+') {
            text.replace([' ', '-'], "")
        } else {
            text
        }
    }

    fn search(&self, request: &Request) -> Answered {
        if self.is(Defect::RedirectedSearch) {
            return Err((
                307,
                "location: https://elsewhere.example/api/v1/customers\r\n".to_owned(),
                vec![],
            ));
        }
        let body = self.body(request)?;
        let fields = self.customer_fields();
        let searchable = |name: &String| {
            fields
                .iter()
                .any(|field| field["name"] == **name && field["searchable"] == true)
        };
        let bad: Vec<String> = body.keys().filter(|name| !searchable(name)).cloned().collect();
        if body.is_empty() || (!bad.is_empty() && !self.is(Defect::UnknownFieldsIgnored)) {
            return Err(self.error(400, "Cannot search.", &bad, request));
        }
        let fits = |customer: &Value| {
            let mut criteria = body
                .iter()
                .map(|(name, value)| Self::plain(value) == Self::plain(&customer[name.as_str()]));
            if self.is(Defect::CriteriaAreAlternatives) {
                criteria.any(|fits| fits)
            } else {
                criteria.all(|fits| fits)
            }
        };
        let state = self.state.lock().unwrap();
        let was_found = |id: &Value| state.stale.iter().any(|(stale, before)| *id == **stale && fits(before));
        let mut found: Vec<Value> = state
            .customers
            .iter()
            .filter(|customer| fits(customer) || was_found(&customer["id"]))
            .cloned()
            .collect();
        drop(state);
        if self.is(Defect::IndexLags) {
            found.retain(|customer| !self.is_new(&customer["id"], Duration::from_millis(1500)));
        }
        if self.is(Defect::EndlessSearch) && body.contains_key("vip") {
            found = (0..51).map(|n| json!({"id": format!("c{n}")})).collect();
        }
        if self.is(Defect::FoundTwice) {
            found.extend_from_within(..);
        }
        if found.is_empty() && !self.is(Defect::SearchNothingIs200) {
            return Ok((204, String::new(), vec![]));
        }
        Ok(json_response(
            200,
            &found.iter().map(|customer| self.shown(customer)).collect(),
        ))
    }

    fn best_match(&self, request: &Request) -> Answered {
        const MEMBERS: [&str; 10] = [
            "displayName",
            "screenName",
            "description",
            "profileUrl",
            "email",
            "phoneNumbers",
            "addresses",
            "orderNumbers",
            "caseNumbers",
            "accountNumbers",
        ];
        let body = self.body(request)?;
        let lists = body
            .iter()
            .any(|(name, value)| name.ends_with("Numbers") && !value.is_array());
        if lists || body.keys().any(|name| !MEMBERS.contains(&name.as_str())) {
            return Err(self.error(400, "Unknown member.", &[], request));
        }
        let pairs = [
            ("screenName", "twitterHandle"),
            ("email", "email"),
            ("profileUrl", "profileUrl"),
        ];
        let fits = |customer: &&Value| {
            let same = |a: &Value, b: &Value| !a.is_null() && Self::plain(a) == Self::plain(b);
            let by_text = pairs
                .iter()
                .any(|(member, name)| same(body.get(*member).unwrap_or(&Value::Null), &customer[*name]));
            by_text
                || body
                    .get("phoneNumbers")
                    .is_some_and(|phones| phones.as_array().unwrap().iter().any(|phone| same(phone, &customer["phone"])))
        };
        let state = self.state.lock().unwrap();
        let mut found: Vec<Value> = state.customers.iter().filter(fits).cloned().collect();
        if self.is(Defect::BestMatchIsAnybody) {
            found.push(json!({"id": "c0", "url": "http://x/", "uri": "http://x/"}));
        }
        if found.is_empty() && self.is(Defect::BestMatchNothingIs204) {
            return Ok((204, String::new(), vec![]));
        }
        Ok(json_response(200, &Value::Array(found)))
    }

    fn invalid_of_case(body: &Map<String, Value>, is_create: bool) -> Vec<String> {
        let mut invalid = Vec::new();
        let title = body.get("title");
        if title.is_some_and(|title| title.as_str().is_none_or(str::is_empty)) || (is_create && title.is_none()) {
            invalid.push("title".to_owned());
        }
        if body
            .get("status")
            .is_some_and(|status| status != "open" && status != "closed")
        {
            invalid.push("status".to_owned());
        }
        let interactions = body
            .get("interactions")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        if interactions.iter().any(|interaction| interaction["serviceId"].is_null()) {
            invalid.push("interactions[0].serviceId".to_owned());
        }
        invalid
    }

    fn check_case(&self, body: &Map<String, Value>, is_create: bool, request: &Request) -> Result<(), Response> {
        let own: &[&str] = if self.is(Defect::NoCustomId) {
            &["customerId", "title", "description", "status", "interactions"]
        } else {
            &["customerId", "customId", "title", "description", "status", "interactions"]
        };
        let mut invalid = Self::invalid_of_case(body, is_create);
        let customer = body.get("customerId").or_else(|| body.get("customId")).cloned();
        let known = |id: &Value| {
            self.state
                .lock()
                .unwrap()
                .customers
                .iter()
                .any(|customer| customer["id"] == *id)
        };
        if customer.as_ref().is_some_and(|id| !known(id)) || (is_create && customer.is_none()) {
            invalid.push("customerId".to_owned());
        }
        self.check(body, &Self::case_fields(), own, invalid, request)
    }

    fn create_case(&self, request: &Request) -> Answered {
        let mut body = self.body(request)?;
        self.check_case(&body, true, request)?;
        if let Some(response) = self.made_before(request) {
            return Ok(response);
        }
        let id = self.next_id("k");
        let page = Self::page(request, &id);
        let customer = body.remove("customId").or_else(|| body.get("customerId").cloned());
        let time = if self.is(Defect::LocalTimes) {
            "2026-01-01T10:00:00+01:00"
        } else {
            "2026-01-01T10:00:00Z"
        };
        let mut case = json!({
            "id": id, "number": format!("#{id}"), "customerId": customer, "title": "", "description": "", "url": page, "linkUrl": page,
            "created": time, "lastUpdated": time, "status": "open", "interactions": [],
        });
        for (name, value) in body {
            case[name] = value;
        }
        self.keep(request, &case);
        Ok(json_response(201, &case))
    }

    fn lookup(&self, id: &str, request: &Request) -> Answered {
        let case = self.case(id, request)?;
        if self.is(Defect::LookupLags) && self.is_new(&case["id"], Duration::from_millis(300)) {
            return Err(self.error(404, "No such case.", &[], request));
        }
        Ok(json_response(200, &case))
    }

    fn cases_of(&self, id: &str, request: &Request) -> Answered {
        self.customer(id, request)?;
        let mut cases = self.state.lock().unwrap().cases.clone();
        cases.retain(|case| case["customerId"] == id);
        if self.is(Defect::CasesLag) {
            cases.retain(|case| !self.is_new(&case["id"], Duration::from_millis(300)));
        }
        if self.is(Defect::ClosedCasesHidden) {
            cases.retain(|case| case["status"] == "open");
        }
        Ok(json_response(200, &Value::Array(cases)))
    }

    fn update_case(&self, id: &str, request: &Request) -> Answered {
        if self.is(Defect::ServerErrors) && request.body.len() > 200 {
            return Err(self.error(500, "Sorry.", &[], request));
        }
        self.case(id, request)?;
        let mut body = self.body(request)?;
        self.check_case(&body, false, request)?;
        if let Some(customer) = body.remove("customId") {
            body.entry("customerId").or_insert(customer);
        }
        let mut state = self.state.lock().unwrap();
        let case = state.cases.iter_mut().find(|case| case["id"] == id).unwrap();
        let added = body.remove("interactions");
        for (name, value) in body {
            case[name] = value;
        }
        if let Some(Value::Array(added)) = added {
            self.add(case, added);
        }
        Ok(json_response(201, case))
    }

    fn add(&self, case: &mut Value, added: Vec<Value>) {
        let mut all = case["interactions"].as_array().cloned().unwrap_or_default();
        if self.is(Defect::InteractionsReplaced) {
            all.clear();
        }
        for interaction in added {
            let known = all
                .iter_mut()
                .find(|other| other["serviceId"] == interaction["serviceId"] && other["service"] == interaction["service"]);
            match known {
                Some(known) if !self.is(Defect::InteractionsDoubled) => known["body"] = interaction["body"].clone(),
                _ => all.push(interaction),
            }
        }
        case["interactions"] = Value::Array(all);
    }
}
