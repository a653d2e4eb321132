//! The Lambda boundary: requests and responses, authentication, the log line, and the route table. The route table says for each function
//! which requests it answers and how it uses the table.

mod afterwards;
pub mod http;
pub mod key_ring;
pub mod link_ring;
pub mod local;
pub mod request_line;
pub mod routes;
pub mod runtime;
pub mod table_use;
pub mod tasks;
mod tries;
