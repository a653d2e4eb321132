//! Accounts that a customer learnt from conversations, and removing those that are somebody else's.

use std::sync::Arc;

use agent::fact::{self, Fact};
use askama::Template;
use crm_domain::{LearntAccount, error::Error};
use crm_lambda::http::{Request, Response};
use crm_service::Session;

use crate::{
    page::{self, Bar, INLINE, Inline, Place},
    record::Record,
};

/// The inputs that name an account.
const NETWORK: &str = "network";
const ACCOUNT: &str = "account";

#[derive(Template)]
#[template(path = "accounts.html")]
struct AccountsPage {
    inline: &'static Inline,
    bar: Bar,
    record: Record,
    accounts: Vec<Account>,
    /// Where the forms are sent.
    action: String,
}

/// An account with the form that removes it.
struct Account {
    shown: Vec<Fact>,
    network: String,
    /// Its id there.
    id: String,
}

/// `POST /desk/people/{id}/accounts`, which removes an account, and `GET`, which lists them.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn accounts(session: Session, request: Arc<Request>) -> Result<Response, Error> {
    let customer = crm_service::find_customer(&session, request.path_parameter("id")).await?;
    let record = Record::new(&customer, session.customer_model());
    if request.method == "POST" {
        let [network, account] = [NETWORK, ACCOUNT].map(|name| request.form_value(name));
        crm_service::remove_account(&session, customer.id, network, account).await?;
        return Ok(page::see_other(&format!("{}?{}=1", record.link, page::SAVED)));
    }
    let page = AccountsPage {
        inline: &INLINE,
        bar: Bar::new(&session, &request, Place::Elsewhere),
        accounts: customer.accounts().filter_map(Account::new).collect(),
        action: format!("{}/accounts", record.link),
        record,
    };
    page::html(200, &page)
}

impl Account {
    fn new(account: &LearntAccount) -> Option<Self> {
        Some(Self {
            shown: vec![fact::account(account)?],
            network: account.network.clone(),
            id: account.account.clone(),
        })
    }
}
