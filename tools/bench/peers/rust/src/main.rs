//! The endpoints in plain Rust, with the SDK's defaults. `ENDPOINT` selects the one that this process
//! serves.

use std::{
    collections::HashMap,
    env,
    time::{SystemTime, UNIX_EPOCH},
};

use aws_config::BehaviorVersion;
use aws_sdk_dynamodb::{
    Client,
    types::{AttributeValue, KeysAndAttributes, Put, TransactWriteItem},
};
use lambda_http::{Body, Error, Request, RequestExt as _, Response, run, service_fn};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::sync::Mutex;
use uuid::Uuid;

type Item = HashMap<String, AttributeValue>;

struct Crm {
    client: Client,
    table: String,
    /// The tenant and its settings, by the value of the key.
    grants: Mutex<HashMap<String, (String, Vec<Item>)>>,
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let configuration = aws_config::load_defaults(BehaviorVersion::latest()).await;
    let crm = Crm {
        client: Client::new(&configuration),
        table: env::var("TABLE_NAME")?,
        grants: Mutex::default(),
    };
    let endpoint = env::var("ENDPOINT")?;
    run(service_fn(|request| crm.answer(&endpoint, request))).await
}

impl Crm {
    async fn answer(&self, endpoint: &str, request: Request) -> Result<Response<String>, Error> {
        let value = request.headers().get("authorization").map_or("", |value| value.to_str().unwrap_or_default());
        let (status, body) = match self.admit(value).await? {
            None => (401, json!({"error": "unauthorized"})),
            Some(tenant) => match endpoint {
                "khoros-find-customer" => self.find(&tenant, request.path_parameters().first("id").unwrap_or_default()).await?,
                "khoros-search-customers" => self.search(&tenant, &json(&request)?).await?,
                _ => self.create(&tenant, json(&request)?).await?,
            },
        };
        Ok(Response::builder().status(status).header("content-type", "application/json").body(body.to_string())?)
    }

    async fn admit(&self, value: &str) -> Result<Option<String>, Error> {
        let mut grants = self.grants.lock().await;
        if let Some((tenant, _)) = grants.get(value) {
            return Ok(Some(tenant.clone()));
        }
        let digest: String = Sha256::digest(value).iter().map(|byte| format!("{byte:02x}")).collect();
        let Some(key) = self.get(&format!("key#{digest}"), "key").await? else { return Ok(None) };
        let tenant = text(&key, "tenant");
        let place = format!("{tenant}#settings");
        let settings = self.many(["tenant", "model#customer", "model#case"].map(|name| (place.clone(), name)).to_vec()).await?;
        grants.insert(value.to_owned(), (tenant.clone(), settings));
        Ok(Some(tenant))
    }

    async fn get(&self, pk: &str, sk: &str) -> Result<Option<Item>, Error> {
        let get = self.client.get_item().table_name(&self.table).consistent_read(true);
        let got = get.key("pk", AttributeValue::S(pk.to_owned())).key("sk", AttributeValue::S(sk.to_owned())).send().await?;
        Ok(got.item)
    }

    async fn many(&self, keys: Vec<(String, &str)>) -> Result<Vec<Item>, Error> {
        let key = |(pk, sk): (String, &str)| {
            HashMap::from([("pk".to_owned(), AttributeValue::S(pk)), ("sk".to_owned(), AttributeValue::S(sk.to_owned()))])
        };
        let keys = keys.into_iter().map(key).collect();
        let wanted = KeysAndAttributes::builder().set_keys(Some(keys)).consistent_read(true).build()?;
        let got = self.client.batch_get_item().request_items(&self.table, wanted).send().await?;
        Ok(got.responses.and_then(|mut tables| tables.remove(&self.table)).unwrap_or_default())
    }

    async fn find(&self, tenant: &str, id: &str) -> Result<(u16, Value), Error> {
        let found = self.get(&format!("{tenant}#customer#{id}"), "customer").await?;
        Ok(match found {
            Some(item) => (200, shown(item)?),
            None => (404, json!({"error": "not_found"})),
        })
    }

