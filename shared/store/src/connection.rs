//! How functions reach the table: by Lambda's environment variables only.
//!
//! The SDK's usual chain also asks profiles, STS and the instance's metadata, none of which Lambda has. A function without them is smaller
//! and starts sooner. Programs on a machine keep the usual chain (`Database::connect_by`).

use std::{env, time::Duration};

use aws_config::{
    BehaviorVersion, environment::EnvironmentVariableCredentialsProvider, retry::RetryConfig, timeout::TimeoutConfig,
};
use aws_sdk_dynamodb::{
    Client, Config,
    config::{AppName, Region, SharedHttpClient},
};
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode},
};

/// The time limit of one attempt of one call. The SDK makes up to three attempts, within the request's deadline.
const ATTEMPT: Duration = Duration::from_secs(1);
const CONNECT: Duration = Duration::from_millis(800);
const ATTEMPTS: u32 = 3;

/// The roots of Amazon Trust Services. Every endpoint of AWS has a certificate under one of them (docs/decisions/0042-amazons-roots.md).
const AMAZON_ROOTS: &str = include_str!("amazon_roots.pem");
/// The prefixes of regions whose endpoints may have other roots: China, and the isolated partitions.
const OTHER_PARTITIONS: [&str; 3] = ["cn-", "us-iso", "eu-iso"];

/// The roots that a client trusts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Roots {
    /// Amazon's only.
    Amazon,
    /// The system's, or those in `SSL_CERT_FILE`.
    System,
}

/// How long attempts take.
pub(crate) fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(CONNECT)
        .operation_attempt_timeout(ATTEMPT)
        .build()
}

/// How often a call is attempted.
pub(crate) fn retries() -> RetryConfig {
    RetryConfig::standard()
        .with_max_attempts(ATTEMPTS)
        .with_initial_backoff(Duration::from_millis(50))
}

/// What the environment says about the table's endpoint.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Surroundings {
    region: Option<String>,
    endpoint: Option<String>,
    application: Option<String>,
    fips: bool,
    dual_stack: bool,
    /// Whether an operator has set roots.
    names_roots: bool,
}

impl Surroundings {
    /// The environment of this process.
    pub(crate) fn of_this_process() -> Self {
        Self::read(|name| env::var(name).ok())
    }

    fn read(variable: impl Fn(&str) -> Option<String>) -> Self {
        let text = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
        let is_on = |name: &str| text(name).is_some_and(|value| value.trim().eq_ignore_ascii_case("true"));
        Self {
            region: text("AWS_REGION").or_else(|| text("AWS_DEFAULT_REGION")),
            endpoint: text("AWS_ENDPOINT_URL_DYNAMODB").or_else(|| text("AWS_ENDPOINT_URL")),
            application: text("AWS_SDK_UA_APP_ID"),
            fips: is_on("AWS_USE_FIPS_ENDPOINT"),
            dual_stack: is_on("AWS_USE_DUALSTACK_ENDPOINT"),
            names_roots: text("SSL_CERT_FILE").or_else(|| text("SSL_CERT_DIR")).is_some(),
        }
    }

    /// The roots under which the endpoint's certificate should be.
    pub(crate) fn roots(&self) -> Roots {
        let region = self.region.as_deref().unwrap_or_default();
        let is_elsewhere = OTHER_PARTITIONS.iter().any(|beginning| region.starts_with(beginning));
        if self.names_roots || self.endpoint.is_some() || is_elsewhere {
            Roots::System
        } else {
            Roots::Amazon
        }
    }

    /// An HTTP client that trusts these roots.
    pub(crate) fn client(&self, roots: Roots) -> Client {
        let mut configuration = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .credentials_provider(EnvironmentVariableCredentialsProvider::new())
            .http_client(http_client(roots))
            .timeout_config(timeouts())
            .retry_config(retries())
            .use_fips(self.fips)
            .use_dual_stack(self.dual_stack);
        configuration.set_region(self.region.clone().map(Region::new));
        configuration.set_endpoint_url(self.endpoint.clone());
        configuration.set_app_name(self.application.clone().and_then(|name| AppName::new(name).ok()));
        Client::from_conf(configuration.build())
    }
}

