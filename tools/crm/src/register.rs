//! `crm register`: the call that registers a CRM with Khoros, or changes its registration (contract section 1).

use crate::connection::Connection;
use crate::exit::{Exit, Misuse};
use crate::instance_url::InstanceUrl;
use crate::keys;
use crate::output::Output;
use crate::secret::{MASK, Secret, check_header_value};
use clap::Args;
use http_client::{Answer, Cause, Client, NoAnswer, excerpt_of, is_loopback};
use serde_json::{Map, Value, json};
use std::time::Duration;

/// The address for registrations at Khoros.
const ENDPOINT: &str = "https://api.spredfast.com/v2/crm/admin/custom";
/// The variable with the token. Not an option, so that it stays out of process lists and shell histories.
const TOKEN: &str = "KHOROS_TOKEN";
/// The time limit for Khoros' answer.
const LIMIT: Duration = Duration::from_secs(30);
const EXAMPLES: &str = "\
The OAuth bearer token of a Khoros administrator is read from the variable KHOROS_TOKEN.

Examples:
  See what would be sent, without sending it:
    crm register --name 'Our CRM' --url https://crm.example.com/api/v1 --auth 'Bearer 8f2c…' --print
  Register, then note the id that comes back:
    KHOROS_TOKEN=… crm register --name 'Our CRM' --url https://crm.example.com/api/v1 --auth 'Bearer 8f2c…'
  Change only the key:
    KHOROS_TOKEN=… crm register --update 1234 --auth 'Bearer 91ab…'
  Make a key and register it in one go, the value seen by nobody:
    KHOROS_TOKEN=… crm register --tenant acme --name 'Our CRM' --url https://crm.example.com/api/v1 --new-key 'Khoros production'

Exit codes: 0 registered, 1 refused by Khoros, 2 command line, 3 Khoros not reachable";

/// The command's arguments.
#[derive(Debug, Clone, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    #[command(flatten)]
    connection: Connection,
    /// The CRM's name, as agents see it
    #[arg(long, required_unless_present = "update")]
    pub name: Option<String>,
    /// The instanceUrl: https, ending in /api/v1
    #[arg(long, required_unless_present = "update")]
    pub url: Option<String>,
    /// The whole value of the Authorization header that Khoros shall send, scheme word included
    #[arg(long, env = "CRM_AUTH", hide_env_values = true, required_unless_present_any = ["update", "new_key"])]
    pub auth: Option<Secret>,
    /// Create a key with this label for the tenant, and register it; its value is shown nowhere
    #[arg(long, value_name = "LABEL", conflicts_with = "auth")]
    pub new_key: Option<String>,
    /// Change the registration with this id; what is not given stays as it is
    #[arg(long, value_name = "CRM_ID")]
    pub update: Option<String>,
    /// Print the request, with token and auth value masked, and send nothing
    #[arg(long)]
    pub print: bool,
    /// The address for registrations, if it is not Khoros' own
    #[arg(long, default_value = ENDPOINT)]
    pub endpoint: String,
}

/// The call, ready to be sent or shown.
#[derive(Debug)]
struct Call {
    method: &'static str,
    url: String,
    body: Value,
}

impl Call {
    /// Checks everything that can be checked without Khoros.
    fn from_arguments(arguments: &Arguments) -> Result<Self, Misuse> {
        check_endpoint(&arguments.endpoint)?;
        let endpoint = arguments.endpoint.trim_end_matches('/');
        let (method, url) = match &arguments.update {
            Some(id) => ("PATCH", format!("{endpoint}/{}", check_crm_id(id)?)),
            None => ("POST", endpoint.to_owned()),
        };
        let body = Self::body(arguments)?;
        if body.is_empty() {
            return Err(Misuse(
                "nothing to change: give --name, --url or --auth with --update".to_owned(),
            ));
        }
        Ok(Self {
            method,
            url,
            body: Value::Object(body),
        })
    }

    fn body(arguments: &Arguments) -> Result<Map<String, Value>, Misuse> {
        let mut body = Map::new();
        if let Some(name) = &arguments.name {
            if name.trim().is_empty() {
                return Err(Misuse("--name is empty: agents see it in Khoros".to_owned()));
            }
            body.insert("name".to_owned(), json!(name.trim()));
        }
        if let Some(url) = &arguments.url {
            body.insert("instanceUrl".to_owned(), json!(check_instance_url(url)?.as_str()));
        }
        if let Some(auth) = &arguments.auth {
            check_header_value("--auth", auth)?;
            body.insert("authHeaderValue".to_owned(), json!(auth.reveal()));
        }
        Ok(body)
    }

