//! The words of headers, as tables. Each is a list with commas, of words and phrases.
//!
//! A phrase is written with spaces and found however its words are joined. The tables are a judgement
//! of which headers occur; `tests/innocent-headers.txt` lists those that must not be refused.

use crate::identifier::Identifier::{
    self, Address, Attributor, DateOfBirth, DocumentNumber, Email, HospitalNumber, Initials, Name,
    NationalInsuranceNumber, NhsNumber, PoliceOrProbationNumber, Postcode, PrisonNumber, Telephone,
};

/// Phrases that name a kind.
pub(super) struct Rule {
    pub(super) kind: Identifier,
    pub(super) beside: Beside,
    pub(super) phrases: &'static str,
}

/// What may stand in a header beside a phrase.
#[derive(Clone, Copy)]
pub(super) enum Beside {
    /// Anything that does not take the meaning away.
    Anything,
    /// Only words that say [whose](WHOSE) or [which](WHICH) it is: `client name`, and not `drug name`.
    WhoseOrWhich,
    /// Nothing.
    Nothing,
}

use Beside::{Anything, Nothing, WhoseOrWhich};

const fn rule(kind: Identifier, beside: Beside, phrases: &'static str) -> Rule {
    Rule { kind, beside, phrases }
}

/// The first that fits counts, so `next of kin phone` is a telephone and `surname initial` no name.
pub(super) const RULES: [Rule; 26] = [
    rule(NhsNumber, Anything, "nhs #, nhs id, chi #"),
    rule(NhsNumber, Nothing, "nhs"),
    rule(NationalInsuranceNumber, Anything, "national insurance #, nat ins #, ni #"),
    rule(NationalInsuranceNumber, WhoseOrWhich, "national insurance, nat ins"),
    rule(PrisonNumber, Anything, "pnoms, nomis, noms #, noms id, prisoner #, hmp #"),
    rule(PrisonNumber, WhoseOrWhich, "prison #, prisoner id, offender #, offender id, noms"),
    rule(
        PoliceOrProbationNumber,
        Anything,
        "pnc #, pnc id, pnc ref, police national computer #, police national computer id, crn #, \
         delius crn, probation crn, case reference #, cro #, probation #",
    ),
    rule(PoliceOrProbationNumber, WhoseOrWhich, "pnc, crn, cro, pnc crn"),
    rule(HospitalNumber, WhoseOrWhich, "mrn, medical record #, hospital #, rio #"),
    rule(
        DocumentNumber,
        Anything,
        "passport #, driving licence #, driving license #, driver #, bank account #, sort code, \
         home office reference, home office ref",
    ),
    rule(
        DateOfBirth,
        Anything,
        "dob, date of birth, dt of birth, birth date, birth dt, birth datetime, date birth, date born, \
         day of birth, birth day",
    ),
    rule(Postcode, Anything, "post code, postal code, zip code"),
    rule(Postcode, WhoseOrWhich, "pc, pcd, pcds, p code, zip"),
    rule(Email, Anything, "email address, email addr"),
    rule(Email, WhoseOrWhich, "email, emails, email add, contact email"),
    rule(
        Address,
        Anything,
        "address line, addr line, line of address, address text, street address, street name, \
         house name, house #, flat #, uprn",
    ),
    rule(Address, WhoseOrWhich, "address, addr, add, contact address"),
    rule(Address, Nothing, "street"),
    rule(
        Telephone,
        Anything,
        "phone #, telephone #, tel #, mobile #, mob #, contact details, telecom value",
    ),
    rule(
        Telephone,
        WhoseOrWhich,
        "phone, telephone, tel, mobile, mob, mobile phone, mobile telephone, phone mobile, tel mobile, \
         tel mob, home phone, home tel, cell phone, landline, contact #, contact phone, \
         contact telephone, contact tel, contact mobile, telecom",
    ),
    rule(
        Initials,
        Anything,
        "initials, surname initial, forename initial, middle initial, initial of surname, \
         initial of forename",
    ),
    rule(Initials, WhoseOrWhich, "first initial, last initial, f initial, s initial, inits"),
    rule(
        Name,
        Anything,
        "surname, forename, forenames, first name, first names, last name, family name, given name, \
         given names, middle name, middle names, christian name, maiden name, full name, nickname, \
         known as, contact name, name given, name family, name text, patient display, \
         subject display, next of kin, nok, emergency contact",
    ),
    rule(Name, WhoseOrWhich, "name, names, f name, s name, l name, alias, aliases"),
    // The client reference of NDTMS is a column `client`. Elsewhere one that is called so holds names.
    rule(Attributor, Anything, "attributor, attributors, attrbdat"),
    rule(Attributor, Nothing, "client"),
];

/// What `#` stands for in a phrase.
pub(super) const NUMBER: &str = "numbers, number, num, nbr, no";

