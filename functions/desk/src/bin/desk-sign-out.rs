//! `POST /desk/sign-out`: see [`desk::sign_out::sign_out`].

crm_lambda::serve!(desk::endpoints::SIGN_OUT);
