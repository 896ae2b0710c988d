//! What a run said of a person, kept small: many people have the same tier for the same reasons.

use crate::error::PreviousFault;
use chrono::NaiveDate;
use overdose_risk::Tier;
use std::collections::HashMap;
use std::rc::Rc;

/// When something was said, and by which policy. Of somebody who is carried that is not the run before.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Occasion {
    pub(crate) as_of: NaiveDate,
    /// As `name@version#fingerprint`.
    pub(crate) policy: Rc<str>,
}

/// What a run said of a person: the tier, and which level each factor showed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Said<'v> {
    pub(crate) on: &'v Occasion,
    pub(crate) tier: Tier,
    levels: &'v [u8],
    names: &'v [(String, String)],
}

impl<'v> Said<'v> {
    /// The factors that showed a level, and which.
    pub(crate) fn levels(&self) -> impl Iterator<Item = (&'v str, &'v str)> + use<'v> {
        let names = self.names;
        let named = self.levels.iter().filter_map(|place| names.get(usize::from(*place)));
        named.map(|(factor, level)| (factor.as_str(), level.as_str()))
    }
}

/// All that a run said of anybody, each once.
#[derive(Debug)]
pub(crate) struct Vocabulary {
    /// Factors with levels. A program of another version may have had some that this one does not
    /// know, so these are words.
    names: Vec<(String, String)>,
    said: Vec<Words>,
    places: HashMap<Words, u32>,
}

type Words = (Occasion, Tier, Box<[u8]>);

impl Vocabulary {
    pub(crate) fn new() -> Self {
        Self { names: Vec::new(), said: Vec::new(), places: HashMap::new() }
    }

    /// The place of a tier and the `factor:level:points` of `flags.csv`.
    pub(crate) fn place(
        &mut self,
        on: &Occasion,
        tier: Tier,
        reasons: &str,
    ) -> Result<u32, PreviousFault> {
        let levels = reasons.split(';').filter(|reason| !reason.is_empty()).map(|reason| {
            let (level, _points) = reason.rsplit_once(':')?;
            level.split_once(':')
        });
        let levels: Option<Vec<(&str, &str)>> = levels.collect();
        let levels = levels.ok_or(PreviousFault::Altered("flags.csv"))?;
        self.place_of(on, tier, levels.into_iter())
    }

    /// The place of a tier and levels.
    pub(crate) fn place_of<'l>(
        &mut self,
        on: &Occasion,
        tier: Tier,
        levels: impl Iterator<Item = (&'l str, &'l str)>,
    ) -> Result<u32, PreviousFault> {
        let mut places = Vec::new();
        for (factor, level) in levels {
            let known = self.names.iter().position(|(f, l)| f == factor && l == level);
            let place = known.unwrap_or_else(|| {
                self.names.push((factor.to_owned(), level.to_owned()));
                self.names.len() - 1
            });
            places.push(u8::try_from(place).map_err(|_| PreviousFault::Altered("flags.csv"))?);
        }
        let said = (on.clone(), tier, places.into_boxed_slice());
        if let Some(place) = self.places.get(&said) {
            return Ok(*place);
        }
        // There are no more than people.
        let place = u32::try_from(self.said.len()).unwrap_or(u32::MAX);
        self.said.push(said.clone());
        self.places.insert(said, place);
        Ok(place)
    }

    pub(crate) fn said(&self, place: u32) -> Option<Said<'_>> {
        let (on, tier, levels) = self.said.get(usize::try_from(place).ok()?)?;
        Some(Said { on, tier: *tier, levels, names: &self.names })
    }
}

pub(crate) fn tier_named(name: &str) -> Option<Tier> {
    Tier::ALL.into_iter().find(|tier| tier.name() == name)
}
