//! The file of an import as text: its encoding, its line ends, and its digest. The whole file is checked before the first row is applied,
//! so that no file is imported in part.

use std::{
    fmt,
    io::{self, BufRead as _, BufReader, Read},
    sync::Arc,
};

use anyhow::Context as _;
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use crm_domain::digest::hex;
use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};
use sha2::{Digest as _, Sha256};

use super::{
    file_kind,
    lines::{LineEnd, Lines},
};
use crate::{Refused, columns::Format};

/// The part of a file that is read to find out its kind.
const HEAD: usize = 64 << 10;
/// How much of a file is decoded at once.
const CHUNK: usize = 32 << 10;

/// What a text is read from. It is read several times, each time from its beginning: once to check it, and once for its rows.
pub trait Readable: fmt::Debug {
    /// What messages call it.
    fn name(&self) -> String;

    /// Its bytes, from the first one.
    ///
    /// # Errors
    /// It cannot be opened.
    fn open(&self) -> io::Result<Box<dyn Bytes>>;
}

/// Bytes that are read one after the other.
pub trait Bytes: Read + fmt::Debug {}

impl<T: Read + fmt::Debug> Bytes for T {}

/// A file that is in memory, with its name.
#[derive(Clone)]
pub struct HeldFile {
    /// The name.
    pub name: String,
    /// The content.
    pub content: Arc<[u8]>,
}

impl fmt::Debug for HeldFile {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The content is people's data.
        out.debug_struct("HeldFile").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Readable for HeldFile {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn open(&self) -> io::Result<Box<dyn Bytes>> {
        Ok(Box::new(io::Cursor::new(self.content.clone())))
    }
}

/// A text file.
#[derive(Debug)]
pub struct TextFile {
    source: Arc<dyn Readable>,
    encoding: &'static Encoding,
    /// The start of the text, after the byte order mark.
    start: u64,
    end: LineEnd,
    /// The beginning of the text.
    head: String,
    /// The SHA-256 of the file.
    pub digest: String,
    /// The number of its lines.
    pub lines: u64,
}

/// The text of a file, in UTF-8. Invalid bytes in a UTF-8 file are kept.
#[derive(Debug)]
pub enum Text {
    /// The file is UTF-8.
    Plain(Box<dyn Bytes>),
    /// It is not.
    Decoded(Box<Decoded>),
}

impl TextFile {
    /// Checks the whole file. The encoding is given by the byte order mark, or else by the operator, or else it is UTF-16 or UTF-8 if the
    /// text is valid in it.
    ///
    /// # Errors
    /// [`Refused`] if it is no text with records, and otherwise that of reading.
    pub fn open(source: Arc<dyn Readable>, said: Option<&'static Encoding>) -> anyhow::Result<Self> {
        let name = source.name();
        let unreadable = || format!("{name} cannot be read");
        let refused = |problem: &str| Refused(format!("{name} {problem}"));
        let mut head = Vec::new();
        let mut file = source.open().with_context(unreadable)?;
        Read::take(&mut file, HEAD as u64)
            .read_to_end(&mut head)
            .with_context(unreadable)?;
        if let Some(problem) = file_kind::no_text(&head) {
            return Err(refused(problem).into());
        }
        let (encoding, start) = match Encoding::for_bom(&head) {
            Some((encoding, length)) => (encoding, length as u64),
            None => (said.map_or_else(|| guess(&head), Ok).map_err(refused)?, 0),
        };
        let is_said = start > 0 || said.is_some();
        let mut text = Self {
            source,
            encoding,
            start,
            end: LineEnd::LineFeed,
            head: String::new(),
            digest: String::new(),
            lines: 0,
        };
        text.read_head().with_context(unreadable)?;
        if let Some(problem) = file_kind::no_records(&text.head) {
            return Err(refused(problem).into());
        }
        text.digest = text.source.open().and_then(digest).with_context(unreadable)?;
        let survey = Survey::of(&text).with_context(unreadable)?;
        (text.end, text.lines) = (survey.end(), survey.lines());
        if let Some(line) = survey
            .wrong_line()
            .filter(|_| encoding != UTF_8 || (!is_said && survey.is_hardly_utf8()))
        {
            return Err(refused(&text.problem(line).with_context(unreadable)?).into());
        }
        Ok(text)
    }

