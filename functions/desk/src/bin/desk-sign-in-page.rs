//! `GET /desk/sign-in`: see [`desk::sign_in::page`].

crm_lambda::serve!(desk::endpoints::SIGN_IN_PAGE);