fn http_client(roots: Roots) -> SharedHttpClient {
    let builder = Builder::new().tls_provider(Provider::Rustls(CryptoMode::AwsLc));
    let trusted = match roots {
        Roots::Amazon => TrustStore::empty().with_pem_certificate(AMAZON_ROOTS),
        Roots::System => TrustStore::default(),
    };
    match TlsContext::builder().with_trust_store(trusted).build() {
        Ok(context) => builder.tls_context(context).build_https(),
        // This cannot fail. Without a context the system's roots are trusted.
        Err(_) => builder.build_https(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn surroundings(variables: &[(&str, &str)]) -> Surroundings {
        Surroundings::read(|name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[track_caller]
    fn check_roots(variables: &[(&str, &str)], wanted: Roots) {
        assert_eq!(surroundings(variables).roots(), wanted, "{variables:?}");
    }

    #[test]
    fn only_endpoints_of_aws_are_checked_against_amazons_roots_alone() {
        let here = ("AWS_REGION", "eu-central-1");
        check_roots(&[here], Roots::Amazon);
        check_roots(&[("AWS_REGION", "us-gov-west-1")], Roots::Amazon);
        check_roots(&[here, ("SSL_CERT_FILE", "")], Roots::Amazon);
        check_roots(&[here, ("SSL_CERT_FILE", "/opt/roots.pem")], Roots::System);
        check_roots(&[here, ("SSL_CERT_DIR", "/opt/roots")], Roots::System);
        check_roots(&[here, ("AWS_ENDPOINT_URL_DYNAMODB", "https://db.example")], Roots::System);
        check_roots(&[here, ("AWS_ENDPOINT_URL", "https://db.example")], Roots::System);
        for region in ["cn-north-1", "us-iso-east-1", "us-isob-east-1", "eu-isoe-west-1"] {
            check_roots(&[("AWS_REGION", region)], Roots::System);
        }
    }

    #[test]
    fn variables_are_read_as_the_sdk_reads_them() {
        let all = surroundings(&[
            ("AWS_REGION", "eu-central-1"),
            ("AWS_DEFAULT_REGION", "us-east-1"),
            ("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:1"),
            ("AWS_ENDPOINT_URL", "http://127.0.0.1:2"),
            ("AWS_SDK_UA_APP_ID", "khoros-find-customer"),
            ("AWS_USE_FIPS_ENDPOINT", "TRUE"),
            ("AWS_USE_DUALSTACK_ENDPOINT", "false"),
        ]);
        let wanted = Surroundings {
            region: Some("eu-central-1".to_owned()),
            endpoint: Some("http://127.0.0.1:1".to_owned()),
            application: Some("khoros-find-customer".to_owned()),
            fips: true,
            dual_stack: false,
            names_roots: false,
        };
        assert_eq!(all, wanted);
        let fallen_back = surroundings(&[
            ("AWS_DEFAULT_REGION", "us-east-1"),
            ("AWS_ENDPOINT_URL", "http://127.0.0.1:2"),
        ]);
        assert_eq!(fallen_back.region.as_deref(), Some("us-east-1"));
        assert_eq!(fallen_back.endpoint.as_deref(), Some("http://127.0.0.1:2"));
        assert_eq!(surroundings(&[]), Surroundings::default());
    }

    /// The client would panic on creation if one of them could not be read.
    #[test]
    fn amazons_roots_can_be_read() {
        assert_eq!(AMAZON_ROOTS.matches("-----BEGIN CERTIFICATE-----").count(), 5);
        drop(http_client(Roots::Amazon));
    }
}
