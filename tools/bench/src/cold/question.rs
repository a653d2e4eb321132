//! The question for each function.

use hyper::body::Bytes;
use serde_json::{Value, json};

use super::world::{AUTHORIZATION, EMAIL, World, jane};

/// A request to a function.
#[derive(Clone, Copy)]
pub struct Question {
    /// The function.
    pub function: &'static str,
    method: &'static str,
    request: fn(&World, usize) -> Request,
}

/// The part of a request that differs from call to call.
struct Request {
    target: String,
    parameters: Value,
    body: Option<Value>,
}

impl Question {
    /// The call as API Gateway's HTTP API makes it (payload format 2.0). A function that writes gets a different
    /// request each time.
    pub fn event(&self, world: &World, number: usize) -> Bytes {
        let Request {
            target,
            parameters,
            body,
        } = (self.request)(world, number);
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let route = format!("{} {path}", self.method);
        let mut event = json!({
            "version": "2.0",
            "routeKey": route,
            "rawPath": path,
            "rawQueryString": query,
            "headers": {
                "authorization": AUTHORIZATION, "apikey": AUTHORIZATION, "content-type": "application/json",
                "host": "crm.example.com", "user-agent": "bench", "x-forwarded-proto": "https",
            },
            "requestContext": {
                "accountId": "123456789012", "apiId": "a1b2c3d4e5", "domainName": "crm.example.com", "domainPrefix": "crm",
                "http": {"method": self.method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.7", "userAgent": "bench"},
                "requestId": "JKJaXmPLvHcESHA=", "routeKey": route, "stage": "$default",
                "time": "22/Nov/2026:10:11:12 +0000", "timeEpoch": 1_795_342_272_000_u64,
            },
            "pathParameters": parameters,
            "isBase64Encoded": false,
        });
        if let Some(body) = body {
            event["body"] = Value::String(body.to_string());
        }
        Bytes::from(event.to_string())
    }
}

fn at(target: impl Into<String>) -> Request {
    Request {
        target: target.into(),
        parameters: json!({}),
        body: None,
    }
}

fn about(target: impl Into<String>, id: impl Into<Value>) -> Request {
    Request {
        parameters: json!({"id": id.into()}),
        ..at(target)
    }
}

impl Request {
    fn with(self, body: Value) -> Self {
        Self {
            body: Some(body),
            ..self
        }
    }
}

/// A row of the table below.
macro_rules! questions {
    ($($function:literal $method:ident $request:expr;)+) => {
        &[$(Question { function: $function, method: stringify!($method), request: $request }),+]
    };
}

const OMNIDESK: &str = "/api/v2/customer";

/// One question of each function.
pub const QUESTIONS: &[Question] = questions! {
    "khoros-find-customer" GET |world, _| about(format!("/api/v1/customer/{}", world.customer), world.customer.as_str());
    "khoros-search-customers" POST |_, _| at("/api/v1/customers").with(json!({"email": EMAIL}));
    "khoros-create-customer" POST |_, number| at("/api/v1/customer").with(other(number));
    "khoros-bestmatch-customers" POST |_, _| at("/api/v1/customer/bestmatch").with(json!({
        "screenName": "janebench", "displayName": "Jane Bench", "email": EMAIL,
    }));
    "khoros-update-customer" PATCH |world, number| {
        about(format!("/api/v1/customer/{}", world.customer), world.customer.as_str()).with(json!({"city": format!("City {number}")}))
    };
    "khoros-find-cases" GET |world, _| about(format!("/api/v1/customer/{}/cases", world.customer), world.customer.as_str());
    "khoros-create-case" POST |world, number| {
        at("/api/v1/case").with(json!({"customerId": world.customer, "title": format!("Case {number}"), "status": "open"}))
    };
    "khoros-lookup-case" GET |world, _| about(format!("/api/v1/case/{}", world.case), world.case.as_str());
    "khoros-update-case" PATCH |world, number| {
        about(format!("/api/v1/case/{}", world.case), world.case.as_str()).with(json!({"title": format!("Title {number}")}))
    };
    "khoros-define-object-structures" GET |_, _| Request {
        parameters: json!({"type": "customer"}),
        ..at("/api/v1/meta/object/customer")
    };
    "khoros-openapi" GET |_, _| at("/api/v1/openapi.json");
    "khoros-unknown-route" GET |_, _| at("/api/v1/nowhere");
    "agent-customer-page" GET |world, _| about(&world.customer_page, world.customer.as_str());
    "agent-case-page" GET |world, _| about(&world.case_page, world.case.as_str());
    "agent-asset" GET |_, _| Request {
        parameters: json!({"name": "page.css"}),
        ..at("/agent/asset/page.css")
    };
    "egain-search-customers" GET |_, _| at(format!("/core/customermgr/v3/customer?email={EMAIL}"));
    "egain-unknown-route" POST |_, _| at("/core/customermgr/v3/customer");
    "omnidesk-get-index" GET |_, _| at(OMNIDESK);
    "omnidesk-get-item" GET |world, _| about(format!("{OMNIDESK}/{}", world.number), world.number.to_string());
    "omnidesk-post-index" POST |_, number| at(OMNIDESK).with(json!({
        "lastname": "Bench", "channel_id": "email", "customer_link_channel": format!("post{number}@example.com"),
    }));
    "omnidesk-put-index" PUT |world, number| at(OMNIDESK).with(json!({"customerID": world.number, "city": format!("City {number}")}));
    "omnidesk-put-item" PUT |world, number| {
        about(format!("{OMNIDESK}/{}", world.number), world.number.to_string()).with(json!({"city": format!("Place {number}")}))
    };
    "omnidesk-delete-item" DELETE |_, _| about(format!("{OMNIDESK}/1"), "1");
    "omnidesk-search-by-primary-external-id" POST |_, _| {
        at(format!("{OMNIDESK}/SearchByPrimaryExternalID")).with(json!({"primary_id": "unknown"}))
    };
    "omnidesk-search-by-customer-channel-value" POST |_, _| {
        at(format!("{OMNIDESK}/SearchByCustomerChannelValue")).with(json!({"customerChannelValue": EMAIL}))
    };
    "omnidesk-add-channel-only" POST |world, number| {
        at(format!("{OMNIDESK}/addChannelOnly")).with(json!({
            "customer_id": world.number, "extra_email": format!("extra{}@example.com", number % 5),
        }))
    };
    "omnidesk-update-customer" PUT |_, _| {
        at(format!("{OMNIDESK}/updateCustomer")).with(json!({"externalPrimaryID": "unknown", "lastname": "Bench"}))
    };
    "omnidesk-delete-item-channel" DELETE |_, _| about(format!("{OMNIDESK}/channel/1"), "1");
    "omnidesk-delete-item-purge-data" DELETE |_, _| about(format!("{OMNIDESK}/purgeData/1"), "1");
    "omnidesk-timeline-by-customer-external-id" GET |_, _| at(format!("{OMNIDESK}/timelineByCustomerExternalID?external_id=unknown"));
    "omnidesk-external-event" POST |world, number| {
        at(format!("{OMNIDESK}/externalEvent")).with(json!({"customer_id": world.number, "message": format!("Parcel {number}")}))
    };
    "omnidesk-sync-with-crm" POST |_, _| {
        at(format!("{OMNIDESK}/syncWithCRM")).with(json!({"brandID": 1, "channel": "email", "address": EMAIL}))
    };
    "omnidesk-create-customer-crud" POST |_, number| {
        at(format!("{OMNIDESK}/createCustomerCRUD")).with(json!({"primaryID": format!("own-{number}"), "lastname": "Bench"}))
    };
    "omnidesk-unknown-route" POST |_, _| at(format!("{OMNIDESK}/nowhere"));
};

/// A customer who is different from all others.
fn other(number: usize) -> Value {
    let mut other = jane();
    other["email"] = format!("bench{number}@example.com").into();
    other
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use local::{stack::template_path, template::Template};

    use super::*;

    #[test]
    fn every_function_is_asked() {
        let functions = Template::read(&template_path()).unwrap().functions;
        let deployed: BTreeSet<String> = functions.into_iter().map(|function| function.name).collect();
        let asked: BTreeSet<String> = QUESTIONS.iter().map(|question| question.function.to_owned()).collect();
        assert_eq!(asked, deployed);
        assert_eq!(QUESTIONS.len(), asked.len());
    }
}
