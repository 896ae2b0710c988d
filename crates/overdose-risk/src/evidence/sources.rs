//! The publications, one `static` each, in order of key.

use super::Identifier::{Address, Doi, Pmc, Pmid};
use super::Outcome::{AnyDeath, FatalOverdose, NonFatalOverdose, RespiratoryDisease};
use super::{Read, Source};

/// Every source, in order of key.
pub static SOURCES: &[&Source] = &[
    &BINSWANGER_2016,
    &BIRD_2016,
    &BOGDANOWICZ_2016,
    &CAUDARELLA_2016,
    &CORNISH_2010,
    &DOMZARIDOU_2022,
    &EMCDDA_NORWAY,
    &GAO_2016,
    &GLANCY_SCOTLAND,
    &LEWER_2021,
    &LEWER_2022_BMJ_MEDICINE,
    &LEWER_2022_HUPIO,
    &MACLEOD_2019,
    &MCAULEY_2023,
    &MERRALL_2010,
    &MERRALL_2013,
    &PHS_NDRDD,
    &PIERCE_2016,
    &SEAL_2001,
    &STRANG_2003,
];

/// Mortality after release from prison, Washington State.
pub static BINSWANGER_2016: Source = Source {
    key: "binswanger-2016",
    authors: "Binswanger and others",
    year: Some(2016),
    published_in: "Addiction 111:499-510",
    identifier: Pmc(4834273),
    population: "people released from prison, Washington State, nested case-control",
    outcome: AnyDeath,
    read: Read::Excerpt,
};

/// Scotland's national naloxone programme, before and after.
pub static BIRD_2016: Source = Source {
    key: "bird-2016",
    authors: "Bird and others",
    year: Some(2016),
    published_in: "Addiction 111:883-891",
    identifier: Pmc(4982071),
    population: "opioid-related deaths in Scotland, 2006-10 against 2011-13",
    outcome: FatalOverdose,
    read: Read::Excerpt,
};

/// A brief clinical risk screen and later mortality, South London.
pub static BOGDANOWICZ_2016: Source = Source {
    key: "bogdanowicz-2016",
    authors: "Bogdanowicz and others",
    year: Some(2016),
    published_in: "Drug and Alcohol Dependence 164:82-88",
    identifier: Address("https://ueaeprints.uea.ac.uk/id/eprint/59888/"),
    population: "4,488 people with opioid use disorder, South London",
    outcome: FatalOverdose,
    read: Read::Excerpt,
};

/// Non-fatal overdose and later fatal overdose, Vancouver.
pub static CAUDARELLA_2016: Source = Source {
    key: "caudarella-2016",
    authors: "Caudarella and others",
    year: Some(2016),
    published_in: "Drug and Alcohol Dependence 162:51-55",
    identifier: Pmc(4833586),
    population: "2,317 people who inject drugs, Vancouver",
    outcome: FatalOverdose,
    read: Read::Excerpt,
};

/// Mortality at the start and after the end of opioid substitution treatment.
pub static CORNISH_2010: Source = Source {
    key: "cornish-2010",
    authors: "Cornish and others",
    year: Some(2010),
    published_in: "BMJ 341:c5475",
    identifier: Pmid(20978062),
    population: "5,577 people in opioid substitution treatment, UK primary care, 1990-2005",
    outcome: AnyDeath,
    read: Read::Excerpt,
};

/// Admissions for overdose around opioid substitution treatment, England.
pub static DOMZARIDOU_2022: Source = Source {
    key: "domzaridou-2022",
    authors: "Domzaridou and others",
    year: Some(2022),
    published_in: "Lancet Regional Health Europe 22:100489",
    identifier: Address("https://doaj.org/article/e251bf2aad76439cb113db79a730c631"),
    population: "20,898 people in opioid substitution treatment, England",
    outcome: NonFatalOverdose,
    read: Read::Excerpt,
};

/// Deaths after leaving inpatient treatment, Norway, as summarised by the EMCDDA.
pub static EMCDDA_NORWAY: Source = Source {
    key: "emcdda-norway",
    authors: "EMCDDA",
    year: None,
    published_in: "summary of an 8-year prospective study of discharge from inpatient treatment",
    identifier: Address(
        "http://www.emcdda.europa.eu./drugs-library/mortality-among-drug-users-after-discharge-inpatient-treatment-8-year-prospective-study_en",
    ),
    population: "276 people, Norway; the deaths counted were all opiate overdoses",
    outcome: AnyDeath,
    read: Read::Summary,
};

/// Age and drug-related death among people prescribed methadone, Scotland.
pub static GAO_2016: Source = Source {
    key: "gao-2016",
    authors: "Gao and others",
    year: Some(2016),
    published_in: "Drug and Alcohol Dependence 167:214-223",
    identifier: Pmc(5047032),
    population: "33,128 people prescribed methadone, Scotland, 2009-13",
    outcome: FatalOverdose,
    read: Read::Excerpt,
};

/// Gabapentinoids and z-drugs beside opioid agonist treatment, Scotland.
pub static GLANCY_SCOTLAND: Source = Source {
    key: "glancy-scotland",
    authors: "Glancy and others",
    year: None,
    published_in: "Glasgow Caledonian University research record",
    identifier: Address(
        "https://researchonline.gcu.ac.uk/en/publications/risk-of-drug-related-death-associated-with-co-prescribing-of-gaba",
    ),
    population: "46,602 people in opioid agonist treatment, Scotland, 2011-20",
    outcome: FatalOverdose,
    read: Read::Excerpt,
};

