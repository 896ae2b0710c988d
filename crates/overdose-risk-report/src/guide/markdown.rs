//! The guide as Markdown, in which no text is anything but text.

use super::{Block, Line, Span, TITLE, anchor, contents};
use crate::plain::plain;
use std::fmt::Write as _;

pub(super) fn of(head: &Line<'_>, blocks: &[Block<'_>]) -> String {
    let mut out = format!("# {TITLE}\n\n{}\n\n", line(head));
    for entry in contents(blocks) {
        // Writing to a String does not fail.
        let _ = writeln!(out, "- {}", see(entry.part));
        for title in entry.factors {
            let _ = writeln!(out, "  - {}", see(title));
        }
    }
    for block in blocks {
        let _ = writeln!(out, "\n{}", written(block));
    }
    out
}

fn written(block: &Block<'_>) -> String {
    match block {
        Block::Part(heading) => format!("## {}", literal(heading)),
        Block::Factor(heading) | Block::Source(heading) => format!("### {}", literal(heading)),
        Block::Level { heading, .. } => format!("#### {}", literal(heading)),
        Block::Text(text) => line(text),
        Block::Loud(text) => format!("> {}", line(text)),
        Block::List(lines) => {
            lines.iter().map(|text| format!("- {}", line(text))).collect::<Vec<_>>().join("\n")
        }
        Block::Terms(terms) => {
            let term = |(term, text): &(&str, Line<'_>)| format!("- **{term}:** {}", line(text));
            terms.iter().map(term).collect::<Vec<_>>().join("\n")
        }
    }
}

fn line(spans: &Line<'_>) -> String {
    spans.iter().fold(String::new(), |mut out, span| {
        match span {
            Span::Text(text) => out.push_str(&literal(text)),
            Span::Strong(text) => {
                let _ = write!(out, "**{}**", literal(text));
            }
            Span::Code(name) => {
                let _ = write!(out, "`{name}`");
            }
            Span::See(heading) => out.push_str(&see(heading)),
            Span::Address(address) => {
                let _ = write!(out, "<{address}>");
            }
        }
        out
    })
}

fn see(heading: &str) -> String {
    format!("[{}](#{})", literal(heading), anchor(heading))
}

/// The text, with a backslash before each character that would be markup where it stands.
fn literal(text: &str) -> String {
    let text = plain(text);
    let mut out = String::with_capacity(text.len());
    // What makes a list or a heading does so at the start of a line alone.
    let mut is_start = true;
    let mut chars = text.chars().peekable();
    while let Some(one) = chars.next() {
        let escapes = match one {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '&' | '~' | '|' | '#' | '$' | '@'
            | '^' => true,
            '-' | '+' | '=' => is_start,
            '.' | ')' if is_start => out.ends_with(|before: char| before.is_ascii_digit()),
            // Some readers make links of addresses.
            ':' => is_start || chars.peek() == Some(&'/'),
            '.' => out
                .get(out.len().saturating_sub(3)..)
                .is_some_and(|end| end.eq_ignore_ascii_case("www")),
            _ => false,
        };
        if escapes {
            out.push('\\');
        }
        out.push(one);
        is_start &= one.is_ascii_digit();
    }
    out
}
