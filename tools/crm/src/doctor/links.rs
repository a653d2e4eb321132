//! Where the links of customers and cases lead (contract section 3).

use super::check::{Check, Severity};
use super::customers::is_link;
use super::outcome::{Outcome, Trouble, ensure, not_asked};
use super::visit::Visit;
use serde_json::Value;

const AGENT: &str = "an error page when they open the record from Khoros";
const FIX: &str = "serve a page at the link; a browser opens it without the key, so a login page or a redirect to one is fine";

/// Links.
pub const CHECKS: &[Check] = &[
    Check {
        id: "customer-link-opens",
        section: "3",
        severity: Severity::Warning,
        writes: true,
        rule: "a customer's link opens in a browser",
        agent: AGENT,
        fix: FIX,
        run: customer_link_opens,
    },
    Check {
        id: "case-link-opens",
        section: "3",
        severity: Severity::Warning,
        writes: true,
        rule: "a case's link opens in a browser",
        agent: AGENT,
        fix: FIX,
        run: case_link_opens,
    },
];

fn customer_link_opens(visit: &mut Visit) -> Outcome {
    visit.customer_id()?;
    opens(visit, visit.customer.as_ref(), "uri")
}

fn case_link_opens(visit: &mut Visit) -> Outcome {
    visit.case_id()?;
    opens(visit, visit.case.as_ref(), "linkUrl")
}

fn link<'a>(record: Option<&'a Value>, name: &str) -> Result<&'a str, Trouble> {
    let link = record.and_then(|record| record.get(name).or_else(|| record.get("url")));
    let link = link.filter(|link| is_link(link)).and_then(Value::as_str);
    link.ok_or_else(|| not_asked("there is no link: see customer-link and case-link"))
}

fn opens(visit: &Visit, record: Option<&Value>, name: &str) -> Outcome {
    let reply = visit.gateway.browse(link(record, name)?);
    let is_page = match &reply.result {
        Ok(answer) => match answer.status {
            401 => !answer.says_json(),
            404 | 410 => false,
            status => status < 500,
        },
        Err(_) => false,
    };
    ensure(is_page, "a page, a login or a redirect to one", || reply.came())?;
    Ok(None)
}
