use super::plan::{Plan, SecretPlan};

/// Of which part of a plan a run is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Scope<'p> {
    /// All of it: what is not there or does not stand is made.
    Whole,
    /// An authority, those above it, and what hangs on it. The rest is taken as it is, and only where a file needs it.
    Below(&'p str),
    /// Nothing is made: the files with the certificate of an authority are written again.
    Files(&'p str),
}

impl Scope<'_> {
    /// Whether an authority or a certificate is made if it is not there or does not stand.
    pub(super) fn makes(self, plan: &Plan, name: &str) -> bool {
        match self {
            Self::Whole => true,
            Self::Below(authority) => hangs_on(plan, name, authority),
            Self::Files(_) => false,
        }
    }

    /// Whether a file with these authorities and certificates is written.
    pub(super) fn writes<'n>(self, plan: &Plan, mut names: impl Iterator<Item = &'n str>) -> bool {
        match self {
            Self::Whole => true,
            Self::Below(authority) => names.any(|name| hangs_on(plan, name, authority)),
            Self::Files(authority) => names.any(|name| name == authority),
        }
    }

    /// Whether what hangs on no authority is made too.
    pub(super) fn is_whole(self) -> bool {
        matches!(self, Self::Whole)
    }
}

/// The names in a Secret.
pub(super) fn names_of(secret: &SecretPlan) -> impl Iterator<Item = &str> {
    secret.data.values().flat_map(|source| {
        [&source.certificate, &source.chain, &source.private_key].into_iter().flatten().map(String::as_str)
    })
}

/// The authorities above a name, the nearest first; no more than there are, so that a circle ends.
pub(super) fn above<'p>(plan: &'p Plan, name: &'p str) -> impl Iterator<Item = &'p str> {
    let issuer = |name: &&'p str| {
        let of_certificate = || plan.certificates.get(*name).map(|plan| plan.issuer.as_str());
        plan.authorities.get(*name).map_or_else(of_certificate, |plan| plan.issuer.as_deref())
    };
    std::iter::successors(Some(name), issuer).skip(1).take(plan.authorities.len())
}

/// Whether `name` is the authority, or stands below it.
fn hangs_on(plan: &Plan, name: &str, authority: &str) -> bool {
    name == authority || above(plan, name).any(|issuer| issuer == authority)
}
