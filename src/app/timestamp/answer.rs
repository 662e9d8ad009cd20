//! An authority's answer, checked part by part.

use super::algorithm::{self, Hash};
use super::asn1::{self, TimeStampReq, TimeStampResp, TstInfo};
use super::{Area, Check, Verdict, chain};
use chrono::NaiveDateTime;
use cms::cert::CertificateChoices;
use cms::signed_data::{SignedData, SignerIdentifier, SignerInfo};
use der::asn1::{ObjectIdentifier, OctetString};
use der::{Decode, Encode, Tag, Tagged};
use sha1::Sha1;
use sha2::Digest;
use x509_cert::Certificate;
use x509_cert::ext::pkix::SubjectKeyIdentifier;
use x509_cert::ext::pkix::name::GeneralName;

/// Checks an answer against its request and the certificates that the examiner brings; without those the chain stays
/// unchecked.
pub(super) fn check(
    answer: &[u8],
    request: &TimeStampReq,
    roots: Option<&[Certificate]>,
    more: &[Certificate],
) -> Vec<Check> {
    let mut checks = Vec::new();
    match Token::read(answer) {
        Ok(token) => token.check(request, roots, more, &mut checks),
        Err(reason) => checks.push(Check::failed(Area::Status, reason)),
    }
    for area in Area::ALL {
        if !checks.iter().any(|check| check.area == area) {
            checks.push(Check { area, verdict: Verdict::Unchecked, detail: String::new() });
        }
    }
    checks
}

struct Token {
    granted: String,
    signed: SignedData,
    content: Vec<u8>,
    info: TstInfo,
    certificates: Vec<Certificate>,
}

impl Token {
    fn read(answer: &[u8]) -> Result<Self, String> {
        let unreadable = |error: der::Error| format!("the answer cannot be read: {error}");
        let answer = TimeStampResp::from_der(answer).map_err(unreadable)?;
        let said = answer.status.status_string.unwrap_or_default().join("; ");
        let granted = match answer.status.status {
            0 => "granted",
            1 => "granted with changes",
            other => return Err(format!("the authority refused (status {other}): {said}")),
        };
        let token = answer.time_stamp_token.ok_or("the answer contains no time stamp")?;
        if token.content_type != asn1::SIGNED_DATA {
            return Err("the time stamp is not signed data".to_owned());
        }
        let signed: SignedData = token.content.decode_as().map_err(unreadable)?;
        if signed.encap_content_info.econtent_type != asn1::TST_INFO {
            return Err("what is signed is not a time stamp".to_owned());
        }
        let content = signed.encap_content_info.econtent.as_ref().ok_or("the time stamp is empty")?;
        let content = content.decode_as::<OctetString>().map_err(unreadable)?.into_bytes().into_vec();
        let info = TstInfo::from_der(&content).map_err(unreadable)?;
        if info.version != 1 {
            return Err(format!("the time stamp has version {}", info.version));
        }
        let certificates = signed.certificates.as_ref().map(|set| set.0.as_slice()).unwrap_or_default();
        let certificates = certificates.iter().filter_map(|choice| match choice {
            CertificateChoices::Certificate(certificate) => Some(certificate.clone()),
            CertificateChoices::Other(_) => None,
        });
        let certificates = certificates.collect();
        Ok(Self { granted: granted.to_owned(), content, info, certificates, signed })
    }

    fn check(
        &self,
        request: &TimeStampReq,
        roots: Option<&[Certificate]>,
        more: &[Certificate],
        checks: &mut Vec<Check>,
    ) {
        checks.push(Check::good(Area::Status, self.granted.clone()));
        let (asked, found) = (&request.message_imprint, &self.info.message_imprint);
        let is_same =
            found.hash_algorithm.oid == asked.hash_algorithm.oid && found.hashed_message == asked.hashed_message;
        let hex = crate::case::journal::hex(found.hashed_message.as_bytes());
        checks.push(match is_same {
            true => Check::good(Area::Imprint, format!("SHA-256 {hex}")),
            false => Check::failed(Area::Imprint, format!("it is about {hex} ({})", found.hash_algorithm.oid)),
        });
        checks.push(match (&request.nonce, &self.info.nonce) {
            (Some(asked), Some(found)) if asked == found => Check::good(Area::Nonce, String::new()),
            (Some(_), Some(_)) => Check::failed(Area::Nonce, "it answers another request".to_owned()),
            (Some(_), None) => Check::failed(Area::Nonce, "the answer contains none".to_owned()),
            (None, _) => Check::unchecked(Area::Nonce, "the request contains none".to_owned()),
        });
        let pool: Vec<Certificate> = [&self.certificates, more].concat();
        let signer = match self.signer(&pool) {
            Ok((info, signer)) => {
                checks.push(match self.signed_by(info, signer) {
                    Ok(()) => Check::good(Area::Signature, chain::subject(signer)),
                    Err(reason) => Check::failed(Area::Signature, reason),
                });
                signer
            }
            Err(reason) => return checks.push(Check::failed(Area::Signature, reason)),
        };
        checks.push(match chain::usage(signer) {
            Ok(()) => Check::good(Area::Usage, String::new()),
            Err(reason) => Check::failed(Area::Usage, reason),
        });
        let (text, seconds) = match self.time() {
            Ok(time) => time,
            Err(reason) => return checks.push(Check::failed(Area::Time, reason)),
        };
        checks.push(match chain::valid_at(signer, seconds) {
            Ok(()) => Check::good(Area::Time, text),
            Err(reason) => Check::failed(Area::Time, format!("{text}; {reason}")),
        });
        checks.push(match roots.map(|roots| chain::chain(signer, &pool, roots, seconds)) {
            Some(Ok(way)) => {
                let names: Vec<String> = way.iter().map(|certificate| chain::subject(certificate)).collect();
                Check::good(Area::Chain, names.join(" < "))
            }
            Some(Err(reason)) => Check::failed(Area::Chain, reason),
            None => Check::unchecked(Area::Chain, "no certificate of an authority was given".to_owned()),
        });
    }

