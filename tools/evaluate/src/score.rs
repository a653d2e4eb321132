//! The figures: how many answers are right, and how many questions have a right answer.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{directory::Answer, sample::Question};

/// The counts for some questions.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Score {
    /// Questions about customers.
    pub about_customers: usize,
    /// Questions about strangers.
    pub about_strangers: usize,
    /// Questions that were answered with somebody.
    pub answered: usize,
    /// Questions whose first answer is right.
    pub right: usize,
    /// Questions about strangers that were answered with somebody.
    pub strangers_answered: usize,
    reciprocal_ranks: f64,
}

/// The figures of a [`Score`]. A figure without any question is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Figures {
    /// How many questions.
    pub questions: usize,
    /// The share of right first answers among all answers. An answer to a question about a stranger is
    /// wrong.
    pub precision_at_1: Option<f64>,
    /// The share of right first answers among the questions about customers.
    pub recall_at_1: Option<f64>,
    /// The share of questions about strangers that were answered.
    pub strangers_answered: Option<f64>,
    /// The mean of 1 / rank of the right answer, over the questions about customers. An answer without it
    /// counts as 0.
    pub mean_reciprocal_rank: Option<f64>,
}

impl Score {
    /// Counts one question.
    pub fn count(&mut self, question: &Question, answer: &Answer) {
        self.answered += usize::from(!answer.is_empty());
        if question.answer.is_none() {
            self.about_strangers += 1;
            self.strangers_answered += usize::from(!answer.is_empty());
            return;
        }
        self.about_customers += 1;
        // A customer whom the evidence cannot tell from the right one is right, too.
        let right = |place: &usize| question.answer == Some(*place) || question.also.contains(place);
        if let Some(rank) = answer.iter().position(right) {
            self.right += usize::from(rank == 0);
            self.reciprocal_ranks += 1.0 / number(rank + 1);
        }
    }

    /// The figures.
    pub fn figures(&self) -> Figures {
        let share = |part: f64, of: usize| (of > 0).then(|| part / number(of));
        Figures {
            questions: self.about_customers + self.about_strangers,
            precision_at_1: share(number(self.right), self.answered),
            recall_at_1: share(number(self.right), self.about_customers),
            strangers_answered: share(number(self.strangers_answered), self.about_strangers),
            mean_reciprocal_rank: share(self.reciprocal_ranks, self.about_customers),
        }
    }
}

/// A part of a whole, which is not empty.
pub fn share(part: usize, whole: usize) -> f64 {
    number(part) / number(whole)
}

/// The 95 % interval of the true share, if `part` of `whole` were drawn: Wilson's interval.
pub fn interval(part: usize, whole: usize) -> (f64, f64) {
    const DEVIATIONS: f64 = 1.96;
    let (count, square) = (number(whole), DEVIATIONS * DEVIATIONS);
    let share = share(part, whole);
    let scale = 1.0 + square / count;
    let middle = (share + square / (2.0 * count)) / scale;
    let half = DEVIATIONS / scale * (share * (1.0 - share) / count + square / (4.0 * count * count)).sqrt();
    ((middle - half).max(0.0), (middle + half).min(1.0))
}

#[expect(clippy::cast_precision_loss, reason = "far fewer questions than a double can count")]
fn number(count: usize) -> f64 {
    count as f64
}

/// The counts for all questions, and for those of each scenario.
#[derive(Debug, Clone, Default)]
pub struct Scores {
    /// Of all questions.
    pub total: Score,
    /// Of each scenario.
    pub scenarios: BTreeMap<String, Score>,
}

impl Scores {
    /// Counts a sample's questions, each with its answer.
    pub fn count(&mut self, questions: &[Question], answers: &[Answer]) {
        for (question, answer) in questions.iter().zip(answers) {
            if !question.aside {
                self.total.count(question, answer);
            }
            self.scenarios
                .entry(question.scenario.clone())
                .or_default()
                .count(question, answer);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn question(answer: Option<usize>, also: &[usize]) -> Question {
        Question {
            identity: json!({}),
            answer,
            also: also.to_vec(),
            scenario: "any".to_owned(),
            culture: String::new(),
            aside: false,
        }
    }

    #[test]
    fn the_figures() {
        let questions = [
            question(Some(1), &[]),
            question(Some(2), &[]),
            question(Some(3), &[4]),
            question(Some(5), &[]),
            question(None, &[]),
            question(None, &[]),
        ];
        let answers = [vec![1], vec![9, 2], vec![4, 3], vec![], vec![7], vec![]];
        let mut scores = Scores::default();
        scores.count(&questions, &answers);
        let figures = scores.total.figures();
        assert_eq!(figures.precision_at_1, Some(0.5), "two right of four answers");
        assert_eq!(figures.recall_at_1, Some(0.5), "two right of four questions about customers");
        assert_eq!(figures.strangers_answered, Some(0.5));
        assert_eq!(figures.mean_reciprocal_rank, Some(2.5 / 4.0));
        assert_eq!(scores.scenarios["any"], scores.total);
    }

    #[test]
    fn an_interval_is_wide_for_few() {
        let (low, high) = interval(8, 10);
        assert!((low - 0.490).abs() < 1e-3 && (high - 0.943).abs() < 1e-3, "{low} {high}");
        let (low, high) = interval(8_000, 10_000);
        assert!(low > 0.79 && high < 0.81, "{low} {high}");
    }

    #[test]
    fn without_questions_there_is_no_figure() {
        let figures = Score::default().figures();
        assert_eq!((figures.precision_at_1, figures.strangers_answered), (None, None));
    }
}
