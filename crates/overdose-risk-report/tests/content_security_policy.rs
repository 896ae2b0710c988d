//! What a page may load and run, and what it looks like.

use data_encoding::BASE64;
use expect_test::expect_file;
use sha2::{Digest, Sha256};

const STYLE: &str = include_str!("../templates/worklist.css");
const SCRIPT: &str = include_str!("../templates/worklist.js");

fn hash(block: &str) -> String {
    format!("'sha256-{}'", BASE64.encode(&Sha256::digest(block)))
}

#[test]
fn the_policy_names_the_style_and_the_script_and_nothing_else() {
    let (style, script) = (hash(STYLE), hash(SCRIPT));
    let policy = format!(
        "default-src 'none'; style-src {style}; script-src {script}; base-uri 'none'; form-action 'none'\n"
    );
    expect_file!["../templates/worklist.csp"].assert_eq(&policy);
}

#[test]
fn nothing_is_loaded_moved_or_made_of_text() {
    for never in ["http", "url(", "src=", "@import", "//", "animation", "transition"] {
        assert!(!STYLE.contains(never) && !SCRIPT.contains(never), "{never}");
    }
    for never in
        ["innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval(", "Function("]
    {
        assert!(!SCRIPT.contains(never), "{never}");
    }
    assert!(!STYLE.contains("</") && !SCRIPT.contains("</") && !SCRIPT.contains("<!--"));
}

/// Red, green and blue of every colour in the style.
fn colours() -> Vec<(String, [f64; 3])> {
    let hex = STYLE.split('#').skip(1).filter_map(|rest| {
        let digits: String = rest.chars().take_while(char::is_ascii_hexdigit).collect();
        let ends = rest[digits.len()..].starts_with([';', '}', ' ']);
        let all: String = match digits.len() {
            3 if ends => digits.chars().flat_map(|digit| [digit, digit]).collect(),
            6 if ends => digits.clone(),
            _ => return None,
        };
        let part = |at: usize| f64::from(u8::from_str_radix(&all[at..at + 2], 16).unwrap()) / 255.0;
        Some((digits, [part(0), part(2), part(4)]))
    });
    hex.collect()
}

#[test]
fn nothing_is_green() {
    let colours = colours();
    assert!(colours.len() > 40, "only {} colours were found", colours.len());
    for (hex, [red, green, blue]) in colours {
        let (most, least) = (red.max(green).max(blue), red.min(green).min(blue));
        let is_green = green == most && most - least > 0.03;
        assert!(!is_green, "#{hex} is green");
    }
    let other =
        ["green", "lime", "olive", "teal", "rgb(", "hsl(", "hwb(", "lab(", "lch(", "color("];
    for never in other {
        assert!(!STYLE.contains(never), "{never}");
    }
}

fn luminance([red, green, blue]: [f64; 3]) -> f64 {
    let linear = |part: f64| {
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
}

#[test]
fn text_stands_out_in_light_in_dark_and_in_print() {
    let pairs = [
        ("--text", "--page", 4.5),
        ("--text", "--card", 4.5),
        ("--text", "--loud-back", 4.5),
        ("--quiet", "--page", 4.5),
        ("--quiet", "--card", 4.5),
        ("--link", "--page", 4.5),
        ("--link", "--card", 4.5),
        ("--soon", "--soon-back", 4.5),
        // What is no text: edges of controls and badges, and where the focus is.
        ("--edge", "--card", 3.0),
        ("--edge", "--page", 3.0),
        ("--focus", "--page", 3.0),
        ("--focus", "--card", 3.0),
        ("--act", "--page", 3.0),
        ("--act", "--card", 3.0),
        ("--act", "--loud-back", 3.0),
    ];
    let palettes: Vec<&str> = STYLE.split(":root{").skip(1).collect();
    assert_eq!(palettes.len(), 3, "light, dark, print");
    for (palette, name) in palettes.iter().zip(["light", "dark", "print"]) {
        let colour = |of: &str| {
            let start = palette.find(&format!("{of}:#")).unwrap() + of.len() + 2;
            let digits: String =
                palette[start..].chars().take_while(char::is_ascii_hexdigit).collect();
            let (_, rgb) = colours().into_iter().find(|(hex, _)| *hex == digits).unwrap();
            luminance(rgb)
        };
        let contrast = |one: f64, other: f64| (one.max(other) + 0.05) / (one.min(other) + 0.05);
        for (front, back, least) in pairs {
            let found = contrast(colour(front), colour(back));
            assert!(found >= least, "{name}: {front} on {back} is {found:.2}");
        }
        // In print the badge of act-now is black on white.
        if name != "print" {
            assert!(contrast(colour("--on-act"), colour("--act")) >= 4.5, "{name}: --on-act");
        }
    }
}
