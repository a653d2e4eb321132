//! The pages: each route with its handler.

use crm_lambda::{endpoints, handler, runtime::Work};

use crate::{DIALECT, case, distinct, duplicates, merge, people, person, receipt, sign_in, sign_out, try_it};

endpoints! {
    desk, DIALECT:
    SIGN_IN_PAGE = Work::Open(sign_in::page);
    SIGN_IN = handler!(sign_in::sign_in);
    SIGN_OUT = handler!(sign_out::sign_out);
    TRY_IT = handler!(try_it::try_it);
    FIND_PEOPLE = handler!(people::find_people);
    PERSON = handler!(person::person);
    CASE = handler!(case::case);
    DUPLICATES = handler!(duplicates::duplicates);
    MERGE = handler!(merge::merge);
    DISTINCT = handler!(distinct::distinct);
    RECEIPT = handler!(receipt::receipt);
    UNDO = handler!(receipt::undo);
}
