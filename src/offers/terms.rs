//! The terms of an offer, pure. They are shown as they are hashed, so that anybody can check the
//! hash: canonical JSON (RFC 8785) of the `terms` member as it stands in an answer.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::approvals::TermsHash;
use crate::http::fields::{Day, Line, Prose, maybe_whole};
use crate::ids::LevelId;
use crate::organization::money::Money;
use crate::organization::pay_bands::PayPeriod;
use crate::text_enum;

text_enum! {
    /// What kind of employment is offered.
    pub enum EmploymentType {
        /// Without an end.
        Permanent => "permanent",
        /// Until a day that the contract names.
        FixedTerm => "fixed_term",
        /// Not as an employee.
        Contractor => "contractor",
    }
}

/// What is offered. Absent members are no part of the offer, and no part of its hash.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OfferTerms {
    /// Base pay for one period.
    pub base: Money,
    /// What base pay is for.
    pub period: PayPeriod,
    /// Paid once at the start, in the currency of base pay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sign_on: Option<Money>,
    /// The yearly bonus at target, in hundredths of a percent of base pay.
    #[serde(default, deserialize_with = "maybe_whole", skip_serializing_if = "Option::is_none")]
    #[validate(range(min = 0, max = 100_000))]
    #[schema(minimum = 0, maximum = 100_000, example = 1000)]
    pub bonus_target_basis_points: Option<i32>,
    /// Shares or options granted.
    #[serde(default, deserialize_with = "maybe_whole", skip_serializing_if = "Option::is_none")]
    #[validate(range(min = 0, max = 1_000_000_000))]
    #[schema(minimum = 0, maximum = 1_000_000_000)]
    pub equity_units: Option<i32>,
    /// The level that the decision names.
    pub level_id: LevelId,
    /// The title in the contract.
    pub title: Line<200>,
    /// Where the work is done.
    pub location: Line<200>,
    /// What kind of contract.
    pub employment_type: EmploymentType,
    /// The first day.
    pub start_on: Day,
    /// Whatever else is promised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Prose<2000>>,
}

text_enum! {
    /// A member of the terms.
    pub enum TermsField {
        /// Base pay.
        Base => "base",
        /// What base pay is for.
        Period => "period",
        /// Paid once at the start.
        SignOn => "sign_on",
        /// The yearly bonus at target.
        BonusTargetBasisPoints => "bonus_target_basis_points",
        /// Shares or options granted.
        EquityUnits => "equity_units",
        /// The level.
        LevelId => "level_id",
        /// The title.
        Title => "title",
        /// Where the work is done.
        Location => "location",
        /// The kind of employment.
        EmploymentType => "employment_type",
        /// The first day.
        StartOn => "start_on",
        /// Whatever else is promised.
        Note => "note",
    }
}

/// A member of the terms that differs from the version before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TermsChange {
    /// Which member.
    pub field: TermsField,
    /// What it said, as text; absent when it was no part of the offer.
    #[schema(example = "95000.00 EUR")]
    pub before: Option<String>,
    /// What it says now, as text; absent when it is no part of the offer any more.
    #[schema(example = "98000.00 EUR")]
    pub after: Option<String>,
}

impl OfferTerms {
    /// What approvals of these terms bind to.
    ///
    /// # Errors
    /// Never in practice; terms hold no number without a canonical form.
    pub fn hash(&self) -> serde_json::Result<TermsHash> {
        TermsHash::of(self)
    }

    /// Whether all amounts are of one currency. Others do not add up, and no rate is pinned.
    pub fn has_one_currency(&self) -> bool {
        self.sign_on.is_none_or(|sign_on| sign_on.currency == self.base.currency)
    }

    /// What changed since the version before, in the order of the members.
    pub fn changes_since(&self, before: &Self) -> Vec<TermsChange> {
        let pairs =
            TermsField::ALL.iter().map(|field| (*field, before.text(*field), self.text(*field)));
        pairs
            .filter(|(_, before, after)| before != after)
            .map(|(field, before, after)| TermsChange { field, before, after })
            .collect()
    }

