//! Signing in: a key and a name are exchanged for a cookie.

use std::sync::Arc;

use agent::text::Text;
use askama::Template;
use crm_domain::error::Error;
use crm_lambda::{
    http::{Request, Response},
    runtime::FORM_CODE,
};
use crm_service::{
    Session,
    link::LINK_SECRET,
    sign_in::{LONGEST_PERSON, SignIn},
};

use crate::{
    cookie,
    page::{self, INLINE, Inline},
    random_word::random_word,
};

/// Where people sign in.
pub const PATH: &str = "/desk/sign-in";
/// The form's field of the key.
pub const KEY: &str = "key";
/// The form's field of the person's name.
const PERSON: &str = "person";
/// The parameter that says that an earlier sign-in has ended.
pub const ENDED: &str = "ended";

/// Whatever is wrong with a key, the answer is the same.
pub const NO_KEY: Problem = Problem {
    of: Of::Key,
    text: "This key does not open the desk. It must be the whole value that crm keys create has shown, such as Bearer …, with the \
           permission desk:view, desk:edit or admin, for all customers, and neither revoked nor expired.",
};
/// After too many failures.
pub const TOO_MANY: Problem = Problem {
    of: Of::Key,
    text: "Too many keys were refused from where you are. Please wait for five minutes.",
};
const NO_COOKIE: Problem = Problem {
    of: Of::Form,
    text: "Your browser did not send this form’s cookie. Please allow cookies of this site, and try again.",
};
const NOBODY: Problem = Problem {
    of: Of::Person,
    text: "Please say who you are: the histories of records name you.",
};
const LONG: Problem = Problem {
    of: Of::Person,
    text: "This name is longer than 100 characters.",
};

/// What is wrong with the form.
#[derive(Debug, Clone, Copy)]
pub struct Problem {
    of: Of,
    text: &'static str,
}

/// Where the problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Of {
    Key,
    Person,
    Form,
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    inline: &'static Inline,
    /// The word that the form repeats.
    word: String,
    person: Text,
    problem: Option<Problem>,
    has_ended: bool,
}

impl SignInPage {
    fn of(&self, place: Of) -> Option<&'static str> {
        self.problem.filter(|problem| problem.of == place).map(|problem| problem.text)
    }

    fn key_problem(&self) -> Option<&'static str> {
        self.of(Of::Key)
    }

    fn person_problem(&self) -> Option<&'static str> {
        self.of(Of::Person)
    }

    fn form_problem(&self) -> Option<&'static str> {
        self.of(Of::Form)
    }
}

/// `GET /desk/sign-in`.
///
/// # Errors
/// When there is no random word.
pub fn page(request: &Request) -> Result<Response, Error> {
    show(request, 200, None)
}

/// `POST /desk/sign-in`. The key has been checked.
///
/// # Errors
/// When there is no secret to sign with.
pub async fn sign_in(session: Session, request: Arc<Request>) -> Result<Response, Error> {
    // Another site could send this form with a key of its own, and so see what is done with it.
    if cookie::word(&request) != Some(request.form_value(FORM_CODE)) {
        return show(&request, 403, Some(NO_COOKIE));
    }
    let person = match person(&request) {
        Ok(person) => person,
        Err(problem) => return show(&request, 422, Some(problem)),
    };
    let grant = &session.grant;
    let sign_in = SignIn::new(grant.digest.clone(), grant.key.tenant.clone(), person, session.now);
    let token = session.links.token(&sign_in);
    let token = token.ok_or_else(|| Error::internal("sign somebody in", format!("{LINK_SECRET} is not set or not usable")))?;
    Ok(page::see_other("/desk").with("set-cookie", cookie::of_token(&token)))
}

/// The form again, with what is wrong.
pub fn again(request: &Request, status: u16, problem: Problem) -> Response {
    show(request, status, Some(problem)).unwrap_or_else(|_| Response::of(status, "text/plain; charset=utf-8", problem.text))
}

fn person(request: &Request) -> Result<String, Problem> {
    let person = Text::beginning(request.form_value(PERSON), LONGEST_PERSON + 1).to_string();
    match person.chars().count() {
        0 => Err(NOBODY),
        1..=LONGEST_PERSON => Ok(person),
        _ => Err(LONG),
    }
}

fn show(request: &Request, status: u16, problem: Option<Problem>) -> Result<Response, Error> {
    let (word, is_new) = match cookie::word(request) {
        Some(word) => (word.to_owned(), false),
        None => (random_word()?, true),
    };
    let form = SignInPage {
        inline: &INLINE,
        person: Text::beginning(request.form_value(PERSON), LONGEST_PERSON),
        problem,
        has_ended: request.query_parameter(ENDED).is_some(),
        word: word.clone(),
    };
    let response = page::html(status, &form)?;
    Ok(if is_new {
        response.with("set-cookie", cookie::of_word(&word))
    } else {
        response
    })
}
