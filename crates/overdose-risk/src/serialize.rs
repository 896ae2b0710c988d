//! `Serialize` for what comes out. The shapes stand here, apart from the types, so that a rename in
//! the code cannot change what others read.

use crate::assessment::{Assessment, Tier};
use crate::explain::{ExplainedReason, Explanation, Question};
use crate::lever::{Lever, Step};
use crate::policy::Alert;
use crate::record::Field;
use crate::tally::{Completeness, Tally};
use chrono::NaiveDate;
use serde::ser::{Serialize, SerializeMap, SerializeStruct, Serializer};
use std::fmt::Display;

impl Serialize for Tier {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl Serialize for Field {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// The same as its explanation.
impl Serialize for Assessment<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.explain().serialize(serializer)
    }
}

impl Serialize for Explanation<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut shape = serializer.serialize_struct("Explanation", 18)?;
        shape.serialize_field("as_of", &Text(&self.as_of))?;
        shape.serialize_field("policy", self.policy)?;
        shape.serialize_field("tier", &self.tier)?;
        shape.serialize_field("promise", self.promise)?;
        shape.serialize_field("by_known_facts", &self.by_known_facts)?;
        if self.by_known_facts == self.tier {
            shape.skip_field("promise_by_known_facts")?;
        } else {
            shape.serialize_field("promise_by_known_facts", self.promise_by_known_facts)?;
        }
        shape.serialize_field("points", &self.points)?;
        shape.serialize_field("could_reach", &self.could_reach)?;
        shape.serialize_field("could_points", &self.could_points)?;
        shape.serialize_field("naloxone_gap", &self.naloxone_gap)?;
        shape.serialize_field("in_custody", &self.in_custody)?;
        if self.under_18 {
            shape.serialize_field("under_18", &true)?;
        } else {
            shape.skip_field("under_18")?;
        }
        shape.serialize_field("reasons", &self.reasons)?;
        shape.serialize_field("questions", &self.questions)?;
        shape.serialize_field("offers", &self.offers)?;
        shape.serialize_field("levers", &self.levers)?;
        match self.alert {
            Some(alert) => shape.serialize_field("alert", alert)?,
            None => shape.skip_field("alert")?,
        }
        shape.serialize_field("valid_until", &text(&self.valid_until))?;
        shape.end()
    }
}

impl Serialize for Alert {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut shape = serializer.serialize_struct("Alert", 3)?;
        shape.serialize_field("text", &self.text)?;
        shape.serialize_field("offer", &self.offer)?;
        shape.serialize_field("until", &Text(&self.until))?;
        shape.end()
    }
}

impl Serialize for ExplainedReason<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut shape = serializer.serialize_struct("Reason", 11)?;
        shape.serialize_field("factor", self.factor)?;
        shape.serialize_field("level", self.level)?;
        shape.serialize_field("sentence", &self.sentence)?;
        shape.serialize_field("points", &self.points)?;
        shape.serialize_field("not_counted", &self.not_counted)?;
        shape.serialize_field("floor", &self.floor)?;
        shape.serialize_field("judgement", &self.judgement)?;
        shape.serialize_field("sources", &self.sources)?;
        match &self.set_because {
            Some(why) => shape.serialize_field("set_because", why)?,
            None => shape.skip_field("set_because")?,
        }
        shape.serialize_field("action", self.action)?;
        shape.serialize_field("holds_until", &text(&self.holds_until))?;
        shape.end()
    }
}

impl Serialize for Question {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut shape = serializer.serialize_struct("Question", 4)?;
        shape.serialize_field("field", &self.field)?;
        shape.serialize_field("ask", self.ask)?;
        shape.serialize_field("could_points", &self.could_points)?;
        shape.serialize_field("could_reach", &self.could_reach)?;
        shape.end()
    }
}

/// Without what would be null, and without what the tier says already: there are many of them.
impl Serialize for Lever {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut shape = serializer.serialize_map(None)?;
        shape.serialize_entry("step", self.step.name())?;
        match &self.step {
            Step::KitHandedOver | Step::TreatmentStarted => {}
            Step::Answered { field, answer } => {
                shape.serialize_entry("field", field)?;
                shape.serialize_entry("answer", &Text(answer))?;
            }
            Step::On(day) => shape.serialize_entry("on", &Text(day))?,
        }
        shape.serialize_entry("tier", &self.tier)?;
        if self.by_known_facts != self.tier {
            shape.serialize_entry("by_known_facts", &self.by_known_facts)?;
        }
        shape.serialize_entry("points", &self.points)?;
        shape.end()
    }
}

impl Serialize for Tally {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut shape = serializer.serialize_struct("Tally", 7)?;
        shape.serialize_field("people", &Map(|| self.tiers().map(|(t, n)| (t.name(), n))))?;
        let by_known_facts =
            || self.not_enough_information().map(|(urgency, n)| (Tier::from(urgency).name(), n));
        shape.serialize_field("not_enough_information", &Map(by_known_facts))?;
        shape.serialize_field("naloxone_gaps", &self.naloxone_gaps())?;
        shape.serialize_field("in_custody", &self.in_custody())?;
        let levels =
            || self.levels().map(|(factor, level, n)| (format!("{factor}:{}", level.name), n));
        shape.serialize_field("levels", &Map(levels))?;
        let fields = || self.completeness().map(|(field, counts)| (field.name(), counts));
        shape.serialize_field("fields", &Map(fields))?;
        let questions = || self.questions().into_iter().map(|(field, n)| (field.name(), n));
        shape.serialize_field("questions", &Map(questions))?;
        shape.end()
    }
}

impl Serialize for Completeness {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut shape = serializer.serialize_struct("Completeness", 4)?;
        shape.serialize_field("known", &self.known)?;
        shape.serialize_field("none_recorded", &self.none_recorded)?;
        shape.serialize_field("unknown", &self.unknown)?;
        shape.serialize_field("not_collected", &self.not_collected)?;
        shape.end()
    }
}

/// A value as its text: chrono's own serialisation would need a feature of its own.
struct Text<'a, T>(&'a T);

impl<T: Display> Serialize for Text<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self.0)
    }
}

fn text(date: &Option<NaiveDate>) -> Option<Text<'_, NaiveDate>> {
    date.as_ref().map(Text)
}

/// Pairs as a map, in their order.
struct Map<F>(F);

impl<F, I, K, V> Serialize for Map<F>
where
    F: Fn() -> I,
    I: Iterator<Item = (K, V)>,
    K: Serialize,
    V: Serialize,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (key, value) in (self.0)() {
            map.serialize_entry(&key, &value)?;
        }
        map.end()
    }
}