    /// The call without its secrets.
    fn masked(&self) -> Value {
        let mut body = self.body.clone();
        if let Some(auth) = body.get_mut("authHeaderValue") {
            *auth = json!(MASK);
        }
        json!({
            "method": self.method,
            "url": self.url,
            "headers": {"authorization": format!("Bearer {MASK}"), "content-type": "application/json"},
            "body": body,
        })
    }
}

/// Registers, or prints what would be sent.
pub fn run(arguments: &Arguments, output: &mut Output) -> anyhow::Result<Exit> {
    if let Some(label) = &arguments.new_key {
        return run_with_new_key(arguments, label, output);
    }
    let call = Call::from_arguments(arguments)?;
    if let Some(warning) = arguments.auth.as_ref().and_then(|auth| auth.weakness("--auth")) {
        output.problem(&warning);
    }
    if arguments.print {
        print(&call, output);
        return Ok(Exit::Passed);
    }
    Ok(send(&call, arguments.auth.clone(), output)?.exit)
}

/// All checks come before a key is created. A key that Khoros certainly did not accept is revoked again.
fn run_with_new_key(arguments: &Arguments, label: &str, output: &mut Output) -> anyhow::Result<Exit> {
    let value = keys::new_value()?;
    let call = Call::from_arguments(&Arguments {
        auth: Some(value.clone()),
        ..arguments.clone()
    })?;
    if arguments.print {
        print(&call, output);
        return Ok(Exit::Passed);
    }
    token()?;
    keys::store_for_khoros(&arguments.connection, label, &value, output)?;
    let report = send(&call, Some(value.clone()), output)?;
    let fate = if report.exit == Exit::Passed {
        "is what Khoros sends from now on"
    } else if report.is_in_doubt {
        "is kept, since Khoros may have it; `crm keys revoke` revokes it"
    } else {
        keys::withdraw(&arguments.connection, &value)?;
        "is revoked again"
    };
    output.line(&format!("The key \"{label}\" {fate}."));
    Ok(report.exit)
}

fn send(call: &Call, auth: Option<Secret>, output: &mut Output) -> Result<Report, Misuse> {
    let token = token()?;
    let authorization = format!("Bearer {}", token.reveal());
    let headers = [
        ("authorization", authorization.as_str()),
        ("content-type", "application/json"),
    ];
    let body = call.body.to_string();
    let result = Client::new(&call.url, LIMIT).call(call.method, &call.url, &headers, Some(body.as_bytes()));
    let report = match result {
        Ok(answer) => explain(call, &answer),
        Err(no_answer) => explain_silence(call, &no_answer),
    };
    let secrets: Vec<Secret> = std::iter::once(token).chain(auth).collect();
    report.print(&secrets, output);
    Ok(report)
}

fn print(call: &Call, output: &mut Output) {
    let masked = call.masked();
    output.line(&format!("{} {}", call.method, call.url));
    output.line(&format!("authorization: Bearer {MASK}"));
    output.line("content-type: application/json");
    output.line("");
    output.line(&format!("{:#}", masked["body"]));
    output.document(&masked);
}

/// Requires `https`, since the request carries two secrets. This machine is excepted, for trying things out.
fn check_endpoint(endpoint: &str) -> Result<(), Misuse> {
    let is_https = endpoint.starts_with("https://");
    if is_https || (endpoint.starts_with("http://") && is_loopback(endpoint)) {
        return Ok(());
    }
    Err(Misuse(format!(
        "the endpoint {endpoint:?} must begin with https://: the request carries secrets"
    )))
}

fn check_instance_url(url: &str) -> Result<InstanceUrl, Misuse> {
    let url = InstanceUrl::parse(url)?;
    if !url.is_https() {
        return Err(Misuse(format!(
            "{url} must begin with https://: Khoros sends the key and customers' data there"
        )));
    }
    Ok(url)
}

/// An id becomes part of a path, so it may not contain one.
fn check_crm_id(id: &str) -> Result<&str, Misuse> {
    let good = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if id.is_empty() || !id.chars().all(good) {
        return Err(Misuse(format!(
            "{id:?} is not a CRM id: use the id in Khoros' answer to the registration"
        )));
    }
    Ok(id)
}