    /// Whether it is of this format, as far as its beginning shows.
    pub fn check(&self, format: Format) -> Result<(), Refused> {
        match file_kind::not_of(format, &self.head) {
            Some(problem) => Err(Refused(format!("{} {problem}", self.source.name()))),
            None => Ok(()),
        }
    }

    /// The encoding with which it is read.
    pub fn encoding(&self) -> &'static Encoding {
        self.encoding
    }

    /// Its lines, from the first.
    pub fn read(&self) -> anyhow::Result<Lines<BufReader<Text>>> {
        let text = self
            .text()
            .with_context(|| format!("{} cannot be read", self.source.name()))?;
        Ok(Lines::new(BufReader::new(text), self.end))
    }

    fn text(&self) -> io::Result<Text> {
        let mut file = self.source.open()?;
        io::copy(&mut Read::take(&mut file, self.start), &mut io::sink())?;
        if self.encoding == UTF_8 {
            return Ok(Text::Plain(file));
        }
        Ok(Text::Decoded(Box::new(Decoded {
            file: BufReader::with_capacity(CHUNK, file),
            decoder: self.encoding.new_decoder_without_bom_handling(),
            text: Vec::new(),
            read: 0,
            is_wrong: false,
            is_end: false,
        })))
    }

    fn read_head(&mut self) -> io::Result<()> {
        let mut head = Vec::new();
        let read = self.text()?.take(HEAD as u64).read_to_end(&mut head);
        self.head = String::from_utf8_lossy(&head).into_owned();
        match read {
            // Invalid text is reported later, with its line.
            Err(error) if error.kind() == io::ErrorKind::InvalidData => Ok(()),
            other => other.map(drop),
        }
    }

    /// The mistake in the text of a line, and what may help.
    fn problem(&self, line: u64) -> io::Result<String> {
        if self.encoding != UTF_8 {
            let name = self.encoding.name();
            return Ok(format!(
                "is not {name}: line {line} is the first with an invalid character. Name its encoding with --encoding"
            ));
        }
        let likely = match self.end {
            // The detector does not know the usual encoding of files with such line ends.
            LineEnd::CarriageReturn => "macintosh",
            LineEnd::LineFeed => detect(self.source.open()?)?.name(),
        };
        Ok(format!(
            "is not UTF-8: line {line} is the first with an invalid character. It looks like {likely}: use --encoding {likely}, and check \
             names with accents, or save it as \"CSV UTF-8\""
        ))
    }
}

