//! What bytes are, told from how they begin, never from a name.

use std::io::{self, Read};

/// So much of a source is looked at, at most.
const LOOKED_AT: usize = 4096;
/// The size of a tar header.
const TAR_HEADER: usize = 512;

/// What a stream of bytes is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Nature {
    Packed(Packing),
    Tar,
    Text(Encoding),
    /// No text, and why.
    Binary(&'static str),
}

/// How bytes are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packing {
    Gzip,
    Xz,
    Bzip2,
    Zstd,
}

/// How text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    /// As it is: ASCII, UTF-8, or any other whose bytes below 128 are ASCII's.
    Bytes,
    /// UTF-8 behind a byte order mark.
    Utf8Marked,
    Utf16Le,
    Utf16Be,
}

impl Packing {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Xz => "xz",
            Self::Bzip2 => "bzip2",
            Self::Zstd => "zstd",
        }
    }
}

const MAGIC: [(&[u8], Nature); 17] = [
    (b"\x1f\x8b\x08", Nature::Packed(Packing::Gzip)),
    (b"\xfd7zXZ\0", Nature::Packed(Packing::Xz)),
    (b"BZh", Nature::Packed(Packing::Bzip2)),
    (b"\x28\xb5\x2f\xfd", Nature::Packed(Packing::Zstd)),
    (b"\xef\xbb\xbf", Nature::Text(Encoding::Utf8Marked)),
    (b"\xff\xfe", Nature::Text(Encoding::Utf16Le)),
    (b"\xfe\xff", Nature::Text(Encoding::Utf16Be)),
    (b"PK\x03\x04", Nature::Binary("an archive (zip); unpack it first")),
    (b"7z\xbc\xaf\x27\x1c", Nature::Binary("an archive (7z); unpack it first")),
    (b"\x1f\x9d", Nature::Binary("compressed (compress); unpack it first")),
    (b"\x04\x22\x4d\x18", Nature::Binary("compressed (lz4); unpack it first")),
    (b"LPKSHHRH", Nature::Binary("a journal's binary file; `journalctl --file` prints it")),
    (b"\x7fELF", Nature::Binary("a program")),
    (b"\xed\xab\xee\xdb", Nature::Binary("a package (rpm)")),
    (b"SQLite format 3\0", Nature::Binary("a database (SQLite)")),
    (b"\x89PNG", Nature::Binary("an image")),
    (b"%PDF-", Nature::Binary("a PDF")),
];

impl Nature {
    /// What bytes are that begin with `start`; `None` if more of them must be seen. `whole` says
    /// that there are no more.
    pub(super) fn of(start: &[u8], whole: bool) -> Option<Self> {
        let whole = whole || start.len() >= LOOKED_AT;
        for (magic, nature) in MAGIC {
            if start.starts_with(magic) && (magic != b"BZh" || is_bzip2(start, whole)?) {
                return Some(nature);
            }
            if !whole && magic.starts_with(start) {
                return None;
            }
        }
        // A line of text ends early; a tar header has no line end in its first field, the name.
        let has_line = memchr::memchr(b'\n', &start[..start.len().min(100)]).is_some();
        if !has_line && start.len() < TAR_HEADER && !whole {
            return None;
        }
        if !has_line && is_tar(start) {
            return Some(Self::Tar);
        }
        if memchr::memchr(0, start).is_some() && !whole {
            return None;
        }
        Some(match utf16(start) {
            Some(encoding) => Self::Text(encoding),
            None if is_binary(start) => Self::Binary("binary"),
            None => Self::Text(Encoding::Bytes),
        })
    }
}

/// `BZh`, the block size, and the mark of a block or of the end.
fn is_bzip2(start: &[u8], whole: bool) -> Option<bool> {
    match start.get(3..10) {
        Some([b'1'..=b'9', 0x31 | 0x17, ..]) => Some(true),
        None if !whole => None,
        _ => Some(false),
    }
}

/// Whether a tar header stands here: its checksum is right. All forms of tar have one.
fn is_tar(start: &[u8]) -> bool {
    let Some(header) = start.first_chunk::<TAR_HEADER>() else { return false };
    let sum = |range: &[u8]| range.iter().map(|&b| u32::from(b)).sum::<u32>();
    let expected = sum(&header[..148]) + 8 * u32::from(b' ') + sum(&header[156..]);
    let header = tar::Header::from_byte_slice(header);
    header.cksum().is_ok_and(|found| found == expected) && header.as_bytes()[0] != 0
}

