//! What is so with a person, whether or not anybody recorded it: each fact given the ones before.

use super::assumptions::*;
use super::draw::Draw;
use overdose_risk::{CaseStatus, Housing, Injecting, Naloxone, OpioidUse, Ost};

/// The facts that hang together. Times are in days before the export.
pub(super) struct Life {
    pub(super) group: Group,
    pub(super) years: u32,
    pub(super) case: CaseStatus,
    pub(super) housing: Housing,
    pub(super) treatment: Treatment,
    pub(super) opioid_use: OpioidUse,
    pub(super) injecting: Injecting,
    pub(super) released: Option<u32>,
    pub(super) naloxone: Naloxone,
    pub(super) benzodiazepines: bool,
}

pub(super) struct Treatment {
    pub(super) ost: Ost,
    pub(super) started: Option<u32>,
    pub(super) ended: Option<u32>,
    pub(super) exit: Option<u32>,
}

impl Life {
    pub(super) fn draw(draw: &mut Draw) -> Self {
        let group = group(draw);
        let years = years(draw, group);
        let case = case(draw, group);
        let housing = housing(draw, group);
        let treatment = Treatment::draw(draw, group, case);
        let opioid_use = opioid_use(draw, group, case, treatment.ost);
        let injecting = injecting(draw, group, opioid_use);
        let released = released(draw, group, case, housing);
        let naloxone = naloxone(draw, group, released);
        let benzodiazepines = draw.happens(benzodiazepines(opioid_use).of(group));
        Self {
            group,
            years,
            case,
            housing,
            treatment,
            opioid_use,
            injecting,
            released,
            naloxone,
            benzodiazepines,
        }
    }
}

fn group(draw: &mut Draw) -> Group {
    let shares = [(IN_GROUP.opiate, Group::Opiate), (IN_GROUP.non_opiate, Group::NonOpiate)];
    draw.one_of(shares, Group::AlcoholOnly)
}

fn years(draw: &mut Draw, group: Group) -> u32 {
    let bands = [
        (AGED_18_24.of(group), (18, 24)),
        (AGED_25_34.of(group), (25, 34)),
        (AGED_35_44.of(group), (35, 44)),
        (AGED_45_54.of(group), (45, 54)),
        (AGED_55_64.of(group), (55, 64)),
    ];
    let (youngest, oldest) = draw.one_of(bands, (65, 79));
    draw.between(youngest, oldest)
}

fn case(draw: &mut Draw, group: Group) -> CaseStatus {
    let shares = [
        (CLOSED.of(group), CaseStatus::Closed),
        (IN_CUSTODY.of(group), CaseStatus::InCustody),
        (DIED.of(group), CaseStatus::Died),
    ];
    draw.one_of(shares, CaseStatus::Open)
}

fn housing(draw: &mut Draw, group: Group) -> Housing {
    let shares = [
        (NO_FIXED_ABODE.of(group), Housing::NoFixedAbode),
        (HOUSING_AT_RISK.of(group), Housing::AtRisk),
    ];
    draw.one_of(shares, Housing::Settled)
}

impl Treatment {
    fn draw(draw: &mut Draw, group: Group, case: CaseStatus) -> Self {
        let on_ost = match case {
            CaseStatus::Open | CaseStatus::Died => ON_OST.of(group),
            CaseStatus::InCustody => ON_OST_IN_CUSTODY.of(group),
            CaseStatus::Closed => 0,
        };
        if draw.happens(on_ost) {
            Self::on_ost(draw, group)
        } else {
            Self::off_ost(draw, group, case)
        }
    }

    fn on_ost(draw: &mut Draw, group: Group) -> Self {
        let windows = [
            (OST_BEGAN_0_28.of(group), (0, 28)),
            (OST_BEGAN_29_365.of(group), (29, 365)),
            (OST_BEGAN_1_5_YEARS.of(group), (366, 5 * 365)),
        ];
        let (first, last) = draw.one_of(windows, (5 * 365 + 1, 15 * 365));
        let started = draw.between(first, last);
        let again = draw.happens(OST_BEGAN_AGAIN.of(group));
        let ended = again.then(|| started + draw.between(1, 700));
        let earlier = draw.happens(EARLIER_EPISODE.of(group));
        let exit = earlier.then(|| started.max(60) + draw.between(1, 2000));
        Self { ost: Ost::Prescribed, started: Some(started), ended, exit }
    }

