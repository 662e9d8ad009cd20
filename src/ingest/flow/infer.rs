//! Formats by name, and a proposal for records that come without a header. A proposal is shown and asked about, never
//! applied by itself: the same numbers can be ports, counters or flags.

use super::format::{DEFAULT_V2, FlowColumn, LineFormat};
use super::shape::{self, Shape};
use super::split;
use crate::ingest::FormatWanted;
use crate::model::field;
use crate::model::{FieldId, ImportWarning, Kind, Reason};

/// A format that is known by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Preset {
    /// Stable name.
    pub name: &'static str,
    /// Where it comes from, in a few words.
    pub source: &'static str,
    fields: &'static [&'static str],
}

const V3: &str = "vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr";
const V4: &str = "region az-id sublocation-type sublocation-id";
const V5: &str = "pkt-src-aws-service pkt-dst-aws-service flow-direction traffic-path";
const V7: &str = "ecs-cluster-arn ecs-cluster-name ecs-container-instance-arn ecs-container-instance-id ecs-container-id \
                  ecs-second-container-id ecs-service-name ecs-task-definition-arn ecs-task-arn ecs-task-id";
const V11: &str = "interface-type next-hop-interface-id next-hop-subnet-id next-hop-az-id next-hop-vpc-id \
                   next-hop-interface-type instance-tag instance-tag-2 interface-tag interface-tag-2 asg-tag asg-tag-2";
const TGW_HEAD: &str = "version account-id tgw-id tgw-attachment-id tgw-src-vpc-id tgw-dst-vpc-id tgw-src-subnet-id \
                        tgw-dst-subnet-id tgw-src-eni tgw-dst-eni tgw-src-az-id tgw-dst-az-id tgw-pair-attachment-id \
                        srcaddr dstaddr srcport dstport protocol packets bytes";
const TGW_LOST: &str =
    "packets-lost-no-route packets-lost-blackhole packets-lost-mtu-exceeded packets-lost-ttl-expired";

/// The named formats; where several have the same shape, the first one is proposed.
pub(crate) static PRESETS: [Preset; 15] = [
    Preset { name: "default-v2", source: "AWS default format, version 2", fields: &[DEFAULT_V2] },
    Preset { name: "aws-v3", source: "all fields to version 3 in AWS's order", fields: &[DEFAULT_V2, V3] },
    Preset { name: "aws-v4", source: "all fields to version 4 in AWS's order", fields: &[DEFAULT_V2, V3, V4] },
    // The same order as the Serverworks blog's table.
    Preset { name: "aws-v5", source: "all fields to version 5 in AWS's order", fields: &[DEFAULT_V2, V3, V4, V5] },
    Preset { name: "blog", source: "Serverworks blog's Athena table", fields: &[DEFAULT_V2, V3, V4, V5] },
    Preset { name: "aws-v7", source: "all fields to version 7 in AWS's order", fields: &[DEFAULT_V2, V3, V4, V5, V7] },
    Preset {
        name: "aws-v8",
        source: "all fields to version 8 in AWS's order",
        fields: &[DEFAULT_V2, V3, V4, V5, V7, "reject-reason"],
    },
    Preset {
        name: "aws-v9",
        source: "all fields to version 9 in AWS's order",
        fields: &[DEFAULT_V2, V3, V4, V5, V7, "reject-reason resource-id"],
    },
    Preset {
        name: "aws-v10",
        source: "all fields to version 10 in AWS's order",
        fields: &[DEFAULT_V2, V3, V4, V5, V7, "reject-reason resource-id encryption-status"],
    },
    Preset {
        name: "aws-v11",
        source: "all fields to version 11 in AWS's order",
        fields: &[DEFAULT_V2, V3, V4, V5, V7, "reject-reason resource-id encryption-status", V11],
    },
    Preset {
        name: "playbook",
        source: "AWS customer playbook's Athena table",
        fields: &[
            DEFAULT_V2,
            "vpc-id type tcp-flags subnet-id sublocation-type sublocation-id region pkt-srcaddr pkt-dstaddr instance-id \
             az-id",
            V5,
        ],
    },
    Preset {
        name: "insights-27",
        source: "Logs Insights article's 27 fields",
        fields: &[
            "account-id vpc-id subnet-id interface-id instance-id srcaddr srcport dstaddr dstport protocol packets \
                   bytes action log-status start end flow-direction traffic-path tcp-flags pkt-srcaddr \
                   pkt-src-aws-service pkt-dstaddr pkt-dst-aws-service region az-id sublocation-type sublocation-id",
        ],
    },
    Preset {
        name: "tgw-default",
        source: "Transit Gateway default format, version 6",
        fields: &[
            "version resource-type account-id tgw-id tgw-attachment-id tgw-src-vpc-account-id tgw-dst-vpc-account-id \
             tgw-src-vpc-id tgw-dst-vpc-id tgw-src-subnet-id tgw-dst-subnet-id tgw-src-eni tgw-dst-eni tgw-src-az-id \
             tgw-dst-az-id tgw-pair-attachment-id srcaddr dstaddr srcport dstport protocol packets bytes start end \
             log-status type",
            TGW_LOST,
            "tcp-flags region flow-direction pkt-src-aws-service pkt-dst-aws-service",
        ],
    },
    Preset {
        name: "tgw-cloudwatch",
        source: "Transit Gateway records in CloudWatch",
        fields: &[TGW_HEAD, "start end log-status type tcp-flags flow-direction region"],
    },
    Preset {
        name: "tgw-with-losses",
        source: "Transit Gateway records with lost packets",
        fields: &[TGW_HEAD, TGW_LOST, "start end log-status type tcp-flags flow-direction region"],
    },
];

