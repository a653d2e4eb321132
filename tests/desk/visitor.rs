//! A browser at the desk: it keeps cookies, fills in forms, and follows nothing by itself.

use std::collections::BTreeMap;

use contract_tests::{
    client::{Answer, Tenant, ask_raw},
    stack::{TestStack, shared_stack},
};
use crm_domain::{KeyRecord, Permission, digest::sha256};
use crm_store::Store;

pub const SIGN_IN: &str = "/desk/sign-in";
/// The name that visitors give.
pub const PERSON: &str = "Änn O’Neil";

pub struct Visitor {
    pub tenant: Tenant,
    pub store: Store,
    pub key: KeyRecord,
    origin: String,
    cookies: BTreeMap<String, String>,
}

impl Visitor {
    /// A visitor of a fresh tenant, who has not signed in yet. The key opens the desk and Khoros' dialect.
    pub fn new() -> Self {
        Self::with(|_| {})
    }

    /// With another key.
    pub fn with(change: impl FnOnce(&mut KeyRecord)) -> Self {
        Self::at(shared_stack(), change)
    }

    /// At another stack.
    pub fn at(stack: &TestStack, change: impl FnOnce(&mut KeyRecord)) -> Self {
        let mut record = None;
        let (tenant, store) = stack.tenant_with(|key| {
            key.permissions = [Permission::Khoros, Permission::DeskView].into();
            change(key);
            record = Some(key.clone());
        });
        Self {
            origin: tenant.base.trim_end_matches("/api/v1").to_owned(),
            tenant,
            store,
            key: record.unwrap(),
            cookies: BTreeMap::new(),
        }
    }

    /// One who has signed in.
    #[track_caller]
    pub fn signed_in() -> Self {
        let mut visitor = Self::new();
        let answer = visitor.sign_in();
        assert_eq!(
            (answer.status, answer.headers["location"].as_str()),
            (303, "/desk"),
            "{answer:?}"
        );
        visitor
    }

    /// One who has signed in with this permission, and may call Khoros' operations.
    #[track_caller]
    pub fn who_may(permission: Permission) -> Self {
        let mut visitor = Self::with(|key| key.permissions = [Permission::Khoros, permission].into());
        let answer = visitor.sign_in();
        assert_eq!(answer.status, 303, "{answer:?}");
        visitor
    }

    /// Fills in the form.
    pub fn sign_in(&mut self) -> Answer {
        let key = self.tenant.authorization.clone();
        self.sign_in_as(&key, PERSON)
    }

    pub fn sign_in_as(&mut self, key: &str, person: &str) -> Answer {
        let code = code_of(&self.get(SIGN_IN));
        self.post(SIGN_IN, &[("form-code", &code), ("key", key), ("person", person)])
    }

    pub fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, &[])
    }

    /// Sends a form as it is.
    pub fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send("POST", path, fields)
    }

    /// Opens a page, fills in its form, and sends it.
    #[track_caller]
    pub fn fill(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.fill_at(path, path, fields)
    }

    /// Opens a page and sends another form of it, to `target`.
    #[track_caller]
    pub fn fill_at(&mut self, path: &str, target: &str, fields: &[(&str, &str)]) -> Answer {
        let page = self.get(path);
        assert_eq!(page.status, 200, "{page:?}");
        let code = code_of(&page);
        let fields = [&[("form-code", code.as_str())], fields].concat();
        self.post(target, &fields)
    }

    /// Uploads a file by the form of this page.
    #[track_caller]
    pub fn upload(&mut self, path: &str, name: &str, content: &[u8]) -> Answer {
        let code = code_of(&self.get(path));
        self.upload_with(&code, path, name, content)
    }

    /// The same with another code.
    pub fn upload_with(&mut self, code: &str, path: &str, name: &str, content: &[u8]) -> Answer {
        let head = format!(
            "--edge\r\nContent-Disposition: form-data; name=\"form-code\"\r\n\r\n{code}\r\n--edge\r\nContent-Disposition: form-data; \
             name=\"file\"; filename=\"{name}\"\r\nContent-Type: text/csv\r\n\r\n"
        );
        let body = [head.as_bytes(), content, b"\r\n--edge--\r\n"].concat();
        self.ask("POST", path, "multipart/form-data; boundary=edge", &body)
    }

    pub fn send(&mut self, method: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.ask(method, path, "application/x-www-form-urlencoded", encoded(fields).as_bytes())
    }

    fn ask(&mut self, method: &str, path: &str, content_type: &str, body: &[u8]) -> Answer {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let cookies = cookies.join("; ");
        let headers = [("cookie", cookies.as_str()), ("content-type", content_type)];
        let headers = &headers[usize::from(cookies.is_empty())..];
        let answer = ask_raw(&self.origin, method, path, headers, body);
        if let Some(set) = answer.headers.get("set-cookie") {
            let (name, rest) = set.split_once('=').unwrap();
            let (value, attributes) = rest.split_once(';').unwrap();
            if attributes.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }

    /// A cookie's value.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(name).map(String::as_str)
    }

    pub fn set_cookie(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.to_owned(), value.to_owned());
    }

    /// Changes the stored key.
    pub fn change_key(&mut self, change: impl FnOnce(&mut KeyRecord)) {
        change(&mut self.key);
        shared_stack().key_put(&self.tenant.authorization, &self.key);
    }

    /// The digest of the key's value.
    pub fn digest(&self) -> String {
        sha256(self.tenant.authorization.as_bytes())
    }
}

/// The code in the first form of a page.
#[track_caller]
pub fn code_of(page: &Answer) -> String {
    let text = page.text();
    let (_, rest) = text
        .split_once(r#"name="form-code" value=""#)
        .unwrap_or_else(|| panic!("no form in {page:?}"));
    rest.split_once('"').unwrap().0.to_owned()
}

fn encoded(fields: &[(&str, &str)]) -> String {
    let encode = |text: &str| -> String {
        let bytes = text.bytes().map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        });
        bytes.collect()
    };
    let pairs: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
        .collect();
    pairs.join("&")
}

/// A page of this status, with the headers that every page of the desk has. Returns its text.
#[track_caller]
pub fn expect_page(answer: &Answer, status: u16) -> String {
    assert_eq!(answer.status, status, "{answer:?}");
    answer.expect_headers(&[
        ("content-type", "text/html; charset=utf-8"),
        ("cache-control", "private, no-store"),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("x-robots-tag", "noindex"),
    ]);
    let policy = &answer.headers["content-security-policy"];
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    for part in [
        "script-src 'sha256-",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ] {
        assert!(policy.contains(part), "{part} in {policy}");
    }
    assert!(!policy.contains("unsafe") && !policy.contains("http"), "{policy}");
    let text = answer.text();
    for inline in [" style=", " onclick=", " onload=", "javascript:"] {
        assert!(!text.contains(inline), "{inline} in {text}");
    }
    assert!(text.len() < 100_000, "{} bytes", text.len());
    text
}
