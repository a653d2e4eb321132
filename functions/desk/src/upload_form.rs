//! Forms with a file (`multipart/form-data`).

use std::convert::Infallible;

use crm_lambda::{http::Request, runtime::FORM_CODE};
use futures::{FutureExt as _, stream};
use multer::{Multipart, parse_boundary};

/// The input of the file.
pub const FILE: &str = "file";
/// The longest name of a file that is kept, in characters.
const LONGEST_NAME: usize = 100;

/// A form with a file, as somebody sent it.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct UploadForm {
    /// The code of the sign-in.
    code: String,
    /// The file's name, without its folder.
    pub name: String,
    /// The file.
    pub content: Vec<u8>,
}

/// The code in a form, whether or not it has a file.
pub fn code(request: &Request) -> String {
    match read(request) {
        Some(form) => form.code,
        None => request.form_value(FORM_CODE).to_owned(),
    }
}

/// The form with a file; `None` if the request is none, or if it is broken.
pub fn read(request: &Request) -> Option<UploadForm> {
    let boundary = parse_boundary(request.header("content-type")?).ok()?;
    let body = stream::iter([Ok::<_, Infallible>(request.body.clone())]);
    // The body is in memory, so nothing waits.
    fields(Multipart::new(body, boundary)).now_or_never().flatten()
}

async fn fields(mut parts: Multipart<'_>) -> Option<UploadForm> {
    let mut form = UploadForm::default();
    while let Some(part) = parts.next_field().await.ok()? {
        match part.name() {
            Some(FORM_CODE) => form.code = String::from_utf8(part.bytes().await.ok()?.to_vec()).ok()?,
            Some(FILE) => {
                form.name = name(part.file_name().unwrap_or_default());
                form.content = part.bytes().await.ok()?.to_vec();
            }
            _ => {}
        }
    }
    Some(form)
}

/// A file's name as it is shown: some browsers send its folder, too.
fn name(sent: &str) -> String {
    let name = sent.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = name
        .chars()
        .filter(|character| !character.is_control())
        .take(LONGEST_NAME)
        .collect();
    if name.trim().is_empty() { "the file".to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(content_type: &str, body: &[u8]) -> Request {
        let mut request = Request::default();
        request.headers.insert("content-type", content_type.parse().unwrap());
        request.body = body.to_vec();
        request
    }

    #[test]
    fn a_form_with_a_file_is_read_and_so_is_one_without() {
        let body = b"--x\r\nContent-Disposition: form-data; name=\"form-code\"\r\n\r\nsecret\r\n\
            --x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"C:\\data\\people.csv\"\r\nContent-Type: text/csv\r\n\r\n\
            a,\xff\r\n\r\n--x--\r\n";
        let request = sent("multipart/form-data; boundary=x", body);
        let wanted = UploadForm {
            code: "secret".to_owned(),
            name: "people.csv".to_owned(),
            content: b"a,\xff\r\n".to_vec(),
        };
        assert_eq!(read(&request), Some(wanted));
        assert_eq!(code(&request), "secret");
        let plain = sent("application/x-www-form-urlencoded", b"form-code=other");
        assert_eq!((read(&plain), code(&plain)), (None, "other".to_owned()));
        let broken = sent(
            "multipart/form-data; boundary=x",
            b"--x\r\nContent-Disposition: form-data; name=\"form-code\"\r\n\r\nsec",
        );
        assert_eq!((read(&broken), code(&broken)), (None, String::new()));
    }

    #[test]
    fn a_name_is_without_its_folder() {
        assert_eq!(name("/home/ann/people.csv"), "people.csv");
        assert_eq!(name("a\nb.csv"), "ab.csv");
        assert_eq!(name(""), "the file");
        assert_eq!(name(&"x".repeat(200)).len(), LONGEST_NAME);
    }
}
