//! Channels: contact points, by the numbered types of Omnidesk (section 3.4).

use std::collections::BTreeMap;

use crm_domain::{
    Attributes, Customer, Identifier, NewContactPoint, Role, TenantSettings,
    error::Error,
    normal::{check_email, described, is_email, is_phone},
};
use crm_service::Session;

use crate::{
    parameters::{Parameters, with_plus},
    rules::{self, CHANNELS, EMAIL, FACEBOOK, LONGEST_ADDRESS, NAMED_CHANNELS, TELEPHONE, TWITTER},
    texts::{MISSING, NO_SUCH_CHANNEL_TYPE, invalid},
};

/// A channel type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelType {
    /// Its number.
    pub number: u64,
    /// Its name in requests and in our records.
    pub name: String,
}

impl ChannelType {
    /// Its name in answers.
    pub fn shown(&self) -> &str {
        if self.name == EMAIL { rules::EMAIL_SHOWN } else { &self.name }
    }

    /// Makes a contact point of this type from an address.
    fn point(&self, parameter: &str, raw: &str) -> Result<NewContactPoint, Error> {
        if raw.chars().count() > LONGEST_ADDRESS {
            return Err(invalid(parameter, &too_long()));
        }
        let value = if self.name == TELEPHONE {
            with_plus(raw)
        } else {
            raw.trim().to_owned()
        };
        let (role, wrong) = match self.name.as_str() {
            EMAIL => (Role::Email, check_email(&value).err()),
            TELEPHONE => (
                Role::Phone,
                unless(
                    rules::is_telephone(&value),
                    "a telephone number of + and digits such as +31612345678",
                    value.trim_start_matches('+').chars().find(|sign| !sign.is_ascii_digit()),
                ),
            ),
            FACEBOOK => (
                Role::Handle,
                unless(
                    rules::is_facebook(&value),
                    "an account of letters, digits, full stops, hyphens and underscores, such as jane.doe",
                    value.chars().find(|sign| !rules::is_facebook(&sign.to_string())),
                ),
            ),
            TWITTER => (
                Role::Handle,
                unless(
                    rules::is_twitter(&value),
                    "an account of letters, digits, underscores and spaces, without @, such as jane_doe",
                    value.chars().find(|sign| !rules::is_twitter(&sign.to_string())),
                ),
            ),
            _ => (
                Role::Handle,
                unless(
                    !value.chars().any(char::is_control),
                    "a text without control characters",
                    value.chars().find(|sign| sign.is_control()),
                ),
            ),
        };
        let is_empty = role == Role::Handle && crm_domain::normal::handle(&value).is_empty();
        let wrong = wrong.or_else(|| is_empty.then(|| "must be an account such as jane_doe".to_owned()));
        if let Some(wrong) = wrong {
            return Err(invalid(parameter, &wrong));
        }
        Ok(NewContactPoint {
            role,
            value,
            network: (role == Role::Handle).then(|| self.name.clone()),
            attributes: Attributes::new(),
        })
    }
}

/// What is wrong with a value that does not have its form, and the first character that it may not have.
fn unless(is_good: bool, form: &str, odd: Option<char>) -> Option<String> {
    let with = odd.map(|odd| format!(": it has {}", described(odd))).unwrap_or_default();
    (!is_good).then(|| format!("must be {form}{with}"))
}

fn too_long() -> String {
    format!("must be at most {LONGEST_ADDRESS} characters long")
}

/// Reads an address of any type to search for.
pub fn asked(parameters: &Parameters, name: &str) -> Result<Option<String>, Error> {
    let Some(address) = parameters.telephone(name) else {
        return Ok(None);
    };
    if address.chars().count() > LONGEST_ADDRESS {
        return Err(invalid(name, &too_long()));
    }
    Ok(Some(address))
}

/// The tenant's channel types: the usual ones, except where the tenant has corrected a number.
pub fn types(settings: &TenantSettings) -> Vec<ChannelType> {
    let own = settings.tenant.channels.iter();
    let own: BTreeMap<u64, &str> = own.filter_map(|(id, name)| Some((id.parse().ok()?, name.as_str()))).collect();
    let usual = CHANNELS
        .iter()
        .filter(|(number, name)| !own.contains_key(number) && !own.values().any(|own| own == name));
    let all = usual.copied().chain(own.iter().map(|(&number, &name)| (number, name)));
    let one = |(number, name): (u64, &str)| ChannelType {
        number,
        name: name.to_owned(),
    };
    all.map(one).collect()
}

/// The channel type of a contact point, if it has one at Omnidesk.
pub fn type_of(identifier: &Identifier, types: &[ChannelType]) -> Option<ChannelType> {
    let name = match identifier.role {
        Role::Email => EMAIL,
        Role::Phone => TELEPHONE,
        Role::Handle => identifier.network.as_deref()?,
        _ => return None,
    };
    types.iter().find(|one| one.name == name).cloned()
}

/// A customer's channels, ordered by number: number, type and address.
pub fn of(customer: &Customer, settings: &TenantSettings) -> Vec<(u64, ChannelType, String)> {
    let types = types(settings);
    let channel = |one: &Identifier| Some((one.number(customer.id), type_of(one, &types)?, one.value.clone()));
    let mut channels: Vec<_> = customer.identifiers.iter().filter_map(channel).collect();
    channels.sort_by_key(|(number, ..)| *number);
    channels
}

