//! The bank of questions and themes.
//!
//! Tables: `questions`, `question_versions`, `kit_questions`. A question is worded by its current
//! version; another wording is another version, and the ones before stay, because kits of published
//! loop templates name them. Each question has one current version. How often a question was asked is
//! counted over completed interviews, and over those only in which the reader has a part.

pub mod api;
pub mod asked;
pub mod commands;
pub(crate) mod store;

use crate::http::Operations;
use crate::text_enum;

text_enum! {
    /// How fixed the wording is.
    pub enum QuestionKind {
        /// Asked in these words.
        Question => "question",
        /// To be talked about, in whatever words.
        Theme => "theme",
    }
}

text_enum! {
    /// How hard it is.
    pub enum Difficulty {
        /// Most people of the trade can.
        Easy => "easy",
        /// Many can.
        Medium => "medium",
        /// Few can.
        Hard => "hard",
        /// Hardly anybody can.
        Expert => "expert",
    }
}

/// Registers the operations.
pub fn routes(cfg: &mut impl Operations) {
    cfg.service(api::create_question)
        .service(api::list_questions)
        .service(api::get_question)
        .service(api::update_question)
        .service(api::list_question_versions)
        .service(asked::list_asked_questions);
}
