//! Which headers say that a column identifies people.

mod rules;
mod table;
mod words;

use crate::kinds::kinds;
use rules::RULES;
use words::Words;

kinds! {
    /// What says by itself, or nearly so, who a person is. An export needs none of it.
    #[non_exhaustive]
    Identifier;
    /// A name of anybody: the person, a relative, a worker.
    Name, "name", "export without names";
    /// The first letters of a name.
    Initials, "initials", "export without initials";
    /// The NHS number, or the number that stands for it in Scotland.
    NhsNumber, "nhs-number", "export a pseudonym in its place";
    /// The full date of birth, or its day. The year alone is none, nor is the month.
    DateOfBirth, "date-of-birth", "export the age or the year of birth in its place";
    /// Where somebody lives, as an address, as a part of one or as a property reference number.
    Address, "address", "export without addresses";
    /// A full postcode. Its first part is none.
    Postcode, "postcode", "export without postcodes, or call the column postcode_district if it is";
    /// A telephone number.
    Telephone, "telephone", "export without telephone numbers";
    /// An e-mail address.
    Email, "e-mail", "export without e-mail addresses";
    /// The National Insurance number.
    NationalInsuranceNumber, "national-insurance-number",
        "export without National Insurance numbers";
    /// The number by which prisons know somebody.
    PrisonNumber, "prison-number", "export without prison numbers";
    /// The number by which the police or probation know somebody.
    PoliceOrProbationNumber, "police-or-probation-number",
        "export without police and probation numbers";
    /// The number by which a hospital knows somebody.
    HospitalNumber, "hospital-number", "export without hospital numbers";
    /// The number of a passport, a licence or a bank account.
    DocumentNumber, "document-number", "export without numbers of documents and accounts";
    /// A key made of initials, date of birth and sex; or the client reference of NDTMS, which may be
    /// made of a name.
    Attributor, "attributor", "export without attributors and client references";
}

impl Identifier {
    /// How much of a header is looked at, in bytes.
    pub const LONGEST_HEADER: usize = 256;

    /// The identifier that a header or a key of JSON names, if any. A key may be a path, as in
    /// `patient.name[0].family`.
    ///
    /// A header is taken for the words in it, wherever they are joined: `NHSNumber`, `nhs_no.` and
    /// `nhsno` are the same. Words beside them decide: `Service Name` names nobody, and `dob_known`
    /// is a yes or a no. What stands for a person without saying who, such as `client_id`, is none;
    /// nor is a role, such as `keyworker`, unless the header says that its name is meant.
    ///
    /// This is a net and no proof. A column called `notes` may hold anything.
    ///
    /// ```
    /// use overdose_risk_intake::Identifier;
    ///
    /// assert_eq!(Identifier::named(b"Service User Surname"), Some(Identifier::Name));
    /// assert_eq!(Identifier::named(b"ClientDOB"), Some(Identifier::DateOfBirth));
    /// assert_eq!(Identifier::named(b"drug_name"), None);
    /// assert_eq!(Identifier::named(b"birth_year"), None);
    /// ```
    pub fn named(header: &[u8]) -> Option<Self> {
        let words = Words::of(header.get(..Self::LONGEST_HEADER).unwrap_or(header));
        if !words.may_name() {
            return None;
        }
        let phrases = words.phrases();
        let mut rules = RULES.iter().enumerate();
        let found = rules.find(|(place, rule)| phrases.iter().any(|it| it.names(*place, rule)));
        found.map(|(_, rule)| rule.kind)
    }

    /// The identifier that a key within others names, given by its path, if any. The keys around it can
    /// be anybody's words: `demographics.email` is a person's, but not `pharmacy.email`.
    ///
    /// ```
    /// use overdose_risk_intake::Identifier;
    ///
    /// assert_eq!(Identifier::within("demographics.name"), Some(Identifier::Name));
    /// assert_eq!(Identifier::within("drug.name"), None);
    /// ```
    pub fn within(path: &str) -> Option<Self> {
        let whole = Self::named(path.as_bytes());
        let Some((around, key)) = path.rsplit_once('.') else { return whole };
        whole.or_else(|| {
            Self::named(key.as_bytes()).filter(|kind| words::is_kept_within(around, *kind))
        })
    }
}