    async fn search(&self, tenant: &str, criteria: &Value) -> Result<(u16, Value), Error> {
        let email = criteria["email"].as_str().unwrap_or_default().to_lowercase();
        let query = self.client.query().table_name(&self.table).index_name("email-index").scan_index_forward(false).limit(200);
        let query = query.key_condition_expression("email = :email");
        let terms = query.expression_attribute_values(":email", AttributeValue::S(format!("{tenant}#{email}"))).send().await?;
        let mut places: Vec<String> = terms.items().iter().map(|term| text(term, "pk")).collect();
        places.dedup();
        if places.is_empty() {
            return Ok((200, json!([])));
        }
        let found = self.many(places.into_iter().map(|place| (place, "customer")).collect()).await?;
        Ok((200, Value::Array(found.into_iter().map(shown).collect::<Result<_, _>>()?)))
    }

    async fn create(&self, tenant: &str, mut profile: Value) -> Result<(u16, Value), Error> {
        let (email, phone) = (profile["email"].take(), profile["phone"].take());
        if let Some(profile) = profile.as_object_mut() {
            profile.retain(|_, value| !value.is_null());
        }
        let (email, phone) = (email.as_str().unwrap_or_default(), phone.as_str().unwrap_or_default());
        let at = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis();
        let at = u64::try_from(at)?;
        let pk = format!("{tenant}#customer#{}", Uuid::new_v4());
        let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
        let digits = format!("+1{digits}");
        let record = json!({
            "pk": pk, "sk": "customer", "version": 1, "profile": profile, "custom": {},
            "identifiers": [
                {"role": "email", "value": email, "normal": email.to_lowercase()},
                {"role": "phone", "value": phone, "normal": digits},
            ],
            "created": {"at": at, "by": {}}, "updated": {"at": at, "by": {}},
        });
        let mut items = vec![
            record.clone(),
            json!({"pk": pk, "sk": format!("audit#{at}#1"), "at": at, "action": "create"}),
            json!({"pk": format!("{tenant}#once#{}", Uuid::new_v4()), "sk": "once", "customer": pk}),
            json!({"pk": pk, "sk": format!("term#email#{email}"), "email": format!("{tenant}#{email}")}),
            json!({"pk": pk, "sk": format!("term#phone#{digits}"), "phone": format!("{tenant}#{digits}")}),
        ];
        items.extend((0..10).map(|n| {
            json!({"pk": pk, "sk": format!("term#word#{n}"), "term": format!("{tenant}#word#{n}"), "token": format!("word{n}")})
        }));
        let mut write = self.client.transact_write_items();
        for item in items {
            let put = Put::builder().table_name(&self.table).set_item(Some(serde_dynamo::to_item(item)?)).build()?;
            write = write.transact_items(TransactWriteItem::builder().put(put).build());
        }
        write.send().await?;
        Ok((201, shown(serde_dynamo::to_item(record)?)?))
    }
}

fn json(request: &Request) -> Result<Value, Error> {
    Ok(match request.body() {
        Body::Text(text) => serde_json::from_str(text)?,
        Body::Binary(bytes) => serde_json::from_slice(bytes)?,
        _ => Value::Null,
    })
}

fn text(item: &Item, name: &str) -> String {
    item.get(name).and_then(|value| value.as_s().ok()).cloned().unwrap_or_default()
}

fn shown(item: Item) -> Result<Value, Error> {
    let record: Value = serde_dynamo::from_item(item)?;
    let id = record["pk"].as_str().and_then(|pk| pk.rsplit('#').next()).unwrap_or_default();
    let mut shown = json!({"id": id, "updated": record["updated"]["at"]});
    for (name, value) in record["profile"].as_object().into_iter().flatten() {
        shown[name] = value.clone();
    }
    for one in record["identifiers"].as_array().into_iter().flatten() {
        shown[one["role"].as_str().unwrap_or_default()] = one["value"].clone();
    }
    Ok(shown)
}