/// UTF-16 without a mark: every other byte is zero, for logs are mostly ASCII.
fn utf16(start: &[u8]) -> Option<Encoding> {
    let pairs = start.len() / 2;
    let zeros = |offset: usize| start.chunks_exact(2).filter(|pair| pair[offset] == 0).count();
    let (first, second) = (zeros(0), zeros(1));
    let mostly = |many: usize, few: usize| pairs >= 8 && many * 10 > pairs * 7 && few * 50 < pairs;
    if mostly(second, first) {
        Some(Encoding::Utf16Le)
    } else {
        mostly(first, second).then_some(Encoding::Utf16Be)
    }
}

/// Whether too many bytes are none that text has.
fn is_binary(start: &[u8]) -> bool {
    let strange = |b: &&u8| matches!(b, 0..=6 | 0x0e..=0x1a | 0x1c..=0x1f | 0x7f);
    start.iter().filter(strange).count() * 20 > start.len()
}

/// A reader whose beginning was looked at, and is still to be read.
pub(super) struct Peeked<R> {
    start: Vec<u8>,
    at: usize,
    /// An error that came while the beginning was read; it comes again after these bytes.
    error: Option<io::Error>,
    rest: R,
}

impl<R: Read> Peeked<R> {
    /// Looks at the beginning of a reader. No more is read than is needed to tell.
    pub(super) fn new(mut rest: R) -> (Self, Nature) {
        let mut start = Vec::new();
        let mut buffer = [0; LOOKED_AT];
        let mut error = None;
        let nature = loop {
            let whole = match rest.read(&mut buffer[start.len()..]) {
                Ok(read) => {
                    let from = start.len();
                    start.extend_from_slice(&buffer[from..from + read]);
                    read == 0
                }
                Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
                Err(e) => {
                    error = Some(e);
                    true
                }
            };
            if let Some(nature) = Nature::of(&start, whole) {
                break nature;
            }
        };
        (Self { start, at: 0, error, rest }, nature)
    }
}

impl<R: Read> Read for Peeked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at < self.start.len() {
            let read = (&self.start[self.at..]).read(buffer)?;
            self.at += read;
            return Ok(read);
        }
        match self.error.take() {
            Some(error) => Err(error),
            None => self.rest.read(buffer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(start: impl AsRef<[u8]>) -> Nature {
        Nature::of(start.as_ref(), true).expect("there is no more to come")
    }

    #[test]
    fn text_is_told_from_what_is_none() {
        assert_eq!(of(b""), Nature::Text(Encoding::Bytes));
        assert_eq!(of("2022-01-01 fehlgeschlagen: schön\n"), Nature::Text(Encoding::Bytes));
        assert_eq!(of(b"\x1b[31mError\x1b[0m\r\n"), Nature::Text(Encoding::Bytes));
        assert_eq!(of([0; 400]), Nature::Binary("binary"));
        assert_eq!(of(b"BZh is no archive\n"), Nature::Text(Encoding::Bytes));
        assert_eq!(of(b"PK\x03\x04rest"), Nature::Binary("an archive (zip); unpack it first"));
        let noise: Vec<u8> =
            (0_u32..4096).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        assert_eq!(of(noise), Nature::Binary("binary"));
    }

    #[test]
    fn utf16_is_told_with_and_without_a_mark() {
        let le: Vec<u8> = "Error: no data\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let be: Vec<u8> = "Error: no data\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(of(&le), Nature::Text(Encoding::Utf16Le));
        assert_eq!(of(&be), Nature::Text(Encoding::Utf16Be));
        assert_eq!(of([b"\xff\xfe", &le[..]].concat()), Nature::Text(Encoding::Utf16Le));
    }

    #[test]
    fn of_a_stream_a_line_is_enough() {
        assert_eq!(Nature::of(b"Welcome to", false), None);
        assert_eq!(
            Nature::of(b"Welcome to packstack\n", false),
            Some(Nature::Text(Encoding::Bytes))
        );
        assert_eq!(Nature::of(b"\x1f\x8b", false), None);
        assert_eq!(Nature::of(b"BZh9", false), None);
    }

    #[test]
    fn what_was_looked_at_is_read() {
        let text = "x".repeat(10_000);
        let (mut peeked, nature) = Peeked::new(text.as_bytes());
        assert_eq!(nature, Nature::Text(Encoding::Bytes));
        let mut read = String::new();
        peeked.read_to_string(&mut read).expect("it is text");
        assert!(read == text);
    }
}
