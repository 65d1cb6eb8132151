//! Money: minor units of a currency, exact, never a float.
//!
//! On the wire `{"amount": "123456.00", "currency": "EUR"}` with exactly the currency's decimals
//! (ISO 4217); in columns minor units and the code.

use std::borrow::Cow;
use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

/// The largest amount, in minor units: what JavaScript's numbers still hold exactly.
pub const MINOR_UNITS_MAX: i64 = 9_007_199_254_740_991;

/// An ISO 4217 currency that has minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Currency(iso_currency::Currency);

impl Currency {
    /// The currency of a code.
    ///
    /// # Errors
    /// A sentence for codes that are no currency, or one without minor units such as gold.
    pub fn parse(code: &str) -> Result<Self, String> {
        let currency = iso_currency::Currency::from_code(code).filter(|c| c.exponent().is_some());
        currency.map(Self).ok_or_else(|| "not an ISO 4217 currency code such as EUR".to_owned())
    }

    /// The three-letter code.
    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// How many decimals an amount has.
    pub fn decimals(self) -> u32 {
        self.0.exponent().map_or(2, u32::from)
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

impl PartialSchema for Currency {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("An ISO 4217 currency code."))
            .pattern(Some("^[A-Z]{3}$"))
            .examples([serde_json::Value::String("EUR".to_owned())])
            .into()
    }
}
impl ToSchema for Currency {
    fn name() -> Cow<'static, str> {
        "Currency".into()
    }
}

/// An amount of money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Money {
    /// Minor units: cents of a euro, whole yen.
    pub minor_units: i64,
    /// Of which currency.
    pub currency: Currency,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire<'a> {
    amount: Cow<'a, str>,
    currency: Currency,
}

impl Money {
    /// An amount as stored.
    ///
    /// # Errors
    /// When the code is no currency.
    pub fn of(minor_units: i64, code: &str) -> Result<Self, String> {
        Ok(Self { minor_units, currency: Currency::parse(code)? })
    }

    /// The amount with exactly the currency's decimals.
    pub fn amount(self) -> String {
        let decimals = self.currency.decimals();
        let scale = 10_i64.pow(decimals);
        let (whole, rest) = (self.minor_units / scale, self.minor_units % scale);
        if decimals == 0 {
            return whole.to_string();
        }
        let width = usize::try_from(decimals).unwrap_or(2);
        format!("{whole}.{rest:0width$}")
    }

    /// Reads an amount of zero or more, with exactly the currency's decimals.
    ///
    /// # Errors
    /// A sentence that says what an amount of this currency looks like.
    pub fn parse(amount: &str, currency: Currency) -> Result<Self, String> {
        let decimals = usize::try_from(currency.decimals()).unwrap_or(2);
        let example = Self { minor_units: 12_345_600, currency }.amount();
        let wrong =
            || format!("an amount of {currency} has {decimals} decimals, such as {example}");
        let (whole, rest) = amount.split_once('.').unwrap_or((amount, ""));
        let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !digits(whole) || !digits(rest) || rest.len() != decimals {
            return Err(wrong());
        }
        if (decimals == 0 && amount.contains('.')) || (whole.len() > 1 && whole.starts_with('0')) {
            return Err(wrong());
        }
        let minor_units: i64 = format!("{whole}{rest}").parse().map_err(|_| wrong())?;
        if minor_units > MINOR_UNITS_MAX {
            return Err("the amount is too large".to_owned());
        }
        Ok(Self { minor_units, currency })
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Wire { amount: self.amount().into(), currency: self.currency }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wire = Wire::deserialize(deserializer)?;
        Self::parse(&wire.amount, wire.currency).map_err(D::Error::custom)
    }
}

impl PartialSchema for Money {
    fn schema() -> RefOr<Schema> {
        let amount = ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("A decimal with exactly the currency's decimals."))
            .pattern(Some(r"^(0|[1-9][0-9]{0,15})(\.[0-9]{1,4})?$"))
            .examples([serde_json::Value::String("123456.00".to_owned())]);
        ObjectBuilder::new()
            .description(Some("An exact amount of money."))
            .property("amount", amount)
            .property("currency", Currency::schema())
            .required("amount")
            .required("currency")
            .additional_properties(Some(AdditionalProperties::FreeForm(false)))
            .examples([serde_json::json!({ "amount": "123456.00", "currency": "EUR" })])
            .into()
    }
}
impl ToSchema for Money {
    fn name() -> Cow<'static, str> {
        "Money".into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(amount: &str, code: &str) -> Result<i64, String> {
        Money::parse(amount, Currency::parse(code)?).map(|money| money.minor_units)
    }

    #[test]
    fn amounts_have_exactly_the_decimals_of_their_currency() {
        assert_eq!(read("123456.00", "EUR"), Ok(12_345_600));
        assert_eq!(read("5", "JPY"), Ok(5));
        assert_eq!(read("1.234", "KWD"), Ok(1234));
        for (amount, code) in [
            ("1", "EUR"),
            ("1.0", "EUR"),
            ("1.000", "EUR"),
            ("5.0", "JPY"),
            ("-1.00", "EUR"),
            ("01.00", "EUR"),
            ("1e3", "JPY"),
            ("", "JPY"),
        ] {
            assert!(read(amount, code).is_err(), "{amount} {code}");
        }
        assert!(Currency::parse("XAU").is_err());
    }

    #[test]
    fn an_amount_is_shown_as_it_was_read() {
        for (amount, code) in
            [("0.05", "EUR"), ("123456.00", "USD"), ("7", "JPY"), ("1.005", "KWD")]
        {
            let money =
                Money::parse(amount, Currency::parse(code).expect("a currency")).expect("money");
            assert_eq!(money.amount(), amount);
        }
    }
}
