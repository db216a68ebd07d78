//! Client certificates.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose, PKCS_ECDSA_P521_SHA512,
};
use tokio_rustls::rustls::SignatureScheme;
use tokio_rustls::rustls::client::ResolvesClientCert;
use tokio_rustls::rustls::crypto::CryptoProvider;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;
use tokio_rustls::rustls::sign::CertifiedKey;

/// A certificate and a private key, which need not belong together.
#[derive(Clone, Debug)]
pub struct ClientCertificate {
    certificate: Arc<rcgen::Certificate>,
    key: Arc<KeyPair>,
}

impl ClientCertificate {
    /// A new certificate like those Terraform makes: P-521, an authority of its own, 30 years.
    ///
    /// # Panics
    ///
    /// The crypto library is out of order.
    #[must_use]
    pub fn like_terraforms() -> Self {
        const LIFE: Duration = Duration::from_secs(262_980 * 3600);
        let key = KeyPair::generate_for(&PKCS_ECDSA_P521_SHA512).expect("a P-521 key");
        let mut params = CertificateParams::new(["localhost".to_owned()]).expect("a DNS name");
        for (kind, name) in [
            (DnType::CommonName, "localhost"),
            (DnType::OrganizationName, "HashiCorp"),
        ] {
            params.distinguished_name.push(kind, name);
        }
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![
            KeyUsagePurpose::DigitalSignature,
            KeyUsagePurpose::KeyEncipherment,
            KeyUsagePurpose::KeyAgreement,
            KeyUsagePurpose::KeyCertSign,
        ];
        params.extended_key_usages = vec![
            ExtendedKeyUsagePurpose::ClientAuth,
            ExtendedKeyUsagePurpose::ServerAuth,
        ];
        let now = SystemTime::now();
        params.not_before = (now - Duration::from_secs(30)).into();
        params.not_after = (now + LIFE).into();
        Self {
            certificate: Arc::new(params.self_signed(&key).expect("a certificate")),
            key: Arc::new(key),
        }
    }

    /// This certificate with `other`'s key: somebody who has seen the one and lacks the other.
    #[must_use]
    pub fn with_key_of(&self, other: &Self) -> Self {
        Self {
            certificate: self.certificate.clone(),
            key: other.key.clone(),
        }
    }

    /// The certificate as text.
    #[must_use]
    pub fn pem(&self) -> String {
        self.certificate.pem()
    }

    /// Shows the certificate whatever the server asks for. The library's own ways would refuse a
    /// key that does not match before the server gets to see it.
    pub(super) fn resolver(&self, provider: &CryptoProvider) -> anyhow::Result<Shown> {
        let key = PrivatePkcs8KeyDer::from(self.key.serialize_der());
        let key = provider.key_provider.load_private_key(key.into())?;
        let chain = vec![self.certificate.der().clone()];
        Ok(Shown(Arc::new(CertifiedKey::new(chain, key))))
    }
}

#[derive(Debug)]
pub(super) struct Shown(Arc<CertifiedKey>);

impl ResolvesClientCert for Shown {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        Some(self.0.clone())
    }

    fn has_certs(&self) -> bool {
        true
    }
}
