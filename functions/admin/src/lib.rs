//! The dialect of our own for administrators: merging two records of one person and taking that back, marks of different people, and
//! possible duplicates, each operation a Lambda function.
//!
//! Its manners are Khoros': where the key is, who acts, how a create is repeated, and the shape of errors. So it uses the Khoros
//! dialect's own code for these. Names are the contract's (docs/contracts/admin.md).

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
