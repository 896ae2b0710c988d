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
        Block::Part(heading) => titled("## ", heading),
        Block::Factor(heading) | Block::Source(heading) => titled("### ", heading),
        Block::Level { heading, .. } => titled("#### ", heading),
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

fn titled(mark: &str, heading: &str) -> String {
    let mut out = mark.to_owned();
    push(&mut out, heading);
    out
}

fn line(spans: &Line<'_>) -> String {
    let mut out = String::new();
    for span in spans {
        match span {
            Span::Text(text) => push(&mut out, text),
            Span::Strong(text) => {
                out.push_str("**");
                push(&mut out, text);
                out.push_str("**");
            }
            Span::Code(name) => {
                let _ = write!(out, "`{name}`");
            }
            Span::See(heading) => out.push_str(&see(heading)),
            Span::Address(address) => {
                let _ = write!(out, "<{address}>");
            }
        }
    }
    out
}

fn see(heading: &str) -> String {
    let mut out = "[".to_owned();
    push(&mut out, heading);
    let _ = write!(out, "](#{})", anchor(heading));
    out
}

/// Adds a text to what stands before it in its line, with a backslash before each character that would
/// be markup there.
fn push(out: &mut String, text: &str) {
    let text = plain(text);
    let mut chars = text.chars().peekable();
    while let Some(one) = chars.next() {
        let is_numbered = || out.bytes().all(|before| before.is_ascii_digit());
        let is_markup = match one {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '&' | '~' | '|' | '#' | '$' | '@'
            | '^' => true,
            '-' | '+' | '=' => out.is_empty(),
            ')' => is_numbered(),
            // Some readers make links of addresses that are none by CommonMark.
            ':' => out.is_empty() || chars.peek() == Some(&'/'),
            '.' => is_numbered() || is_www(out),
            _ => false,
        };
        if is_markup {
            out.push('\\');
        }
        out.push(one);
    }
}

fn is_www(before: &str) -> bool {
    before
        .len()
        .checked_sub(3)
        .and_then(|at| before.get(at..))
        .is_some_and(|end| end.eq_ignore_ascii_case("www"))
}
