//! The report as one HTML file that needs nothing else: no script, no font, no picture from anywhere. A content
//! security policy says so to the browser too. Everything that is said is escaped on its way out.

use super::page::{Block, Cell, Figure, Grid, Link, Pages, Span, Stance, Tone};
use super::picture;
use crate::present::chart::scene::{HEAT_STEPS, Rgb};
use crate::present::chart::svg;
use sha2::{Digest, Sha256};
use std::fmt::Write;

const STYLE: &str = include_str!("style.css");

/// On a dark page, in the order of `picture::LINES`.
const DARK_LINES: [Rgb; 12] = [
    [0x6f, 0xa8, 0xff],
    [0xff, 0xa6, 0x3d],
    [0x9f, 0xd3, 0xff],
    [0xe0, 0x8b, 0xd0],
    [0x8f, 0xd6, 0x7e],
    [0xd0, 0xa0, 0x70],
    [0xc9, 0xb8, 0xf5],
    [0x4f, 0xc0, 0x9a],
    [0xf7, 0xd5, 0x7a],
    [0xff, 0x7d, 0x6e],
    [0xa0, 0xa0, 0xe8],
    [0x9a, 0x9a, 0x9a],
];

/// The document.
pub(super) fn html(pages: &Pages) -> String {
    let mut out = Html { text: String::with_capacity(1 << 16), pages };
    out.head();
    out.body();
    out.text
}

struct Html<'a> {
    text: String,
    pages: &'a Pages,
}

