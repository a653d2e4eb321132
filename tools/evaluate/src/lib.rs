//! Measures the quality of best match. It generates a labelled [`sample`], asks several methods its questions, and
//! computes the [`score`] of their answers.
//!
//! A sample is a directory: `customers.jsonl`, `questions.jsonl`, and one `METHOD.answers.jsonl` for every method that
//! was asked. A method in another language takes part by writing such a file.

pub mod ask;
pub mod cli;
pub mod client;
pub mod directory;
pub mod duplicates;
pub mod equality;
pub mod extra;
pub mod index;
pub mod load;
pub mod progress;
pub mod report;
pub mod sample;
pub mod score;
pub mod stack;
