//! Pseudonyms made with a key: the same ones for ever, and nothing of the key.

use overdose_risk_intake::{
    Id, Intake, Pseudonym, PseudonymKey, Quarantine, RowReader, WeakKey, Zeroizing,
};
use proptest::prelude::*;
use sha2::{Digest as _, Sha256};
use std::sync::Arc;

fn read(bytes: &[u8]) -> Result<PseudonymKey, WeakKey> {
    PseudonymKey::new(Zeroizing::new(bytes.to_vec()))
}

/// 32 bytes that look random.
fn binary() -> [u8; 32] {
    Sha256::digest(b"binary").into()
}

/// 64 hexadecimal digits that look random.
fn text() -> String {
    Sha256::digest(b"text").iter().map(|byte| format!("{byte:02x}")).collect()
}

/// More bytes than a block of SHA-256 has.
fn long() -> Vec<u8> {
    (0..3).flat_map(|number: u8| Sha256::digest([number])).collect()
}

fn key() -> PseudonymKey {
    read(&binary()).unwrap()
}

/// With a key, in the order of [`IDS`], and the fingerprint.
type Known = ([&'static str; 5], &'static str);

const IDS: [&[u8]; 5] = [b"9990000018", b"p-17", b"P-17", "\u{e9} 9".as_bytes(), b"\xff"];

// What follows was made with Python 3:
//
// import base64, hashlib, hmac
// def mac(key, purpose, text=b""):
//     said = len(purpose).to_bytes(8, "big") + purpose + text
//     return hmac.new(key, said, hashlib.sha256).digest()
// def pseudonym(key, id):
//     code = mac(key, b"overdose-risk/id/v1", id)[:16]
//     return "v1-" + base64.b32encode(code).decode().rstrip("=").lower()
// def fingerprint(key):
//     return mac(key, b"overdose-risk/key-check/v1")[:8].hex()
// binary = hashlib.sha256(b"binary").digest()
// text = hashlib.sha256(b"text").hexdigest().encode()
// long = b"".join(hashlib.sha256(bytes([n])).digest() for n in range(3))
// for key in binary, text, long:
//     for id in b"9990000018", b"p-17", b"P-17", "\u00e9 9".encode(), b"\xff":
//         print(pseudonym(key, id))
//     print(fingerprint(key))

const BINARY: Known = (
    [
        "v1-hgmcg2u4jh5z22tjczyevv3efq",
        "v1-eoffylt36uxyd7xsawsy5yoig4",
        "v1-gbu6gk54thr7545tmszn3v63ye",
        "v1-bsu6ltamyeozqxm3s6fjhabeqe",
        "v1-75upovzs7q2yppd7ccidjzef7e",
    ],
    "9c331fb5946fe629",
);

const TEXT: Known = (
    [
        "v1-gnvi6l3gtytc5cdiixpthkn63e",
        "v1-fshivxp5vv3blnplautdhjdrmu",
        "v1-drpfacpbg5q5zyfbf5gsqafgru",
        "v1-ahcdul3ss4ylnd4zbn2f3e6lke",
        "v1-3lo5olxkzihtjvohzbydmj37qm",
    ],
    "2613748500da2410",
);

const LONG: Known = (
    [
        "v1-7q4735wwcwcqfuprpgfkb63w54",
        "v1-tdqh4xalovzw7adx56bbzexd3e",
        "v1-elpdjglz6zt6onjlg4daijx7lm",
        "v1-u5sda6oig2lglinrpvo5ptis2y",
        "v1-tvdc4n2ifgqk6etoa2z2r2mzmi",
    ],
    "52f43c5acae87154",
);

#[test]
fn pseudonyms_and_fingerprints_are_those_that_another_program_makes() {
    for (bytes, (pseudonyms, fingerprint)) in
        [(binary().to_vec(), BINARY), (text().into_bytes(), TEXT), (long(), LONG)]
    {
        let key = read(&bytes).unwrap();
        // Twice, since making one must not change the next.
        for _ in 0..2 {
            let made = IDS.map(|id| key.pseudonym(id).unwrap().as_str().to_owned());
            assert_eq!(made, pseudonyms);
            assert_eq!(key.fingerprint(), fingerprint);
        }
    }
}

#[test]
fn an_id_is_the_same_with_space_around_it_and_an_nhs_number_in_groups_too() {
    let key = key();
    let made = |id: &str| key.pseudonym(id.as_bytes()).unwrap();
    for (one, other) in [
        ("9990000018", "999 000 0018"),
        ("9990000018", "999-000-0018"),
        ("9990000018", " 999 000 0018\r\n"),
        ("9990000018", "\t9990000018 "),
        ("p-17", " p-17\x0c"),
        ("p 17", " p 17 "),
    ] {
        assert_eq!(made(one), made(other), "{one:?} {other:?}");
    }
}

#[test]
fn ids_that_may_be_of_two_people_never_become_one() {
    let key = key();
    let ids = [
        "9990000018",
        "9990000019",
        "999 0000018",
        "999 000-0018",
        "99 90000018",
        "999  000 0018",
        "999.000.0018",
        "999 000 00181",
        "0999 000 0018",
        "999 000 001O",
        "999000001O",
        "abc-def-ghij",
        "abc def ghij",
        "abcdefghij",
        "\u{ff19}990000018",
        "p-17",
        "P-17",
        "p17",
        "p 17",
        "p_17",
        "p-017",
        "17",
        "017",
        "1-7",
        "\u{a0}17",
        "17\0",
    ];
    let mut made: Vec<Pseudonym> =
        ids.iter().map(|id| key.pseudonym(id.as_bytes()).unwrap()).collect();
    made.sort();
    made.dedup();
    assert_eq!(made.len(), ids.len());
}

#[test]
fn people_without_an_id_never_share_a_pseudonym() {
    for id in ["", " ", "\r\n", "unknown", " Not Known ", "N/A", "null", "-", "declined"] {
        assert_eq!(key().pseudonym(id.as_bytes()), Err(Quarantine::IdMissing), "{id:?}");
    }
}

#[test]
fn another_key_has_other_pseudonyms_and_another_fingerprint() {
    let mut bytes = binary();
    for place in 0..bytes.len() {
        bytes[place] ^= 1;
        let other = read(&bytes).unwrap();
        bytes[place] ^= 1;
        assert_ne!(other.fingerprint(), key().fingerprint(), "{place}");
        assert_ne!(other.pseudonym(b"p-17"), key().pseudonym(b"p-17"), "{place}");
    }
}

#[test]
fn a_key_is_at_least_32_bytes_and_looks_drawn_at_random() {
    let random = binary();
    let repeated = |piece: &[u8], length: usize| -> Vec<u8> {
        piece.iter().copied().cycle().take(length).collect()
    };
    // As many different ones as this, in no order.
    let values = |number: u8| long().iter().map(|byte| byte % number).collect();
    let steps = |number: u8| {
        let sum = |sum: &mut u8, byte: &u8| {
            *sum = sum.wrapping_add(byte % number);
            Some(*sum)
        };
        long().iter().scan(0, sum).collect()
    };
    for (bytes, expected) in [
        (Vec::new(), Err(WeakKey::Short)),
        (random[..31].to_vec(), Err(WeakKey::Short)),
        (random.to_vec(), Ok(())),
        (text().into_bytes()[..32].to_vec(), Ok(())),
        (long(), Ok(())),
        (vec![0; 32], Err(WeakKey::Regular)),
        (vec![0xff; 4096], Err(WeakKey::Regular)),
        (values(7), Err(WeakKey::Regular)),
        (values(8), Ok(())),
        (steps(7), Err(WeakKey::Regular)),
        (steps(8), Ok(())),
        ((0..32).collect(), Err(WeakKey::Regular)),
        ((0..=255).rev().collect(), Err(WeakKey::Regular)),
        ((0..64u8).map(|number| number.wrapping_mul(5)).collect(), Err(WeakKey::Regular)),
        (repeated(&random[..8], 32), Err(WeakKey::Regular)),
        (repeated(&random[..8], 37), Err(WeakKey::Regular)),
        (repeated(&random[..16], 32), Err(WeakKey::Regular)),
        (repeated(&random[..17], 32), Ok(())),
        (repeated(&random, 64), Err(WeakKey::Regular)),
        (b"ABCDEFGHIJKLMNOPQRSTUVWXYZ012345".to_vec(), Err(WeakKey::Regular)),
    ] {
        assert_eq!(read(&bytes).map(|_| ()), expected, "{bytes:?}");
    }
}

#[test]
fn a_line_end_behind_a_text_is_no_part_of_the_key_and_behind_other_bytes_it_is() {
    let print = |bytes: &[u8]| read(bytes).map(|key| key.fingerprint());
    let text = text().into_bytes();
    let with = |bytes: &[u8], end: &[u8]| [bytes, end].concat();
    for end in [b"\n".as_slice(), b"\r\n"] {
        assert_eq!(print(&with(&text, end)), print(&text));
        assert_ne!(print(&with(&binary(), end)), print(&binary()));
        assert_eq!(print(&with(&text[..31], end)), Err(WeakKey::Short));
    }
    for end in [b"\n\n".as_slice(), b"\r", b" ", b"\0\n"] {
        assert_ne!(print(&with(&text, end)), print(&text), "{end:?}");
    }
    // Text of more than one line, as base64 is written.
    let lines = with(&text[..32], &with(b"\n", &text[32..]));
    assert_eq!(print(&with(&lines, b"\n")), print(&lines));
    // One in 256 random keys ends so.
    let mut random = binary();
    random[31] = b'\n';
    assert!(read(&random).is_ok());
}

#[test]
fn nothing_that_is_shown_of_a_key_comes_from_it() {
    assert_eq!(format!("{:?}", key()), "PseudonymKey { .. }");
    assert_eq!(format!("{:#?}", key()), "PseudonymKey { .. }");
    for weak in [WeakKey::Short, WeakKey::Regular] {
        let message = weak.to_string();
        assert!(message.contains("head -c 32 /dev/urandom"), "{message}");
    }
}

proptest! {
    #[test]
    fn every_pseudonym_obeys_the_id_rule(id in prop::collection::vec(any::<u8>(), 0..100)) {
        let made = key().pseudonym(&id);
        match made {
            Ok(pseudonym) => {
                let text = pseudonym.as_str();
                prop_assert_eq!(Id::read(text.as_bytes()).map(Id::as_str), Ok(text));
                prop_assert_eq!(text.len(), Pseudonym::LENGTH);
                prop_assert_eq!(pseudonym.to_string(), text);
            }
            Err(_) => prop_assert_eq!(Id::read(&id), Err(Quarantine::IdMissing)),
        }
    }

    #[test]
    fn an_id_with_one_other_character_has_another_pseudonym(
        id in "[0-9a-zA-Z _-]{1,12}|[0-9]{3}[ -][0-9]{3}[ -][0-9]{4}",
        place in any::<prop::sample::Index>(),
        character in b' '..=b'~',
    ) {
        let mut other = id.clone().into_bytes();
        let place = place.index(other.len());
        other[place] = character;
        let made = |id: &[u8]| key().pseudonym(id);
        let (Ok(one), Ok(two)) = (made(id.as_bytes()), made(&other)) else { return Ok(()) };
        let is_same = id.as_bytes().trim_ascii() == other.trim_ascii();
        prop_assert_eq!(one == two, is_same);
    }

    #[test]
    fn random_bytes_are_a_key(bytes in prop::collection::vec(any::<u8>(), 32..200)) {
        prop_assert!(read(&bytes).is_ok());
    }
}

#[test]
fn with_a_key_an_id_is_whatever_says_something() {
    let keyed = RowReader::new(Intake { key: Some(Arc::new(key())), ..Intake::default() });
    let unkeyed = RowReader::new(Intake::default());
    for (cell, with_key, without) in [
        ("p-17", true, true),
        ("999 000 0018", true, false),
        ("unknown", false, false),
        ("n/a", false, false),
        ("?!", false, false),
        ("", false, false),
    ] {
        assert_eq!(keyed.may_be_id(cell.as_bytes()), with_key, "{cell}");
        assert_eq!(unkeyed.may_be_id(cell.as_bytes()), without, "{cell}");
    }
}
