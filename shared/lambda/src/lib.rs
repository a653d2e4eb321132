//! The Lambda boundary: requests and responses, who is let in, the log line, and the route table, which says which function
//! answers what and what it does to the table.

mod afterwards;
pub mod http;
pub mod key_ring;
pub mod link_ring;
pub mod local;
pub mod request_line;
pub mod routes;
pub mod runtime;
pub mod table_use;