fn token() -> Result<Secret, Misuse> {
    let token = std::env::var(TOKEN).unwrap_or_default();
    if token.trim().is_empty() {
        return Err(Misuse(format!(
            "{TOKEN} is not set: set it to the OAuth bearer token of a Khoros administrator (--print shows the request without one)"
        )));
    }
    let bare = token.trim().strip_prefix("Bearer ").unwrap_or(token.trim()).trim();
    let token = Secret::from(bare.to_owned());
    check_header_value(TOKEN, &token)?;
    Ok(token)
}

/// Reports the result.
#[derive(Debug)]
struct Report {
    exit: Exit,
    /// Whether Khoros may have done something that it did not confirm.
    is_in_doubt: bool,
    crm_id: Option<String>,
    headline: String,
    advice: String,
    answer: Option<String>,
}

impl Report {
    fn print(&self, secrets: &[Secret], output: &mut Output) {
        let clean = |text: &str| secrets.iter().fold(text.to_owned(), |text, secret| secret.redact(&text));
        let answer = self.answer.as_deref().map(clean);
        output.line(&clean(&self.headline));
        output.line(&self.advice);
        if let Some(answer) = answer.as_deref().filter(|_| self.exit != Exit::Passed) {
            output.line(&format!("Khoros' answer: {answer}"));
        }
        output.document(&json!({
            "registered": self.exit == Exit::Passed,
            "crmId": self.crm_id,
            "message": clean(&self.headline),
            "advice": self.advice,
            "answer": answer,
            "exit": self.exit.code(),
        }));
    }
}

fn explain(call: &Call, answer: &Answer) -> Report {
    if answer.is_success() {
        return explain_success(call, answer);
    }
    let (headline, advice) = words_for(call, answer);
    Report {
        exit: Exit::Failed,
        is_in_doubt: answer.status >= 500,
        crm_id: None,
        headline: format!("Khoros answered {}: {headline}", answer.status),
        advice,
        answer: Some(answer.excerpt()),
    }
}

fn explain_success(call: &Call, answer: &Answer) -> Report {
    let crm_id = crm_id_of(&answer.json());
    let verb = if call.method == "POST" { "registered" } else { "updated" };
    let (headline, advice) = match &crm_id {
        Some(id) => (
            format!("The CRM is {verb}. Its id at Khoros is {id}."),
            format!(
                "Keep the id: `crm register --update {id} …` changes the registration later. Now run `crm doctor` against the URL."
            ),
        ),
        None if call.method == "PATCH" => (
            "The CRM is updated.".to_owned(),
            "Now run `crm doctor` against the URL.".to_owned(),
        ),
        None => (
            "The CRM is registered, but Khoros' answer has no id that this program knows how to find.".to_owned(),
            format!(
                "Find the id in the answer; it is needed for later changes: {}",
                answer.excerpt()
            ),
        ),
    };
    Report {
        exit: Exit::Passed,
        is_in_doubt: false,
        crm_id,
        headline,
        advice,
        answer: Some(answer.excerpt()),
    }
}

/// Headline and advice for a status other than success.
fn words_for(call: &Call, answer: &Answer) -> (&'static str, String) {
    let (headline, advice) = match answer.status {
        400 | 422 => (
            "Khoros does not accept the name, URL or auth value.",
            "Its answer below says which. Check for a name that is too long or a URL that is not public.",
        ),
        401 => (
            "the token is missing, wrong or expired.",
            "Get a new OAuth token from Khoros and set KHOROS_TOKEN; tokens expire.",
        ),
        403 => (
            "the token is valid, but may not administer CRMs.",
            "Use the token of a company administrator, and ask Khoros whether custom CRM is enabled for the company.",
        ),
        404 if call.method == "PATCH" => (
            "there is no CRM with this id, or it belongs to another company.",
            "Check the id after --update: it is the one in the answer to the registration.",
        ),
        404 => (
            "there is no such endpoint.",
            "Check --endpoint, and ask Khoros whether custom CRM is enabled for the company.",
        ),
        409 => (
            "there is already a CRM like this one.",
            "Change that one instead: crm register --update CRM_ID. Or choose another name.",
        ),
        429 => return ("too many calls.", wait_words(answer)),
        300..400 => (
            "the endpoint redirects elsewhere, and redirects are not followed with a token.",
            "Check --endpoint: Khoros' own address answers directly.",
        ),
        500.. => (
            "Khoros itself has a problem.",
            "The request seems to be correct. Before trying again, look in Khoros whether the CRM is there: a \
             failed registration may have taken effect.",
        ),
        _ => ("this program does not know the answer.", "Its text below may say more."),
    };
    (headline, advice.to_owned())
}

