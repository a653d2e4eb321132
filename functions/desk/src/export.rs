//! The export of one person.

use std::{
    io::{self, Write},
    sync::Arc,
    time::{Duration, Instant},
};

use crm_domain::error::Error;
use crm_lambda::http::{Request, Response};
use crm_service::{ExportFailure, Session};

use crate::{page, refusal};

/// The largest document, in bytes. Lambda takes six megabytes, in which each quotation mark is escaped.
const MOST_BYTES: usize = 4_000_000;
/// How long a document may take. A request has seven seconds.
const TO_WRITE: Duration = Duration::from_secs(5);

/// `GET /desk/people/{id}/export`: a JSON document with all that is stored of a person, as `crm customer export` writes it.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn export(session: Session, request: Arc<Request>) -> Result<Response, Error> {
    let customer = crm_service::find_customer(&session, request.path_parameter("id")).await?;
    let mut out = Bounded {
        bytes: Vec::new(),
        until: Instant::now() + TO_WRITE,
    };
    match crm_service::export_person(&session, &customer, &mut out).await {
        Ok(_) => {}
        Err(ExportFailure::Read(error)) => return Err(error),
        Err(ExportFailure::Write(_)) => return refusal::too_large_to_export(&request),
    }
    let document = String::from_utf8(out.bytes).map_err(|error| Error::internal("write a document", error))?;
    let download = page::file(document, "application/json", &format!("{}.json", customer.id));
    if download.is_sendable() {
        Ok(download)
    } else {
        refusal::too_large_to_export(&request)
    }
}

/// Takes as much as one answer holds, for as long as a request may take.
struct Bounded {
    bytes: Vec<u8>,
    until: Instant,
}

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + bytes.len() > MOST_BYTES || Instant::now() > self.until {
            return Err(io::Error::other("too much for one answer"));
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_ends_at_its_bounds() {
        let mut out = Bounded {
            bytes: Vec::new(),
            until: Instant::now() + Duration::from_mins(1),
        };
        assert!(out.write_all(&vec![b'x'; MOST_BYTES]).is_ok());
        assert!(out.write_all(b"x").is_err());
        let mut late = Bounded {
            bytes: Vec::new(),
            until: Instant::now(),
        };
        // Clocks may stand still for a moment.
        while Instant::now() <= late.until {
            std::hint::spin_loop();
        }
        assert!(late.write_all(b"x").is_err());
    }
}
