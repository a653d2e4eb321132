//! The page at `/` of `make run`: what the program is, and what to try.
//!
//! A deployment has no such page. It opens signed links to sample customers, so it is only shown under a name of this
//! machine. A site that points another name here can read nothing.

use std::{fmt::Write as _, sync::Arc};

use anyhow::{Result, anyhow};
use crm_domain::{Actor, Case, Customer, TenantId, Timestamp, error::Error};
use crm_service::{Grant, Session, link::LinkKeys, list_customers, newest_cases};
use crm_store::clock;

use crate::desk::Desk;

/// The default key. Other keys are not shown on the page.
pub const USUAL_AUTHORIZATION: &str = "Bearer demo-key";
/// The placeholder for another key in the lines to try.
const OTHER_AUTHORIZATION: &str = "$AUTH";
/// The number of customers that are shown as examples, and the number from which they are chosen.
const SHOWN: usize = 5;
const LOOKED_AT: usize = 500;

/// The content of the page.
#[derive(Debug)]
pub struct Home {
    /// The address of this CRM: `http://127.0.0.1:9000`.
    pub origin: String,
    /// The address of its database.
    pub endpoint: String,
    /// The value of the key.
    pub authorization: String,
    /// The sample, if it is loaded.
    pub sample: Option<Sample>,
    /// The desk.
    pub desk: Desk,
}

/// Sample customers with the links to their pages.
#[derive(Debug)]
pub struct Sample {
    count: usize,
    examples: Vec<(Customer, Case)>,
    tenant: TenantId,
    links: LinkKeys,
}

impl Sample {
    /// Picks examples: the newest customers who have cases.
    pub async fn read(grant: Arc<Grant>, count: usize, link_secret: &str) -> Result<Self> {
        let links = LinkKeys::read(link_secret).map_err(anyhow::Error::msg)?;
        let tenant = grant.key.tenant.clone();
        let session = Session {
            grant,
            actor: Actor::default(),
            now: clock::now(),
            links: Arc::default(),
        };
        let examples = examples(&session).await;
        Ok(Self {
            count,
            examples: examples.map_err(|error| anyhow!("cannot read the sample: {}", error.log_text()))?,
            tenant,
            links,
        })
    }
}

async fn examples(session: &Session) -> Result<Vec<(Customer, Case)>, Error> {
    let mut examples = Vec::new();
    for customer in list_customers(session, Vec::new(), 0..LOOKED_AT)
        .await?
        .shown
        .into_iter()
        .rev()
    {
        let case = newest_cases(session, customer.id, 1).await?.pop();
        examples.extend(case.map(|case| (customer, case)));
        if examples.len() == SHOWN {
            break;
        }
    }
    Ok(examples)
}

impl Home {
    /// The page. Its links open until the end of tomorrow.
    pub fn page(&self, now: Timestamp) -> String {
        let authorization = if self.authorization == USUAL_AUTHORIZATION {
            USUAL_AUTHORIZATION
        } else {
            OTHER_AUTHORIZATION
        };
        // Whoever does not know a key of one's own is not signed in by it either.
        let desk = if self.authorization == USUAL_AUTHORIZATION {
            self.desk.signed_in(now)
        } else {
            Desk::PATH.to_owned()
        };
        let data = match &self.sample {
            Some(Sample { count, .. }) => format!("It has {count} invented customers."),
            None => "It is empty until you add customers.".to_owned(),
        };
        let pages = self.sample.as_ref().map(|sample| sample.pages(now)).unwrap_or_default();
        let values = [
            ("{{data}}", escaped(&data)),
            ("{{desk}}", escaped(&desk)),
            ("{{pages}}", pages),
            ("{{header}}", escaped(&format!("\"Authorization: {authorization}\""))),
            ("{{api_key}}", escaped(&format!("\"apiKey: {authorization}\""))),
            ("{{origin}}", escaped(&self.origin)),
            ("{{endpoint}}", escaped(&self.endpoint)),
        ];
        let page = include_str!("home.html").to_owned();
        values.iter().fold(page, |page, (name, value)| page.replace(name, value))
    }
}

impl Sample {
    fn pages(&self, now: Timestamp) -> String {
        let mut list = String::new();
        for (customer, case) in &self.examples {
            let sign = |path: String| escaped(&self.links.sign(&path, &self.tenant, now));
            let name = customer.whole_name().unwrap_or_else(|| customer.id.to_string());
            // Writing to a text cannot fail.
            _ = writeln!(
                list,
                r#"<li class="line"><a class="title" href="{}" dir="auto">{}</a> <a href="{}" dir="auto">{}</a></li>"#,
                sign(format!("/agent/customer/{}", customer.id)),
                escaped(&name),
                sign(format!("/agent/case/{}", case.id)),
                escaped(&case.title),
            );
        }
        if list.is_empty() {
            return list;
        }
        format!(
            "<section class=\"card cases\">\n<h2>Customers and their cases, as agents see them</h2>\n<ul>\n{list}</ul>\n</section>\n"
        )
    }
}

/// A text escaped for HTML, including attributes.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            _ => escaped.push(sign),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn home(authorization: &str) -> String {
        let home = Home {
            origin: "http://127.0.0.1:9000".to_owned(),
            endpoint: "http://127.0.0.1:9001".to_owned(),
            authorization: authorization.to_owned(),
            sample: None,
            desk: Desk::new(
                TenantId::parse("demo").unwrap(),
                authorization,
                "a-secret-of-at-least-32-characters",
            )
            .unwrap(),
        };
        home.page(Timestamp::from_milliseconds(0))
    }

    #[test]
    fn no_placeholder_is_left() {
        let page = home(USUAL_AUTHORIZATION);
        assert!(!page.contains("{{") && !page.contains("}}"), "{page}");
        assert!(page.contains("curl -sH &quot;Authorization: Bearer demo-key&quot; http://127.0.0.1:9000/api/v1/customers"));
        assert!(page.contains("href=\"/desk?token="), "{page}");
    }

    #[test]
    fn a_key_of_your_own_is_not_shown() {
        let page = home("Bearer secret<1>");
        assert!(!page.contains("secret"), "{page}");
        assert!(page.contains("Authorization: $AUTH"));
        assert!(page.contains("href=\"/desk\""), "{page}");
    }
}
