//! The whole CRM on a laptop.
//!
//! Three parts, in reading order:
//! - [`template`] reads the SAM template, which alone defines table, functions and routes;
//! - [`database`] embeds a DynamoDB and creates the template's table in it;
//! - [`gateway`] plays API Gateway and the Lambda service for the prebuilt function binaries.

pub mod database;
pub mod desk;
mod functions;
pub mod gateway;
pub mod home;
mod http;
pub mod link_secret;
pub mod proxy;
pub mod receiver;
pub mod sample;
pub mod stack;
pub mod template;
pub mod units;

pub use functions::LogSink;