    fn off_ost(draw: &mut Draw, group: Group, case: CaseStatus) -> Self {
        let exit = if case == CaseStatus::Closed {
            Some(draw.between(0, 365))
        } else {
            draw.happens(EARLIER_EPISODE.of(group)).then(|| draw.between(60, 8 * 365))
        };
        let before = draw.happens(OST_BEFORE.of(group));
        let ended =
            before.then(|| ost_ended(draw, group, exit.filter(|_| case == CaseStatus::Closed)));
        let started = ended.map(|ended| ended + draw.between(30, 2500));
        Self { ost: Ost::NotPrescribed, started, ended, exit }
    }
}

fn ost_ended(draw: &mut Draw, group: Group, closed: Option<u32>) -> u32 {
    if let Some(closed) = closed {
        let at_exit = draw.happens(OST_ENDED_AT_EXIT.of(group));
        return closed + if at_exit { draw.between(0, 7) } else { draw.between(30, 2000) };
    }
    let windows = [(OST_ENDED_0_28.of(group), (0, 28)), (OST_ENDED_29_365.of(group), (29, 365))];
    let (first, last) = draw.one_of(windows, (366, 8 * 365));
    draw.between(first, last)
}

fn opioid_use(draw: &mut Draw, group: Group, case: CaseStatus, ost: Ost) -> OpioidUse {
    let using = match (case, ost) {
        (CaseStatus::InCustody, _) => USING_IN_CUSTODY,
        (_, Ost::Prescribed) => USING_ON_OST,
        (CaseStatus::Closed, Ost::NotPrescribed) => USING_CLOSED,
        (CaseStatus::Open | CaseStatus::Died, Ost::NotPrescribed) => USING_OFF_OST,
    };
    if draw.happens(using.of(group)) {
        OpioidUse::Current
    } else if draw.happens(USED_BEFORE.of(group)) {
        OpioidUse::Past
    } else {
        OpioidUse::None
    }
}

fn injecting(draw: &mut Draw, group: Group, opioid_use: OpioidUse) -> Injecting {
    let now = match opioid_use {
        OpioidUse::Current => INJECTS_USING,
        OpioidUse::Past | OpioidUse::None => INJECTS_OTHERWISE,
    };
    if draw.happens(now.of(group)) {
        Injecting::Current
    } else if draw.happens(INJECTED_BEFORE.of(group)) {
        Injecting::Previous
    } else {
        Injecting::Never
    }
}

fn benzodiazepines(opioid_use: OpioidUse) -> ByGroup {
    match opioid_use {
        OpioidUse::Current => BENZODIAZEPINES_USING,
        OpioidUse::Past | OpioidUse::None => BENZODIAZEPINES,
    }
}

fn released(draw: &mut Draw, group: Group, case: CaseStatus, housing: Housing) -> Option<u32> {
    let within_a_year = match housing {
        Housing::NoFixedAbode => RELEASED_NO_FIXED_ABODE,
        Housing::Settled | Housing::AtRisk => RELEASED,
    };
    // Whoever is in custody again came out before that.
    let latest = if case == CaseStatus::InCustody { 60 } else { 0 };
    in_a_year_or_earlier(draw, within_a_year.of(group), RELEASED_EARLIER.of(group), latest)
}

/// How long ago something was that happened within a year to some, and to some of the others
/// before; `latest` is the fewest days ago that it can have been.
pub(super) fn in_a_year_or_earlier(
    draw: &mut Draw,
    in_a_year: u32,
    earlier: u32,
    latest: u32,
) -> Option<u32> {
    if draw.happens(in_a_year) {
        Some(draw.between(latest, 365))
    } else {
        draw.happens(earlier).then(|| draw.between(366, 8 * 365))
    }
}

fn naloxone(draw: &mut Draw, group: Group, released: Option<u32>) -> Naloxone {
    let held = match released {
        Some(0..=28) => NALOXONE_AFTER_RELEASE,
        _ => NALOXONE_HELD,
    };
    if draw.happens(held.of(group)) { Naloxone::Held } else { Naloxone::NotHeld }
}
