//! The directory of a sample, and of the answers to its questions.

use std::{
    fs::{self, File},
    io::{BufRead as _, BufReader, BufWriter, Write as _},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use serde::{Serialize, de::DeserializeOwned};

use crate::sample::{Question, Sample};

/// The answer of a method to one question: places of customers, best first.
pub type Answer = Vec<usize>;

/// The name of best match among the methods.
pub const BEST_MATCH: &str = "best-match";
/// The name of the plain baseline among the methods.
pub const EQUALITY: &str = "equality";

const CUSTOMERS: &str = "customers.jsonl";
const QUESTIONS: &str = "questions.jsonl";
const ANSWERS: &str = ".answers.jsonl";

/// Writes a sample into a directory, which is created if it is missing. Answers to an earlier sample there are
/// removed.
pub fn write(directory: &Path, sample: &Sample) -> Result<()> {
    fs::create_dir_all(directory).with_context(|| format!("cannot make {}", directory.display()))?;
    for method in methods(directory)? {
        let path = answers_path(directory, &method);
        fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
    }
    write_lines(&directory.join(CUSTOMERS), &sample.customers)?;
    write_lines(&directory.join(QUESTIONS), &sample.questions)
}

/// Reads a sample.
pub fn read(directory: &Path) -> Result<Sample> {
    Ok(Sample {
        customers: read_lines(&directory.join(CUSTOMERS))?,
        questions: questions(directory)?,
    })
}

/// Reads a sample's questions alone.
pub fn questions(directory: &Path) -> Result<Vec<Question>> {
    read_lines(&directory.join(QUESTIONS))
}

/// Writes the answers of a method.
pub fn write_answers(directory: &Path, method: &str, answers: &[Answer]) -> Result<()> {
    write_lines(&answers_path(directory, method), answers)
}

/// The answers of all methods, by name.
pub fn answers(directory: &Path) -> Result<Vec<(String, Vec<Answer>)>> {
    let read = |method: String| {
        let answers = read_lines(&answers_path(directory, &method))?;
        Ok((method, answers))
    };
    methods(directory)?.into_iter().map(read).collect()
}

fn methods(directory: &Path) -> Result<Vec<String>> {
    let entries = fs::read_dir(directory).with_context(|| format!("cannot read {}", directory.display()))?;
    let mut methods: Vec<String> = entries
        .filter_map(|entry| Some(entry.ok()?.file_name().to_str()?.strip_suffix(ANSWERS)?.to_owned()))
        .collect();
    methods.sort();
    Ok(methods)
}

fn answers_path(directory: &Path, method: &str) -> PathBuf {
    directory.join(format!("{method}{ANSWERS}"))
}

fn write_lines(path: &Path, values: &[impl Serialize]) -> Result<()> {
    let write = || -> Result<()> {
        let mut file = BufWriter::new(File::create(path)?);
        for value in values {
            serde_json::to_writer(&mut file, value)?;
            file.write_all(b"\n")?;
        }
        Ok(file.flush()?)
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}

pub(crate) fn read_lines<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>> {
    let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    let read = |(number, line): (usize, std::io::Result<String>)| {
        serde_json::from_str(&line?).with_context(|| format!("line {} of {} is broken", number + 1, path.display()))
    };
    BufReader::new(file).lines().enumerate().map(read).collect()
}