impl Preset {
    pub(crate) fn by_name(name: &str) -> Option<&'static Preset> {
        PRESETS.iter().find(|preset| preset.name == name)
    }

    pub(crate) fn format(&self) -> LineFormat {
        let names = self.fields.iter().flat_map(|part| part.split_ascii_whitespace());
        LineFormat::new(names.filter_map(field::by_header).map(FlowColumn::Field).collect())
    }

    /// Transit Gateway records are reported by their shape alone: no other record has attachments.
    pub(super) fn is_transit_gateway(&self) -> bool {
        self.name.starts_with("tgw-")
    }
}

/// A format that would read the lines.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Proposal {
    /// AWS's notation.
    pub spec: String,
    /// From 0 to 1; how much of it is more than a guess.
    pub confidence: f32,
    /// One sentence per observation.
    pub reasons: Vec<String>,
    pub preset: Option<&'static str>,
}

/// Lines that a proposal is made from.
const SAMPLE_LINES: usize = 500;

/// The values of the lines by column, for the most frequent number of columns.
struct Sample {
    rows: Vec<Vec<Shape>>,
    columns: Vec<Vec<Shape>>,
    lines: usize,
    all_lines: usize,
}

impl Sample {
    fn of(lines: &[&[u8]]) -> Option<Self> {
        let rows: Vec<Vec<Shape>> = lines
            .iter()
            .map(|line| split::tokens(line).map(Shape::of).collect::<Vec<_>>())
            .filter(|r| !r.is_empty())
            .collect();
        let mut counts = std::collections::BTreeMap::<usize, usize>::new();
        for row in &rows {
            *counts.entry(row.len()).or_default() += 1;
        }
        let (&width, &count) = counts.iter().max_by_key(|(_, count)| **count)?;
        let mut columns = vec![Vec::new(); width];
        for row in rows.iter().filter(|row| row.len() == width) {
            for (column, shape) in columns.iter_mut().zip(row) {
                column.push(*shape);
            }
        }
        let all_lines = rows.len();
        let rows = rows.into_iter().filter(|row| row.len() == width).collect();
        Some(Self { rows, columns, lines: count, all_lines })
    }

    fn all_fit(&self, format: &LineFormat) -> bool {
        format.len() == self.columns.len() && self.fitting(format) == self.rows.len()
    }

    /// Lines of which every value fits its field.
    fn fitting(&self, format: &LineFormat) -> usize {
        let fits = |row: &&Vec<Shape>| {
            format.columns().iter().zip(*row).all(|(column, shape)| match column {
                FlowColumn::Field(field) => shape.fits(*field),
                FlowColumn::Unknown(_) => true,
            })
        };
        self.rows.iter().filter(fits).count()
    }

    /// Does it fit but for an odd line among many?
    fn nearly_all_fit(&self, format: &LineFormat) -> bool {
        format.len() == self.columns.len() && self.fitting(format) * 10 >= self.rows.len() * 9
    }

    /// Columns with at least one value.
    fn told(&self) -> usize {
        self.columns.iter().filter(|shapes| shapes.iter().any(|shape| *shape != Shape::Absent)).count()
    }
}

