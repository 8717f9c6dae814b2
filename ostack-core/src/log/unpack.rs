//! Decompression, as a stream.

use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::MultiGzDecoder;
use lzma_rust2::XzReader;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use super::nature::Packing;
use super::watch::Meter;

/// The largest dictionary of xz, in KiB: twice what `xz -9` wants. zstd's own limit is the same.
const XZ_MEMORY: u32 = 128 * 1024;

/// How much is read at once.
const BUFFER: usize = 64 * 1024;

/// What a compressed stream unpacks to.
pub(super) fn unpacked<'r>(
    packing: Packing,
    input: impl Read + 'r,
    meter: &'r Meter,
) -> Unpacked<'r> {
    let input = BufReader::with_capacity(BUFFER, input);
    let decoder: Box<dyn Read + 'r> = match packing {
        Packing::Gzip => Box::new(MultiGzDecoder::new(input)),
        Packing::Xz => Box::new(XzReader::new_mem_limit(input, true, XZ_MEMORY)),
        Packing::Bzip2 => Box::new(bzip2::bufread::MultiBzDecoder::new(input)),
        Packing::Zstd => Box::new(Zstd { input, decoder: FrameDecoder::new(), in_frame: false }),
    };
    Unpacked { packing, decoder, meter, failed: false }
}

/// Unpacked bytes, counted; an error says of what kind the damaged data is.
pub(super) struct Unpacked<'r> {
    packing: Packing,
    decoder: Box<dyn Read + 'r>,
    meter: &'r Meter,
    failed: bool,
}

impl Read for Unpacked<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.failed {
            // What a decoder does after an error is its own affair.
            return Ok(0);
        }
        let read = loop {
            match self.decoder.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => break result,
            }
        };
        let read = read.map_err(|error| {
            let packing = self.packing.as_str();
            match error.kind() {
                io::ErrorKind::UnexpectedEof => {
                    io::Error::new(error.kind(), format!("its {packing} data is cut off"))
                }
                // A limit, or the inner stream's own words.
                io::ErrorKind::Other if !is_zstd_own(&error) => error,
                kind => io::Error::new(kind, format!("its {packing} data is damaged: {error}")),
            }
        });
        let read = read.and_then(|read| self.meter.unpacked(read).map(|()| read));
        self.failed = read.is_err();
        read
    }
}

fn is_zstd_own(error: &io::Error) -> bool {
    error.get_ref().is_some_and(<dyn std::error::Error + Send + Sync>::is::<FrameDecoderError>)
}

/// All frames of a zstd stream.
struct Zstd<R> {
    input: R,
    decoder: FrameDecoder,
    in_frame: bool,
}

impl<R: BufRead> Read for Zstd<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if self.in_frame {
                let read = self.decoder.read(buffer)?;
                if read > 0 || buffer.is_empty() {
                    return Ok(read);
                }
                if !self.decoder.is_finished() {
                    let one = BlockDecodingStrategy::UptoBlocks(1);
                    self.decoder.decode_blocks(&mut self.input, one).map_err(io::Error::other)?;
                    continue;
                }
                let expected = self.decoder.get_checksum_from_data();
                if expected.is_some() && expected != self.decoder.get_calculated_checksum() {
                    return Err(io::Error::new(io::ErrorKind::InvalidData, "a checksum is wrong"));
                }
                self.in_frame = false;
            }
            if self.input.fill_buf()?.is_empty() {
                return Ok(0);
            }
            match self.decoder.reset(&mut self.input) {
                Ok(()) => self.in_frame = true,
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                    length,
                    ..
                })) => {
                    io::copy(&mut (&mut self.input).take(length.into()), &mut io::sink())?;
                }
                Err(error) => return Err(io::Error::other(error)),
            }
        }
    }
}
