//! Our own dialect for administrators and for other systems: merging two records of one person and undoing that, marks
//! of different people, possible duplicates, and the feed of changes. Each operation is a Lambda function.
//!
//! It follows Khoros' conventions for the key, the acting user, repeated creates and errors, so it uses the Khoros
//! dialect's code for them. Names are the contract's (docs/contracts/admin.md).

pub mod changes;
pub mod distinct;
pub mod duplicates;
pub mod endpoints;
pub mod merges;
mod refusal;
mod wire;

use crm_lambda::runtime::Dialect;

/// As Khoros' dialect, with refusals of its own.
pub static DIALECT: Dialect = Dialect {
    key: khoros::DIALECT.key,
    actor: khoros::DIALECT.actor,
    form_code: khoros::DIALECT.form_code,
    render_error: refusal::error,
};
