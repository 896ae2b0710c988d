//! What a process still holds of a key that it has used.
//!
//! This test starts itself again as such a process, which then reads all of its own memory. What it
//! looks for is known to it only with every bit of every other one turned, so that looking leaves
//! no trace to be found.
#![cfg(target_os = "linux")]

use overdose_risk_intake::PseudonymKey;
use overdose_risk_run::read_key;
use sha2::block_api::compress256;
use sha2::{Digest as _, Sha256};
use std::collections::HashSet;
use std::fs::{self, File, Permissions};
use std::hint::black_box;
use std::io::Read as _;
use std::os::unix::fs::{FileExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// Names the folder for a process that this test has started.
const FOLDER: &str = "OVERDOSE_RISK_KEY_MEMORY_FOLDER";
/// Says to it what to do with the key before it looks for it.
const USE: &str = "OVERDOSE_RISK_KEY_MEMORY_USE";

const TURNED: u64 = 0xaaaa_aaaa_aaaa_aaaa;

/// What is looked for: the key as it stands in its file, the blocks that HMAC makes of it, and what
/// SHA-256 makes of those, with which pseudonyms can be made as well as with the key.
const TRACES: [&str; 3] = ["bytes", "blocks", "states"];

/// Shorter than a block of SHA-256, a block, and longer than that, which HMAC hashes first.
const LENGTHS: [usize; 3] = [32, 64, 4096];

/// How often each of the traces of a key is found after a use of it.
fn found_after(use_of_key: &str, length: usize) -> [u64; 3] {
    let folder = TempDir::new().unwrap();
    let numbers = 0..=u8::MAX;
    let mut key: Vec<u8> = numbers.flat_map(|number| Sha256::digest([number, 1])).collect();
    key.truncate(length);
    let file = folder.path().join("a.key");
    fs::write(&file, &key).unwrap();
    fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();

    let within = if length > 64 { Sha256::digest(&key).to_vec() } else { key.clone() };
    let blocks = [0x36, 0x5c].map(|pad| -> [u8; 64] {
        std::array::from_fn(|place| within.get(place).copied().unwrap_or_default() ^ pad)
    });
    let states = blocks.map(|block| state_after(block).map(u32::to_ne_bytes).concat());
    let blocks = blocks.map(|block| block[..within.len()].to_vec());
    for (name, trace) in TRACES.into_iter().zip([key, blocks.concat(), states.concat()]) {
        fs::write(folder.path().join(name), turned(&trace)).unwrap();
    }

    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "looks_for_a_key_in_its_own_memory", "--nocapture"])
        .env(FOLDER, folder.path())
        .env(USE, use_of_key)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    TRACES.map(|name| {
        fs::read_to_string(folder.path().join(name).with_extension("found"))
            .unwrap()
            .parse()
            .unwrap()
    })
}

/// What SHA-256 has come to behind one block.
fn state_after(block: [u8; 64]) -> [u32; 8] {
    let mut state = [
        0x6a09_e667,
        0xbb67_ae85,
        0x3c6e_f372,
        0xa54f_f53a,
        0x510e_527f,
        0x9b05_688c,
        0x1f83_d9ab,
        0x5be0_cd19,
    ];
    compress256(&mut state, &[block]);
    state
}

/// Eight bytes at a time, since registers are smaller than keys: as they stand, and as processors
/// take them in, with the bytes of each word of four, or the two words, the other way round.
fn turned(trace: &[u8]) -> Vec<u8> {
    let pieces = trace.chunks_exact(8).flat_map(|piece| {
        let piece = u64::from_be_bytes(piece.try_into().unwrap());
        let other = piece.swap_bytes();
        [piece, piece.rotate_left(32), other, other.rotate_left(32)]
    });
    pieces.flat_map(|piece| (piece ^ TURNED).to_be_bytes()).collect()
}

/// What is looked for, still turned.
fn needles(path: &Path) -> HashSet<u64> {
    let bytes = fs::read(path).unwrap();
    bytes.chunks_exact(8).map(|piece| u64::from_be_bytes(piece.try_into().unwrap())).collect()
}

/// A search of this process's memory. All that it needs is allocated before the key is used, since it
/// would overwrite what is left where the key was.
struct Search {
    needles: [HashSet<u64>; 3],
    may_be: Vec<bool>,
    maps: String,
    buffer: Vec<u8>,
}

impl Search {
    fn new(needles: [HashSet<u64>; 3]) -> Self {
        let mut may_be = vec![false; 1 << 16];
        for needle in needles.iter().flatten() {
            may_be[(needle & 0xffff) as usize] = true;
        }
        Self { needles, may_be, maps: String::with_capacity(1 << 18), buffer: vec![1; 1 << 16] }
    }