/// A Transit Gateway format that every value of the message fits.
pub(super) fn transit_gateway(message: &[u8]) -> Option<LineFormat> {
    if !split::tokens(message).any(|token| token.starts_with(b"tgw-")) {
        return None;
    }
    let sample = Sample::of(&[message])?;
    PRESETS.iter().filter(|p| p.is_transit_gateway()).map(Preset::format).find(|format| sample.all_fit(format))
}

/// Is it a format that messages without a header are recognised in whatever is stated?
pub(crate) fn told_by_shape(spec: &str) -> bool {
    let told = |preset: &&Preset| preset.name == "default-v2" || preset.is_transit_gateway();
    PRESETS.iter().filter(told).any(|preset| preset.format().to_spec() == spec)
}

/// Does every value of the line fit its field?
pub(super) fn fits(format: &LineFormat, line: &[u8]) -> bool {
    Sample::of(&[line]).is_some_and(|sample| sample.all_fit(format))
}

/// Proposes a format for lines without a header, from the shapes of their values. `None` where the lines do not look
/// like flow records.
pub(crate) fn propose(lines: &[&[u8]]) -> Option<Proposal> {
    let lines = lines.get(..SAMPLE_LINES).unwrap_or(lines);
    let plausible: Vec<&[u8]> = lines.iter().copied().filter(|line| shape::is_plausible(line)).collect();
    let sample = Sample::of(&plausible)?;
    let agreeing = sample.lines as f32 / sample.all_lines.max(1) as f32;
    for preset in &PRESETS {
        let format = preset.format();
        if sample.nearly_all_fit(&format) {
            let fitting = sample.fitting(&format);
            let told = sample.told() as f32 / format.len() as f32;
            return Some(Proposal {
                spec: format.to_spec(),
                confidence: agreeing * (0.5 + 0.45 * told),
                reasons: vec![format!("all values of {fitting} of {} lines fit the {}", sample.lines, preset.source)],
                preset: Some(preset.name),
            });
        }
    }
    let guess = super::guess::guess(&sample.columns);
    Some(Proposal {
        spec: guess.format.to_spec(),
        confidence: agreeing * 0.9 * guess.certain as f32 / guess.format.len().max(1) as f32,
        reasons: guess.reasons,
        preset: None,
    })
}

/// Collects lines of unknown format until a proposal can be made, and makes it once.
#[derive(Default)]
pub(super) struct Quest {
    samples: Vec<Box<[u8]>>,
    bytes: usize,
    wanted: Option<FormatWanted>,
}

impl Quest {
    const MOST_BYTES: usize = 1 << 20;

    pub(super) fn note(&mut self, line: &[u8], out: &mut crate::ingest::Emitter) {
        if self.wanted.is_some() {
            return;
        }
        self.samples.push(line.into());
        self.bytes += line.len();
        if self.samples.len() >= SAMPLE_LINES || self.bytes >= Self::MOST_BYTES {
            self.finish(out);
        }
    }

    /// Says what is proposed, if any line was seen and it was not said before.
    pub(super) fn finish(&mut self, out: &mut crate::ingest::Emitter) {
        if self.samples.is_empty() || self.wanted.is_some() {
            return;
        }
        let lines: Vec<&[u8]> = self.samples.iter().map(|line| &**line).collect();
        let proposal = propose(&lines);
        self.wanted = Some(FormatWanted { proposal: proposal.as_ref().map(|proposal| proposal.spec.clone()) });
        let detail = match proposal {
            Some(Proposal { spec, confidence, reasons, preset }) => {
                let origin = preset.map_or(String::new(), |name| format!("preset {name}, "));
                let reasons = reasons.join("; ");
                format!(
                    "no header names the fields; proposed format: {spec} ({origin}confidence {confidence:.2}: {reasons})"
                )
            }
            None => "no header names the fields, and their values suggest no format".to_owned(),
        };
        out.warn(ImportWarning::file(Reason::FormatNeeded, detail));
        self.samples = Vec::new();
    }

    /// After `finish`: what it came to, if any line was seen.
    pub(super) fn wanted(&self) -> Option<FormatWanted> {
        self.wanted.clone()
    }
}

/// The fields whose values are integers of no particular look, in AWS's order.
pub(super) fn is_counter(field: FieldId) -> bool {
    matches!(field.kind, Kind::Port | Kind::Protocol | Kind::TcpFlags | Kind::Bytes | Kind::Integer)
}