    /// The one signature, and the certificate that it names.
    fn signer<'c>(&'c self, pool: &'c [Certificate]) -> Result<(&'c SignerInfo, &'c Certificate), String> {
        let [info] = self.signed.signer_infos.0.as_slice() else {
            return Err("a time stamp has exactly one signature".to_owned());
        };
        let is_named = |certificate: &&Certificate| {
            let tbs = certificate.tbs_certificate();
            match &info.sid {
                SignerIdentifier::IssuerAndSerialNumber(named) => {
                    named.issuer == *tbs.issuer() && named.serial_number == *tbs.serial_number()
                }
                SignerIdentifier::SubjectKeyIdentifier(named) => {
                    matches!(tbs.get_extension::<SubjectKeyIdentifier>(), Ok(Some((_, own))) if own == *named)
                }
            }
        };
        let certificate = pool.iter().find(is_named);
        Ok((info, certificate.ok_or("the answer does not contain the certificate of its signer (see --untrusted)")?))
    }

    fn signed_by(&self, info: &SignerInfo, signer: &Certificate) -> Result<(), String> {
        let attributes = info.signed_attrs.as_ref().ok_or("the signature has no signed attributes")?;
        let value = |oid: ObjectIdentifier| {
            let attribute = attributes.iter().find(|attribute| attribute.oid == oid)?;
            attribute.values.iter().next().and_then(|value| value.to_der().ok())
        };
        let content_type = value(asn1::CONTENT_TYPE).and_then(|value| ObjectIdentifier::from_der(&value).ok());
        if content_type != Some(asn1::TST_INFO) {
            return Err("the signature is not about a time stamp".to_owned());
        }
        let hash = Hash::named(info.digest_alg.oid)?;
        let digest = value(asn1::MESSAGE_DIGEST).and_then(|value| OctetString::from_der(&value).ok());
        if digest.is_none_or(|digest| digest.as_bytes() != hash.of(&self.content)) {
            return Err("the time stamp was changed after it was signed".to_owned());
        }
        let named = [asn1::SIGNING_CERTIFICATE_V2, asn1::SIGNING_CERTIFICATE]
            .into_iter()
            .find_map(|oid| asn1::signer_named(oid, &value(oid)?));
        let (algorithm, named) = named.ok_or("the signature does not name its certificate")?;
        let certificate = signer.to_der().map_err(|error| error.to_string())?;
        let own = match algorithm {
            Some(algorithm) => Hash::named(algorithm)?.of(&certificate),
            None => Sha1::digest(&certificate).to_vec(),
        };
        if own != named {
            return Err("the signature names another certificate".to_owned());
        }
        if let Some(GeneralName::DirectoryName(name)) = &self.info.tsa
            && name != signer.tbs_certificate().subject()
        {
            return Err(format!("the time stamp names {name} as its authority"));
        }
        let bytes = attributes.to_der().map_err(|error| error.to_string())?;
        let key = signer.tbs_certificate().subject_public_key_info();
        algorithm::verify(key, info.signature_algorithm.oid, Some(hash), &bytes, info.signature.as_bytes())
    }

    /// The time as it is written, and in seconds since 1970.
    fn time(&self) -> Result<(String, u64), String> {
        let bytes = self.info.gen_time.value();
        let text = std::str::from_utf8(bytes).ok().filter(|_| self.info.gen_time.tag() == Tag::GeneralizedTime);
        let bad = || "its time cannot be read".to_owned();
        let text = text.and_then(|text| text.strip_suffix('Z')).ok_or_else(bad)?;
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        if !fraction.chars().all(|c| c.is_ascii_digit()) {
            return Err(bad());
        }
        let time = NaiveDateTime::parse_from_str(whole, "%Y%m%d%H%M%S").map_err(|_| bad())?.and_utc();
        let seconds = u64::try_from(time.timestamp()).map_err(|_| bad())?;
        let point = if fraction.is_empty() { "" } else { "." };
        Ok((format!("{}{point}{fraction}Z", time.format("%Y-%m-%dT%H:%M:%S")), seconds))
    }
}
