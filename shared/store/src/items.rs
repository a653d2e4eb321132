//! Items to and from the domain: the serde form of a domain type and its key.

use std::any::type_name;

use aws_sdk_dynamodb::types::AttributeValue;
use crm_domain::error::Error;
use serde::{Serialize, de::DeserializeOwned};
use serde_dynamo::aws_sdk_dynamodb_1::{from_item, to_item};

use super::{Item, keys::Key};

/// The attribute that marks a case that is being created in steps. Its value is the end of the lease.
pub(super) const PENDING: &str = "pending";

/// A record with its key.
pub(super) fn write(key: &Key, record: &impl Serialize) -> Result<Item, Error> {
    let mut item: Item = to_item(record).map_err(|source| Error::internal("write a record as an item", source))?;
    item.extend(key_item(key));
    Ok(item)
}

/// Reads a record from its item.
pub(super) fn read<T: DeserializeOwned>(item: Item) -> Result<T, Error> {
    // Serde's text can quote a stored value, which must not be logged.
    from_item(item).map_err(|_| Error::internal("read a record from its item", format!("not a {}", type_name::<T>())))
}

/// The key alone.
pub(super) fn key_item(key: &Key) -> Item {
    Item::from([("pk".to_owned(), text(&key.pk)), ("sk".to_owned(), text(&key.sk))])
}

/// The key of an item.
pub(super) fn key_of(item: &Item) -> Option<Key> {
    Some(Key {
        pk: text_of(item, "pk")?.to_owned(),
        sk: text_of(item, "sk")?.to_owned(),
    })
}

/// An upper bound of an item's size in bytes, as DynamoDB counts it (developer guide, "DynamoDB item sizes and formats").
pub(super) fn size(item: &Item) -> usize {
    item.iter().map(|(name, value)| name.len() + value_size(value)).sum()
}

fn value_size(value: &AttributeValue) -> usize {
    const OF_HOLDER: usize = 3;
    const OF_ELEMENT: usize = 1;
    match value {
        AttributeValue::S(text) => text.len(),
        // Two digits take a byte, and one byte is for the number itself.
        AttributeValue::N(digits) => digits.len() + 1,
        AttributeValue::L(list) => OF_HOLDER + list.iter().map(|one| OF_ELEMENT + value_size(one)).sum::<usize>(),
        AttributeValue::M(members) => OF_HOLDER + size(members) + members.len() * OF_ELEMENT,
        // Flags and nulls. Nothing else is stored.
        _ => 1,
    }
}

/// A string attribute.
pub(super) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

/// A number attribute.
pub(super) fn number(value: impl Into<i128>) -> AttributeValue {
    AttributeValue::N(value.into().to_string())
}

