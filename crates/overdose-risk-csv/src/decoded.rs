//! The text of an export, as UTF-8 whatever it was.

use encoding_rs::{Decoder, UTF_16BE, UTF_16LE};
use overdose_risk_intake::Foreign;
use std::io::{self, Chain, Cursor, Read};

/// In what an export is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, or bytes that are meant to be: what is not UTF-8 costs the facts in whose cells it
    /// stands.
    Utf8,
    /// UTF-16, little-endian, with its byte order mark.
    Utf16Le,
    /// UTF-16, big-endian, with its byte order mark.
    Utf16Be,
}

impl Encoding {
    /// Every encoding.
    pub const ALL: [Self; 3] = [Self::Utf8, Self::Utf16Le, Self::Utf16Be];

    /// The name in a receipt.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Utf16Le => "utf-16le",
            Self::Utf16Be => "utf-16be",
        }
    }
}

/// Byte order marks.
const MARKS: [(&[u8], Encoding); 3] = [
    (b"\xef\xbb\xbf", Encoding::Utf8),
    (b"\xff\xfe", Encoding::Utf16Le),
    (b"\xfe\xff", Encoding::Utf16Be),
];

/// What a character comes out as that is none, U+FFFD. No cell and no id can say it.
const REPLACED: &[u8] = "\u{fffd}".as_bytes();

/// How many bytes of UTF-16 are decoded at once.
const PIECE: usize = 1 << 14;

/// A source whose text comes out as UTF-8, without its byte order mark.
pub(crate) struct Decoded<R> {
    /// What was read to find the encoding, then the rest.
    source: Chain<Cursor<Vec<u8>>, R>,
    encoding: Encoding,
    mark: usize,
    wide: Option<Wide>,
}

/// UTF-16 on its way.
struct Wide {
    decoder: Decoder,
    text: String,
    /// How much of the text has come out.
    out: usize,
    /// How many bytes more have been read than are accounted for by what has been decoded.
    surplus: i64,
    at_end: bool,
}

impl<R: Read> Decoded<R> {
    /// Looks at how a source begins; what is no text comes back as what it is.
    pub(crate) fn open(mut source: R) -> io::Result<Result<Self, Foreign>> {
        let mut start = Vec::with_capacity(Foreign::TELLING);
        source.by_ref().take(Foreign::TELLING as u64).read_to_end(&mut start)?;
        if let Some(foreign) = Foreign::beginning(&start) {
            return Ok(Err(foreign));
        }
        let marked = MARKS.into_iter().find(|(mark, _)| start.starts_with(mark));
        let (mark, encoding) = marked.unwrap_or((&[], Encoding::Utf8));
        start.drain(..mark.len());
        let wide = match encoding {
            Encoding::Utf8 => None,
            Encoding::Utf16Le => Some(Wide::new(UTF_16LE.new_decoder_without_bom_handling())),
            Encoding::Utf16Be => Some(Wide::new(UTF_16BE.new_decoder_without_bom_handling())),
        };
        let source = Cursor::new(start).chain(source);
        Ok(Ok(Self { source, encoding, mark: mark.len(), wide }))
    }
}

impl<R> Decoded<R> {
    pub(crate) fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// How many bytes the byte order mark took.
    pub(crate) fn mark(&self) -> u64 {
        self.mark as u64
    }

    /// How many bytes of the source a piece of the text took.
    pub(crate) fn bytes_of(&self, text: &[u8]) -> u64 {
        if self.wide.is_some() { wide_bytes(text) } else { text.len() as u64 }
    }

    /// How many bytes more the text took, now that all of it has been read: it may end within a
    /// character.
    pub(crate) fn bytes_left(&self) -> i64 {
        self.wide.as_ref().map_or(0, |wide| wide.surplus)
    }

    /// Whether a text is the last and ends in the middle of a character.
    pub(crate) fn breaks_off(&self, text: &[u8]) -> bool {
        self.wide.as_ref().is_some_and(|wide| wide.at_end) && text.ends_with(REPLACED)
    }

    pub(crate) fn into_source(self) -> R {
        self.source.into_inner().1
    }
}

/// How many bytes a text takes in UTF-16: two a character, and four where it takes four in UTF-8.
fn wide_bytes(text: &[u8]) -> u64 {
    let characters = text.iter().filter(|byte| **byte & 0xc0 != 0x80).count();
    let pairs = text.iter().filter(|byte| **byte >= 0xf0).count();
    2 * (characters + pairs) as u64
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match &mut self.wide {
            None => self.source.read(buffer),
            Some(wide) => wide.read(&mut self.source, buffer),
        }
    }
}

impl Wide {
    fn new(decoder: Decoder) -> Self {
        Self { decoder, text: String::new(), out: 0, surplus: 0, at_end: false }
    }

    fn read(&mut self, source: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
        while self.out == self.text.len() && !self.at_end {
            let mut piece = [0; PIECE];
            let read = source.read(&mut piece)?;
            self.decode(piece.get(..read).unwrap_or_default());
        }
        let read = self.text.as_bytes().get(self.out..).unwrap_or_default().read(buffer)?;
        self.out += read;
        Ok(read)
    }

    /// Decodes a piece of the source; an empty one is its end.
    fn decode(&mut self, piece: &[u8]) {
        self.at_end = piece.is_empty();
        self.surplus += piece.len() as i64;
        self.text.clear();
        self.out = 0;
        // With so much room, the decoder takes all of the piece.
        self.text.reserve(self.decoder.max_utf8_buffer_length(piece.len()).unwrap_or(4 * PIECE));
        let _ = self.decoder.decode_to_string(piece, &mut self.text, self.at_end);
        self.surplus -= wide_bytes(self.text.as_bytes()) as i64;
    }
}