impl Html<'_> {
    fn put(&mut self, text: &str) {
        self.text.push_str(text);
    }

    fn line(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing into memory does not fail.
        let _ = writeln!(self.text, "{text}");
    }

    fn head(&mut self) {
        let style = style(self.pages);
        let (language, title) = (self.pages.language, escaped(&self.pages.title));
        let hash = base64(&Sha256::digest(style.as_bytes()));
        self.line(format_args!("<!DOCTYPE html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">"));
        self.line(format_args!(
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{hash}'; \
             base-uri 'none'; form-action 'none'\">"
        ));
        self.put("<meta name=\"referrer\" content=\"no-referrer\">\n");
        self.put("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        self.put("<meta name=\"color-scheme\" content=\"light dark\">\n");
        self.line(format_args!("<meta name=\"author\" content=\"{}\">", escaped(&self.pages.author)));
        self.line(format_args!("<title>{title}</title>\n<style>{style}</style>\n</head>"));
    }

    fn body(&mut self) {
        self.put("<body>\n");
        let running = running(self.pages);
        if !running.is_empty() {
            self.line(format_args!("<p class=\"running\">{}</p>", escaped(&running)));
        }
        self.put("<main>\n");
        let mut parts = 0;
        for block in &self.pages.blocks {
            if matches!(block, Block::Heading { level: 1, .. }) {
                self.put(if parts > 0 { "</section>\n<section>\n" } else { "<section>\n" });
                parts += 1;
            }
            self.block(block);
        }
        if parts > 0 {
            self.put("</section>\n");
        }
        self.put("</main>\n</body>\n</html>\n");
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Title { mark, title, subtitle, facts, remarks } => {
                self.put("<header class=\"title\">\n");
                if !mark.is_empty() {
                    self.line(format_args!("<p class=\"mark\">{}</p>", escaped(mark)));
                }
                self.line(format_args!("<h1>{}</h1>\n<p class=\"subtitle\">{}</p>", escaped(title), escaped(subtitle)));
                self.facts(facts);
                for remark in remarks {
                    self.line(format_args!("<p class=\"remark\">{}</p>", escaped(remark)));
                }
                self.put("</header>\n");
            }
            Block::Contents { title } => self.contents(title),
            Block::Heading { level, id, text, new_page } => {
                // The first heading of the document is its title.
                let level = (level + 1).min(6);
                let class = if *new_page { " class=\"new-page\"" } else { "" };
                self.line(format_args!("<h{level} id=\"{}\"{class}>{}</h{level}>", escaped(id), escaped(text)));
            }
            Block::Paragraph(spans, tone) => {
                let class = match tone {
                    Tone::Plain => "",
                    Tone::Remark => " class=\"remark\"",
                    Tone::Notice => " class=\"notice\"",
                };
                self.line(format_args!("<p{class}>{}</p>", inline(spans)));
            }
            Block::List(items) => {
                self.put("<ul>\n");
                for item in items {
                    self.line(format_args!("<li>{}</li>", inline(item)));
                }
                self.put("</ul>\n");
            }
            Block::Facts(facts) => self.facts(facts),
            Block::Grid(grid) => self.grid(grid),
            Block::Figure(figure) => self.figure(figure),
            Block::Lines(lines) => {
                self.put("<pre tabindex=\"0\">");
                for line in lines {
                    self.line(format_args!("{}", escaped(line)));
                }
                self.put("</pre>\n");
            }
        }
    }

    fn contents(&mut self, title: &str) {
        self.line(format_args!("<nav aria-label=\"{0}\">\n<h2>{0}</h2>\n<ul class=\"contents\">", escaped(title)));
        for block in &self.pages.blocks {
            if let Block::Heading { level: level @ 1..=2, id, text, .. } = block
                && !id.starts_with("overview")
            {
                let (id, text) = (escaped(id), escaped(text));
                let _ = writeln!(self.text, "<li class=\"level{level}\"><a href=\"#{id}\">{text}</a></li>");
            }
        }
        self.put("</ul>\n</nav>\n");
    }

    fn facts(&mut self, facts: &[(String, Cell)]) {
        self.put("<dl class=\"facts\">\n");
        for (label, cell) in facts {
            self.line(format_args!("<div><dt>{}</dt><dd>{}</dd></div>", escaped(label), of_cell(cell)));
        }
        self.put("</dl>\n");
    }

    fn grid(&mut self, grid: &Grid) {
        let name = escaped(&grid.name);
        if grid.stance == Stance::Cards {
            self.line(format_args!("<div class=\"cards\" role=\"group\" aria-label=\"{name}\">"));
            for (at, row) in grid.rows.iter().enumerate() {
                let card = escaped(&grid.card.replace(super::page::ROW, &(at + 1).to_string()));
                self.line(format_args!("<div class=\"card\"><p class=\"card-name\">{card}</p>"));
                // What is absent needs no line: a card has a line for each thing that is there.
                let there = grid.headers.iter().zip(row).filter(|(_, cell)| cell.width() > 0);
                let facts: Vec<(String, Cell)> =
                    there.map(|(header, cell)| (header.text.clone(), cell.clone())).collect();
                self.facts(&facts);
                self.put("</div>\n");
            }
            self.put("</div>\n");
            return;
        }
        let class = match (grid.is_dense, grid.stance) {
            (true, _) => "table across dense",
            (false, Stance::Across) => "table across",
            (false, _) => "table",
        };
        self.line(format_args!(
            "<div class=\"{class}\" role=\"region\" tabindex=\"0\" aria-label=\"{name}\">\n<table>\n<caption>{name}</caption>\n<thead><tr>"
        ));
        for (at, header) in grid.headers.iter().enumerate() {
            let number = if header.is_number { " number" } else { "" };
            let least = least(grid, at);
            self.line(format_args!("<th scope=\"col\" class=\"m{least}{number}\">{}</th>", escaped(&header.text)));
        }
        self.put("</tr></thead>\n<tbody>\n");
        for (at, row) in grid.rows.iter().enumerate() {
            let id = grid.ids.get(at).map(|id| format!(" id=\"{}\"", escaped(id))).unwrap_or_default();
            let _ = write!(self.text, "<tr{id}>");
            for (header, cell) in grid.headers.iter().zip(row) {
                let class = if header.is_number { " class=\"number\"" } else { "" };
                let _ = write!(self.text, "<td{class}>{}</td>", of_cell(cell));
            }
            self.put("</tr>\n");
        }
        self.put("</tbody>\n</table>\n</div>\n");
    }

    fn figure(&mut self, figure: &Figure) {
        let drawn = svg::inline(&figure.scene, &figure.id, &figure.alt);
        self.line(format_args!(
            "<figure id=\"{}\">\n{drawn}<figcaption>{}</figcaption>\n</figure>",
            escaped(&figure.id),
            inline(&figure.caption)
        ));
    }
}

/// Letters of a word that is rather not broken.
const SHORT_WORD: usize = 20;

/// How many letters wide a column is at the least, so that no short word of it is broken.
fn least(grid: &Grid, at: usize) -> usize {
    let cells = grid.rows.iter().filter_map(|row| row.get(at)).flat_map(|cell| cell.lines.iter().flatten());
    let words = cells.flat_map(|span| span.text.split([' ', '\n', '/', ',', ';']));
    words.map(|word| word.chars().count().min(SHORT_WORD)).max().unwrap_or(0)
}

/// Mark and reference, as they are at the head of every page.
pub(super) fn running(pages: &Pages) -> String {
    let parts = [pages.mark.as_str(), pages.reference.as_str()].into_iter().filter(|part| !part.trim().is_empty());
    parts.collect::<Vec<_>>().join(" · ")
}

fn inline(spans: &[Span]) -> String {
    spans.iter().map(of_span).collect()
}