/// A string attribute's value.
pub(super) fn text_of<'item>(item: &'item Item, attribute: &str) -> Option<&'item str> {
    item.get(attribute)?.as_s().ok().map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crm_domain::case::Arrival;
    use crm_domain::{
        Activity, Actor, Attributes, Author, Case, CaseId, Change, ContactPerson, Customer, CustomerId, CustomerKind, Event,
        EventId, ExternalId, FieldDefinition, FieldValue, Happening, Identifier, Interaction, Medium, Mode, Party, Role, Status,
        Timestamp, User, event::External, size::stored_size,
    };

    const AT: Timestamp = Timestamp::from_milliseconds(1_795_305_600_000);

    fn key() -> Key {
        Key {
            pk: "p".to_owned(),
            sk: "s".to_owned(),
        }
    }

    /// The item's attributes by name, nested, without key and types: the content of a stored record.
    fn layout(record: &impl Serialize) -> String {
        let mut item = write(&key(), record).unwrap();
        assert_eq!((item.remove("pk"), item.remove("sk")), (Some(text("p")), Some(text("s"))));
        shown(&AttributeValue::M(item))
    }

    fn shown(value: &AttributeValue) -> String {
        match value {
            AttributeValue::S(text) => format!("'{text}'"),
            AttributeValue::N(number) => number.clone(),
            AttributeValue::Bool(flag) => flag.to_string(),
            AttributeValue::L(list) => format!("[{}]", list.iter().map(shown).collect::<Vec<_>>().join(" ")),
            AttributeValue::M(map) => {
                let mut members: Vec<String> = map.iter().map(|(name, value)| format!("{name}:{}", shown(value))).collect();
                members.sort_unstable();
                format!("{{{}}}", members.join(" "))
            }
            other => format!("{other:?}"),
        }
    }

    #[track_caller]
    fn check<T>(record: &T, wanted: &str)
    where
        T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug,
    {
        assert_eq!(layout(record), wanted);
        let stored = write(&key(), record).unwrap();
        let bare = stored_size(record) - 3 - (stored.len() - 2);
        assert_eq!(size(&stored), bare + "pkpsks".len(), "the domain counts as the table does");
        assert_eq!(
            &read::<T>(write(&key(), record).unwrap()).unwrap(),
            record,
            "what is written reads back"
        );
    }

    fn change() -> Change {
        let by = Actor {
            agent: Some("ann@x.example".to_owned()),
            initiative: Some(7),
            company: None,
            user: None,
        };
        Change { at: AT, by }
    }

    #[test]
    fn a_customer() {
        let customer = Customer {
            id: CustomerId::parse("C00000000001").unwrap(),
            version: 3,
            external_id: Some(ExternalId::parse("A-1").unwrap()),
            profile: [(Role::FirstName, "Jane".to_owned())].into(),
            identifiers: vec![Identifier {
                role: Role::Handle,
                value: "@Jane".to_owned(),
                normal: "jane".to_owned(),
                network: Some("twitter".to_owned()),
                field: Some("twitterHandle".to_owned()),
                contact: None,
                attributes: Attributes::new(),
                added: AT,
            }],
            custom: [
                ("vip".to_owned(), FieldValue::Flag(true)),
                ("tier".to_owned(), FieldValue::Text("gold".to_owned())),
            ]
            .into(),
            party: Party::default(),
            merged: Vec::new(),
            learnt: Vec::new(),
            lessons: 0,
            created: change(),
            updated: Change {
                at: AT,
                by: Actor::default(),
            },
            unsettled: false,
        };
        let marked = layout(&Customer {
            unsettled: true,
            lessons: 2,
            ..customer.clone()
        });
        assert!(
            marked.contains(" unsettled:true ") && marked.contains(" lessons:2 "),
            "{marked}"
        );
        check(
            &customer,
            "{created:{at:1795305600000 by:{agent:'ann@x.example' initiative:7}} custom:{tier:'gold' vip:true} external_id:{id:'A-1'} id:'C00000000001' \
             identifiers:[{added:1795305600000 field:'twitterHandle' network:'twitter' normal:'jane' role:'handle' value:'@Jane'}] \
             profile:{firstName:'Jane'} updated:{at:1795305600000 by:{}} version:3}",
        );
    }

    #[test]
    fn what_a_customer_is_and_who_speaks_for_it() {
        let word = |name: &str, value: &str| Attributes::from([(name.to_owned(), value.to_owned())]);
        let party = Party {
            kind: CustomerKind::Corporate,
            organisation: word("sector", "Logistics"),
            attributes: word("level", "premium"),
            department: Some("999".to_owned()),
            brand: Some("1".to_owned()),
            preferred_agent: Some(User {
                id: "502".to_owned(),
                first_name: Some("Ann".to_owned()),
                last_name: None,
            }),
            contacts: vec![ContactPerson {
                id: 3002,
                attributes: word("firstName", "Ana"),
                custom: word("isprimary", "y"),
                postal: vec![word("city", "Ulm")],
                changed: AT,
            }],
        };
        check(
            &party,
            "{attributes:{level:'premium'} brand:'1' contacts:[{attributes:{firstName:'Ana'} changed:1795305600000 custom:{isprimary:'y'} \
             id:3002 postal:[{city:'Ulm'}]}] department:'999' kind:'corporate' organisation:{sector:'Logistics'} \
             preferred_agent:{firstName:'Ann' id:'502'}}",
        );
        let identifier = Identifier {
            role: Role::Phone,
            value: "+1 415 555 0134 x7".to_owned(),
            normal: "+14155550134".to_owned(),
            network: None,
            field: None,
            contact: Some(3002),
            attributes: word("type", "office"),
            added: AT,
        };
        check(
            &identifier,
            "{added:1795305600000 attributes:{type:'office'} contact:3002 normal:'+14155550134' role:'phone' value:'+1 415 555 0134 x7'}",
        );
    }

    #[test]
    fn events() {
        let id = EventId::parse("V00000000001").unwrap();
        let activity = Activity {
            medium: Medium::CallTrack,
            mode: Mode::Inbound,
            is_read: true,
            is_secure: false,
        };
        let what = Happening::Activity(activity);
        check(
            &Event { id, at: AT, what },
            "{at:1795305600000 id:'V00000000001' what:{activity:{isRead:true isSecure:false mode:'inbound' type:'call_track'}}}",
        );
        let what = Happening::External(External {
            message: "Order shipped".to_owned(),
            initiated_by: "webshop".to_owned(),
            source_url: None,
        });
        check(
            &Event { id, at: AT, what },
            "{at:1795305600000 id:'V00000000001' what:{external:{initiatedBy:'webshop' message:'Order shipped'}}}",
        );
    }

    #[test]
    fn a_field_of_a_model() {
        let field: FieldDefinition = serde_json::from_value(serde_json::json!({
            "name": "booking", "label": "Booking", "type": "text", "searchable": true, "role": "handle", "network": "twitter",
            "required": true, "maximumLength": 6, "pattern": "[A-Z]{6}", "example": "QXTTPS",
        }))
        .unwrap();
        check(
            &field,
            "{example:'QXTTPS' label:'Booking' maximumLength:6 name:'booking' network:'twitter' pattern:'[A-Z]{6}' required:true \
             role:'handle' searchable:true type:'text'}",
        );
        let plain: FieldDefinition = serde_json::from_value(serde_json::json!({
            "name": "tier", "label": "Tier", "type": "single_sel_list", "listValues": [{"name": "One", "value": "1"}],
        }))
        .unwrap();
        check(
            &plain,
            "{label:'Tier' listValues:[{name:'One' value:'1'}] name:'tier' type:'single_sel_list'}",
        );
    }

    #[cfg(feature = "operator")]
    #[test]
    fn a_backfill() {
        let mut backfill = crate::Backfill::new(AT, AT.plus_seconds(60));
        backfill.after = CustomerId::parse("C00000000001");
        check(
            &backfill,
            "{after:'C00000000001' begins:1795305660000 finished:false seen:0 version:1795305600000 written:0}",
        );
    }

    #[test]
    fn a_case_and_an_interaction() {
        let case = Case {
            id: CaseId::parse("K000000001").unwrap(),
            version: 1,
            external_id: None,
            customer: CustomerId::parse("C00000000001").unwrap(),
            brand: None,
            title: "Late parcel".to_owned(),
            description: String::new(),
            status: Status::Open,
            custom: [("priority".to_owned(), FieldValue::Text("high".to_owned()))].into(),
            created: change(),
            updated: change(),
        };
        let by = "{at:1795305600000 by:{agent:'ann@x.example' initiative:7}}";
        check(
            &case,
            &format!(
                "{{created:{by} custom:{{priority:'high'}} customer:'C00000000001' description:'' id:'K000000001' status:'open' \
                 title:'Late parcel' updated:{by} version:1}}"
            ),
        );
        let interaction = Interaction {
            service: "twitter".to_owned(),
            service_id: "1".to_owned(),
            created: AT,
            body: "Where is it?".to_owned(),
            link_url: "https://x.com/i/1".to_owned(),
            content_type: "post".to_owned(),
            author: Some(Author {
                service: "twitter".to_owned(),
                service_id: "9".to_owned(),
                handle: "jane".to_owned(),
                name: "Jane".to_owned(),
                brand_owned: false,
            }),
            added: Arrival { at: AT, place: 2 },
        };
        check(
            &interaction,
            "{added:{at:1795305600000 place:2} author:{brand_owned:false handle:'jane' name:'Jane' service:'twitter' service_id:'9'} body:'Where is it?' \
             content_type:'post' created:1795305600000 link_url:'https://x.com/i/1' service:'twitter' service_id:'1'}",
        );
    }
}
