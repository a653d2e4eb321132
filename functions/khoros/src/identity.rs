//! The social identity that a best match asks for.

use crm_domain::{
    error::{Error, shown},
    matching::{Address, Identity},
    model::json_type,
    normal::is_blank,
};
use crm_service::json::Mistakes;
use serde_json::{Map, Value};

/// Reads the members that the contract fixes (section 4.1). The tenant's own field names do not matter here.
///
/// No text is too long: Khoros sends what people typed on a network. Best match itself decides how much of it to use.
pub fn read(body: Map<String, Value>) -> Result<Identity, Error> {
    let mut identity = Identity::default();
    let mut mistakes = Mistakes::default();
    for (name, value) in body {
        let read = match name.as_str() {
            "displayName" => text(value).map(|text| identity.display_name = text),
            "screenName" => text(value).map(|text| identity.screen_name = text),
            "profileUrl" => text(value).map(|text| identity.profile_url = text),
            "email" => text(value).map(|text| identity.email = text),
            "description" => text(value).map(|text| identity.description = text),
            "phoneNumbers" => texts(value).map(|list| identity.phone_numbers = list),
            "orderNumbers" => texts(value).map(|list| identity.order_numbers = list),
            "caseNumbers" => texts(value).map(|list| identity.case_numbers = list),
            "accountNumbers" => texts(value).map(|list| identity.account_numbers = list),
            "addresses" => addresses(value).map(|list| identity.addresses = list),
            _ => Err("is not part of a best match".to_owned()),
        };
        if let Err(message) = read {
            mistakes.unknown(name, &message);
        }
    }
    mistakes.or(identity)
}

fn text(value: Value) -> Result<Option<String>, String> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text).filter(|text| !is_blank(text))),
        other => Err(format!("must be a text, not {}", json_type(&other))),
    }
}

fn texts(value: Value) -> Result<Vec<String>, String> {
    list(value)?
        .into_iter()
        .filter_map(|element| text(element).transpose())
        .collect()
}

fn list(value: Value) -> Result<Vec<Value>, String> {
    match value {
        Value::Null => Ok(Vec::new()),
        Value::Array(list) => Ok(list),
        other => Err(format!("must be a list, not {}", json_type(&other))),
    }
}

/// A list of addresses, whose members must all be texts.
fn addresses(value: Value) -> Result<Vec<Address>, String> {
    const MEMBERS: [&str; 5] = ["streetOne", "streetTwo", "city", "state", "zip"];
    let mut addresses = Vec::new();
    for address in list(value)? {
        let Value::Object(members) = address else {
            return Err("must be a list of objects".to_owned());
        };
        let mut read = Address::default();
        for (name, value) in members {
            let value = text(value).map_err(|message| format!("has a {} that {message}", shown(name.clone())))?;
            match name.as_str() {
                "streetOne" => read.street_one = value,
                "city" => read.city = value,
                "zip" => read.zip = value,
                "state" => read.state = value,
                "streetTwo" => {}
                _ => {
                    return Err(format!(
                        "has no member {}: an address has {}",
                        shown(name),
                        MEMBERS.join(", ")
                    ));
                }
            }
        }
        addresses.push(read);
    }
    Ok(addresses)
}
