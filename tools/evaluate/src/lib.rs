//! How good best match is: a labelled [`sample`] that makes itself, what several methods answer to its questions, and the
//! [`score`] of their answers.
//!
//! A sample is a directory: `customers.jsonl`, `questions.jsonl`, and one `METHOD.answers.jsonl` for every method that was asked. So
//! methods in other languages take part by writing such a file, and all are judged by the same lines.

pub mod ask;
pub mod cli;
pub mod client;
pub mod directory;
pub mod equality;
pub mod load;
pub mod progress;
pub mod report;
pub mod sample;
pub mod score;
pub mod stack;