fn of_span(span: &Span) -> String {
    let mut text = escaped(&span.text).replace('\n', "<br>\n");
    if span.mono {
        text = format!("<code>{text}</code>");
    }
    if span.strong {
        text = format!("<strong>{text}</strong>");
    }
    match &span.link {
        Some(Link::Place(id)) => format!("<a href=\"#{}\">{text}</a>", escaped(id)),
        Some(Link::File(path)) => format!("<a href=\"{}\">{text}</a>", escaped(path)),
        None => text,
    }
}

fn of_cell(cell: &Cell) -> String {
    let lines: Vec<String> = cell.lines.iter().map(|line| inline(line)).collect();
    let remark = cell.remark.as_ref().map(|remark| format!("<br><small>{}</small>", escaped(remark)));
    lines.join("<br>") + &remark.unwrap_or_default()
}

/// Text as it is in an element or an attribute.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// The style sheet with the pictures' colours, and what is at the head and foot of printed pages.
fn style(pages: &Pages) -> String {
    let mut out = STYLE.to_owned();
    let [light, dark] = [colours(&picture::LINES, false), colours(&DARK_LINES, true)];
    let numbers = pages.numbering.replace(super::page::PAGE, "\u{1}").replace(super::page::PAGES, "\u{2}");
    let numbers = numbers.split_inclusive(['\u{1}', '\u{2}']).map(|part| {
        let counter = match part.chars().last() {
            Some('\u{1}') => " counter(page)",
            Some('\u{2}') => " counter(pages)",
            _ => "",
        };
        format!("{}{counter}", css_text(part.trim_end_matches(['\u{1}', '\u{2}'])))
    });
    let numbers = numbers.collect::<Vec<_>>().join(" ");
    let running = css_text(&running(pages));
    // Writing into memory does not fail.
    let _ = write!(
        out,
        ":root{{{light}}}\n@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}\n{}\
         @page{{@top-left{{content:{running};font:8pt sans-serif}}@bottom-right{{content:{numbers};font:8pt sans-serif}}}}\n",
        classes()
    );
    out
}

/// A text of CSS in which nothing but letters and digits is as itself.
fn css_text(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            out.push(c);
        } else {
            let _ = write!(out, "\\{:x} ", c as u32);
        }
    }
    out + "\""
}

fn colours(lines: &[Rgb], is_dark: bool) -> String {
    let mut out = String::new();
    for (at, [r, g, b]) in lines.iter().enumerate() {
        let _ = write!(out, "--line{at}:#{r:02x}{g:02x}{b:02x};");
    }
    let (low, high) =
        if is_dark { ([0x24, 0x2a, 0x33], [0x9c, 0xcc, 0xff]) } else { ([0xe7, 0xea, 0xee], [8, 48, 107]) };
    for step in 0..=HEAT_STEPS {
        let part = step as f64 / HEAT_STEPS as f64;
        let mix = |a: i32, b: i32| (f64::from(a) + f64::from(b - a) * part).round() as u8;
        let [r, g, b] = [mix(low[0], high[0]), mix(low[1], high[1]), mix(low[2], high[2])];
        let _ = write!(out, "--heat{step}:#{r:02x}{g:02x}{b:02x};");
    }
    out
}

fn classes() -> String {
    use crate::present::chart::scene::Role;
    let roles = [Role::Ground, Role::Text, Role::Grid, Role::Gap, Role::Threshold].into_iter();
    let lines = (0..svg::LINE_CLASSES).map(Role::Line);
    let roles = roles.chain(lines).chain((0..=HEAT_STEPS).map(Role::Heat)).map(svg::class);
    let mut out = String::new();
    for letters in 1..=SHORT_WORD {
        let _ = writeln!(out, "@media screen{{.m{letters}{{min-width:{:.1}em}}}}", letters as f64 * 0.66 + 1.2);
    }
    for class in roles {
        let _ = writeln!(out, ".f-{class}{{fill:var(--{class})}}.s-{class}{{stroke:var(--{class})}}");
    }
    out
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let [a, b, c] = [0, 1, 2].map(|at| chunk.get(at).copied().unwrap_or(0));
        let word = u32::from(a) << 16 | u32::from(b) << 8 | u32::from(c);
        for at in 0..4 {
            let letter = LETTERS.get((word >> (18 - 6 * at) & 63) as usize).copied().unwrap_or(b'A');
            out.push(if at <= chunk.len() { char::from(letter) } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_cannot_leave_their_place() {
        assert_eq!(escaped("<a href='x' b=\"&\">"), "&lt;a href=&#39;x&#39; b=&quot;&amp;&quot;&gt;");
        assert_eq!(css_text("a\"}</style>\\"), "\"a\\22 \\7d \\3c \\2f style\\3e \\5c \"");
        assert_eq!(
            ["", "f", "fo", "foo", "foob"].map(|text| base64(text.as_bytes())),
            ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg=="]
        );
    }
}