/// The text of a whole file in memory, and its encoding: that of the byte order mark, or else UTF-16 or UTF-8 if it is one, or else the
/// most probable one.
///
/// # Errors
/// The half of a sentence that says what it is, if it is no text.
pub fn decode(bytes: &[u8]) -> Result<(String, &'static str), &'static str> {
    let head = &bytes[..bytes.len().min(HEAD)];
    if file_kind::is_workbook(head) {
        return Err("is a workbook: open it, and save it as \"CSV UTF-8\"");
    }
    if let Some(problem) = file_kind::no_text(head) {
        return Err(problem);
    }
    let encoding = match Encoding::for_bom(bytes) {
        Some((encoding, _)) => encoding,
        None => guess(head)?,
    };
    let mut survey = Survey::default();
    survey.look_at(bytes, true);
    let encoding = if encoding == UTF_8 && survey.wrong > 0 && survey.is_hardly_utf8() {
        let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
        detector.feed(bytes, true);
        detector.guess(None, Utf8Detection::Deny)
    } else {
        encoding
    };
    let (text, ..) = encoding.decode(bytes);
    Ok((text.into_owned(), encoding.name()))
}

/// The encoding of a text without a byte order mark and without an option.
fn guess(head: &[u8]) -> Result<&'static Encoding, &'static str> {
    if !head.contains(&0) {
        return Ok(UTF_8);
    }
    let is_ascii = |unit: u16| matches!(unit, 0x09 | 0x0a | 0x0d | 0x20..=0x7e);
    let count = |unit: fn([u8; 2]) -> u16| {
        let (units, _) = head.as_chunks::<2>();
        units.iter().filter(|bytes| is_ascii(unit(**bytes))).count()
    };
    let (little, big) = (count(u16::from_le_bytes), count(u16::from_be_bytes));
    let is_it = |one: usize, other: usize| one * 20 >= head.len() && one > other * 4;
    if is_it(little, big) {
        Ok(UTF_16LE)
    } else if is_it(big, little) {
        Ok(UTF_16BE)
    } else {
        Err("is not a text: it has zero bytes. Export the data as \"CSV UTF-8\" or as JSON lines")
    }
}

/// The probable encoding of a text that is not UTF-8.
fn detect(bytes: impl Read) -> io::Result<&'static Encoding> {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    let mut reader = BufReader::with_capacity(CHUNK, bytes);
    loop {
        let part = reader.fill_buf()?;
        let length = part.len();
        detector.feed(part, length == 0);
        if length == 0 {
            return Ok(detector.guess(None, Utf8Detection::Deny));
        }
        reader.consume(length);
    }
}

/// The SHA-256 of a file.
///
/// # Errors
/// It cannot be read.
pub fn digest(mut bytes: impl Read) -> io::Result<String> {
    let mut digest = Sha256::new();
    let mut part = vec![0; CHUNK];
    loop {
        let length = bytes.read(&mut part)?;
        if length == 0 {
            return Ok(hex(&digest.finalize()));
        }
        digest.update(&part[..length]);
    }
}

impl Read for Text {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(file) => file.read(buffer),
            Self::Decoded(decoded) => decoded.read(buffer),
        }
    }
}

/// A file that is decoded as it is read.
#[derive(Debug)]
pub struct Decoded {
    file: BufReader<Box<dyn Bytes>>,
    decoder: Decoder,
    text: Vec<u8>,
    read: usize,
    is_wrong: bool,
    is_end: bool,
}

