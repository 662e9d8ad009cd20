//! The signatures that authorities make: RSA (PKCS #1) and ECDSA over P-256 and P-384, with SHA-256, SHA-384 or SHA-512.

use der::Encode;
use der::asn1::ObjectIdentifier;
use p256::ecdsa::signature::hazmat::PrehashVerifier;
use rsa::pkcs8::DecodePublicKey;
use rsa::{Pkcs1v15Sign, PublicKey};
use sha2::{Digest, Sha256, Sha384, Sha512};
use x509_cert::spki::SubjectPublicKeyInfoOwned;

const SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.2");
const SHA512: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.3");
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");

/// Signature algorithms that name their hash.
const WITH_HASH: [(&str, Hash); 6] = [
    ("1.2.840.113549.1.1.11", Hash::Sha256),
    ("1.2.840.113549.1.1.12", Hash::Sha384),
    ("1.2.840.113549.1.1.13", Hash::Sha512),
    ("1.2.840.10045.4.3.2", Hash::Sha256),
    ("1.2.840.10045.4.3.3", Hash::Sha384),
    ("1.2.840.10045.4.3.4", Hash::Sha512),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    pub(super) fn named(oid: ObjectIdentifier) -> Result<Self, String> {
        match oid {
            super::asn1::SHA256 => Ok(Hash::Sha256),
            SHA384 => Ok(Hash::Sha384),
            SHA512 => Ok(Hash::Sha512),
            other => Err(format!("hash algorithm {other} is not accepted")),
        }
    }

    pub(super) fn of(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Hash::Sha256 => Sha256::digest(bytes).to_vec(),
            Hash::Sha384 => Sha384::digest(bytes).to_vec(),
            Hash::Sha512 => Sha512::digest(bytes).to_vec(),
        }
    }

    fn scheme(self) -> Pkcs1v15Sign {
        match self {
            Hash::Sha256 => Pkcs1v15Sign::new::<Sha256>(),
            Hash::Sha384 => Pkcs1v15Sign::new::<Sha384>(),
            Hash::Sha512 => Pkcs1v15Sign::new::<Sha512>(),
        }
    }
}

/// The hash of a signature algorithm; of one that names none, that which the signer names.
fn hash_of(algorithm: ObjectIdentifier, named: Option<Hash>) -> Result<Hash, String> {
    let own = WITH_HASH.iter().find(|(oid, _)| ObjectIdentifier::new_unwrap(oid) == algorithm);
    let own = own.map(|(_, hash)| *hash).or(named.filter(|_| algorithm == RSA));
    own.ok_or_else(|| format!("signature algorithm {algorithm} is not accepted"))
}

/// Is this the signature of a key over these bytes?
pub(super) fn verify(
    key: &SubjectPublicKeyInfoOwned,
    algorithm: ObjectIdentifier,
    named: Option<Hash>,
    bytes: &[u8],
    signature: &[u8],
) -> Result<(), String> {
    let hash = hash_of(algorithm, named)?;
    let hashed = hash.of(bytes);
    let wrong = || "the signature is not that of this key over these bytes".to_owned();
    if key.algorithm.oid == RSA {
        let der = key.to_der().map_err(|error| error.to_string())?;
        let key =
            PublicKey::from_public_key_der(&der).map_err(|error| format!("the RSA key cannot be read: {error}"))?;
        return key.verify(hash.scheme(), &hashed, signature).map_err(|_| wrong());
    }
    if key.algorithm.oid != EC {
        return Err(format!("a key of kind {} is not accepted", key.algorithm.oid));
    }
    let curve = key.algorithm.parameters.as_ref().and_then(|curve| curve.decode_as::<ObjectIdentifier>().ok());
    let point = key.subject_public_key.raw_bytes();
    let unreadable = |error: p256::ecdsa::Error| format!("the key or signature cannot be read: {error}");
    match curve {
        Some(P256) => {
            let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(point).map_err(unreadable)?;
            let signature = p256::ecdsa::Signature::from_der(signature).map_err(unreadable)?;
            key.verify_prehash(&hashed, &signature).map_err(|_| wrong())
        }
        Some(P384) => {
            let key = p384::ecdsa::VerifyingKey::from_sec1_bytes(point).map_err(unreadable)?;
            let signature = p384::ecdsa::Signature::from_der(signature).map_err(unreadable)?;
            key.verify_prehash(&hashed, &signature).map_err(|_| wrong())
        }
        other => {
            Err(format!("curve {} is not accepted", other.map_or("without a name".to_owned(), |oid| oid.to_string())))
        }
    }
}
