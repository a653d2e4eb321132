//! The pages: each route with its handler.

use crm_domain::error::Error;
use crm_lambda::{endpoints, handler, runtime::Work};

use crate::{
    DIALECT, accounts, case, distinct, duplicates, edit_case, edit_fields, edit_person, edit_settings, erase, export, import,
    imports, merge, new_case, new_person, people, person, receipt, rejected_rows, settings, sign_in, sign_out, try_it,
};

endpoints! {
    desk, DIALECT:
    SIGN_IN_PAGE = Work::Open(sign_in::page);
    SIGN_IN = handler!(sign_in::sign_in);
    SIGN_OUT = handler!(sign_out::sign_out);
    TRY_IT = handler!(try_it::try_it);
    FIND_PEOPLE = handler!(people::find_people);
    PERSON = handler!(person::person);
    NEW_PERSON = handler!(new_person::new_person);
    EDIT_PERSON = handler!(edit_person::edit_person);
    ACCOUNTS = handler!(accounts::accounts);
    EXPORT = handler!(export::export);
    ERASE = handler!(erase::erase);
    CASE = handler!(case::case);
    NEW_CASE = handler!(new_case::new_case);
    EDIT_CASE = handler!(edit_case::edit_case);
    DUPLICATES = handler!(duplicates::duplicates);
    MERGE = handler!(merge::merge);
    DISTINCT = handler!(distinct::distinct);
    RECEIPT = handler!(receipt::receipt);
    UNDO = handler!(receipt::undo);
    IMPORTS = handler!(imports::imports);
    IMPORT_RUN = handler!(import::import);
    REJECTED_ROWS = handler!(rejected_rows::rejected_rows);
    SETTINGS = handler!(settings::settings);
    EDIT_SETTINGS = handler!(edit_settings::edit_settings);
    EDIT_FIELDS = handler!(edit_fields::edit_fields);
    UNKNOWN_ROUTE = Work::Open(|_| Err(Error::UnknownPath));
}