    /// How often pieces of each trace are found.
    fn run(mut self) -> [u64; 3] {
        let mut found = [0; 3];
        let memory = File::open("/proc/self/mem").unwrap();
        File::open("/proc/self/maps").unwrap().read_to_string(&mut self.maps).unwrap();
        let mut stacks_and_heaps = 0;
        for line in self.maps.lines() {
            let (range, rest) = line.split_once(' ').unwrap();
            let (from, to) = range.split_once('-').unwrap();
            let [mut from, to] = [from, to].map(|place| u64::from_str_radix(place, 16).unwrap());
            // What belongs to the kernel says that it can be read, and cannot.
            if !rest.starts_with('r') || rest.contains("[v") {
                continue;
            }
            stacks_and_heaps += u8::from(rest.contains("[stack]") || rest.contains("[heap]"));
            let mut window = 0u64;
            while from < to {
                let most = self.buffer.len().min((to - from) as usize);
                let read = memory.read_at(&mut self.buffer[..most], from).unwrap();
                assert_ne!(read, 0, "{rest}");
                from += read as u64;
                for byte in &self.buffer[..read] {
                    window = window << 8 | u64::from(*byte);
                    let turned = window ^ TURNED;
                    if self.may_be[(turned & 0xffff) as usize] {
                        for (found, needles) in found.iter_mut().zip(&self.needles) {
                            *found += u64::from(needles.contains(&turned));
                        }
                    }
                }
            }
        }
        assert_eq!(stacks_and_heaps, 2);
        found
    }
}

/// What is still held of the key when its traces are looked for.
enum Held {
    Nothing,
    Key(PseudonymKey),
    Bytes(Vec<u8>),
}

/// The longest id: more than one block of SHA-256.
const LONGEST: [u8; 100] = [b'1'; 100];

/// Does it far down the stack, so that what comes later does not overwrite what is left there.
#[inline(never)]
fn deep_down(path: &Path, use_of_key: &str) -> Held {
    let above = [0u8; 1 << 16];
    black_box(&above);
    let held = match use_of_key {
        "bytes" => {
            let mut bytes = Vec::new();
            File::open(path).unwrap().read_to_end(&mut bytes).unwrap();
            Held::Bytes(bytes)
        }
        "stack" => {
            leave_on_the_stack(path);
            Held::Nothing
        }
        use_of_key => {
            let key = read_key(path).unwrap();
            for length in 1..=LONGEST.len() {
                black_box(key.pseudonym(&LONGEST[..length]).ok());
            }
            black_box(key.fingerprint());
            if use_of_key == "key" { Held::Key(key) } else { Held::Nothing }
        }
    };
    black_box(&above);
    held
}

#[inline(never)]
fn leave_on_the_stack(path: &Path) {
    let mut bytes = [0; 64];
    File::open(path).unwrap().read_exact(&mut bytes).unwrap();
    black_box(&bytes);
}

/// The process that the other tests start; by itself it does nothing.
#[test]
fn looks_for_a_key_in_its_own_memory() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else { return };
    let search = Search::new(TRACES.map(|name| needles(&folder.join(name))));
    let held = deep_down(&folder.join("a.key"), &std::env::var(USE).unwrap());
    let found = search.run();
    // Until here, at least.
    match held {
        Held::Nothing => {}
        Held::Key(key) => drop(black_box(key)),
        Held::Bytes(bytes) => drop(black_box(bytes)),
    }
    for (name, found) in TRACES.into_iter().zip(found) {
        fs::write(folder.join(name).with_extension("found"), found.to_string()).unwrap();
    }
}

#[test]
fn nothing_of_a_key_is_left_after_its_use() {
    for length in LENGTHS {
        assert_eq!(found_after("dropped", length), [0; 3], "{length}");
    }
}

#[test]
fn nothing_of_its_bytes_is_left_while_it_is_used() {
    for length in LENGTHS {
        // What pseudonyms are made with is there: so would the test above find it. A piece of it can be
        // found once more where the search itself has just read it.
        let [bytes, blocks, states] = found_after("key", length);
        assert_eq!([bytes, blocks], [0; 2], "{length}");
        assert!(states >= 8, "{length}: {states}");
    }
}

#[test]
fn what_was_not_overwritten_is_found() {
    for use_of_key in ["bytes", "stack"] {
        let [bytes, blocks, states] = found_after(use_of_key, 64);
        assert!(bytes >= 8, "{use_of_key} {bytes}");
        assert_eq!([blocks, states], [0; 2], "{use_of_key}");
    }
}