fn wait_words(answer: &Answer) -> String {
    match answer.header("retry-after") {
        Some(wait) if wait.chars().all(|c| c.is_ascii_digit()) => format!("Try again in {} seconds.", excerpt_of(wait)),
        _ => "Try again in a few minutes.".to_owned(),
    }
}

fn explain_silence(call: &Call, no_answer: &NoAnswer) -> Report {
    let may_have_arrived = matches!(no_answer.cause, Cause::Timeout | Cause::Other);
    let mut advice = no_answer.advice().to_owned();
    if no_answer.cause == Cause::Tls {
        "The encrypted connection to Khoros could not be trusted; nothing was sent. Does a proxy in your network intercept it?"
            .clone_into(&mut advice);
    }
    if may_have_arrived {
        advice.push_str(" The request may have arrived: look in Khoros whether the CRM is there before trying again.");
    }
    Report {
        exit: Exit::Unreachable,
        is_in_doubt: may_have_arrived,
        crm_id: None,
        headline: format!("{} did not answer: {}", call.url, no_answer.detail),
        advice,
        answer: None,
    }
}

/// The id in Khoros' answer. The reference does not say which member it is, so the likely ones are tried.
fn crm_id_of(answer: &Value) -> Option<String> {
    let places = [answer, &answer["data"], &answer["data"][0], &answer["crm"]];
    places.iter().find_map(|place| {
        ["id", "crmId"].iter().find_map(|name| match &place[*name] {
            Value::String(id) if !id.is_empty() => Some(excerpt_of(id)),
            Value::Number(id) => Some(id.to_string()),
            _ => None,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments() -> Arguments {
        Arguments {
            connection: Connection::local(),
            new_key: None,
            name: Some("Our CRM".to_owned()),
            url: Some("https://crm.example.com/api/v1/".to_owned()),
            auth: Some(Secret::from("Bearer s3cret-key".to_owned())),
            update: None,
            print: false,
            endpoint: ENDPOINT.to_owned(),
        }
    }

    #[track_caller]
    fn check_misuse(change: impl Fn(&mut Arguments), word: &str) {
        let mut arguments = arguments();
        change(&mut arguments);
        let complaint = Call::from_arguments(&arguments).unwrap_err().to_string();
        assert!(complaint.contains(word), "{complaint}");
        assert!(!complaint.contains("s3cret"), "{complaint}");
    }

    #[test]
    fn a_registration_is_a_post_of_three_members() {
        let call = Call::from_arguments(&arguments()).unwrap();
        assert_eq!((call.method, call.url.as_str()), ("POST", ENDPOINT));
        assert_eq!(
            call.body,
            json!({"name": "Our CRM", "instanceUrl": "https://crm.example.com/api/v1", "authHeaderValue": "Bearer s3cret-key"})
        );
        assert!(!call.masked().to_string().contains("s3cret"));
    }

    #[test]
    fn an_update_is_a_patch_of_what_is_given() {
        let call = Call::from_arguments(&Arguments {
            update: Some("12-a".to_owned()),
            name: None,
            url: None,
            ..arguments()
        })
        .unwrap();
        assert_eq!((call.method, call.url), ("PATCH", format!("{ENDPOINT}/12-a")));
        assert_eq!(call.body, json!({"authHeaderValue": "Bearer s3cret-key"}));
    }

    #[test]
    fn mistakes_are_explained_before_anything_is_sent() {
        check_misuse(|a| a.url = Some("http://crm.example.com/api/v1".to_owned()), "https://");
        check_misuse(|a| a.url = Some("https://crm.example.com".to_owned()), "/api/v1");
        check_misuse(|a| a.auth = Some(Secret::from("Bearer s3cret\n".to_owned())), "line break");
        check_misuse(|a| a.auth = Some(Secret::from(String::new())), "empty");
        check_misuse(|a| a.name = Some(" ".to_owned()), "--name");
        check_misuse(|a| a.update = Some("../x".to_owned()), "CRM id");
        check_misuse(|a| a.endpoint = "http://api.example.com".to_owned(), "https://");
    }

    #[test]
    fn the_id_is_found_wherever_it_stands() {
        for answer in [
            json!({"id": "7"}),
            json!({"crmId": 7}),
            json!({"data": {"id": 7}}),
            json!({"data": [{"crmId": "7"}]}),
        ] {
            assert_eq!(crm_id_of(&answer).as_deref(), Some("7"), "{answer}");
        }
        assert_eq!(crm_id_of(&json!({"status": "ok"})), None);
    }
}
