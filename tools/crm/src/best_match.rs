//! `crm match`: asks for a best match as Khoros does, and explains the answer.

use clap::Args;
use crm_domain::matching::{Explanation, Identity, Observation, explain};
use serde_json::json;

use crate::{
    Exit, Misuse,
    connection::{Connection, failed, wait},
    output::{Output, Tone},
};

const EXAMPLES: &str = "\
Examples:
  crm match --display-name 'Jane Doe' --screen-name jane_doe_77
  crm match --profile-url https://x.com/jane_doe_77 --explain

Nothing is logged and no value is shown: customers appear by id, observations by field.";

/// The command's arguments.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    #[command(flatten)]
    connection: Connection,
    /// The name shown on the network
    #[arg(long, value_name = "NAME")]
    display_name: Option<String>,
    /// The handle
    #[arg(long, value_name = "HANDLE")]
    screen_name: Option<String>,
    /// The URL of its profile
    #[arg(long, value_name = "URL")]
    profile_url: Option<String>,
    /// Its e-mail address
    #[arg(long)]
    email: Option<String>,
    /// A telephone number; may be given several times
    #[arg(long = "phone", value_name = "NUMBER")]
    phone_numbers: Vec<String>,
    /// An order number; may be given several times
    #[arg(long = "order", value_name = "NUMBER")]
    order_numbers: Vec<String>,
    /// A case number of another system; may be given several times
    #[arg(long = "case", value_name = "NUMBER")]
    case_numbers: Vec<String>,
    /// An account number; may be given several times
    #[arg(long = "account", value_name = "NUMBER")]
    account_numbers: Vec<String>,
    /// Show all candidates, also those that the answer leaves out, with every observation and its weight
    #[arg(long)]
    explain: bool,
}

/// Runs the subcommand.
pub fn run(arguments: &Arguments, output: &mut Output) -> anyhow::Result<Exit> {
    let identity = identity(arguments)?;
    let mut explanations = wait(async {
        let session = arguments.connection.session().await?;
        let judged = crm_service::judge(&session, &identity).await.map_err(failed)?;
        Ok(explain(&judged, session.strictness()))
    })?;
    if !arguments.explain {
        explanations.retain(|one| one.shown);
    }
    for explanation in &explanations {
        show(explanation, arguments.explain, output);
    }
    if explanations.is_empty() {
        output.line("nobody");
    }
    output.document(&json!({ "candidates": explanations }));
    Ok(Exit::Passed)
}

fn identity(arguments: &Arguments) -> Result<Identity, Misuse> {
    let identity = Identity {
        display_name: arguments.display_name.clone(),
        screen_name: arguments.screen_name.clone(),
        profile_url: arguments.profile_url.clone(),
        email: arguments.email.clone(),
        phone_numbers: arguments.phone_numbers.clone(),
        addresses: Vec::new(),
        order_numbers: arguments.order_numbers.clone(),
        case_numbers: arguments.case_numbers.clone(),
        account_numbers: arguments.account_numbers.clone(),
        description: None,
    };
    let lists = [
        &identity.phone_numbers,
        &identity.order_numbers,
        &identity.case_numbers,
        &identity.account_numbers,
    ];
    let texts = [
        &identity.display_name,
        &identity.screen_name,
        &identity.profile_url,
        &identity.email,
    ];
    if lists.iter().all(|list| list.is_empty()) && texts.iter().all(|text| text.is_none()) {
        return Err(Misuse("describe the identity: --display-name, --screen-name, …".to_owned()));
    }
    Ok(identity)
}

fn show(explanation: &Explanation, explain: bool, output: &mut Output) {
    let verdict = if explanation.shown {
        output.tinted(Tone::Good, "shown")
    } else {
        output.tinted(Tone::Quiet, "not shown")
    };
    output.line(&format!(
        "{}  {:5.1} %  {verdict}",
        explanation.id,
        explanation.probability * 100.0
    ));
    if explain {
        show_observations(&explanation.observations, output);
    }
}

/// The observations, field by field, and their weights.
pub fn show_observations(observations: &[Observation], output: &mut Output) {
    for one in observations {
        output.line(&format!("  {:+6.2}  {:<14} {}", one.weight, one.field, one.agreement));
    }
}
