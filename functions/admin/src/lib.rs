//! The dialect of our own for administrators and for other systems: merging two records of one person and taking that back, marks of
//! different people, possible duplicates, and the feed of changes, each operation a Lambda function.
//!
//! Its manners are Khoros': where the key is, who acts, how a create is repeated, and the shape of errors. So it uses the Khoros
//! dialect's own code for these. Names are the contract's (docs/contracts/admin.md).

pub mod changes;
pub mod distinct;
pub mod duplicates;
pub mod endpoints;
pub mod merges;
mod refusal;
mod wire;

use crm_lambda::runtime::Dialect;

/// As Khoros', with refusals of our own.
pub static DIALECT: Dialect = Dialect {
    key: khoros::DIALECT.key,
    actor: khoros::DIALECT.actor,
    render_error: refusal::error,
};
