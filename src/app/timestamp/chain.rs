//! From an authority's certificate to one that the examiner trusts.

use super::algorithm;
use super::asn1::TIME_STAMPING;
use der::Encode;
use x509_cert::Certificate;
use x509_cert::ext::pkix::{BasicConstraints, ExtendedKeyUsage, KeyUsage};

/// A longer chain is not followed.
const LONGEST: usize = 10;
/// Extensions that are understood here, so that they may be critical: key usage, basic constraints, extended key usage,
/// alternative names, policies.
const UNDERSTOOD: [&str; 5] = ["2.5.29.15", "2.5.29.19", "2.5.29.37", "2.5.29.17", "2.5.29.32"];

pub(super) fn subject(certificate: &Certificate) -> String {
    certificate.tbs_certificate().subject().to_string()
}

/// May this certificate's key sign time stamps, and nothing else?
pub(super) fn usage(certificate: &Certificate) -> Result<(), String> {
    let tbs = certificate.tbs_certificate();
    match tbs.get_extension::<ExtendedKeyUsage>() {
        Ok(Some((true, usage))) if usage.0 == [TIME_STAMPING] => {}
        Ok(Some((false, usage))) if usage.0 == [TIME_STAMPING] => {
            return Err("its extended key usage is not marked critical".to_owned());
        }
        Ok(Some(_)) => return Err("its extended key usage is not time stamping alone".to_owned()),
        Ok(None) => return Err("it has no extended key usage".to_owned()),
        Err(error) => return Err(format!("its extended key usage cannot be read: {error}")),
    }
    match tbs.get_extension::<KeyUsage>() {
        Ok(None) => Ok(()),
        Ok(Some((_, usage))) => {
            let signs = usage.digital_signature() || usage.non_repudiation();
            let others = usage.key_encipherment()
                || usage.data_encipherment()
                || usage.key_agreement()
                || usage.key_cert_sign()
                || usage.crl_sign();
            match signs && !others {
                true => Ok(()),
                false => Err("its key usage is not signing alone".to_owned()),
            }
        }
        Err(error) => Err(format!("its key usage cannot be read: {error}")),
    }
}

/// Is a certificate valid at a time (seconds since 1970)?
pub(super) fn valid_at(certificate: &Certificate, seconds: u64) -> Result<(), String> {
    let validity = certificate.tbs_certificate().validity();
    let (from, to) = (validity.not_before, validity.not_after);
    let is_valid = (from.to_unix_duration().as_secs()..=to.to_unix_duration().as_secs()).contains(&seconds);
    match is_valid {
        true => Ok(()),
        false => Err(format!(
            "the certificate of {} is valid from {} to {}",
            subject(certificate),
            from.to_date_time(),
            to.to_date_time()
        )),
    }
}

/// The certificates from the signer's to one of `roots`; `seconds` is the time that is stamped.
///
/// # Errors
/// Why the way that leads furthest ends where it does.
pub(super) fn chain<'c>(
    signer: &'c Certificate,
    others: &'c [Certificate],
    roots: &'c [Certificate],
    seconds: u64,
) -> Result<Vec<&'c Certificate>, String> {
    let mut way = vec![signer];
    extend(&mut way, others, roots, seconds)?;
    Ok(way)
}

fn extend<'c>(
    way: &mut Vec<&'c Certificate>,
    others: &'c [Certificate],
    roots: &'c [Certificate],
    seconds: u64,
) -> Result<(), String> {
    let Some(last) = way.last().copied() else { return Ok(()) };
    valid_at(last, seconds)?;
    understood(last)?;
    let is_own =
        |certificate: &Certificate| certificate.tbs_certificate().subject() == certificate.tbs_certificate().issuer();
    if is_own(last) {
        return match roots.contains(last) {
            true => Ok(()),
            false => Err(format!("it ends at {}, which is not among the certificates given", subject(last))),
        };
    }
    if way.len() >= LONGEST {
        return Err("it is too long".to_owned());
    }
    let issuer = last.tbs_certificate().issuer();
    let mut reason = format!("no certificate of {issuer} was found");
    for next in roots.iter().chain(others).filter(|next| next.tbs_certificate().subject() == issuer) {
        if way.contains(&next) {
            continue;
        }
        let found = issued(last, next, way.len()).and_then(|()| {
            way.push(next);
            let found = extend(way, others, roots, seconds);
            if found.is_err() {
                way.pop();
            }
            found
        });
        match found {
            Ok(()) => return Ok(()),
            Err(why) => reason = why,
        }
    }
    Err(reason)
}

/// May `issuer` have issued `certificate`, and did it? `below` certificates are below the issuer.
fn issued(certificate: &Certificate, issuer: &Certificate, below: usize) -> Result<(), String> {
    let tbs = issuer.tbs_certificate();
    let name = subject(issuer);
    match tbs.get_extension::<BasicConstraints>() {
        Ok(Some((_, constraints))) if constraints.ca => {
            // The signer's own certificate does not count.
            if constraints.path_len_constraint.is_some_and(|most| usize::from(most) < below.saturating_sub(1)) {
                return Err(format!("{name} may not have so many authorities below it"));
            }
        }
        Ok(_) => return Err(format!("{name} is not an authority that may issue certificates")),
        Err(error) => return Err(format!("the constraints of {name} cannot be read: {error}")),
    }
    match tbs.get_extension::<KeyUsage>() {
        Ok(Some((_, usage))) if !usage.key_cert_sign() => {
            return Err(format!("the key of {name} may not sign certificates"));
        }
        Ok(_) => {}
        Err(error) => return Err(format!("the key usage of {name} cannot be read: {error}")),
    }
    let bytes = certificate.tbs_certificate().to_der().map_err(|error| error.to_string())?;
    let signature = certificate.signature().raw_bytes();
    algorithm::verify(tbs.subject_public_key_info(), certificate.signature_algorithm().oid, None, &bytes, signature)
        .map_err(|why| format!("{} was not issued by {name}: {why}", subject(certificate)))
}

/// A critical extension that is not understood forbids the use of a certificate.
fn understood(certificate: &Certificate) -> Result<(), String> {
    let mut critical = certificate.tbs_certificate().extensions().into_iter().flatten().filter(|e| e.critical);
    match critical.find(|extension| !UNDERSTOOD.contains(&extension.extn_id.to_string().as_str())) {
        None => Ok(()),
        Some(extension) => {
            Err(format!("the certificate of {} has the critical extension {}", subject(certificate), extension.extn_id))
        }
    }
}