/// Reads a channel type: its number or its documented name.
fn parse(parameter: &str, text: &str, settings: &TenantSettings) -> Result<ChannelType, Error> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number && !NAMED_CHANNELS.contains(&text) {
        let names = NAMED_CHANNELS.join(", ");
        return Err(invalid(
            parameter,
            &format!("must be the number of a channel, or one of {names}"),
        ));
    }
    let found = types(settings)
        .into_iter()
        .find(|one| one.name == text || (is_number && one.number.to_string() == text));
    found.ok_or_else(|| NO_SUCH_CHANNEL_TYPE.refused())
}

/// Reads `channel_id` and `customer_link_channel`. An address needs a type; a type alone is ignored (section 6.3).
pub fn linked(parameters: &Parameters, session: &Session) -> Result<Option<NewContactPoint>, Error> {
    let (kind, address) = ("channel_id", "customer_link_channel");
    let settings = &session.grant.settings;
    let kind_given = parameters.text(kind).map(|text| parse(kind, text, settings)).transpose()?;
    match (kind_given, parameters.text(address)) {
        (Some(channel), Some(_)) => channel
            .point(address, parameters.verbatim(address).unwrap_or_default())
            .map(Some),
        (None, Some(_)) => Err(MISSING.about(kind)),
        (_, None) => Ok(None),
    }
}

/// Reads the addresses of the parameters `extra_…`.
pub fn extra(parameters: &Parameters, names: &[&str], session: &Session) -> Result<Vec<NewContactPoint>, Error> {
    let mut points = Vec::new();
    for name in names {
        let parameter = format!("extra_{name}");
        if parameters.text(&parameter).is_some() {
            let raw = parameters.verbatim(&parameter).unwrap_or_default();
            points.push(of_name(name, &parameter, raw, session)?);
        }
    }
    Ok(points)
}

/// Makes a contact point of the channel type of this name.
pub fn of_name(name: &str, parameter: &str, raw: &str, session: &Session) -> Result<NewContactPoint, Error> {
    let types = types(&session.grant.settings);
    let channel = types.iter().find(|one| one.name == name);
    channel.ok_or_else(|| NO_SUCH_CHANNEL_TYPE.refused())?.point(parameter, raw)
}

/// Reads the addresses of the numbered pairs.
pub fn pairs(parameters: &Parameters, session: &Session) -> Result<Vec<NewContactPoint>, Error> {
    let mut points = Vec::new();
    for number in parameters.pairs()? {
        let (kind, address) = (
            format!("{}{number}", rules::PAIR_TYPE),
            format!("{}{number}", rules::PAIR_VALUE),
        );
        let channel = parse(&kind, parameters.needed(&kind)?, &session.grant.settings)?;
        parameters.needed(&address)?;
        points.push(channel.point(&address, parameters.verbatim(&address).unwrap_or_default())?);
    }
    Ok(points)
}

/// Makes a contact point from an address that a CRM returned, if it is a valid one. Spellings that the wire does not
/// allow are accepted from there.
pub fn told(name: &str, address: &str, session: &Session) -> Option<NewContactPoint> {
    let role = match name {
        EMAIL if is_email(address) => Role::Email,
        TELEPHONE if is_phone(address, session.region()) => Role::Phone,
        EMAIL | TELEPHONE => return None,
        name => {
            let found = parse(name, name, &session.grant.settings).ok()?;
            return found.point(name, address).ok();
        }
    };
    let is_short = address.chars().count() <= LONGEST_ADDRESS;
    is_short.then(|| NewContactPoint {
        role,
        value: address.trim().to_owned(),
        network: None,
        attributes: Attributes::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(settings: &TenantSettings, name: &str) -> Vec<u64> {
        let named = types(settings).into_iter().filter(|one| one.name == name);
        named.map(|one| one.number).collect()
    }

    #[test]
    fn a_tenants_own_numbers_replace_the_default_ones() {
        let mut settings = TenantSettings::default();
        assert_eq!((numbers(&settings, EMAIL), numbers(&settings, TELEPHONE)), (vec![1], vec![2]));
        settings.tenant.channels = [(4, TELEPHONE), (5, "instagram")]
            .map(|(number, name)| (number.to_string(), name.to_owned()))
            .into();
        assert_eq!(numbers(&settings, TELEPHONE), [4]);
        assert_eq!(
            (numbers(&settings, "instagram"), numbers(&settings, TWITTER)),
            (vec![5], vec![])
        );
        let all = types(&settings);
        for (at, one) in all.iter().enumerate() {
            assert!(
                all[at + 1..]
                    .iter()
                    .all(|other| other.number != one.number && other.name != one.name)
            );
        }
    }

    #[test]
    fn an_address_has_the_form_of_its_type() {
        let of = |name: &str, raw: &str| {
            let name = name.to_owned();
            ChannelType { number: 1, name }.point("p", raw).map(|point| point.value).ok()
        };
        assert_eq!(of(EMAIL, " a@x.nl "), Some("a@x.nl".to_owned()));
        assert_eq!(of(TELEPHONE, " 31612345678"), Some("+31612345678".to_owned()));
        assert_eq!(of("live chat", "visitor #1"), Some("visitor #1".to_owned()));
        for (name, raw) in [
            (EMAIL, "nobody"),
            (TELEPHONE, "0612345678"),
            (TWITTER, "@ann"),
            ("live chat", "@"),
            ("live chat", "a\u{0}b"),
        ] {
            assert_eq!(of(name, raw), None, "{name} {raw}");
        }
        assert_eq!(of("live chat", &"x".repeat(256)), None);
    }
}
