//! What every function stands on.
//!
//! Read it from the inside out: [`normal`] and [`domain`] are pure and know neither HTTP nor AWS; [`store`] is the only room
//! that names the DynamoDB SDK; [`operations`] are what any dialect can ask for; [`json`] is what their bodies have in common; [`http`] and [`runtime`] are the Lambda
//! boundary; [`routes`] says which function answers what, and [`table_use`] what it does to the table.

pub mod access;
pub mod domain;
pub mod error;
pub mod http;
pub mod json;
pub mod local;
pub mod normal;
pub mod operations;
pub mod random;
pub mod request_line;
pub mod routes;
pub mod runtime;
pub mod store;
pub mod table_use;