/// Opioid deaths after discharge from hospital, England.
pub static LEWER_2021: Source = Source {
    key: "lewer-2021",
    authors: "Lewer and others",
    year: Some(2021),
    published_in: "PLoS Medicine 18:e1003759",
    identifier: Doi("10.1371/journal.pmed.1003759"),
    population: "13,609 opioid deaths, England, 2010-19, case-crossover",
    outcome: FatalOverdose,
    read: Read::Excerpt,
};

/// Chronic obstructive pulmonary disease among people who use opioids, England.
pub static LEWER_2022_BMJ_MEDICINE: Source = Source {
    key: "lewer-2022-bmj-medicine",
    authors: "Lewer and others",
    year: Some(2022),
    published_in: "BMJ Medicine 1:e000215",
    identifier: Address("https://www.drugsandalcohol.ie/37210/"),
    population: "106,789 people with a record of illicit opioid use, England",
    outcome: RespiratoryDisease,
    read: Read::Excerpt,
};

/// Rates of drug-related death by age, England (the HUPIO cohort).
pub static LEWER_2022_HUPIO: Source = Source {
    key: "lewer-2022-hupio",
    authors: "Lewer and others",
    year: Some(2022),
    published_in: "Lancet Public Health; the rates by year of age in its data repository, \
                   danlewer/hupio at e0d9e20a",
    identifier: Doi("10.1016/S2468-2667(21)00254-1"),
    population: "people with a record of illicit opioid use, England, 960,711 person-years",
    outcome: FatalOverdose,
    read: Read::Derived,
};

/// Benzodiazepines beside opioid agonist treatment, UK primary care.
pub static MACLEOD_2019: Source = Source {
    key: "macleod-2019",
    authors: "Macleod and others",
    year: Some(2019),
    published_in: "PLoS Medicine",
    identifier: Doi("10.1371/journal.pmed.1002965"),
    population: "12,118 people in opioid agonist treatment, UK primary care",
    outcome: FatalOverdose,
    read: Read::Excerpt,
};

/// Drug-related death on and off opioid agonist treatment, Scotland.
pub static MCAULEY_2023: Source = Source {
    key: "mcauley-2023",
    authors: "McAuley and others",
    year: Some(2023),
    published_in: "Lancet Public Health",
    identifier: Address(
        "https://researchonline.gcu.ac.uk/en/publications/mortality-among-individuals-prescribed-opioid-agonist-therapy-in-",
    ),
    population: "46,453 people prescribed opioid agonist treatment, Scotland, 2011-20",
    outcome: FatalOverdose,
    read: Read::Excerpt,
};

/// Drug-related death soon after release from prison, a meta-analysis.
pub static MERRALL_2010: Source = Source {
    key: "merrall-2010",
    authors: "Merrall and others",
    year: Some(2010),
    published_in: "Addiction",
    identifier: Pmc(2955973),
    population: "people released from prison, meta-analysis of 6 prison systems, 612 deaths",
    outcome: FatalOverdose,
    read: Read::Excerpt,
};

/// Drug-related death after discharge from hospital, Scotland.
pub static MERRALL_2013: Source = Source {
    key: "merrall-2013",
    authors: "Merrall and others",
    year: Some(2013),
    published_in: "Addiction 108:377-384",
    identifier: Address("https://strathprints.strath.ac.uk/id/eprint/42915"),
    population: "69,457 people in drug treatment, Scotland, 1996-2006",
    outcome: FatalOverdose,
    read: Read::Excerpt,
};

/// Circumstances of drug-related deaths, Scotland.
pub static PHS_NDRDD: Source = Source {
    key: "phs-ndrdd-2020",
    authors: "Public Health Scotland",
    year: None,
    published_in: "National Drug-Related Deaths Database, deaths registered in 2019 and 2020",
    identifier: Address(
        "https://drinkanddrugsnews.com/more-than-60-per-cent-of-people-dying-a-drug-related-death-in-scotland-lived-alone",
    ),
    population: "people who died a drug-related death, Scotland",
    outcome: FatalOverdose,
    read: Read::Summary,
};

/// Treatment and fatal opioid poisoning, England.
pub static PIERCE_2016: Source = Source {
    key: "pierce-2016",
    authors: "Pierce and others",
    year: Some(2016),
    published_in: "Addiction 111:298-308",
    identifier: Pmid(26452239),
    population: "151,983 people treated for opioid dependence, England, 2005-09",
    outcome: FatalOverdose,
    read: Read::Excerpt,
};

/// Overdose among people who inject heroin, San Francisco.
pub static SEAL_2001: Source = Source {
    key: "seal-2001",
    authors: "Seal and others",
    year: Some(2001),
    published_in: "American Journal of Public Health 91:1842-1846",
    identifier: Pmc(1446888),
    population: "1,427 people injecting heroin, San Francisco",
    outcome: NonFatalOverdose,
    read: Read::Excerpt,
};

/// Deaths after completing inpatient detoxification, London.
pub static STRANG_2003: Source = Source {
    key: "strang-2003",
    authors: "Strang and others",
    year: Some(2003),
    published_in: "BMJ 326:959-960",
    identifier: Address("http://www.bmj.com/content/326/7396/959"),
    population: "137 people in inpatient opioid detoxification, London",
    outcome: FatalOverdose,
    read: Read::Excerpt,
};
