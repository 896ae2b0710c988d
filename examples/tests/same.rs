//! The same export gives the same bytes, whatever surrounds the program.
#![cfg(unix)]

mod program;

use program::program;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

/// Every output of a run, the receipt without its times.
fn outputs(run: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = fs::read_dir(run).unwrap().map(|file| file.unwrap());
    files
        .map(|file| {
            let mode = file.metadata().unwrap().permissions().mode() & 0o777;
            let name = file.file_name().into_string().unwrap();
            assert_eq!(mode, 0o600, "{name}");
            let mut bytes = fs::read(file.path()).unwrap();
            if name == "run.json" {
                let mut receipt: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
                assert!(receipt.as_object_mut().unwrap().remove("run").is_some());
                bytes = serde_json::to_vec(&receipt).unwrap();
            }
            (name, bytes)
        })
        .collect()
}

#[test]
fn zone_locale_folder_umask_and_place_change_no_byte_and_no_mode() {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/export.csv");
    let folder = TempDir::new().unwrap();
    let here = folder.path().join("here");
    fs::create_dir(&here).unwrap();
    fs::copy(&sample, here.join("export.csv")).unwrap();
    let zones = ["UTC", "Pacific/Kiritimati", "America/Los_Angeles", "Europe/London"];
    let mut expected = None;
    let mut run = |number: usize, zone: &str, locale: &str, umask: &str, elsewhere: bool| {
        let out = folder.path().join(format!("out-{number}"));
        let nightly = program("nightly");
        let export = if elsewhere { here.join("export.csv") } else { "export.csv".into() };
        let output = Command::new("sh")
            .args(["-c", &format!("umask {umask}; exec \"$0\" \"$@\"")])
            .arg(nightly.get_program())
            .arg(export)
            .args(["--as-of", "2026-03-31", "--out"])
            .arg(&out)
            .current_dir(if elsewhere { folder.path() } else { &here })
            .env("TZ", zone)
            .env("LC_ALL", locale)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&out), 0o700);
        assert_eq!(mode(&out.join("2026-03-31")), 0o700);
        assert_eq!([mode(&out.join("LATEST")), mode(&out.join(".lock"))], [0o600; 2]);
        let outputs = outputs(&out.join("2026-03-31"));
        assert!(outputs.len() > 4);
        // Not in the message: it would be everything.
        assert!(*expected.get_or_insert_with(|| outputs.clone()) == outputs, "{zone} {locale}");
    };
    let mut number = 0;
    for zone in zones {
        for locale in ["C", "en_GB.UTF-8", "tr_TR.UTF-8"] {
            for (umask, elsewhere) in [("000", false), ("077", true), ("277", false)] {
                run(number, zone, locale, umask, elsewhere);
                number += 1;
            }
        }
    }
}
