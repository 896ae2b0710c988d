//! The records of a text, one after the other, and the lines that are none.

use crate::decoded::{Decoded, Encoding};
use crate::frame::{ENOUGH, Extent, Flaw, Follows, Framer, end_of_line, length_of_line_end};
use overdose_risk_intake::{Filled, Quarantine, Window};
use std::io::{self, Read};

/// A text, and the place in it.
pub(crate) struct Records<R> {
    window: Window<Decoded<R>>,
    line: u64,
    taken: u64,
}

impl<R: Read> Records<R> {
    pub(crate) fn new(source: Decoded<R>) -> Self {
        let taken = source.mark();
        Self { window: Window::new(source), line: 1, taken }
    }

    pub(crate) fn encoding(&self) -> Encoding {
        self.window.source().encoding()
    }

    /// The text from here on, as far as it has been read.
    pub(crate) fn text(&self) -> &[u8] {
        self.window.bytes()
    }

    /// The text of a record that begins here, without byte order mark and line end.
    pub(crate) fn text_of(&self, extent: Extent) -> &[u8] {
        self.text().get(extent.start..extent.end).unwrap_or_default()
    }

    /// The physical line that begins here, from 1.
    pub(crate) fn line(&self) -> u64 {
        self.line
    }

    /// How many bytes of the source come before this.
    pub(crate) fn taken(&self) -> u64 {
        let is_over = self.window.is_at_end() && self.text().is_empty();
        let left = if is_over { self.window.source().bytes_left() } else { 0 };
        self.taken.saturating_add_signed(left)
    }

    /// Frames the record that begins here, or says why it is none; `None` at the end.
    pub(crate) fn frame(
        &mut self,
        framer: &Framer,
    ) -> io::Result<Option<Result<Extent, Quarantine>>> {
        loop {
            let text = self.text();
            if !text.is_empty() {
                match framer.frame(text, self.follows()) {
                    Ok(extent) => return Ok(Some(self.unless_cut_off(extent))),
                    Err(Flaw::Broken(kind)) => return Ok(Some(Err(kind))),
                    Err(Flaw::Cut(_)) => {}
                }
            } else if self.window.is_at_end() {
                return Ok(None);
            }
            // Looking again pays when there is as much again to look at.
            let wanted = (2 * text.len()).clamp(1, ENOUGH);
            self.read_to(wanted)?;
        }
    }

    fn read_to(&mut self, wanted: usize) -> io::Result<()> {
        while self.text().len() < wanted && self.window.fill(ENOUGH)? == Filled::More {}
        Ok(())
    }

    /// The physical line that begins here, without its end, as far as a record could reach.
    pub(crate) fn first_line(&mut self) -> io::Result<&[u8]> {
        let mut wanted = 1;
        while end_of_line(self.text()).is_none() && self.text().len() < ENOUGH {
            self.read_to(wanted)?;
            if self.window.is_at_end() {
                break;
            }
            wanted = 2 * self.text().len();
        }
        let text = self.text();
        Ok(text.get(..end_of_line(text).unwrap_or(text.len())).unwrap_or_default())
    }

    /// A last record in whose middle the source ends, where that can be told, is broken.
    fn unless_cut_off(&self, extent: Extent) -> Result<Extent, Quarantine> {
        let text = self.text();
        if extent.length == text.len() && self.window.source().breaks_off(text) {
            Err(Quarantine::BreaksOff)
        } else {
            Ok(extent)
        }
    }

    fn follows(&self) -> Follows {
        if self.window.is_at_end() { Follows::Nothing } else { Follows::MaybeMore }
    }

    /// Goes on behind a record.
    pub(crate) fn take(&mut self, extent: Extent) {
        self.consume(extent.length);
        self.line += extent.lines as u64;
    }

    /// Goes on behind records of one line each.
    pub(crate) fn take_lines(&mut self, records: u64, bytes: usize) {
        self.consume(bytes);
        self.line += records;
    }

    /// Reads more of the text, if there is more.
    pub(crate) fn read_more(&mut self) -> io::Result<bool> {
        Ok(self.window.fill(ENOUGH)? == Filled::More)
    }

    /// Goes on behind the physical line that begins here.
    pub(crate) fn take_line(&mut self) -> io::Result<()> {
        loop {
            let text = self.text();
            let (length, is_whole) = match end_of_line(text) {
                None => (text.len(), false),
                Some(end) => match length_of_line_end(text, end, self.follows()) {
                    Ok(length) => (end + length, true),
                    Err(_) => (end, false),
                },
            };
            self.consume(length);
            if is_whole || (self.window.fill(ENOUGH)? == Filled::AtEnd && self.text().is_empty()) {
                self.line += 1;
                return Ok(());
            }
        }
    }

    fn consume(&mut self, bytes: usize) {
        let text = self.text().get(..bytes).unwrap_or_default();
        self.taken += self.window.source().bytes_of(text);
        self.window.consume(bytes);
    }

    pub(crate) fn into_source(self) -> R {
        self.window.into_source().into_source()
    }
}
