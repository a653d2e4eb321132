//! The certificates of the endpoint that stands in for DynamoDB's: a root, an authority below it, and the endpoint's own.

use anyhow::Result;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// The host name by which clients connect.
pub const HOST: &str = "localhost";

/// The certificates and keys of server and clients.
#[derive(Debug)]
pub struct Certificates {
    /// The endpoint's certificate and the one of its authority.
    pub chain: Vec<CertificateDer<'static>>,
    /// The endpoint's key.
    pub key: PrivateKeyDer<'static>,
    /// The root, in PEM.
    pub root: String,
}

impl Certificates {
    /// Creates new certificates, which only this run trusts.
    pub fn new() -> Result<Self> {
        let root = CertifiedIssuer::self_signed(authority("khoros-crm bench root"), KeyPair::generate()?)?;
        let below = CertifiedIssuer::signed_by(authority("khoros-crm bench authority"), KeyPair::generate()?, &root)?;
        let own = KeyPair::generate()?;
        let certificate = CertificateParams::new(vec![HOST.to_owned()])?.signed_by(&own, &below)?;
        Ok(Self {
            chain: vec![certificate.der().clone(), below.der().clone()],
            key: PrivateKeyDer::try_from(own.serialize_der()).map_err(anyhow::Error::msg)?,
            root: root.pem(),
        })
    }
}

fn authority(name: &str) -> CertificateParams {
    let mut authority = CertificateParams::default();
    authority.distinguished_name.push(DnType::CommonName, name);
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    authority
}