    /// A member as text.
    fn text(&self, field: TermsField) -> Option<String> {
        let money = |money: Money| format!("{} {}", money.amount(), money.currency);
        match field {
            TermsField::Base => Some(money(self.base)),
            TermsField::Period => Some(self.period.to_string()),
            TermsField::SignOn => self.sign_on.map(money),
            TermsField::BonusTargetBasisPoints => {
                self.bonus_target_basis_points.map(|points| points.to_string())
            }
            TermsField::EquityUnits => self.equity_units.map(|units| units.to_string()),
            TermsField::LevelId => Some(self.level_id.to_string()),
            TermsField::Title => Some(self.title.to_text()),
            TermsField::Location => Some(self.location.to_text()),
            TermsField::EmploymentType => Some(self.employment_type.to_string()),
            TermsField::StartOn => Some(self.start_on.date().to_string()),
            TermsField::Note => self.note.as_ref().map(super::super::http::fields::Prose::to_text),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn wire() -> Value {
        json!({
            "base": { "amount": "95000.00", "currency": "EUR" },
            "period": "year",
            "bonus_target_basis_points": 1000.0,
            "level_id": "level_01jd3z3z3z3z3z3z3z3z3z3z3z",
            "title": "Staff Engineer",
            "location": "Berlin",
            "employment_type": "permanent",
            "start_on": "2027-02-01",
        })
    }

    fn with(member: &str, value: Value) -> Value {
        let mut terms = wire();
        terms[member] = value;
        terms
    }

    fn read(terms: &Value) -> Option<OfferTerms> {
        let terms: OfferTerms = serde_json::from_value(terms.clone()).ok()?;
        terms.validate().ok().map(|()| terms)
    }

    #[test]
    fn the_hash_is_over_the_terms_as_they_are_shown() {
        let terms = read(&wire()).unwrap();
        let shown = serde_json::to_value(&terms).unwrap();
        assert_eq!(shown.get("sign_on"), None);
        assert_eq!(terms.hash().unwrap(), TermsHash::of(&shown).unwrap());
        assert_eq!(read(&shown).unwrap(), terms);
        let null = read(&with("sign_on", Value::Null)).unwrap();
        assert_eq!(null.hash().unwrap(), terms.hash().unwrap());
    }

    #[test]
    fn every_member_is_part_of_the_hash_and_of_the_changes() {
        let before = read(&wire()).unwrap();
        let others = [
            ("base", json!({ "amount": "95000.01", "currency": "EUR" })),
            ("period", json!("month")),
            ("sign_on", json!({ "amount": "0.00", "currency": "EUR" })),
            ("bonus_target_basis_points", Value::Null),
            ("equity_units", json!(0)),
            ("level_id", json!("level_01jd3z3z3z3z3z3z3z3z3z3z30")),
            ("title", json!("Staff engineer")),
            ("location", json!("Hamburg")),
            ("employment_type", json!("contractor")),
            ("start_on", json!("2027-02-02")),
            ("note", json!("A dog is welcome.")),
        ];
        assert_eq!(others.len(), TermsField::ALL.len());
        for (member, value) in others {
            let after = read(&with(member, value)).unwrap();
            assert_ne!(after.hash().unwrap(), before.hash().unwrap(), "{member}");
            let changes = after.changes_since(&before);
            let [change] = changes.as_slice() else { panic!("{member}: {changes:?}") };
            assert_eq!(change.field.as_str(), member);
            assert_ne!(change.before, change.after);
        }
        assert_eq!(before.changes_since(&before), []);
    }

    #[test]
    fn terms_that_do_not_fit_are_refused() {
        let refused = [
            with("bonus_target_basis_points", json!(100_001)),
            with("bonus_target_basis_points", json!(-1)),
            with("equity_units", json!(1.5)),
            with("base", json!({ "amount": "95000", "currency": "EUR" })),
            with("start_on", json!("2027-2-1")),
            with("title", json!("  ")),
            with("salary_history", json!("90000")),
        ];
        for terms in refused {
            assert_eq!(read(&terms), None, "{terms}");
        }
    }

    #[test]
    fn two_currencies_are_noticed() {
        let dollars = with("sign_on", json!({ "amount": "5000.00", "currency": "USD" }));
        assert!(!read(&dollars).unwrap().has_one_currency());
        assert!(read(&wire()).unwrap().has_one_currency());
    }
}
