//! Where the links of a page lead. The desk shows the same records under addresses of its own.

use crm_domain::{CaseId, CustomerId};
use crm_lambda::http::Request;
use crm_service::Session;

/// Where the links of a record's view lead.
#[derive(Debug, Clone, Copy)]
pub enum Ways<'a> {
    /// To pages that a signature opens.
    Signed {
        /// The session, which signs.
        session: &'a Session,
        /// The access to this page. The signature covers the path, so it stays valid with other parameters.
        access: &'a str,
    },
    /// To pages for whoever has signed in: the paths up to the id.
    SignedIn {
        /// Of a customer.
        customer: &'static str,
        /// Of a case.
        case: &'static str,
    },
}

impl<'a> Ways<'a> {
    /// Those of a page that a signature has opened.
    pub fn signed(session: &'a Session, request: &'a Request) -> Self {
        let access = request.query_parameter("access").unwrap_or_default();
        Self::Signed { session, access }
    }

    /// To a customer.
    pub fn to_customer(&self, id: CustomerId) -> String {
        match self {
            Self::Signed { session, .. } => session.customer_link(id, ""),
            Self::SignedIn { customer, .. } => format!("{customer}{id}"),
        }
    }

    /// To a case.
    pub fn to_case(&self, id: CaseId) -> String {
        match self {
            Self::Signed { session, .. } => session.case_link(id, ""),
            Self::SignedIn { case, .. } => format!("{case}{id}"),
        }
    }

    /// To another page of the same record: the same link with other parameters.
    pub fn turned(&self, parameters: &[(&str, usize)]) -> String {
        let access = match self {
            Self::Signed { access, .. } => Some(format!("access={access}")),
            Self::SignedIn { .. } => None,
        };
        let turned = parameters.iter().filter(|(_, number)| *number > 1);
        let turned = turned.map(|(name, number)| format!("{name}={number}"));
        let parameters: Vec<String> = access.into_iter().chain(turned).collect();
        format!("?{}", parameters.join("&"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_page_has_no_number() {
        let ways = Ways::SignedIn {
            customer: "/people/",
            case: "/cases/",
        };
        assert_eq!(ways.turned(&[("page", 1), ("cases", 1)]), "?");
        assert_eq!(ways.turned(&[("page", 3), ("cases", 2)]), "?page=3&cases=2");
    }
}
