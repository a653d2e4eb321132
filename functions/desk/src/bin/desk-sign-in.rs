//! `POST /desk/sign-in`: see [`desk::sign_in::sign_in`].

crm_lambda::serve!(desk::endpoints::SIGN_IN);