/// A table of words that stand beside phrases.
#[derive(Clone, Copy, Debug)]
pub(super) enum List {
    Whose,
    Which,
    Around,
    Things,
    TakesAway,
    TakesAwayBefore,
    TakesAwayBehind,
    PartOfDate,
    Day,
    PartOfPostcode,
    Places,
}

/// All of them.
pub(super) const LISTS: [(List, &str); 11] = [
    (List::Whose, WHOSE),
    (List::Which, WHICH),
    (List::Around, AROUND),
    (List::Things, THINGS),
    (List::TakesAway, TAKES_AWAY),
    (List::TakesAwayBefore, TAKES_AWAY_BEFORE),
    (List::TakesAwayBehind, TAKES_AWAY_BEHIND),
    (List::PartOfDate, PART_OF_DATE),
    (List::Day, DAY),
    (List::PartOfPostcode, PART_OF_POSTCODE),
    (List::Places, PLACES),
];

/// Whose it is. Each also in the plural, and joined to the front of a phrase: `clientdob`.
const WHOSE: &str = "client, cl, cli, patient, pat, pt, person, people, service user, su, user, \
    participant, customer, individual, next of kin, nok, kin, relative, emergency contact, mother, \
    father, mum, dad, baby, parent, guardian, carer, partner, spouse, wife, husband, child, children, son, \
    daughter, sibling, brother, sister, worker, key worker, case worker, support worker, \
    recovery worker, social worker, outreach worker, staff, manager, case manager, offender manager, \
    care coordinator, care co ordinator, coordinator, nurse, doctor, dr, gp, general practitioner, \
    practitioner, consultant, clinician, prescriber, pharmacist, counsellor, therapist, psychologist, \
    midwife, health visitor, advocate, referrer, assessor, officer, probation officer, solicitor";

/// Which of several it is, the small words between, and what databases put before a name.
const WHICH: &str = "of, for, the, s, own, full, home, work, personal, private, current, \
    present, previous, former, last, last known, latest, new, old, main, primary, secondary, other, \
    alternative, alternate, alt, preferred, prefered, permanent, temporary, temp, postal, mailing, \
    correspondence, residential, residence, emergency, daytime, evening, legal, official, registered, \
    assigned, allocated, named, lead, referring, responsible, \
    ci, ji, txt, str, fld, tbl";

/// Keys around others that only say where they stand.
const AROUND: &str = "demographic, demographics, detail, details, data, info, information, \
    record, profile, identity, identification, contact, contacts, visit, visits, episode, episodes, \
    attribute, attributes, entry, extension, header, payload, item, registration";

/// Things that are called like an identifier of somebody.
const THINGS: &str = "mobile home, mobile worker, mobile nurse, mobile doctor, mobile outreach worker, \
    childbirth date, known as client";

/// Words that take the meaning away, wherever they stand: what the column holds is said about the
/// identifier, or made from it.
const TAKES_AWAY: &str = "consent, consents, consented, permission, preference, status, \
    type, flag, indicator, yn, quality, validity, valid, invalid, error, format, reason, source, count, match, matched, \
    relationship, hash, hashed, hmac, sha, digest, encrypted, pseudonym, pseudonymised, pseudonymized, \
    anonymised, anonymized, masked, redacted, removed, token, tokenised, tokenized";

/// Words that do so before it: `no postcode`. Behind it they are a part of it, or say nothing.
const TAKES_AWAY_BEFORE: &str = "has, have, is, no, any, without, same";

/// Words that do so behind it: `dob verified` is a yes or a no, and `verified dob` a date of birth.
const TAKES_AWAY_BEHIND: &str = "known, unknown, recorded, present, missing, available, \
    held, given, provided, supplied, collected, obtained, complete, completed, checked, verified, \
    validated, confirmed, traced, shared, sent, received, requested, declined, refused, withheld, \
    changed, updated, estimated";

/// Less than the full date. A word for the day makes it one again: `DOB (dd/mm/yyyy)`.
const PART_OF_DATE: &str =
    "year, years, yr, yyyy, month, months, mm, quarter, decade, age, band, since, expected, due";

/// Words for the day.
const DAY: &str = "day, dd";

/// Less than a full postcode, or what is looked up by it.
const PART_OF_POSTCODE: &str = "district, outcode, outward, outer, sector, area, part, \
    partial, prefix, first, half, lsoa, msoa, imd, decile, quintile, ward, region, authority";

/// Places where nobody lives, whose address, postcode and telephone number identify nobody.
const PLACES: &str = "service, provider, agency, organisation, organization, org, team, \
    hub, site, venue, clinic, hospital, trust, practice, surgery, gp, pharmacy, chemist, prison, \
    court, police, school, college, employer, council, commissioner, duty";