impl Decoded {
    /// Decodes the next part of the file.
    fn fill(&mut self) -> io::Result<()> {
        let part = self.file.fill_buf()?;
        self.is_end = part.is_empty();
        let room = self.decoder.max_utf8_buffer_length_without_replacement(part.len());
        self.text.resize(room.unwrap_or(4 * CHUNK), 0);
        let (result, read, written) = self
            .decoder
            .decode_to_utf8_without_replacement(part, &mut self.text, self.is_end);
        self.text.truncate(written);
        self.read = 0;
        self.file.consume(read);
        match result {
            // The valid part before it is read first.
            DecoderResult::Malformed(..) if written == 0 => Err(io::ErrorKind::InvalidData.into()),
            DecoderResult::Malformed(..) => {
                self.is_wrong = true;
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

impl Read for Decoded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.read == self.text.len() {
            if self.is_wrong {
                return Err(io::ErrorKind::InvalidData.into());
            }
            if self.is_end {
                return Ok(0);
            }
            self.fill()?;
        }
        let left = &self.text[self.read..];
        let length = left.len().min(buffer.len());
        buffer[..length].copy_from_slice(&left[..length]);
        self.read += length;
        Ok(length)
    }
}

/// Counts about a text.
#[derive(Debug, Default)]
struct Survey {
    line_feeds: u64,
    /// Carriage returns that no line feed follows.
    returns: u64,
    last: Option<u8>,
    /// Characters beyond ASCII.
    accents: u64,
    /// The places without a valid character, and the line ends of either kind before the first one.
    wrong: u64,
    before_wrong: Option<(u64, u64)>,
}

impl Survey {
    fn of(text: &TextFile) -> io::Result<Self> {
        let (mut survey, mut source) = (Self::default(), text.text()?);
        let mut part = Vec::with_capacity(CHUNK + 4);
        loop {
            let cut = part.len();
            part.resize(cut + CHUNK, 0);
            let length = match source.read(&mut part[cut..]) {
                Ok(length) => length,
                Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                    survey.note_wrong();
                    return Ok(survey);
                }
                Err(error) => return Err(error),
            };
            part.truncate(cut + length);
            let seen = survey.look_at(&part, length == 0);
            part.drain(..seen);
            if length == 0 {
                survey.returns += u64::from(survey.last == Some(b'\r'));
                return Ok(survey);
            }
        }
    }

    /// Counts a part of the text, without an incomplete last character. Returns the number of bytes.
    fn look_at(&mut self, part: &[u8], is_end: bool) -> usize {
        let mut seen = 0;
        loop {
            let error = match str::from_utf8(&part[seen..]) {
                Ok(well) => {
                    self.count(well);
                    return part.len();
                }
                Err(error) => error,
            };
            let well = seen + error.valid_up_to();
            self.count(str::from_utf8(&part[seen..well]).unwrap_or_default());
            seen = well;
            match error.error_len() {
                None if !is_end => return seen,
                length => {
                    self.note_wrong();
                    seen += length.unwrap_or(part.len() - seen);
                }
            }
        }
    }

    fn count(&mut self, text: &str) {
        for &byte in text.as_bytes() {
            self.returns += u64::from(self.last == Some(b'\r') && byte != b'\n');
            self.line_feeds += u64::from(byte == b'\n');
            self.last = Some(byte);
        }
        self.accents += text.chars().map(|character| u64::from(!character.is_ascii())).sum::<u64>();
    }

    fn note_wrong(&mut self) {
        self.returns += u64::from(self.last == Some(b'\r'));
        self.last = Some(b'?');
        self.wrong += 1;
        self.before_wrong = self.before_wrong.or(Some((self.line_feeds, self.returns)));
    }

    /// The end of lines. A text of the old Mac may have got one line feed at its end from another program.
    fn end(&self) -> LineEnd {
        let is_only_at_end = self.line_feeds == 1 && self.last == Some(b'\n');
        if self.returns > 0 && (self.line_feeds == 0 || is_only_at_end) {
            LineEnd::CarriageReturn
        } else {
            LineEnd::LineFeed
        }
    }

    fn lines(&self) -> u64 {
        let (ends, last) = match self.end() {
            LineEnd::LineFeed => (self.line_feeds, b'\n'),
            LineEnd::CarriageReturn => (self.returns, b'\r'),
        };
        ends + u64::from(self.last.is_some_and(|byte| byte != last))
    }

    /// The first line with an invalid character.
    fn wrong_line(&self) -> Option<u64> {
        let (line_feeds, returns) = self.before_wrong?;
        Some(
            1 + if self.end() == LineEnd::LineFeed {
                line_feeds
            } else {
                returns
            },
        )
    }

    /// Whether it is probably another encoding, rather than damaged UTF-8.
    fn is_hardly_utf8(&self) -> bool {
        self.wrong > self.accents
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(name: &str, content: &[u8], said: Option<&'static Encoding>) -> anyhow::Result<TextFile> {
        let source = HeldFile {
            name: name.to_owned(),
            content: content.into(),
        };
        let opened = TextFile::open(Arc::new(source), said);
        opened.map(|text| {
            let mut lines = text.read().unwrap();
            let read: Vec<String> = std::iter::from_fn(|| lines.next().unwrap())
                .map(|line| String::from_utf8_lossy(line.text()).into_owned())
                .collect();
            assert_eq!(read.len() as u64, text.lines, "{name}");
            TextFile {
                head: read.join("|"),
                ..text
            }
        })
    }

    #[track_caller]
    fn check(name: &str, content: &[u8], wanted: &str) {
        assert_eq!(open(name, content, None).unwrap().head, wanted);
    }

    #[track_caller]
    fn check_refused(name: &str, content: &[u8], says: &str) {
        let problem = open(name, content, None).unwrap_err();
        assert!(problem.is::<Refused>(), "{problem:#}");
        assert!(problem.to_string().contains(says), "{problem}");
    }

    fn utf16(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(unit).collect()
    }

    #[test]
    fn a_text_is_read_in_the_encoding_that_it_has() {
        let text = "a,Jürgen\r\nb,\u{1F600}\r\n";
        let wanted = "a,Jürgen|b,\u{1F600}";
        check("plain", text.as_bytes(), wanted);
        check("mark", format!("\u{feff}{text}").as_bytes(), wanted);
        for (name, unit) in [("le", u16::to_le_bytes as fn(u16) -> [u8; 2]), ("be", u16::to_be_bytes)] {
            check(name, &utf16(text, unit), wanted);
            check(name, &utf16(&format!("\u{feff}{text}"), unit), wanted);
        }
        let long = format!("{}\n", "ä,\u{1F600}".repeat(50_000));
        check("long", &utf16(&long, u16::to_le_bytes), long.trim_end());
        let said = Encoding::for_label(b"windows-1252");
        assert_eq!(open("said", b"a,J\xfcrgen\n", said).unwrap().head, "a,Jürgen");
    }

    #[test]
    fn a_file_in_memory_is_decoded_whatever_its_encoding_is() {
        let wanted = "name\nJürgen Müller\n";
        for (bytes, encoding) in [
            (wanted.as_bytes().to_vec(), "UTF-8"),
            (format!("\u{feff}{wanted}").into_bytes(), "UTF-8"),
            (utf16(&format!("\u{feff}{wanted}"), u16::to_le_bytes), "UTF-16LE"),
            (b"name\nJ\xfcrgen M\xfcller\n".to_vec(), "windows-1252"),
        ] {
            assert_eq!(decode(&bytes), Ok((wanted.to_owned(), encoding)));
        }
        assert!(decode(b"PK\x03\x04[Content_Types].xml").unwrap_err().contains("workbook"));
        assert!(decode(b"%PDF-1.7").unwrap_err().contains("PDF"));
    }

    #[test]
    fn lines_end_as_the_file_has_it() {
        check("mac", b"a,b\r1,2\r", "a,b|1,2");
        check("mac and a line feed", b"a,b\r1,2\n", "a,b|1,2\n");
        check("a return in a cell", b"a,b\n\"x\ry\",2\n", "a,b|\"x\ry\",2");
        check("dos without an end", b"a\r\nb", "a|b");
    }

    #[test]
    fn an_encoding_that_is_none_of_these_is_said_with_the_line_and_what_it_looks_like() {
        check_refused("latin", b"name\nAnn\nJ\xfcrgen M\xfcller\nZo\xeb\n", "line 3");
        check_refused("latin again", b"name\nAnn\nJ\xfcrgen M\xfcller\n", "--encoding windows-1252");
        check_refused("old mac", b"name\rAnn\rJ\x9frgen\r", "--encoding macintosh");
        check_refused("binary", b"a\0\0b\0c", "zero bytes");
        check_refused("a zero", b"externalId,firstName\n1,A\0nn\n", "zero bytes");
        check_refused(
            "broken",
            &[utf16("ab\nc", u16::to_le_bytes), vec![0, 0xd8, b'x', 0]].concat(),
            "line 2",
        );
        let mostly = "name\nJürgen\n\u{e9}\u{e8}\n".as_bytes();
        check("damaged", &[mostly, b"\xff\n"].concat(), "name|Jürgen|éè|\u{fffd}");
        let said = open("said to be", b"name\n\xff\n", Some(UTF_8));
        assert_eq!(said.unwrap().head, "name|\u{fffd}");
    }

    #[test]
    fn what_is_no_file_of_records_is_refused() {
        check_refused("nothing", b"", "is empty");
        check_refused("only a mark", b"\xef\xbb\xbf\r\n", "is empty");
        check_refused("zip", b"PK\x03\x04people.csv", "ZIP");
        check_refused("array", &utf16("[{}]", u16::to_le_bytes), "JSON array");
    }
}
