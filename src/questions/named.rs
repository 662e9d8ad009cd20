//! Named queries as questions.

use super::{FigureQuestion, PairsQuestion, PlaybookQuestion, Question, RecordsQuestion, SeriesQuestion, TopQuestion};
use crate::present::chart::Shape;
use crate::query::named;

/// What a named query asks with its parameters.
pub fn of_named(question: named::Question) -> Box<dyn Question> {
    match question {
        named::Question::Records { query, columns, limit } => Box::new(RecordsQuestion { query, columns, limit }),
        named::Question::Pairs(query) => Box::new(PairsQuestion(query)),
        named::Question::Top(query) => Box::new(TopQuestion(query)),
        named::Question::Series(query) => Box::new(SeriesQuestion { query, shape: Shape::default() }),
        named::Question::Figure { scope, figure } => Box::new(FigureQuestion { scope, figure }),
        named::Question::Directional { query, limit } => Box::new(PlaybookQuestion { query, limit }),
    }
}
