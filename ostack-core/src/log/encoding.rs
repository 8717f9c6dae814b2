//! Text in UTF-16, read as UTF-8.

use std::io::{self, Read};
use std::ops::Range;

use encoding_rs::{CoderResult, Decoder, UTF_16BE, UTF_16LE};

use super::nature::Encoding;

/// Makes UTF-8 of what a reader gives. A byte order mark is left out; what is no character becomes
/// U+FFFD. Text whose bytes are ASCII's below 128 stays as it is.
pub(super) fn decoded<'r>(
    encoding: Encoding,
    mut input: Box<dyn Read + Send + 'r>,
) -> Box<dyn Read + Send + 'r> {
    let decoder = match encoding {
        Encoding::Bytes => return input,
        Encoding::Utf8Marked => {
            // The mark was seen, so these three bytes are there.
            let _ = input.read_exact(&mut [0; 3]);
            return input;
        }
        Encoding::Utf16Le => UTF_16LE.new_decoder_with_bom_removal(),
        Encoding::Utf16Be => UTF_16BE.new_decoder_with_bom_removal(),
    };
    let raw = vec![0; SIZE].into();
    let (text, at) = (Vec::new(), 0);
    Box::new(Utf16 { input, decoder, raw, from: 0..0, ended: false, done: false, text, at })
}

/// How much is decoded at once, in bytes.
const SIZE: usize = 32 * 1024;

struct Utf16<'r> {
    input: Box<dyn Read + Send + 'r>,
    decoder: Decoder,
    raw: Box<[u8]>,
    /// What of `raw` is not yet decoded.
    from: Range<usize>,
    /// The input has ended; the decoder has, too.
    ended: bool,
    done: bool,
    /// Decoded text, and how much of it was given.
    text: Vec<u8>,
    at: usize,
}

impl Read for Utf16<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at == self.text.len() && !self.done {
            if self.from.is_empty() && !self.ended {
                let read = self.input.read(&mut self.raw)?;
                self.from = 0..read;
                self.ended = read == 0;
            }
            self.text.resize(SIZE, 0);
            self.at = 0;
            let raw = &self.raw[self.from.clone()];
            let (result, read, written, _) =
                self.decoder.decode_to_utf8(raw, &mut self.text, self.ended);
            self.from.start += read;
            self.text.truncate(written);
            self.done = self.ended && result == CoderResult::InputEmpty;
        }
        let read = (&self.text[self.at..]).read(buffer)?;
        self.at += read;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives one byte at a time.
    struct Slow<'b>(&'b [u8]);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.0.read(&mut buffer[..1])
        }
    }

    fn read(encoding: Encoding, bytes: &[u8]) -> String {
        let mut text = String::new();
        decoded(encoding, Box::new(Slow(bytes))).read_to_string(&mut text).expect("UTF-8");
        text
    }

    #[test]
    fn utf16_becomes_utf8() {
        let text = "\u{feff}Fehler: schön 错误 \u{1f600}\n".repeat(5000);
        let le: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let be: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert!(read(Encoding::Utf16Le, &le) == text[3..]);
        assert!(read(Encoding::Utf16Be, &be) == text[3..]);
    }

    #[test]
    fn half_characters_are_not_lost_silently() {
        assert_eq!(read(Encoding::Utf16Le, b"a\0\x3d\xd8"), "a\u{fffd}");
        assert_eq!(read(Encoding::Utf16Le, b"a\0b"), "a\u{fffd}");
        assert_eq!(read(Encoding::Utf16Le, b""), "");
        assert_eq!(read(Encoding::Utf8Marked, b"\xef\xbb\xbfa"), "a");
    }
}
