//! A line of `flags.ndjson`, written straight. What it says is what the `Serialize` of a
//! [`Flag`](crate::Flag) says, byte for byte; a property holds the two equal.

use crate::line::Line;
use overdose_risk::policy::Alert;
use overdose_risk::{Answer, ExplainedReason, Explanation, Lever, Question, Step, Tier};
use std::io;

/// What stands in the line of an explanation.
pub(crate) fn explanation(line: &mut Line<'_>, said: &Explanation<'_>) -> io::Result<()> {
    line.day(r#","as_of":"#, said.as_of)?;
    line.text(r#","policy":"#, said.policy)?;
    line.name(r#","tier":"#, said.tier.name());
    line.text(r#","promise":"#, said.promise)?;
    line.name(r#","by_known_facts":"#, said.by_known_facts.name());
    if said.by_known_facts != said.tier {
        line.text(r#","promise_by_known_facts":"#, said.promise_by_known_facts)?;
    }
    line.number(r#","points":"#, said.points)?;
    line.name(r#","could_reach":"#, said.could_reach.name());
    line.number(r#","could_points":"#, said.could_points)?;
    line.yes_or_no(r#","naloxone_gap":"#, said.naloxone_gap);
    line.yes_or_no(r#","in_custody":"#, said.in_custody);
    if said.under_18 {
        line.yes_or_no(r#","under_18":"#, true);
    }
    line.array(r#","reasons":"#, &said.reasons, reason)?;
    line.array(r#","questions":"#, &said.questions, question)?;
    line.array(r#","offers":"#, said.offers.iter().copied(), Line::text)?;
    line.array(r#","levers":"#, &said.levers, lever)?;
    if let Some(found) = said.alert {
        alert(line, found)?;
    }
    line.day_or_null(r#","valid_until":"#, said.valid_until)
}

fn reason(line: &mut Line<'_>, lead: &str, reason: &ExplainedReason<'_>) -> io::Result<()> {
    line.put(lead);
    line.name(r#"{"factor":"#, reason.factor);
    line.name(r#","level":"#, reason.level);
    line.text(r#","sentence":"#, &reason.sentence)?;
    line.number(r#","points":"#, reason.points)?;
    line.text_or_null(r#","not_counted":"#, reason.not_counted.as_deref())?;
    line.text_or_null(r#","floor":"#, reason.floor.map(Tier::name))?;
    line.yes_or_no(r#","judgement":"#, reason.judgement);
    line.array(r#","sources":"#, reason.sources.iter().copied(), Line::text)?;
    if let Some(why) = &reason.set_because {
        line.text(r#","set_because":"#, why)?;
    }
    line.text(r#","action":"#, reason.action)?;
    line.day_or_null(r#","holds_until":"#, reason.holds_until)?;
    line.put("}");
    Ok(())
}

fn question(line: &mut Line<'_>, lead: &str, question: &Question) -> io::Result<()> {
    line.put(lead);
    line.name(r#"{"field":"#, question.field.name());
    line.text(r#","ask":"#, question.ask)?;
    line.number(r#","could_points":"#, question.could_points)?;
    line.name(r#","could_reach":"#, question.could_reach.name());
    line.put("}");
    Ok(())
}

fn lever(line: &mut Line<'_>, lead: &str, lever: &Lever) -> io::Result<()> {
    line.put(lead);
    line.name(r#"{"step":"#, lever.step.name());
    match lever.step {
        Step::KitHandedOver | Step::TreatmentStarted => {}
        Step::Answered { field, answer } => {
            line.name(r#","field":"#, field.name());
            match answer {
                Answer::Named(name) => line.name(r#","answer":"#, name),
                Answer::On(day) => line.day(r#","answer":"#, day)?,
                Answer::Aged { .. } | Answer::NoneRecorded => {
                    line.text(r#","answer":"#, &answer.to_string())?;
                }
            }
        }
        Step::On(day) => line.day(r#","on":"#, day)?,
    }
    line.name(r#","tier":"#, lever.tier.name());
    if lever.by_known_facts != lever.tier {
        line.name(r#","by_known_facts":"#, lever.by_known_facts.name());
    }
    line.number(r#","points":"#, lever.points)?;
    line.put("}");
    Ok(())
}

fn alert(line: &mut Line<'_>, alert: &Alert) -> io::Result<()> {
    line.text(r#","alert":{"text":"#, &alert.text)?;
    line.text(r#","offer":"#, &alert.offer)?;
    line.day(r#","until":"#, alert.until)?;
    line.put("}");
    Ok(())
}
