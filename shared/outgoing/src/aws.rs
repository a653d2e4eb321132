//! Calls of AWS' services, signed by ourselves. Where one operation of a service is needed, that costs less than another SDK (decision 0053).

use std::{error::Error, time::SystemTime};

use aws_config::environment::EnvironmentVariableCredentialsProvider;
use aws_credential_types::{
    Credentials,
    provider::{ProvideCredentials as _, SharedCredentialsProvider},
};
use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4,
};

use crate::{Caller, Incoming, Outgoing};

/// The domain of AWS' services in a region.
pub fn domain(region: &str) -> &'static str {
    if region.starts_with("cn-") {
        "amazonaws.com.cn"
    } else {
        "amazonaws.com"
    }
}

/// A service in a region, as signatures name it.
#[derive(Debug, Clone, Copy)]
pub struct Service<'a> {
    /// The service's name in signatures.
    pub name: &'a str,
    /// The region.
    pub region: &'a str,
}

impl Service<'_> {
    /// The headers that sign a call, at this time.
    ///
    /// # Errors
    /// The call cannot be signed.
    pub fn signature(
        self,
        credentials: Credentials,
        (method, url): (&str, &str),
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Result<Vec<(String, String)>, Box<dyn Error + Send + Sync>> {
        let identity = credentials.into();
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(self.region)
            .name(self.name)
            .time(SystemTime::now())
            .settings(SigningSettings::default())
            .build()?
            .into();
        let request = SignableRequest::new(method, url, headers.iter().copied(), SignableBody::Bytes(body))?;
        let (instructions, _) = sign(request, &parameters)?.into_parts();
        let signed = instructions.headers();
        Ok(signed.map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }
}

/// Whose calls these are.
#[derive(Debug, Clone)]
pub struct Account {
    credentials: SharedCredentialsProvider,
}

impl Account {
    /// An account with these credentials.
    pub fn new(credentials: SharedCredentialsProvider) -> Self {
        Self { credentials }
    }

    /// The account of a function, whose credentials Lambda puts into the environment.
    pub fn of_function() -> Self {
        Self::new(SharedCredentialsProvider::new(EnvironmentVariableCredentialsProvider::new()))
    }

    /// Signs a request and sends it.
    ///
    /// # Errors
    /// The reason in words.
    pub async fn send(&self, caller: &Caller, service: Service<'_>, request: Outgoing<'_>) -> Result<Incoming, &'static str> {
        let credentials = self.credentials.provide_credentials().await;
        let credentials = credentials.map_err(|_| "the AWS credentials cannot be obtained")?;
        let call = (request.method, request.url.as_str());
        let signature = service.signature(credentials, call, request.headers, request.body.as_bytes());
        let signature = signature.map_err(|_| "the request cannot be signed")?;
        let mut headers = request.headers.to_vec();
        headers.extend(signature.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        let signed = Outgoing {
            headers: &headers,
            ..request
        };
        caller.send(signed).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_tells_the_domain() {
        assert_eq!(domain("eu-west-1"), "amazonaws.com");
        assert_eq!(domain("cn-north-1"), "amazonaws.com.cn");
    }

    #[test]
    fn a_signature_names_service_region_and_headers_and_no_secret() {
        let service = Service {
            name: "events",
            region: "eu-west-1",
        };
        let credentials = Credentials::new("AKID", "secret", Some("token".to_owned()), None, "test");
        let call = ("POST", "https://events.eu-west-1.amazonaws.com/");
        let signed = service.signature(credentials, call, &[("x-amz-target", "AWSEvents.PutEvents")], b"{}");
        let signed = signed.unwrap();
        let header = |name: &str| signed.iter().find(|(known, _)| known == name).unwrap().1.as_str();
        let authorization = header("authorization");
        assert!(
            authorization.starts_with("AWS4-HMAC-SHA256 Credential=AKID/"),
            "{authorization}"
        );
        assert!(authorization.contains("/eu-west-1/events/aws4_request"), "{authorization}");
        assert!(
            authorization.contains("SignedHeaders=host;x-amz-date;x-amz-security-token;x-amz-target"),
            "{authorization}"
        );
        assert_eq!(header("x-amz-security-token"), "token");
        assert!(signed.iter().all(|(_, value)| !value.contains("secret")));
    }
}
